package io.penstock.conntrack.hot.frag;

import io.penstock.os.hot.memory.Memory;

/**
 * Numbers the fragments of each IPv4 source that has a packet waiting: by how far two numbers are apart, a packet is found to be too old
 * ({@code ipfrag_max_dist}).
 *
 * <pre>
 *   0 source address, and above the device | 8 next of its slot, or free | 16 number of the last fragment, int | 20 queues that know it, int
 * </pre>
 *
 * <p>Invariant: a source is there for as long as a queue knows it; so there are never more than queues.
 *
 * <p>Threads: the store's.
 */
final class SourceTable {

    private static final int KEY = 0;
    private static final int NEXT = 8;
    private static final int NUMBER = 16;
    private static final int USERS = 20;
    private static final int BYTES = 32;
    private static final long MULTIPLIER = 0xE703_7ED1_A0B4_28DBL;

    private final long slots;
    private final int mask;
    private final long secret;
    private long unused;
    private long free;

    /**
     * Empty.
     *
     * @param memory {@link #bytes} zeros
     * @param slots  of the index, a power of two
     */
    SourceTable(final long memory, final int slots, final long secret) {
        this.slots = memory;
        this.mask = slots - 1;
        this.secret = secret;
        this.unused = memory + (long) slots * Long.BYTES;
    }

    /** For so many sources. */
    static long bytes(final int capacity, final int slots) {
        return (long) slots * Long.BYTES + (long) capacity * BYTES;
    }

    /** A source's record, for one more queue. */
    long acquire(final int source, final int device) {
        final long key = (long) device << 32 | source & 0xFFFF_FFFFL;
        final long slot = slot(key);
        for (long at = Memory.getLong(slot); at != 0; at = Memory.getLong(at + NEXT)) {
            if (Memory.getLong(at + KEY) == key) {
                Memory.putInt(at + USERS, Memory.getInt(at + USERS) + 1);
                return at;
            }
        }
        final long record = take();
        Memory.putLong(record + KEY, key);
        Memory.putLong(record + NEXT, Memory.getLong(slot));
        Memory.putInt(record + NUMBER, 0);
        Memory.putInt(record + USERS, 1);
        Memory.putLong(slot, record);
        return record;
    }

    /** One queue less knows it. */
    void release(final long record) {
        final int users = Memory.getInt(record + USERS) - 1;
        Memory.putInt(record + USERS, users);
        if (users == 0) {
            long at = slot(Memory.getLong(record + KEY));
            for (long next = Memory.getLong(at); next != record; next = Memory.getLong(at)) {
                at = next + NEXT;
            }
            Memory.putLong(at, Memory.getLong(record + NEXT));
            Memory.putLong(record + NEXT, free);
            free = record;
        }
    }

    /** The number of a fragment that has come. */
    static int count(final long record) {
        final int number = Memory.getInt(record + NUMBER) + 1;
        Memory.putInt(record + NUMBER, number);
        return number;
    }

    private long take() {
        final long record = free;
        if (record != 0) {
            free = Memory.getLong(record + NEXT);
            return record;
        }
        unused += BYTES;
        return unused - BYTES;
    }

    private long slot(final long key) {
        final long a = key ^ secret;
        final long hash = Math.unsignedMultiplyHigh(a, MULTIPLIER) ^ a * MULTIPLIER;
        return slots + (hash & mask) * Long.BYTES;
    }
}
