package io.penstock.rules.match;

import io.penstock.os.sys.KernelTicks;

/** The ticks that this kernel counts, from which some of what it says and refuses follows. Control. */
final class Jiffies {

    /** Ticks a second. */
    static final long PER_SECOND = KernelTicks.perSecond();

    private static final long NS_PER_S = 1_000_000_000;
    /** The count begins so long before its 32 bits overflow (linux/jiffies.h, INITIAL_JIFFIES). Unit: s */
    private static final long HEAD_START = 300;

    private Jiffies() {
    }

    /** The count at a time of the monotonic clock. */
    static long at(final long ns) {
        return (1L << Integer.SIZE) - HEAD_START * PER_SECOND + ns / NS_PER_S * PER_SECOND + ns % NS_PER_S * PER_SECOND / NS_PER_S;
    }
}
