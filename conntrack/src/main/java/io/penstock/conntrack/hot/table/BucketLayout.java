package io.penstock.conntrack.hot.table;

import io.penstock.os.hot.memory.Memory;

/**
 * A bucket of the index: a cache line.
 *
 * <pre>
 *    0 header  long   bits 0-31 how many tuples were put past this bucket on their way from home | 32 LOCK
 *    8 slots   7 longs, each 0 for none or
 *                     bits 0-30 entry's number | 31 direction | 32-63 the low half of the tuple's hash
 * </pre>
 *
 * <p>Invariants:
 * <ol>
 *   <li>A tuple's home is the bucket that the low bits of its hash name; it lies there, or in the next bucket that had room. Every bucket that it
 *       passed counts it, from before it is put in until after it is taken out: a search ends at the first bucket that counts none.</li>
 *   <li>A tuple never moves within an index.</li>
 *   <li>The lock of a tuple's home is held by who puts it in, so that nobody else puts an equal one in. Readers and removers need none.</li>
 * </ol>
 *
 * <p>As a slot holds the bits that name the home, an index is moved to another size without looking at the entries.
 */
final class BucketLayout {

    static final int BYTES = 64;
    static final int SHIFT = 6;
    static final int HEADER = 0;
    static final int SLOTS = 8;
    static final int SLOT_BYTES = 8;
    static final int SLOT_COUNT = 7;

    static final long LOCK = 1L << 32;
    static final long PASSED_MASK = LOCK - 1;
    static final long NUMBER_MASK = 0x7FFF_FFFFL;
    static final int DIRECTION_SHIFT = 31;

    private BucketLayout() {
    }

    /** A slot's word. */
    static long word(final long hash, final int number, final int direction) {
        return hash << 32 | (long) direction << DIRECTION_SHIFT | number;
    }

    static int number(final long word) {
        return (int) (word & NUMBER_MASK);
    }

    static int direction(final long word) {
        return (int) (word >>> DIRECTION_SHIFT) & 1;
    }

    /** The half of the hash that names the home. */
    static long hash(final long word) {
        return word >>> 32;
    }

    /**
     * The word of a bucket whose half of the hash agrees: 0 for none, with several of them something that may name any entry, or none.
     * Without branches, for nothing foretells which slot it is.
     */
    static long matching(final long bucket, final long hash) {
        final long low = hash & 0xFFFF_FFFFL;
        final long s0 = Memory.getLong(bucket + SLOTS);
        final long s1 = Memory.getLong(bucket + SLOTS + SLOT_BYTES);
        final long s2 = Memory.getLong(bucket + SLOTS + 2 * SLOT_BYTES);
        final long s3 = Memory.getLong(bucket + SLOTS + 3 * SLOT_BYTES);
        final long s4 = Memory.getLong(bucket + SLOTS + 4 * SLOT_BYTES);
        final long s5 = Memory.getLong(bucket + SLOTS + 5 * SLOT_BYTES);
        final long s6 = Memory.getLong(bucket + SLOTS + 6 * SLOT_BYTES);
        return s0 & same(s0, low) | s1 & same(s1, low) | s2 & same(s2, low) | s3 & same(s3, low)
                | s4 & same(s4, low) | s5 & same(s5, low) | s6 & same(s6, low);
    }

    /** A bit for each slot whose half of the hash agrees. An empty slot agrees with a half of zeros. */
    static int agreeing(final long bucket, final long hash) {
        final long low = hash & 0xFFFF_FFFFL;
        int slots = 0;
        for (int i = 0; i < SLOT_COUNT; i++) {
            slots |= isZero(word(bucket, i) >>> 32 ^ low) << i;
        }
        return slots;
    }

    /** A bit for each slot that holds a word; 0 for the empty ones. */
    static int holding(final long bucket, final long word) {
        int slots = 0;
        for (int i = 0; i < SLOT_COUNT; i++) {
            slots |= isZero(word(bucket, i) ^ word) << i;
        }
        return slots;
    }

    /** How many tuples of a bucket have the same home as a hash, among so many buckets less one. */
    static int sharing(final long bucket, final long hash, final long mask) {
        int count = 0;
        for (int i = 0; i < SLOT_COUNT; i++) {
            final long word = word(bucket, i);
            count += isZero((word >>> 32 ^ hash) & mask) & ~isZero(word);
        }
        return count;
    }

    /** How many tuples lie past a bucket that would rather be here. */
    static long passed(final long bucket) {
        return Memory.getLongOpaque(bucket + HEADER) & PASSED_MASK;
    }

    private static long word(final long bucket, final int slot) {
        return Memory.getLongOpaque(bucket + SLOTS + (long) slot * SLOT_BYTES);
    }

    /** 1 for 0, else 0. */
    private static int isZero(final long value) {
        return (int) ((value | -value) >>> 63) ^ 1;
    }

    /** All ones if the half of the hash is that of the slot, else zeros. */
    private static long same(final long slot, final long low) {
        return (slot >>> 32 ^ low) - 1 >> 63;
    }
}
