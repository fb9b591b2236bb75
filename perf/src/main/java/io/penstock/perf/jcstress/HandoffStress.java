package io.penstock.perf.jcstress;

import io.penstock.dataplane.hot.port.HandoffRing;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.MappedMemory;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** {@link HandoffRing}: guarantees 3 and 4, between two workers. */
public final class HandoffStress {

    private static final int NOTHING = -1;
    private static final int OLD_BYTES = 60;
    private static final int NEW_BYTES = 64;
    private static final int OLD = 0x0101_0101;
    private static final int NEW = 0x0202_0202;

    private HandoffStress() {
    }

    /** Packets to hand over, and rings whose first slots alone are used: behind these lies the next ring. */
    private static final class Rings {

        /** The ring's indices and two slots, rounded up. */
        private static final int BYTES = 16 << 10;
        /** Rings; one is used again after so many, and jcstress holds some ten thousand states at a time. */
        private static final int COUNT = 1 << 14;
        /** What a ring's indices take. */
        private static final int INDICES_BYTES = 4096;

        private static final MappedMemory MEMORY =
                MappedMemory.reserve((long) BYTES * COUNT + HandoffRing.BYTES, MappedMemory.Pages.NORMAL);
        private static final MappedMemory PACKETS = MappedMemory.reserve(2L * NEW_BYTES, MappedMemory.Pages.NORMAL);
        private static final AtomicInteger NEXT = new AtomicInteger();

        static {
            Memory.fill(PACKETS.address(), NEW_BYTES, (byte) OLD);
            Memory.fill(PACKETS.address() + NEW_BYTES, NEW_BYTES, (byte) NEW);
        }

        private static HandoffRing next() {
            final long ring = MEMORY.address() + (long) (NEXT.getAndIncrement() & COUNT - 1) * BYTES;
            Memory.fill(ring, INDICES_BYTES, (byte) 0);
            return new HandoffRing(ring);
        }

        private static long packet(final boolean old) {
            return PACKETS.address() + (old ? 0 : NEW_BYTES);
        }
    }

    /** The consumer takes the next packet: its length, and its first and last words if they are the same. */
    private static void take(final HandoffRing ring, final II_Result result) {
        final int bytes = ring.length(0);
        final int first = Memory.getInt(ring.packet(0));
        final int last = Memory.getInt(ring.packet(0) + OLD_BYTES - Integer.BYTES);
        result.r1 = bytes;
        result.r2 = first == last ? first & 0xFF : 0;
        ring.release(1);
    }

    /** What the consumer peeks is whole. */
    @JCStressTest
    @Outcome(id = "-1, -1", expect = Expect.ACCEPTABLE, desc = "The consumer looked before anything was published.")
    @Outcome(id = "64, 2", expect = Expect.ACCEPTABLE, desc = "The consumer has the whole packet.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "The consumer has a packet that is not all copied.")
    @State
    public static class Publish {

        private final HandoffRing ring = Rings.next();

        /** Producer. */
        @Actor
        public void producer() {
            if (ring.reserve(1) == 1) {
                ring.put(0, Rings.packet(false), NEW_BYTES);
                ring.publish(1);
            }
        }

        /** Consumer. */
        @Actor
        public void consumer(final II_Result result) {
            if (ring.peek(1) == 1) {
                take(ring, result);
            } else {
                result.r1 = NOTHING;
                result.r2 = NOTHING;
            }
        }
    }

    /** What the producer puts next overwrites nothing that the consumer still reads. */
    @JCStressTest
    @Outcome(id = "60, 1", expect = Expect.ACCEPTABLE, desc = "The consumer read the packet before its slot was used again.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "The consumer read a packet that was being overwritten.")
    @State
    public static class PutAgain {

        private final HandoffRing ring = Rings.next();

        /** A ring that is full; of its packets only the first is looked at. */
        public PutAgain() {
            ring.reserve(HandoffRing.CAPACITY);
            ring.put(0, Rings.packet(true), OLD_BYTES);
            ring.publish(HandoffRing.CAPACITY);
        }

        /** Producer. */
        @Actor
        public void producer() {
            if (ring.reserve(1) == 1) {
                ring.put(0, Rings.packet(false), NEW_BYTES);
                ring.publish(1);
            }
        }

        /** Consumer. */
        @Actor
        public void consumer(final II_Result result) {
            ring.peek(1);
            take(ring, result);
        }
    }

    /** No wake-up is lost. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "The consumer sleeps, and the producer wakes it.")
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "The consumer saw the packet and stays awake; it is woken in vain.")
    @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "The consumer saw the packet before it could fall asleep.")
    @Outcome(id = "0, 1", expect = Expect.FORBIDDEN, desc = "The consumer sleeps on a packet, and nobody wakes it.")
    @State
    public static class Wake {

        private final HandoffRing ring = Rings.next();

        /** Producer: whether it has to wake the consumer. */
        @Actor
        public void producer(final II_Result result) {
            if (ring.reserve(1) == 1) {
                ring.put(0, Rings.packet(false), NEW_BYTES);
                ring.publish(1);
            }
            result.r1 = ring.consumerSleeps() ? 1 : 0;
        }

        /** Consumer: whether it sleeps. */
        @Actor
        public void consumer(final II_Result result) {
            result.r2 = ring.fallAsleep() ? 1 : 0;
        }
    }
}
