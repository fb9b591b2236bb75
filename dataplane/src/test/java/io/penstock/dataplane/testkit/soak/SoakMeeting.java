package io.penstock.dataplane.testkit.soak;

import java.util.concurrent.atomic.AtomicInteger;

/** Where two workers wait a moment for each other, to do the same at the same time. */
final class SoakMeeting {

    /** Nobody came. */
    static final int ALONE = -1;

    /** Longer than most rounds. Unit: ns. */
    private static final long WAIT_NS = 200_000;
    private static final int NOBODY = 0;

    /** Who waits, plus 1. */
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile int round;

    /** How often they have met. */
    int count() {
        return round;
    }

    /** Waits for the other one; the number of the meeting, the same for both, or {@link #ALONE}. */
    int meet(final int worker) {
        final int before = round;
        if (waiting.get() == 2 - worker) {
            // It has been waiting for this one alone.
            round = before + 1;
            waiting.set(NOBODY);
            return before + 1;
        }
        if (!waiting.compareAndSet(NOBODY, worker + 1)) {
            return ALONE;
        }
        final long startNs = System.nanoTime();
        while (round == before && System.nanoTime() - startNs < WAIT_NS) {
            Thread.onSpinWait();
        }
        return round == before && waiting.compareAndSet(worker + 1, NOBODY) ? ALONE : before + 1;
    }
}
