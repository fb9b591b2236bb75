package io.penstock.perf.jcstress;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.ring.RingOffsets;
import io.penstock.os.hot.ring.RxRing;
import io.penstock.os.hot.ring.TxRing;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * The rings' both directions (producer: {@link TxRing}, as the fill ring; consumer: {@link RxRing}, as the completion ring)
 * against a kernel that keeps to its side of the protocol: acquire what the other has released.
 */
public final class RingStress {

    private static final int NOTHING = -1;
    /** The first packet's place in the UMEM and length, and what is written over them. */
    private static final int OLD = 256;
    private static final int OLD_BYTES = 60;
    private static final int NEW = 2304;
    private static final int NEW_BYTES = 1500;
    private static final RingOffsets OFFSETS = new RingOffsets(0, 64, 192, 128);
    private static final int LENGTH = 8;

    private RingStress() {
    }

    /** The kernel's side of a ring with room for one descriptor. */
    private static final class Kernel {

        private final long ring = Blocks.next();

        private int producer() {
            return Memory.getIntAcquire(ring + OFFSETS.producer());
        }

        private int consumer() {
            return Memory.getIntAcquire(ring + OFFSETS.consumer());
        }

        private void publish(final int index) {
            Memory.putIntRelease(ring + OFFSETS.producer(), index);
        }

        private void release(final int index) {
            Memory.putIntRelease(ring + OFFSETS.consumer(), index);
        }

        private void write(final int address, final int bytes) {
            Memory.putLong(ring + OFFSETS.descriptors(), address);
            Memory.putInt(ring + OFFSETS.descriptors() + LENGTH, bytes);
        }

        private void read(final II_Result result) {
            result.r1 = (int) Memory.getLong(ring + OFFSETS.descriptors());
            result.r2 = Memory.getInt(ring + OFFSETS.descriptors() + LENGTH);
        }
    }

    /** What Penstock publishes is whole. */
    @JCStressTest
    @Outcome(id = "-1, -1", expect = Expect.ACCEPTABLE, desc = "The kernel looked before anything was submitted.")
    @Outcome(id = "2304, 1500", expect = Expect.ACCEPTABLE, desc = "The kernel has the whole descriptor.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "The kernel sends from a descriptor that is not all written.")
    @State
    public static class Submit {

        private final Kernel kernel = new Kernel();
        private final TxRing tx = new TxRing(kernel.ring, OFFSETS, 1, 0);

        /** Worker. */
        @Actor
        public void penstock() {
            if (tx.reserve(1) == 1) {
                tx.put(NEW, NEW_BYTES);
                tx.submit();
            }
        }

        /** The other side. */
        @Actor
        public void kernel(final II_Result result) {
            if (kernel.producer() == 1) {
                kernel.read(result);
            } else {
                result.r1 = NOTHING;
                result.r2 = NOTHING;
            }
        }
    }

    /** What Penstock puts next overwrites nothing that the kernel still reads. */
    @JCStressTest
    @Outcome(id = "256, 60", expect = Expect.ACCEPTABLE, desc = "The kernel read the descriptor before its slot was used again.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "The kernel read a descriptor that was being overwritten.")
    @State
    public static class PutAgain {

        private final Kernel kernel = new Kernel();
        private final TxRing tx = new TxRing(kernel.ring, OFFSETS, 1, 0);

        /** A ring that is full. */
        public PutAgain() {
            tx.reserve(1);
            tx.put(OLD, OLD_BYTES);
            tx.submit();
        }

        /** Worker. */
        @Actor
        public void penstock() {
            if (tx.reserve(1) == 1) {
                tx.put(NEW, NEW_BYTES);
                tx.submit();
            }
        }

        /** The other side. */
        @Actor
        public void kernel(final II_Result result) {
            kernel.read(result);
            kernel.release(1);
        }
    }

    /** What Penstock peeks is whole. */
    @JCStressTest
    @Outcome(id = "-1, -1", expect = Expect.ACCEPTABLE, desc = "Penstock looked before anything was received.")
    @Outcome(id = "2304, 1500", expect = Expect.ACCEPTABLE, desc = "Penstock has the whole descriptor.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Penstock reads a packet by a descriptor that is not all written.")
    @State
    public static class Peek {

        private final Kernel kernel = new Kernel();
        private final RxRing rx = new RxRing(kernel.ring, OFFSETS, 1, 0);

        /** Worker. */
        @Actor
        public void penstock(final II_Result result) {
            if (rx.peek(1) == 1) {
                result.r1 = (int) rx.address(0);
                result.r2 = rx.length(0);
                rx.release(1);
            } else {
                result.r1 = NOTHING;
                result.r2 = NOTHING;
            }
        }

        /** The other side. */
        @Actor
        public void kernel() {
            kernel.write(NEW, NEW_BYTES);
            kernel.publish(1);
        }
    }

    /** What the kernel receives next overwrites nothing that Penstock still reads. */
    @JCStressTest
    @Outcome(id = "256, 60", expect = Expect.ACCEPTABLE, desc = "Penstock read the descriptor before it gave the slot back.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Penstock read a descriptor that was being overwritten.")
    @State
    public static class Release {

        private final Kernel kernel = new Kernel();
        private final RxRing rx;

        /** A ring that holds a packet. */
        public Release() {
            kernel.write(OLD, OLD_BYTES);
            kernel.publish(1);
            rx = new RxRing(kernel.ring, OFFSETS, 1, 0);
        }

        /** Worker. */
        @Actor
        public void penstock(final II_Result result) {
            rx.peek(1);
            result.r1 = (int) rx.address(0);
            result.r2 = rx.length(0);
            rx.release(1);
        }

        /** The other side. */
        @Actor
        public void kernel() {
            if (kernel.consumer() == 1) {
                kernel.write(NEW, NEW_BYTES);
                kernel.publish(2);
            }
        }
    }
}
