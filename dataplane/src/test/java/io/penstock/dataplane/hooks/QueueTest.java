package io.penstock.dataplane.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.penstock.dataplane.api.HookException;
import io.penstock.dataplane.api.HookFunction;
import io.penstock.dataplane.api.HookRegistrar.Registration;
import io.penstock.dataplane.api.QueueHandler;
import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.hot.pipeline.HookList;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.testkit.Packets;
import io.penstock.dataplane.testkit.Places;
import io.penstock.dataplane.testkit.TestEngine;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Verdict QUEUE: with a handler, without one, and with handlers that refuse. */
class QueueTest {

    private final TestEngine engine = new TestEngine();
    private final List<String> calls = new ArrayList<>();
    private final List<Long> tokens = new ArrayList<>();

    @AfterEach
    void close() {
        engine.close();
    }

    @ParameterizedTest
    @EnumSource
    void shouldGiveThePacketToTheHandler(final HookList list) {
        engine.hooks.registerQueueHandler("", (packet, state, queue, token) -> {
            calls.add(queue + " " + state.point() + ' ' + (packet.length() == Places.packet(list).length));
            packet.mark(5);
            tokens.add(token);
            return QueueHandler.QUEUED;
        });
        Places.register(engine, list, 0, queueing(Verdict.queueOrBypass(65535)));
        Places.register(engine, list, 1, (packet, state) -> {
            calls.add("next " + packet.mark());
            return Verdict.ACCEPT;
        });
        Places.send(engine, list, 2);
        assertEquals("queued 65535", engine.outcome(0));
        assertEquals(2, engine.counters().queued);
        engine.assertBooks(2);
        engine.stolen.resume(tokens.get(1), Verdict.ACCEPT);
        engine.stolen.resume(tokens.get(0), Verdict.DROP);
        engine.boundary();
        assertEquals(List.of("hook", "65535 " + list.point() + " true", "hook", "65535 " + list.point() + " true", "next 5"),
                calls);
        assertEquals(1, Places.arrived(engine, list));
        engine.assertBooks();
    }

    @ParameterizedTest
    @EnumSource
    void shouldRunTheSameFunctionAgainWhenUserSpaceRepeats(final HookList list) {
        engine.hooks.registerQueueHandler("", taking());
        final int[] verdicts = {Verdict.queue(1), Verdict.ACCEPT};
        final int[] next = new int[1];
        Places.register(engine, list, 0, (packet, state) -> verdicts[next[0]++]);
        Places.send(engine, list, 1);
        engine.stolen.resume(tokens.getFirst(), Verdict.REPEAT);
        engine.boundary();
        assertEquals(2, next[0]);
        assertEquals(1, Places.arrived(engine, list));
        engine.assertBooks();
    }

    @ParameterizedTest
    @EnumSource
    void shouldQueueAgainWhenUserSpaceSendsThePacketToAnotherQueue(final HookList list) {
        engine.hooks.registerQueueHandler("", (packet, state, queue, token) -> {
            calls.add("queue " + queue + ' ' + state.point() + ' ' + packet.mark());
            tokens.add(token);
            return queue == 3 ? QueueHandler.NOBODY : QueueHandler.QUEUED;
        });
        Places.register(engine, list, 0, (packet, state) -> {
            packet.mark(8);
            return Verdict.queue(1);
        });
        Places.register(engine, list, 1, queueing(Verdict.ACCEPT));
        Places.send(engine, list, 2);
        engine.stolen.resume(tokens.get(0), Verdict.queue(2));
        engine.stolen.resume(tokens.get(1), Verdict.queueOrBypass(3));
        engine.boundary();
        final String at = " " + list.point() + " 8";
        assertEquals(List.of("queue 1" + at, "queue 1" + at, "queue 2" + at, "queue 3" + at, "hook"), calls);
        assertEquals(1, Places.arrived(engine, list));
        engine.assertBooks(1);
        engine.stolen.resume(tokens.get(2), Verdict.queue(3));
        engine.boundary();
        assertEquals(1, engine.dropped(DropReason.QUEUE_UNHEARD));
        engine.assertBooks();
    }

    @ParameterizedTest
    @EnumSource
    void shouldDropWhenNobodyHandlesQueues(final HookList list) {
        Places.register(engine, list, 0, queueing(Verdict.queue(0)));
        Places.send(engine, list, 2);
        assertEquals("dropped queue_unheard", engine.outcome(1));
        engine.assertBooks();
    }

    @ParameterizedTest
    @EnumSource
    void shouldGoOnWhenNobodyHandlesQueuesAndTheVerdictBypasses(final HookList list) {
        Places.register(engine, list, 0, queueing(Verdict.queueOrBypass(9)));
        Places.register(engine, list, 1, queueing(Verdict.ACCEPT));
        Places.send(engine, list, 1);
        assertEquals(List.of("hook", "hook"), calls);
        assertEquals(Places.accepted(list), engine.outcome(0));
        engine.assertBooks();
    }

    @ParameterizedTest
    @CsvSource({"-3, false, dropped queue_unheard", "-3, true, forwarded", "-125, false, dropped queue_unheard",
        "-125, true, forwarded", "-28, false, dropped queue_full", "-28, true, dropped queue_full",
        "-1, true, dropped queue_full", "1, true, dropped queue_full"})
    void shouldFollowTheHandlersAnswer(final int answer, final boolean bypass, final String outcome) {
        engine.hooks.registerQueueHandler("", (packet, state, queue, token) -> {
            tokens.add(token);
            return answer;
        });
        Places.register(engine, HookList.IPV4_FORWARD, 0, queueing(bypass ? Verdict.queueOrBypass(4) : Verdict.queue(4)));
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.5"), Packets.udp4("10.1.0.6"));
        assertEquals(outcome, engine.outcome(0));
        assertEquals(outcome, engine.outcome(1));
        engine.assertBooks();
        engine.stolen.resume(tokens.getFirst(), Verdict.ACCEPT);
        engine.boundary();
        assertEquals(1, engine.counters().badTokens);
        engine.assertBooks();
    }

    @Test
    void shouldDropWhenTheHandlerThrows() {
        engine.hooks.registerQueueHandler("", (packet, state, queue, token) -> {
            packet.steal();
            throw new IllegalStateException("broken");
        });
        Places.register(engine, HookList.IPV4_FORWARD, 0, queueing(Verdict.queueOrBypass(0)));
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.5"), Packets.udp4("10.1.0.6"));
        assertEquals("dropped hook_exception", engine.outcome(1));
        assertEquals(2, engine.counters().hookExceptions);
        assertEquals("broken", engine.lane.lastException().getMessage());
        engine.assertBooks();
    }

    @Test
    void shouldDropWhenNoPlaceIsLeft() {
        engine.hooks.registerQueueHandler("", taking());
        Places.register(engine, HookList.IPV4_FORWARD, 0, queueing(Verdict.queueOrBypass(0)));
        for (int i = 0; i < Lane.PARKING_PLACES + 1; i++) {
            engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.5"));
        }
        assertEquals("dropped parking_full", engine.outcome(0));
        engine.assertBooks(Lane.PARKING_PLACES);
        tokens.forEach(engine.stolen::release);
        engine.boundary();
        engine.assertBooks();
    }

    @Test
    void shouldLeaveTheQueueWithoutHandlerWhenItsRegistrationIsClosed() {
        final QueueHandler handler = taking();
        final Registration first = engine.hooks.registerQueueHandler("", handler);
        assertEquals("a queue handler is registered already: namespace=(own); close its registration first",
                assertThrows(HookException.class, () -> engine.hooks.registerQueueHandler("", handler)).getMessage());
        first.close();
        Places.register(engine, HookList.IPV4_FORWARD, 0, queueing(Verdict.queue(0)));
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.5"));
        assertEquals("dropped queue_unheard", engine.outcome(0));
        engine.hooks.registerQueueHandler("", handler);
        first.close();
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.5"));
        assertEquals("queued 0", engine.outcome(0), "closing twice must not end another's registration");
        engine.stolen.release(tokens.getFirst());
        engine.boundary();
        engine.assertBooks();
    }

    @Test
    void shouldRefuseAHandlerForANamespaceThatIsNotServed() {
        assertEquals("queue handler: network namespace blue is not served; served are (own)",
                assertThrows(HookException.class, () -> engine.hooks.registerQueueHandler("blue", taking())).getMessage());
    }

    private QueueHandler taking() {
        return (packet, state, queue, token) -> {
            tokens.add(token);
            return QueueHandler.QUEUED;
        };
    }

    private HookFunction queueing(final int verdict) {
        return (packet, state) -> {
            calls.add("hook");
            return verdict;
        };
    }
}
