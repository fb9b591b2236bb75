package io.penstock.dataplane.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.api.HookFunction;
import io.penstock.dataplane.api.HookState;
import io.penstock.dataplane.api.Priority;
import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.hot.pipeline.HookList;
import io.penstock.dataplane.testkit.Packets;
import io.penstock.dataplane.testkit.Places;
import io.penstock.dataplane.testkit.TestEngine;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Ipv4Layout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every verdict at every list that decides at once; see {@link StolenPacketsTest} and {@link QueueTest} for the others. */
class VerdictTest {

    private final TestEngine engine = new TestEngine();
    private final List<String> calls = new ArrayList<>();

    @AfterEach
    void close() {
        engine.close();
    }

    @ParameterizedTest
    @EnumSource
    void shouldGoOnWhenAllAccept(final HookList list) {
        Places.register(engine, list, 0, calling("a", Verdict.ACCEPT));
        Places.register(engine, list, 0, calling("b", 0x7FFF_FF00 | Verdict.ACCEPT));
        Places.send(engine, list, 3);
        assertEquals(List.of("a", "b", "a", "b", "a", "b"), calls);
        assertEquals(Places.accepted(list), engine.outcome(2));
        assertEquals(3, Places.arrived(engine, list));
        engine.assertBooks();
    }

    @ParameterizedTest
    @EnumSource
    void shouldDropWhateverTheErrno(final HookList list) {
        Places.register(engine, list, 0, (packet, state) -> Verdict.drop(13));
        Places.register(engine, list, 1, calling("later", Verdict.ACCEPT));
        Places.send(engine, list, 2);
        assertEquals("dropped hook_drop", engine.outcome(1));
        assertEquals(2, engine.dropped(DropReason.HOOK_DROP));
        assertEquals(0, Places.arrived(engine, list));
        assertEquals(List.of(), calls);
        engine.assertBooks();
    }

    @ParameterizedTest
    @EnumSource
    void shouldSkipTheFunctionsThatAreLeftWhenStopped(final HookList list) {
        Places.register(engine, list, 0, calling("a", 0xABCD_0000 | Verdict.STOP));
        Places.register(engine, list, 1, calling("b", Verdict.DROP));
        Places.send(engine, list, 2);
        assertEquals(List.of("a", "a"), calls);
        assertEquals(Places.accepted(list), engine.outcome(0));
        engine.assertBooks();
    }

    @ParameterizedTest
    @EnumSource
    void shouldCallAFunctionAgainWhenItRepeats(final HookList list) {
        final int[] left = {64};
        Places.register(engine, list, 0, (packet, state) -> left[0]-- > 0 ? Verdict.REPEAT : Verdict.ACCEPT);
        Places.register(engine, list, 1, calling("next", Verdict.ACCEPT));
        Places.send(engine, list, 1);
        assertEquals(-1, left[0]);
        assertEquals(List.of("next"), calls);
        assertEquals(Places.accepted(list), engine.outcome(0));
        engine.assertBooks();
    }

    @ParameterizedTest
    @EnumSource
    void shouldDropWhenAFunctionRepeatsForEver(final HookList list) {
        Places.register(engine, list, 0, calling("a", Verdict.ACCEPT));
        Places.register(engine, list, 1, calling("b", Verdict.REPEAT));
        Places.send(engine, list, 2);
        assertEquals("dropped hook_repeat", engine.outcome(0));
        assertEquals(2 * (1 + 65), calls.size());
        engine.assertBooks();
    }

    @ParameterizedTest
    @EnumSource
    void shouldCountRepeatsForEachFunctionAlone(final HookList list) {
        for (int i = 0; i < 3; i++) {
            final int[] left = {40};
            Places.register(engine, list, i, (packet, state) -> left[0]-- > 0 ? Verdict.REPEAT : Verdict.ACCEPT);
        }
        Places.send(engine, list, 1);
        assertEquals(Places.accepted(list), engine.outcome(0));
        engine.assertBooks();
    }

    static Stream<Arguments> unknownVerdicts() {
        return Stream.of(HookList.values()).flatMap(list ->
                Stream.of(6, 0xFF, -1, 0x10006).map(verdict -> Arguments.of(list, verdict)));
    }

    @ParameterizedTest
    @MethodSource("unknownVerdicts")
    void shouldDropWhenTheVerdictIsUnknown(final HookList list, final int verdict) {
        Places.register(engine, list, 0, (packet, state) -> verdict);
        Places.send(engine, list, 1);
        assertEquals("dropped hook_verdict", engine.outcome(0));
        engine.assertBooks();
    }

    @ParameterizedTest
    @EnumSource
    void shouldDropOnlyThePacketThatAFunctionThrewFor(final HookList list) {
        final int[] count = new int[1];
        final Error failure = new StackOverflowError("deep");
        Places.register(engine, list, 0, (packet, state) -> {
            if (count[0]++ == 1) {
                packet.steal();
                throw failure;
            }
            return Verdict.ACCEPT;
        });
        Places.register(engine, list, 1, calling("next", Verdict.ACCEPT));
        Places.send(engine, list, 3);
        assertEquals(Places.accepted(list), engine.outcome(0));
        assertEquals("dropped hook_exception", engine.outcome(1));
        assertEquals(Places.accepted(list), engine.outcome(2));
        assertEquals(2, calls.size());
        assertEquals(1, engine.counters().hookExceptions);
        assertSame(failure, engine.lane.lastException());
        engine.assertBooks();
    }

    @Test
    void shouldGiveThePlaceBackWhenAFunctionStealsAndThrows() {
        Places.register(engine, HookList.IPV4_FORWARD, 0, (packet, state) -> {
            packet.steal();
            throw new IllegalStateException("broken");
        });
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.5"));
        assertEquals("dropped hook_exception", engine.outcome(0));
        engine.assertBooks();
    }

    @ParameterizedTest
    @EnumSource
    void shouldTellAFunctionWhereItIs(final HookList list) {
        Places.register(engine, list, 0, (packet, state) -> {
            calls.add(state.family() + " " + state.point() + " in=" + name(state, true) + " out=" + name(state, false) + " uid="
                    + state.socketUid() + ' ' + state.continuation());
            assertEquals("", state.namespace());
            assertEquals(engine.nowNs, state.nowNs());
            return Verdict.ACCEPT;
        });
        Places.send(engine, list, 1);
        assertEquals(List.of(list.family() + " " + list.point() + switch (list.point()) {
            case INGRESS -> " in=lan out=none uid=-1 RECEIVE";
            case EGRESS -> " in=lan out=wan uid=-1 TRANSMIT";
            case PRE_ROUTING -> " in=lan out=none uid=-1 ROUTE";
            case ARP_OUT -> " in=none out=wan uid=-1 TRANSMIT";
            case LOCAL_IN, ARP_IN -> " in=lan out=none uid=-1 DELIVER";
            case FORWARD -> " in=lan out=wan uid=-1 OUTPUT";
            case LOCAL_OUT -> " in=none out=wan uid=-1 OUTPUT";
            case POST_ROUTING -> " in=lan out=wan uid=-1 TRANSMIT";
            default -> "";
        }), calls);
    }

    @ParameterizedTest
    @EnumSource
    void shouldShowThePacketToAFunction(final HookList list) {
        Places.register(engine, list, 0, (packet, state) -> {
            assertEquals(Places.packet(list).length, packet.length());
            assertEquals(packet.frame() + 14, packet.network());
            assertEquals(packet.length() - 14, packet.networkLength());
            assertEquals(packet.frame() + packet.length(), packet.transport() + packet.transportLength());
            assertEquals(0, packet.mark());
            packet.mark(7);
            return Verdict.ACCEPT;
        });
        Places.register(engine, list, 1, (packet, state) -> {
            calls.add("mark=" + packet.mark());
            return Verdict.ACCEPT;
        });
        Places.send(engine, list, 2);
        assertEquals(List.of("mark=7", "mark=7"), calls);
        assertNull(engine.lane.lastException());
    }

    @Test
    void shouldShowNothingOfTheBatchBeforeAtIngress() {
        engine.receive(TestEngine.LAN, Packets.editIpv4(Packets.udp4("10.1.0.5"), ip -> Ipv4Layout.setFragmentWord(ip, 5)));
        Places.register(engine, HookList.INGRESS, 0, (packet, state) -> {
            calls.add(packet.length() + " " + packet.networkLength() + ' ' + packet.transportLength() + ' ' + packet.protocol()
                    + ' ' + packet.mark() + ' ' + packet.isLaterFragment());
            packet.mark(9);
            return Verdict.ACCEPT;
        });
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.5"), new byte[10]);
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.5"));
        assertEquals(List.of("50 36 0 0 0 false", "10 0 0 0 0 false", "50 36 0 0 0 false"), calls);
        engine.assertBooks();
    }

    @Test
    void shouldKeepAMarkFromIngressToEgress() {
        Places.register(engine, HookList.INGRESS, 0, (packet, state) -> {
            packet.mark(0xCAFE);
            return Verdict.ACCEPT;
        });
        for (final HookList list : List.of(
                HookList.IPV4_PRE_ROUTING, HookList.IPV4_FORWARD, HookList.IPV4_POST_ROUTING, HookList.EGRESS)) {
            Places.register(engine, list, 0, (packet, state) -> {
                calls.add(Integer.toHexString(packet.mark()));
                return Verdict.ACCEPT;
            });
        }
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.5"));
        assertEquals(List.of("cafe", "cafe", "cafe", "cafe"), calls);
    }

    @Test
    void shouldRouteByTheDestinationThatPreRoutingWrote() {
        engine.route("10.5.0.0", 16, engine.kind(AdjacencyKind.BLACKHOLE, 4));
        Places.register(engine, HookList.IPV4_PRE_ROUTING, Priority.NAT_DST, (packet, state) -> {
            Ipv4Layout.setDestination(packet.network(), 0x0A05_0001);
            return Verdict.ACCEPT;
        });
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.5"));
        assertEquals("dropped route_blackhole", engine.outcome(0));
    }

    @Test
    void shouldParseWhatIngressWrote() {
        Places.register(engine, HookList.INGRESS, 0, (packet, state) -> {
            Memory.putByte(packet.network(), (byte) 0x65);
            return Verdict.ACCEPT;
        });
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.5"));
        assertEquals("dropped ipv4_version", engine.outcome(0));
    }

    @Test
    void shouldSkipPostRoutingWhenThePacketWasRerouted() {
        Places.register(engine, HookList.IPV4_POST_ROUTING, 0, calling("post", Verdict.DROP));
        final HookFunction function = (packet, state) -> {
            engine.batch.flags[0] |= Batch.REROUTED;
            return Verdict.ACCEPT;
        };
        Places.register(engine, HookList.IPV4_FORWARD, 0, function);
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.5"), Packets.udp4("10.1.0.5"));
        assertEquals("forwarded", engine.outcome(0));
        assertEquals(List.of("post"), calls);
        assertTrue(engine.outcome(1).startsWith("dropped"));
    }

    private HookFunction calling(final String name, final int verdict) {
        return (packet, state) -> {
            calls.add(name);
            return verdict;
        };
    }

    private static String name(final HookState state, final boolean in) {
        final var device = in ? state.in() : state.out();
        return device == null ? "none" : device.name();
    }
}
