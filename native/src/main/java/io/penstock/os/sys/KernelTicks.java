package io.penstock.os.sys;

import io.penstock.os.hot.memory.Memory;

/**
 * How many ticks a second this kernel makes (CONFIG_HZ), in which some of its settings count.
 *
 * <p>Source: clock_getres(2): the coarse clock moves with the ticks. Control.
 */
public final class KernelTicks {

    private static final int CLOCK_MONOTONIC_COARSE = 6;
    private static final int TIMESPEC_BYTES = 16;
    private static final long NS_PER_S = 1_000_000_000;

    private KernelTicks() {
    }

    /** Ticks a second: 100, 250, 300 or 1000. */
    public static long perSecond() {
        try (MappedMemory time = MappedMemory.reserve(TIMESPEC_BYTES, MappedMemory.Pages.NORMAL)) {
            Linux.check(Linux.clockGetres(CLOCK_MONOTONIC_COARSE, time.address()), "clock_getres(CLOCK_MONOTONIC_COARSE)");
            final long ns = Memory.getLong(time.address() + Long.BYTES);
            return (NS_PER_S + ns / 2) / ns;
        }
    }
}
