package io.penstock.rules.set.table;

import java.util.concurrent.locks.LockSupport;

/** How control waits for a worker. Threads: control. */
public final class Waiting {

    /** A worker holds what is waited for some microseconds; much shorter, and a thread that waits takes the processor from it. */
    private static final long PAUSE_NS = 20_000;

    private Waiting() {
    }

    /** Waits a little, without the processor. */
    public static void pause() {
        LockSupport.parkNanos(PAUSE_NS);
    }
}
