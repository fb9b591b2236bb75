package io.penstock.os.hot.ring;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * Prints what kicks allocate once the top tier has compiled them, in a JVM of its own: a down-call makes a segment for its captured state, which the compiler
 * leaves out where it has seen few kinds of segments, and tests make all kinds.
 */
final class KickAllocation {

    private static final int KICKS = 10_000;
    /** The compiler's own thread may take its time. */
    private static final long COMPILED_WITHIN_NS = 30_000_000_000L;

    private KickAllocation() {
    }

    public static void main(final String... args) {
        final Doorbell closed = new Doorbell(-1);
        // Apart: a loop with both may be more than the compiler takes in at once.
        System.out.println("tx=" + bytesOnceCompiled(() -> kickTx(closed)) + " rx=" + bytesOnceCompiled(() -> kickRx(closed)));
    }

    private static void kickTx(final Doorbell doorbell) {
        for (int i = 0; i < KICKS; i++) {
            doorbell.kickTx();
        }
    }

    private static void kickRx(final Doorbell doorbell) {
        for (int i = 0; i < KICKS; i++) {
            doorbell.kickRx();
        }
    }

    private static long bytesOnceCompiled(final Runnable kicks) {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long bytes = Long.MAX_VALUE;
        final long deadline = System.nanoTime() + COMPILED_WITHIN_NS;
        while (bytes != 0 && System.nanoTime() - deadline < 0) {
            final long before = threads.getCurrentThreadAllocatedBytes();
            kicks.run();
            bytes = threads.getCurrentThreadAllocatedBytes() - before;
        }
        return bytes;
    }
}
