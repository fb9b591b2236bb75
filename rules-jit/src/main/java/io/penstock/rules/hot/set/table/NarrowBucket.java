package io.penstock.rules.hot.set.table;

import io.penstock.os.hot.memory.Memory;

/**
 * A bucket of an index of narrow keys without entries: a cache line of 16 lanes, each of them a permuted key. What {@link KeyIndex} says of empty and
 * left lanes holds here.
 *
 * <pre>
 *    0 lanes   16 ints
 * </pre>
 *
 * <p>Threads: any.
 */
final class NarrowBucket {

    static final int LANES = 16;
    static final int LANE_SHIFT = 2;

    private static final int WORD_BYTES = 8;
    private static final long LOW_BITS = 0x0000_0001_0000_0001L;
    private static final long HIGH_BITS = 0x8000_0000_8000_0000L;
    private static final long LOW = 0xFFFF_FFFFL;
    private static final int LAST_WORD = 56;

    private NarrowBucket() {
    }

    /** Whether a lane holds a permuted key. Without branches, and two lanes at once. */
    static boolean holds(final long bucket, final long permuted) {
        final long both = permuted << Integer.SIZE | permuted & LOW;
        final long found = zero(Memory.getLong(bucket) ^ both)
                | zero(Memory.getLong(bucket + WORD_BYTES) ^ both)
                | zero(Memory.getLong(bucket + 2 * WORD_BYTES) ^ both)
                | zero(Memory.getLong(bucket + 3 * WORD_BYTES) ^ both)
                | zero(Memory.getLong(bucket + 4 * WORD_BYTES) ^ both)
                | zero(Memory.getLong(bucket + 5 * WORD_BYTES) ^ both)
                | zero(Memory.getLong(bucket + 6 * WORD_BYTES) ^ both)
                | zero(Memory.getLong(bucket + LAST_WORD) ^ both);
        return (found & HIGH_BITS) != 0;
    }

    /** Whether keys whose home is this bucket may be in the next one: the last lane is not empty. */
    static boolean isPassed(final long bucket) {
        return Memory.getLong(bucket + LAST_WORD) >>> Integer.SIZE != 0;
    }

    /** The high bit of a half is set if that half is zero; if none is, neither is. */
    private static long zero(final long halves) {
        return halves - LOW_BITS & ~halves;
    }
}
