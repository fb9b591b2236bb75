package io.penstock.rules.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.RunnableTarget;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.PacketServices;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What targets become when their rule goes into force. */
final class TargetBindingTest {


    private final List<String> asked = new ArrayList<>();

    /** Of this place only the devices are asked for. */
    private static final class Scope implements BindScope {

        @Override
        public Place place() {
            throw new UnsupportedOperationException();
        }

        @Override
        public long nowNs() {
            return 0;
        }

        @Override
        public int workers() {
            return 1;
        }

        @Override
        public <T> T shared(final Class<T> type, final String name, final Supplier<T> maker) {
            return maker.get();
        }
    }

    private int apply(final RunnableTarget target, final RulePacket packet) {
        final HotTarget hot = target.bind(new Scope());
        packet.services = (PacketServices) Proxy.newProxyInstance(PacketServices.class.getClassLoader(),
                new Class<?>[] {PacketServices.class}, (proxy, method, arguments) -> {
                    final StringBuilder call = new StringBuilder(method.getName());
                    for (int i = 1; i < arguments.length; i++) {
                        call.append(' ').append(arguments[i] instanceof final Long half ? Long.toHexString(half) : arguments[i]);
                    }
                    asked.add(call.toString());
                    return null;
                });
        return hot.apply(packet);
    }

    @Test
    void shouldHandGatewayAndDeviceOverWhenCopyIsSent() {
        final Address four = Address.parse(IpFamily.IPV4, "192.0.2.1");
        final Address six = Address.parse(IpFamily.IPV6, "2001:db8::5");
        assertEquals(RuleVerdict.CONTINUE, apply(new TeeTarget(four, "eth7"), new RulePacket()));
        assertEquals(RuleVerdict.CONTINUE, apply(new TeeTarget(six, ""), new RulePacket()));
        assertEquals(RuleVerdict.CONTINUE, apply(new TeeTarget(six, "gone"), new RulePacket()));
        assertEquals(List.of("tee 0 c0000201 eth7", "tee 20010db800000000 5 ", "tee 20010db800000000 5 gone"), asked);
    }

    /** Each replacement of a table binds all its targets; the kernel lets a process have 65,530 mappings. */
    @Test
    void shouldMapNoMemoryWhenCopiesAreBoundAgainAndAgain() throws IOException {
        final TeeTarget tee = new TeeTarget(Address.parse(IpFamily.IPV4, "192.0.2.1"), "");
        final List<HotTarget> bound = new ArrayList<>();
        final int rounds = 2000;
        final long before = mappings();
        for (int i = 0; i < rounds; i++) {
            bound.add(tee.bind(new Scope()));
        }
        final long more = mappings() - before;
        assertTrue(more < rounds / 4, () -> "mappings=" + more + " targets=" + bound.size());
    }

    private static long mappings() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.count();
        }
    }

    @Test
    void shouldRejectWithTypeAndCodeOfMessage() {
        final RejectTarget.Message reset = new RejectTarget.Message("tcp-reset", "tcp-rst", "", RejectTarget.TCP_RESET, 0);
        assertEquals(RuleVerdict.DROP, apply(new RejectTarget(IpFamily.IPV4, reset), new RulePacket()));
        assertEquals(RuleVerdict.CONTINUE, apply(new LogTarget(4, "a ", 0x21), new RulePacket()));
        assertEquals(List.of("reject -1 0", "log 4 a  33"), asked);
    }

    @Test
    void shouldSetMarkWhenBound() {
        final RulePacket packet = new RulePacket();
        packet.mark = 0xFF;
        assertEquals(RuleVerdict.CONTINUE, apply(new MarkTarget(0x10, 0xF0), packet));
        assertEquals(0x1F, packet.mark);
    }

    @Test
    void shouldBeEqualWhenRulesAreTheSame() {
        assertEquals(new MarkTarget(1, 1), MarkTarget.operation("or-mark", OptionValue.ofText("1", null, false)
                .withNumber(1)));
        assertNotEquals(new CtTarget(true, true, "", "", 0, false, 0, 0), new CtTarget(false, true, "", "", 0, false, 0, 0));
    }
}
