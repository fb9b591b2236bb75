package io.penstock.dataplane.hot.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.sys.PollSet;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class HandoffRingTest {

    private static final int PACKET_BYTES = 64;

    @Property(tries = 200)
    void shouldKeepOrderAndLengthsWhateverTheTwoSidesSteps(
            @ForAll @IntRange(max = 4) final int capacityLog,
            @ForAll @Size(max = 60) final List<@IntRange(max = 40) Integer> steps) {
        final int capacity = 1 << capacityLog;
        final Queue<Long> model = new ArrayDeque<>();
        long next = 1;
        try (MappedMemory memory = MappedMemory.reserve(
                HandoffRing.bytes(capacity) + HandoffRing.MAX_PACKET_BYTES, MappedMemory.Pages.NORMAL)) {
            final HandoffRing ring = new HandoffRing(memory.address(), capacity);
            final long packet = memory.address() + HandoffRing.bytes(capacity);
            for (final int step : steps) {
                if ((step & 1) == 0) {
                    final int granted = ring.reserve(step);
                    assertEquals(Math.min(step, capacity - model.size()), granted);
                    for (int i = 0; i < granted; i++) {
                        final int length = length(next);
                        Memory.putLong(packet, next);
                        Memory.putLong(packet + length - Long.BYTES, next);
                        ring.put(i, packet, length);
                        model.add(next++);
                    }
                    ring.publish(granted);
                } else {
                    final int taken = ring.peek(step);
                    assertEquals(Math.min(step, model.size()), taken);
                    for (int i = 0; i < taken; i++) {
                        final long expected = model.remove();
                        assertEquals(length(expected), ring.length(i));
                        assertEquals(expected, Memory.getLong(ring.packet(i)));
                        assertEquals(expected, Memory.getLong(ring.packet(i) + length(expected) - Long.BYTES));
                    }
                    ring.release(taken);
                }
                assertEquals(model.isEmpty(), ring.fallAsleep());
                ring.wakeUp();
            }
        }
    }

    @Test
    void shouldHoldWhatIsNotPublishedBack() {
        try (MappedMemory memory = MappedMemory.reserve(HandoffRing.bytes(2) + PACKET_BYTES, MappedMemory.Pages.NORMAL)) {
            final HandoffRing ring = new HandoffRing(memory.address(), 2);
            assertEquals(2, ring.reserve(3));
            ring.put(0, memory.address() + HandoffRing.bytes(2), PACKET_BYTES);
            assertEquals(0, ring.peek(1));
            ring.publish(1);
            assertEquals(1, ring.peek(64));
            assertEquals(1, ring.reserve(64));
        }
    }

    @Test
    void shouldTellTheProducerWhenTheConsumerSleeps() {
        try (MappedMemory memory = MappedMemory.reserve(HandoffRing.bytes(2), MappedMemory.Pages.NORMAL)) {
            final HandoffRing ring = new HandoffRing(memory.address(), 2);
            assertFalse(ring.consumerSleeps());
            assertTrue(ring.fallAsleep());
            assertTrue(ring.consumerSleeps());
            ring.wakeUp();
            assertFalse(ring.consumerSleeps());
            ring.publish(1);
            assertFalse(ring.fallAsleep());
        }
    }

    @Test
    void shouldRefuseWhenTheCapacityIsNoPowerOfTwo() {
        assertEquals("a ring's capacity must be a power of two: capacity=3",
                assertThrows(IllegalArgumentException.class, () -> new HandoffRing(0, 3)).getMessage());
    }

    /** The consumer sleeps whenever it may, so that a lost wake-up shows as a sleep that only time ended. */
    @Test
    @Timeout(60)
    void shouldLoseNeitherPacketsNorWakeUpsWhenTwoThreadsMeet() throws InterruptedException {
        final long packets = 300_000;
        final int timeoutMs = 10_000;
        final AtomicLong wrong = new AtomicLong();
        final AtomicLong overslept = new AtomicLong();
        final AtomicLong slept = new AtomicLong();
        try (MappedMemory memory =
                        MappedMemory.reserve(HandoffRing.BYTES + PACKET_BYTES, MappedMemory.Pages.NORMAL);
                PollSet bell = new PollSet(0)) {
            final HandoffRing ring = new HandoffRing(memory.address());
            final Thread consumer = new Thread(() -> {
                long expected = 0;
                while (expected < packets) {
                    final int n = ring.peek(64);
                    for (int i = 0; i < n; i++) {
                        wrong.addAndGet(Memory.getLong(ring.packet(i)) == expected++ && ring.length(i) == PACKET_BYTES ? 0 : 1);
                    }
                    ring.release(n);
                    if (n == 0) {
                        if (ring.fallAsleep()) {
                            slept.incrementAndGet();
                            overslept.addAndGet(bell.await(timeoutMs) ? 0 : 1);
                        }
                        ring.wakeUp();
                    }
                }
            });
            consumer.start();
            final long packet = memory.address() + HandoffRing.BYTES;
            long sent = 0;
            while (sent < packets) {
                final int n = ring.reserve((int) Math.min(packets - sent, 1 + sent % 7));
                for (int i = 0; i < n; i++) {
                    Memory.putLong(packet, sent++);
                    ring.put(i, packet, PACKET_BYTES);
                }
                if (n == 0) {
                    Thread.onSpinWait();
                } else {
                    ring.publish(n);
                    if (ring.consumerSleeps()) {
                        bell.wake();
                    }
                }
            }
            consumer.join();
        }
        assertEquals(0, wrong.get());
        assertEquals(0, overslept.get());
        assertTrue(slept.get() > 0, "the consumer never slept, so that nothing was tried");
    }

    /** Store and look, on both sides at once, over and over: that neither sees the other must never happen. */
    @Test
    @Timeout(60)
    void shouldNeverLetBothSidesMissEachOtherWhenOneFallsAsleep() throws InterruptedException {
        final int rounds = 100_000;
        final AtomicInteger arrived = new AtomicInteger();
        final boolean[] mayNotBeWoken = new boolean[rounds];
        final boolean[] sleeps = new boolean[rounds];
        try (MappedMemory memory = MappedMemory.reserve(HandoffRing.bytes(1), MappedMemory.Pages.NORMAL)) {
            final HandoffRing ring = new HandoffRing(memory.address(), 1);
            final Thread consumer = new Thread(() -> {
                for (int round = 0; round < rounds; round++) {
                    meet(arrived, 4 * round + 2);
                    sleeps[round] = ring.fallAsleep();
                    meet(arrived, 4 * round + 4);
                    ring.wakeUp();
                    ring.release(ring.peek(1));
                }
            });
            consumer.start();
            for (int round = 0; round < rounds; round++) {
                meet(arrived, 4 * round + 2);
                ring.publish(1);
                mayNotBeWoken[round] = !ring.consumerSleeps();
                meet(arrived, 4 * round + 4);
            }
            consumer.join();
        }
        int lost = 0;
        for (int round = 0; round < rounds; round++) {
            lost += sleeps[round] && mayNotBeWoken[round] ? 1 : 0;
        }
        assertEquals(0, lost, "wake-ups lost in " + rounds + " rounds");
    }

    private static void meet(final AtomicInteger arrived, final int both) {
        arrived.incrementAndGet();
        int looks = 0;
        while (arrived.get() < both) {
            if (++looks % 1_000 == 0) {
                Thread.yield();
            }
            Thread.onSpinWait();
        }
    }

    private static int length(final long number) {
        return (int) (Long.BYTES + number * 31 % (HandoffRing.MAX_PACKET_BYTES - Long.BYTES + 1));
    }
}
