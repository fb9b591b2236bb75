package io.penstock.rules.match;

/**
 * What {@code -m hashlimit} counts in: credits of 64 bits for packets and of 32 bits for bytes, which the kernel gives out with each
 * tick. Its roundings and overflows decide which rules it takes and how they count.
 *
 * <p>Source: net/netfilter/xt_hashlimit.c, {@code user2credits}, {@code user2credits_byte}.
 */
final class HashlimitCredits {

    private static final long SECONDS_PER_DAY = 86_400;
    private static final long UNSIGNED_32 = 0xFFFF_FFFFL;

    /** Packets' credits a second: as many a tick, a power of two, as a day's fit 64 bits. */
    static final long PER_SECOND = Jiffies.PER_SECOND * Long.highestOneBit(Long.divideUnsigned(-1, Jiffies.PER_SECOND * SECONDS_PER_DAY));
    /** Bytes' credits a second: as many a tick, a power of two, as a second's fit 32 bits. */
    static final long BYTES_PER_SECOND = Jiffies.PER_SECOND * Long.highestOneBit(UNSIGNED_32 / Jiffies.PER_SECOND);

    private HashlimitCredits() {
    }

    /** The credits of a time in 1/1,000,000 s, unsigned. */
    static long of(final long time) {
        return time * (PER_SECOND / HashlimitMatch.SCALE);
    }

    /** The credits that 16 bytes cost. */
    static long ofBytes(final long cost) {
        return (cost & UNSIGNED_32) * BYTES_PER_SECOND >>> Integer.SIZE;
    }
}
