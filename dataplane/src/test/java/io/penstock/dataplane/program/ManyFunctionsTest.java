package io.penstock.dataplane.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.hot.pipeline.HookList;
import io.penstock.dataplane.hot.pipeline.PacketProgram;
import io.penstock.dataplane.testkit.Packets;
import io.penstock.dataplane.testkit.Places;
import io.penstock.dataplane.testkit.TestEngine;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists whose functions do not fit into one method, and where a walk through them starts and stops. */
class ManyFunctionsTest {

    private static final long PATIENCE_NS = 10_000_000_000L;

    private final TestEngine engine = new TestEngine();
    private final List<Integer> calls = new ArrayList<>();

    @AfterEach
    void close() {
        engine.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 63, 64, 65, 128, 129, 500, 1024})
    void shouldCallAllInOrder(final int functions) {
        publish(functions, -1, Verdict.ACCEPT);
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.5"), Packets.udp4("10.1.0.5"));
        assertEquals(range(0, functions, 2), calls);
        assertEquals("forwarded", engine.outcome(1));
        engine.assertBooks();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 63, 64, 127, 128, 199})
    void shouldStopAtAnyPosition(final int at) {
        publish(200, at, Verdict.STOP);
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.5"));
        assertEquals(range(0, at + 1, 1), calls);
        assertEquals("forwarded", engine.outcome(0));
        calls.clear();
        publish(200, at, Verdict.DROP);
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.5"));
        assertEquals(range(0, at + 1, 1), calls);
        assertEquals("dropped hook_drop", engine.outcome(0));
        engine.assertBooks();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1, 63, 64, 65, 127, 128, 199, 200, 5000})
    void shouldStartAtTheFirstFunctionOfAtLeastTheThreshold(final int threshold) {
        final PacketProgram program = publish(200, -1, Verdict.ACCEPT);
        final int list = HookList.IPV4_FORWARD.ordinal();
        final int position = program.positionAtLeast(list, threshold);
        assertEquals(Math.clamp(threshold, 0, 200), position);
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.5"));
        calls.clear();
        // The packet is another one's now; only the calls matter.
        engine.ports[TestEngine.LAN].offer(Packets.udp4("10.1.0.5"));
        engine.batch.count = engine.ports[TestEngine.LAN].receive(engine.batch, 1);
        engine.counters().received++;
        program.resume(engine.lane, engine.batch, 0, list, position);
        assertEquals(range(position, 200, 1), calls);
        engine.batch.count = 0;
        engine.lane.process(engine.batch);
        assertEquals(2, engine.counters().forwarded);
        engine.assertBooks();
    }

    @Test
    void shouldFindThePositionAmongEqualPriorities() {
        final List<HookSet.Entry> entries = new ArrayList<>();
        for (final int priority : new int[] {Integer.MIN_VALUE, -5, -5, 0, 0, 0, Integer.MAX_VALUE}) {
            entries.add(new HookSet.Entry(HookList.IPV4_FORWARD, (packet, state) -> Verdict.ACCEPT, priority,
                    entries.size(), HookSet.EVERY_PORT));
        }
        final PacketProgram program = ProgramCompiler.compile(new HookSet(entries));
        final int list = HookList.IPV4_FORWARD.ordinal();
        assertEquals(List.of(0, 1, 1, 3, 3, 6, 6), IntStream.of(
                Integer.MIN_VALUE, Integer.MIN_VALUE + 1, -5, -4, 0, 1, Integer.MAX_VALUE)
                .map(threshold -> program.positionAtLeast(list, threshold)).boxed().toList());
        assertEquals(7, program.functions(list));
        assertEquals(0, program.functions(HookList.IPV6_FORWARD.ordinal()));
    }

    @Test
    void shouldCallAllWhenThereAreMoreThanConstantsOfOneClass() {
        final List<HookSet.Entry> entries = new ArrayList<>();
        for (final HookList list : HookList.values()) {
            for (int i = 0; i < 1024; i++) {
                entries.add(new HookSet.Entry(list, (packet, state) -> {
                    calls.add(list.ordinal());
                    return Verdict.ACCEPT;
                }, i, i, HookSet.EVERY_PORT));
            }
        }
        engine.lane.publish(ProgramCompiler.compile(new HookSet(entries)), null, 1);
        engine.receive(TestEngine.LAN, Packets.udp6("2001:db8:1::5"));
        final List<Integer> expected = new ArrayList<>();
        for (final HookList list : List.of(HookList.INGRESS, HookList.IPV6_PRE_ROUTING, HookList.IPV6_FORWARD,
                HookList.IPV6_POST_ROUTING, HookList.EGRESS)) {
            expected.addAll(Collections.nCopies(1024, list.ordinal()));
        }
        assertEquals(expected, calls);
        assertEquals("forwarded", engine.outcome(0));
        engine.assertBooks();
    }

    @Test
    void shouldShowFunctionsOnlyTheirDevicesPackets() {
        for (final String device : List.of("lan", "wan", "dmz")) {
            final int port = engine.namespace.portOf(device);
            engine.hooks.register(Places.ops(HookList.INGRESS, device, 0, (packet, state) -> {
                assertEquals(device, state.in().name());
                calls.add(port);
                return Verdict.ACCEPT;
            }).on(device));
            engine.hooks.register(Places.ops(HookList.EGRESS, device, 0, (packet, state) -> {
                assertEquals(device, state.out().name());
                calls.add(10 + port);
                return Verdict.ACCEPT;
            }).on(device));
        }
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.5"));
        engine.receive(TestEngine.WAN, Packets.udp4("10.1.0.5"));
        engine.receive(TestEngine.DMZ, Packets.udp6("2001:db8:1::5"));
        assertEquals(List.of(0, 11, 1, 11, 2, 11), calls);
        assertNull(engine.lane.lastException());
        engine.assertBooks();
    }

    @Test
    void shouldUnloadAProgramThatIsUsedNoMore() {
        final WeakReference<Class<?>> old = new WeakReference<>(publish(3, -1, Verdict.ACCEPT).getClass());
        assertNotNull(old.get());
        publish(0, -1, Verdict.ACCEPT);
        final long deadline = System.nanoTime() + PATIENCE_NS;
        while (old.get() != null && System.nanoTime() - deadline < 0) {
            System.gc();
            LockSupport.parkNanos(1_000_000);
        }
        assertNull(old.get());
    }

    private PacketProgram publish(final int functions, final int special, final int verdict) {
        final List<HookSet.Entry> entries = new ArrayList<>();
        for (int i = 0; i < functions; i++) {
            final int number = i;
            entries.add(new HookSet.Entry(HookList.IPV4_FORWARD, (packet, state) -> {
                calls.add(number);
                return number == special ? verdict : Verdict.ACCEPT;
            }, i, i, HookSet.EVERY_PORT));
        }
        Collections.reverse(entries);
        final PacketProgram program = ProgramCompiler.compile(new HookSet(entries));
        engine.lane.publish(program, null, 1);
        return program;
    }

    private static List<Integer> range(final int from, final int to, final int times) {
        return IntStream.range(0, times).boxed().flatMap(i -> IntStream.range(from, to).boxed()).toList();
    }
}
