package io.penstock.conntrack.hot.table;

import io.penstock.os.hot.memory.Memory;

/**
 * Where tuples are found: buckets ({@link BucketLayout}), in memory of fixed place and a size that changes only while it is empty.
 *
 * <p>Threads: all workers. With one worker nothing here is atomic. A slot is taken from empty by compare-and-set, and emptied by compare-and-set
 * where more than one may empty it (while an index is moved), so a word that is put in is taken out exactly once.
 */
final class ConnIndex {

    /** A tuple that finds no room in so many buckets is not put in (8 KiB of the index): it is all but full. */
    private static final int MAX_WALK = 128;

    private final long base;
    private final boolean shared;
    private long mask;

    ConnIndex(final long base, final boolean shared) {
        this.base = base;
        this.shared = shared;
    }

    /** Sets the number of buckets, a power of two, of an empty index that no worker uses. */
    void setBuckets(final int buckets) {
        mask = buckets - 1L;
    }

    int buckets() {
        return (int) mask + 1;
    }

    long base() {
        return base;
    }

    long mask() {
        return mask;
    }

    /** The bucket that a hash names. */
    long home(final long hash) {
        return base + ((hash & mask) << BucketLayout.SHIFT);
    }

    /** The bucket after one. */
    long next(final long bucket) {
        return base + (bucket - base + BucketLayout.BYTES & (mask << BucketLayout.SHIFT));
    }

    /** The bucket of a number, 0 to {@link #buckets} - 1. */
    long bucket(final long number) {
        return base + (number << BucketLayout.SHIFT);
    }

    /** Locks a home; false when another worker holds it. */
    boolean tryLock(final long home) {
        if (!shared) {
            return true;
        }
        long header = Memory.getLongOpaque(home);
        while ((header & BucketLayout.LOCK) == 0) {
            if (Memory.compareAndSetLong(home, header, header | BucketLayout.LOCK)) {
                return true;
            }
            // Lost against a tuple that passed by, or against the other worker's lock.
            header = Memory.getLongOpaque(home);
        }
        return false;
    }

    void unlock(final long home) {
        if (shared) {
            Memory.getAndAddLong(home, -BucketLayout.LOCK);
        }
    }

    /** Puts a word in; false when there is no room near its home. The word is what the index shows last of all that this call changes. */
    boolean insert(final long word) {
        final long home = home(BucketLayout.hash(word));
        long bucket = home;
        int walked = 0;
        for (; walked < MAX_WALK && walked <= mask; walked++) {
            if (insertHere(bucket, word)) {
                return true;
            }
            addPassed(bucket, 1);
            bucket = next(bucket);
        }
        // Not as far as the bucket: of a small index that is home again.
        for (bucket = home; walked > 0; walked--) {
            addPassed(bucket, -1);
            bucket = next(bucket);
        }
        return false;
    }

    /** Takes a word out; false when it is not, or no more, here. */
    boolean remove(final long word) {
        final long home = home(BucketLayout.hash(word));
        long bucket = home;
        for (int walked = 0; walked < MAX_WALK && walked <= mask; walked++) {
            final int held = BucketLayout.holding(bucket, word);
            if (held != 0) {
                return removeAt(home, bucket, Integer.numberOfTrailingZeros(held), word);
            }
            if (BucketLayout.passed(bucket) == 0) {
                return false;
            }
            bucket = next(bucket);
        }
        return false;
    }

    /** Takes a word out of a slot where it was seen; false when somebody else has. */
    boolean removeAt(final long home, final long bucket, final int index, final long word) {
        if (!clear(slot(bucket, index), word)) {
            return false;
        }
        uncountTo(home, bucket);
        return true;
    }

    /** The address of a slot. */
    static long slot(final long bucket, final int index) {
        return bucket + BucketLayout.SLOTS + (long) index * BucketLayout.SLOT_BYTES;
    }

    private boolean insertHere(final long bucket, final long word) {
        // An empty slot that another worker takes first is left to it.
        for (int empty = BucketLayout.holding(bucket, 0); empty != 0; empty &= empty - 1) {
            if (fill(slot(bucket, Integer.numberOfTrailingZeros(empty)), word)) {
                return true;
            }
        }
        return false;
    }

    private boolean fill(final long slot, final long word) {
        if (shared) {
            return Memory.compareAndSetLong(slot, 0, word);
        }
        Memory.putLongOpaque(slot, word);
        return true;
    }

    private boolean clear(final long slot, final long word) {
        if (shared) {
            return Memory.compareAndSetLong(slot, word, 0);
        }
        Memory.putLongOpaque(slot, 0);
        return true;
    }

    private void uncountTo(final long home, final long end) {
        for (long bucket = home; bucket != end; bucket = next(bucket)) {
            addPassed(bucket, -1);
        }
    }

    private void addPassed(final long bucket, final long delta) {
        if (shared) {
            Memory.getAndAddLong(bucket, delta);
        } else {
            Memory.putLongOpaque(bucket, Memory.getLongOpaque(bucket) + delta);
        }
    }
}
