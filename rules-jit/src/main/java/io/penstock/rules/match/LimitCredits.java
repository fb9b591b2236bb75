package io.penstock.rules.match;

/**
 * What {@code -m limit} counts in: 32 bits of credits, which the kernel gives out with each tick. Its roundings and overflows decide
 * which rules it takes and how they count.
 *
 * <p>Source: net/netfilter/xt_limit.c, {@code user2credits}.
 */
final class LimitCredits {

    private static final long SECONDS_PER_DAY = 86_400;
    private static final long UNSIGNED_32 = 0xFFFF_FFFFL;
    private static final long SCALE = 10_000;
    private static final long NS_PER_S = 1_000_000_000;
    /** Credits a second: as many a tick, a power of two, as a day's fit 32 bits. */
    private static final long PER_SECOND;

    static {
        final long ticks = Jiffies.PER_SECOND;
        PER_SECOND = ticks * Long.highestOneBit(UNSIGNED_32 / (ticks * SECONDS_PER_DAY));
    }

    private LimitCredits() {
    }

    /** The credits of a time in 1/10,000 s, unsigned. */
    static long of(final int time) {
        final long units = Integer.toUnsignedLong(time);
        return units > UNSIGNED_32 / PER_SECOND ? units / SCALE * PER_SECOND & UNSIGNED_32 : units * PER_SECOND / SCALE;
    }

    /** The nanoseconds in which that many credits are given out. */
    static long ns(final int time) {
        return of(time) * NS_PER_S / PER_SECOND;
    }
}
