package io.penstock.os.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.testkit.Privileged;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

@Privileged
class SwitchEventsTest {

    private static final int TRIES = 20;
    private static final long PAUSE_NS = 20_000_000;
    private static final long PATIENCE_NS = 10_000_000_000L;
    private static final int PAGES = 64;

    private final AtomicInteger number = new AtomicInteger();
    private volatile boolean ended;

    private record Absence(long fromNs, long toNs, boolean preempted, int other) {
    }

    @Test
    void shouldTellWhoTookTheCpuAndForHowLongWhenAThreadIsPreempted() throws Exception {
        final int cpu = CpuAffinity.allowed().length() - 1;
        final Thread victim = thread(() -> {
            CpuAffinity.pin(cpu);
            number.set(self());
            while (!ended) {
                Thread.onSpinWait();
            }
        });
        await(() -> number.get() != 0);
        final List<Absence> seen = new ArrayList<>();
        boolean found = false;
        try (SwitchEvents events = SwitchEvents.of(number.get(), cpu, PAGES)) {
            // Where others are at work the CPU may be theirs just then, and the thread's absence begins with them.
            for (int i = 0; i < TRIES && !found; i++) {
                final Absence hog = hog(cpu);
                await(() -> {
                    events.drain((from, to, preempted, other) -> seen.add(new Absence(from, to, preempted, other)));
                    return seen.stream().anyMatch(absence -> absence.toNs - hog.toNs >= 0);
                });
                found = seen.stream().anyMatch(absence -> absence.preempted && absence.other == hog.other
                        && Math.min(absence.toNs, hog.toNs) - Math.max(absence.fromNs, hog.fromNs) > PAUSE_NS / 2);
            }
            assertEquals(0, events.lost());
        } finally {
            ended = true;
            victim.join();
        }
        assertTrue(found, () -> "not off the CPU while another ran: " + seen);
    }

    /** Takes a CPU from others for a while: when, and which thread. */
    private static Absence hog(final int cpu) throws InterruptedException {
        final CountDownLatch hogged = new CountDownLatch(1);
        final AtomicInteger hogNumber = new AtomicInteger();
        final long[] span = new long[2];
        final Thread hog = thread(() -> {
            CpuAffinity.pin(cpu);
            RealTime.begin();
            hogNumber.set(self());
            LockSupport.parkNanos(1_000_000);
            span[0] = System.nanoTime();
            while (System.nanoTime() - span[0] < PAUSE_NS) {
                Thread.onSpinWait();
            }
            span[1] = System.nanoTime();
            hogged.countDown();
            // One that has ended has no number any more.
            LockSupport.parkNanos(PAUSE_NS);
        });
        hogged.await();
        hog.join();
        return new Absence(span[0], span[1], true, hogNumber.get());
    }

    private static Thread thread(final Runnable work) {
        return Thread.ofPlatform().daemon().start(work);
    }

    private static int self() {
        try {
            return Integer.parseInt(Files.readSymbolicLink(Path.of("/proc/thread-self")).getFileName().toString());
        } catch (final java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void await(final java.util.function.BooleanSupplier done) {
        final long deadline = System.nanoTime() + PATIENCE_NS;
        while (!done.getAsBoolean()) {
            assertTrue(System.nanoTime() - deadline < 0, "it does not happen");
            LockSupport.parkNanos(1_000_000);
        }
    }
}
