package io.penstock.os.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;

/**
 * Real-time scheduling: a thread that has it runs before every usual one on its CPU, for as long as it likes.
 *
 * <p>Source: sched(7), sched_setscheduler(2). Threads: any platform thread, for itself or another one; never a virtual thread, for itself.
 */
public final class RealTime {

    private static final int SCHED_FIFO = 1;
    /** Kept by this thread alone: what it starts is scheduled as usual. */
    private static final int SCHED_RESET_ON_FORK = 0x4000_0000;
    /** The least, which is above all usual threads. */
    private static final int PRIORITY = 1;

    private RealTime() {
    }

    /**
     * Lets the calling thread run first in, first out.
     *
     * @throws SysException when that is not allowed
     */
    public static void begin() {
        final int result = begin(0);
        if (result < 0) {
            throw new SysException("sched_setscheduler(thread=0, policy=SCHED_FIFO, priority=" + PRIORITY + ')', -result,
                    "run as root, or with the capability CAP_SYS_NICE");
        }
    }

    /** Lets a thread, by the kernel's number, run first in, first out; 0 or the error, negative. */
    public static int begin(final int thread) {
        try (Arena arena = Arena.ofConfined()) {
            return Linux.schedSetscheduler(thread, SCHED_FIFO | SCHED_RESET_ON_FORK,
                    arena.allocateFrom(ValueLayout.JAVA_INT, PRIORITY).address());
        }
    }
}
