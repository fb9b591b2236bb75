package io.penstock.rules.hot.set.table;

import io.penstock.os.hot.memory.Memory;

/**
 * A bucket of an index of 64-bit lanes: a cache line of 8. What {@link KeyIndex} says of empty and left lanes holds here.
 *
 * <pre>
 *    0 lanes   8 longs; of keys with entries         bits 0-31 the entry's number, from 2 | 32-63 the hash
 *                       of keys without              all a permuted key
 *                       of such with flags           bits 0-1 flags | 2-63 a permuted key
 * </pre>
 *
 * <p>Threads: any.
 */
final class WordBucket {

    static final int LANES = 8;
    static final int LANE_SHIFT = 3;

    private static final int LANE_BYTES = 8;
    private static final int LAST = 56;

    private WordBucket() {
    }

    /** Whether a lane, but for so many low bits, holds a word. Without branches. */
    static boolean holds(final long bucket, final long word, final int ignored) {
        final long found = zero((Memory.getLong(bucket) ^ word) >>> ignored)
                | zero((Memory.getLong(bucket + LANE_BYTES) ^ word) >>> ignored)
                | zero((Memory.getLong(bucket + 2 * LANE_BYTES) ^ word) >>> ignored)
                | zero((Memory.getLong(bucket + 3 * LANE_BYTES) ^ word) >>> ignored)
                | zero((Memory.getLong(bucket + 4 * LANE_BYTES) ^ word) >>> ignored)
                | zero((Memory.getLong(bucket + 5 * LANE_BYTES) ^ word) >>> ignored)
                | zero((Memory.getLong(bucket + 6 * LANE_BYTES) ^ word) >>> ignored)
                | zero((Memory.getLong(bucket + LAST) ^ word) >>> ignored);
        return found < 0;
    }

    /** The lane with the hash of a word; 0 for none, with several of them something that need not be in any. Without branches. */
    static long matching(final long bucket, final long word) {
        final long hash = word >>> Integer.SIZE;
        final long w0 = Memory.getLong(bucket);
        final long w1 = Memory.getLong(bucket + LANE_BYTES);
        final long w2 = Memory.getLong(bucket + 2 * LANE_BYTES);
        final long w3 = Memory.getLong(bucket + 3 * LANE_BYTES);
        final long w4 = Memory.getLong(bucket + 4 * LANE_BYTES);
        final long w5 = Memory.getLong(bucket + 5 * LANE_BYTES);
        final long w6 = Memory.getLong(bucket + 6 * LANE_BYTES);
        final long w7 = Memory.getLong(bucket + LAST);
        return w0 & same(w0, hash) | w1 & same(w1, hash) | w2 & same(w2, hash) | w3 & same(w3, hash)
                | w4 & same(w4, hash) | w5 & same(w5, hash) | w6 & same(w6, hash) | w7 & same(w7, hash);
    }

    /** Whether keys whose home is this bucket may be in the next one: the last lane is not empty. */
    static boolean isPassed(final long bucket) {
        return Memory.getLong(bucket + LAST) != 0;
    }

    /** A lane. */
    static long lane(final long bucket, final int lane) {
        return Memory.getLong(bucket + (long) lane * LANE_BYTES);
    }

    /** Negative for 0, else not. */
    private static long zero(final long value) {
        return value - 1 & ~value;
    }

    /** All ones if a word has the hash, else zeros. */
    private static long same(final long word, final long hash) {
        return (word >>> Integer.SIZE ^ hash) - 1 >> 63;
    }
}
