package io.penstock.dataplane.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.api.HookFunction;
import io.penstock.dataplane.api.HookOps;
import io.penstock.dataplane.api.HookPoint;
import io.penstock.dataplane.api.HookRegistrar.Registration;
import io.penstock.dataplane.api.QueueHandler;
import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.testkit.Packets;
import io.penstock.dataplane.testkit.WorkerBench;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a closed registration promises, with workers on threads of their own. */
@Timeout(30)
class UnregistrationTest {

    private final WorkerBench bench = new WorkerBench(2);

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void shouldReturnOnlyWhenNoPacketIsInsideTheFunction() {
        final CountDownLatch entered = new CountDownLatch(2);
        final CountDownLatch leave = new CountDownLatch(1);
        final AtomicInteger inside = new AtomicInteger();
        final Registration registration = register((packet, state) -> {
            inside.incrementAndGet();
            entered.countDown();
            await(leave);
            inside.decrementAndGet();
            return Verdict.ACCEPT;
        });
        bench.offer(0, Packets.udp4("10.1.0.5"));
        bench.offer(1, Packets.udp4("10.1.0.5"));
        await(entered);
        final AtomicInteger seen = new AtomicInteger(-1);
        final Thread closer = Thread.ofPlatform().start(() -> {
            registration.close();
            seen.set(inside.get());
        });
        bench.until(() -> isWaiting(closer) || !closer.isAlive());
        // The closer has published and waits: nothing but the workers' way out of the function can let it go.
        try {
            bench.watch(100, () -> assertEquals(-1, seen.get(), "close() returned while packets were inside"));
        } finally {
            leave.countDown();
        }
        join(closer);
        assertEquals(0, seen.get());
        bench.until(() -> bench.forwarded() == 2);
        bench.offer(0, Packets.udp4("10.1.0.5"));
        bench.until(() -> bench.forwarded() == 3);
    }

    @Test
    void shouldNotCallAFunctionOnceItsRegistrationIsClosed() {
        for (int i = 0; i < 200; i++) {
            final AtomicBoolean closed = new AtomicBoolean();
            final AtomicInteger late = new AtomicInteger();
            final Registration registration = register((packet, state) -> {
                if (closed.get()) {
                    late.incrementAndGet();
                }
                return Verdict.ACCEPT;
            });
            bench.offer(0, Packets.udp4("10.1.0.5"));
            bench.offer(1, Packets.udp4("10.1.0.6"));
            registration.close();
            closed.set(true);
            bench.offer(0, Packets.udp4("10.1.0.5"));
            assertEquals(0, late.get());
        }
        bench.until(() -> bench.forwarded() == 600);
    }

    @Test
    void shouldBeInForceOnEveryWorkerWhenRegisterReturns() {
        register((packet, state) -> Verdict.DROP);
        bench.offer(0, Packets.udp4("10.1.0.5"));
        bench.offer(1, Packets.udp4("10.1.0.5"));
        bench.until(() -> bench.dropped(DropReason.HOOK_DROP) == 2);
        assertEquals(0, bench.forwarded());
    }

    @Test
    void shouldWakeAWorkerThatSleeps() {
        bench.until(bench::isAsleep);
        register((packet, state) -> Verdict.DROP).close();
        assertNull(bench.failure());
    }

    @Test
    void shouldRefuseAChangeFromAFunctionAlthoughAnotherChangeWaitsForIt() {
        final CountDownLatch entered = new CountDownLatch(1);
        final CountDownLatch go = new CountDownLatch(1);
        final Queue<String> refusals = new ConcurrentLinkedQueue<>();
        final Registration registration = register((packet, state) -> {
            entered.countDown();
            await(go);
            refusals.add(refusal(() -> register((p, s) -> Verdict.ACCEPT)));
            refusals.add(refusal(() -> bench.hooks.registerQueueHandler("", (p, s, q, t) -> QueueHandler.NOBODY)));
            refusals.add("listed " + bench.hooks.list().size());
            return Verdict.ACCEPT;
        });
        bench.offer(0, Packets.udp4("10.1.0.5"));
        await(entered);
        final Thread closer = Thread.ofPlatform().start(registration::close);
        bench.until(() -> isWaiting(closer));
        go.countDown();
        join(closer);
        final String message = "hooks cannot be changed from inside a hook function, which the change would wait for; hand the "
                + "change to another thread";
        assertEquals(List.of(message, message, "listed 0"), new ArrayList<>(refusals));
        assertNull(bench.failure());
    }

    @Test
    void shouldRefuseToCloseFromInsideTheFunction() {
        final AtomicReference<Registration> own = new AtomicReference<>();
        final Queue<String> refusals = new ConcurrentLinkedQueue<>();
        final CountDownLatch known = new CountDownLatch(1);
        own.set(register((packet, state) -> {
            await(known);
            refusals.add(refusal(() -> own.get().close()));
            return Verdict.ACCEPT;
        }));
        known.countDown();
        bench.offer(0, Packets.udp4("10.1.0.5"));
        bench.until(() -> bench.forwarded() == 1);
        assertEquals(1, refusals.size());
        assertTrue(refusals.peek().startsWith("hooks cannot be changed from inside a hook function"));
    }

    @Test
    void shouldReturnWhenAWorkerHasDied() {
        bench.kill(1);
        register((packet, state) -> Verdict.DROP).close();
    }

    @Test
    void shouldMoveAStolenPacketOnAtTheNextBoundary() {
        final Queue<Long> tokens = new ConcurrentLinkedQueue<>();
        register((packet, state) -> {
            tokens.add(packet.steal());
            return Verdict.STOLEN;
        });
        bench.offer(0, Packets.udp4("10.1.0.5"));
        bench.offer(1, Packets.udp4("10.1.0.6"));
        bench.until(() -> tokens.size() == 2);
        assertEquals(1, tokens.stream().filter(token -> Lane.laneOf(token) == 1).count());
        bench.stolen.resume(tokens.poll(), Verdict.ACCEPT);
        bench.stolen.release(tokens.poll());
        bench.until(() -> bench.forwarded() == 1 && bench.dropped(DropReason.STOLEN_RELEASED) == 1);
    }

    @Test
    void shouldServeOthersAlthoughAFunctionStealsAndGivesBackForEver() {
        final AtomicInteger calls = new AtomicInteger();
        final Registration registration = register((packet, state) -> {
            calls.incrementAndGet();
            bench.stolen.resume(packet.steal(), Verdict.REPEAT);
            return Verdict.STOLEN;
        });
        bench.offer(0, Packets.udp4("10.1.0.5"));
        bench.until(() -> calls.get() > 10);
        // Closing needs a boundary of the worker, which it reaches although its own commands never end.
        registration.close();
        bench.until(() -> bench.forwarded() == 1);
    }

    @Test
    void shouldNotDieOfACommandThatThrows() {
        assertEquals("no such port", refusal(() -> bench.call(0, () -> {
            throw new IllegalStateException("no such port");
        })));
        bench.offer(0, Packets.udp4("10.1.0.5"));
        bench.until(() -> bench.forwarded() == 1);
    }

    @Test
    void shouldSurviveManyChangesUnderTraffic() {
        final AtomicInteger calls = new AtomicInteger();
        for (int i = 0; i < 100; i++) {
            final List<Registration> all = new ArrayList<>();
            for (int j = 0; j < 3; j++) {
                all.add(register((packet, state) -> {
                    calls.incrementAndGet();
                    return Verdict.ACCEPT;
                }));
                bench.offer(j & 1, Packets.udp4("10.1.0.5"));
            }
            all.reversed().forEach(Registration::close);
        }
        bench.until(() -> bench.forwarded() == 300);
        assertTrue(calls.get() <= 900, () -> "calls=" + calls.get());
    }

    @Test
    void shouldEmptyTheProgramWhenTheNamespaceGoes() {
        final AtomicInteger calls = new AtomicInteger();
        register((packet, state) -> {
            calls.incrementAndGet();
            return Verdict.ACCEPT;
        });
        bench.namespaces.remove(bench.namespace);
        bench.offer(0, Packets.udp4("10.1.0.5"));
        bench.until(() -> bench.forwarded() == 1);
        assertEquals(0, calls.get());
    }

    private Registration register(final HookFunction function) {
        return bench.hooks.register(HookOps.of("test", Family.IPV4, HookPoint.FORWARD, 0, function));
    }

    private static String refusal(final Runnable action) {
        return assertThrows(RuntimeException.class, action::run).getMessage();
    }

    private static boolean isWaiting(final Thread thread) {
        return thread.getState() == Thread.State.TIMED_WAITING || thread.getState() == Thread.State.WAITING;
    }

    private static void await(final CountDownLatch latch) {
        try {
            latch.await();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void join(final Thread thread) {
        try {
            thread.join();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
