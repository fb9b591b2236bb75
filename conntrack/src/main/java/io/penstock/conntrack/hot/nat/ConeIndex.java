package io.penstock.conntrack.hot.nat;

import io.penstock.conntrack.hot.table.ConnTable;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.MappedMemory;

/**
 * Where cones are, by one of their ends. What is found has to be compared.
 *
 * <p>There are as many buckets as the table's limit asks for at the moment, so that those in use lie close together. When the limit changes, what
 * is there stays where it is: all numbers of buckets that there have been are remembered, and looked through.
 *
 * <p>Buckets have two lines, sixteen slots of a long each; 0 is free:
 *
 * <pre>
 *   63        48 47            31 30                          0
 *  +------------+----------------+-----------------------------+
 *  | fingerprint|       0        |            number           |
 *  +------------+----------------+-----------------------------+
 * </pre>
 *
 * <p>Slots change by compare-and-set alone. A number stands here once, put and removed by the same worker or by who took the cone's last reference.
 *
 * <p>Threads: all workers.
 */
final class ConeIndex implements AutoCloseable {

    static final int NONE = -1;

    private static final int SLOT_BITS = 4;
    private static final int SLOTS = 1 << SLOT_BITS;
    private static final int SLOT_BYTES = 8;
    private static final int BUCKET_BYTES = SLOTS * SLOT_BYTES;
    /** The first bucket keeps its distance from the word before, which changes about never. */
    private static final int BUCKETS_OFFSET = 128;
    /** Slots for each cone that there can be, before rounding up: 8 of 16 in use when every connection has a cone of its own. */
    private static final int SLOTS_PER_CONE = 2;
    private static final long NUMBER_MASK = 0x7FFF_FFFFL;
    private static final int FINGERPRINT_SHIFT = 48;

    private final ConnTable table;
    private final int maxCones;
    private final MappedMemory memory;
    /** A long: bit n is set when there have been 2^n buckets. */
    private final long sizes;
    private final long buckets;

    /** Nothing known. Address space is reserved for all; memory is taken by first touch. */
    ConeIndex(final ConnTable table, final int maxCones) {
        this.table = table;
        this.maxCones = maxCones;
        memory = MappedMemory.reserve(BUCKETS_OFFSET + ((long) BUCKET_BYTES << size(maxCones)), MappedMemory.Pages.NORMAL);
        sizes = memory.address();
        buckets = memory.address() + BUCKETS_OFFSET;
    }

    @Override
    public void close() {
        memory.close();
    }

    /** Whether there has never been any. */
    boolean isUnused() {
        return Memory.getLongOpaque(sizes) == 0;
    }

    /** Puts a number in; false when there is no room. */
    boolean put(final long hash, final int number) {
        final int size = size(table.limit().max());
        remember(size);
        final long bucket = bucket(hash, size);
        final long word = hash >>> FINGERPRINT_SHIFT << FINGERPRINT_SHIFT | number;
        for (int i = 0; i < SLOTS; i++) {
            final long slot = bucket + (long) i * SLOT_BYTES;
            if (Memory.getLongOpaque(slot) == 0 && Memory.compareAndSetLong(slot, 0, word)) {
                return true;
            }
        }
        return false;
    }

    /** Takes a number out. */
    void remove(final long hash, final int number) {
        for (int at = next(hash, 0); at != NONE; at = next(hash, at + 1)) {
            final long slot = slot(hash, at);
            final long word = Memory.getLongOpaque(slot);
            if ((word & NUMBER_MASK) == number) {
                Memory.compareAndSetLong(slot, word, 0);
                return;
            }
        }
    }

    /** Where the next number with a hash's fingerprint is, from a place on, 0 at first; or {@link #NONE}. */
    int next(final long hash, final int from) {
        final int first = from >>> SLOT_BITS;
        for (long left = Memory.getLongAcquire(sizes) & -1L << first; left != 0; left &= left - 1) {
            final int size = Long.numberOfTrailingZeros(left);
            final long bucket = bucket(hash, size);
            for (int i = size == first ? from & SLOTS - 1 : 0; i < SLOTS; i++) {
                final long word = Memory.getLongAcquire(bucket + (long) i * SLOT_BYTES);
                if (word != 0 && word >>> FINGERPRINT_SHIFT == hash >>> FINGERPRINT_SHIFT) {
                    return size << SLOT_BITS | i;
                }
            }
        }
        return NONE;
    }

    /** The number at a place, or what has come there since. */
    int number(final long hash, final int place) {
        return (int) (Memory.getLongAcquire(slot(hash, place)) & NUMBER_MASK);
    }

    /** The logarithm of the number of buckets that is right for a limit; 0 is no limit. */
    private int size(final long limit) {
        final long cones = limit == 0 ? maxCones : Math.min(limit, maxCones);
        return Long.SIZE - Long.numberOfLeadingZeros(Math.max(1, cones * SLOTS_PER_CONE / SLOTS) - 1);
    }

    /** Remembers that there are so many buckets, before the first number is put there. */
    private void remember(final int size) {
        long seen = Memory.getLongOpaque(sizes);
        while ((seen >>> size & 1) == 0 && !Memory.compareAndSetLong(sizes, seen, seen | 1L << size)) {
            seen = Memory.getLongOpaque(sizes);
        }
    }

    private long slot(final long hash, final int place) {
        return bucket(hash, place >>> SLOT_BITS) + (long) (place & SLOTS - 1) * SLOT_BYTES;
    }

    private long bucket(final long hash, final int size) {
        return buckets + (hash & (1L << size) - 1) * BUCKET_BYTES;
    }
}
