package io.penstock.rules.hot.match;

import io.penstock.os.hot.memory.Memory;
import io.penstock.rules.set.table.TableBlock;
import io.penstock.rules.set.table.TableMemory;
import java.lang.invoke.VarHandle;

/**
 * A bounded number of entries under keys of five words, for all workers.
 *
 * <pre>
 *   control   free list: tag | first        never used yet
 *   buckets   version | first, each         odd version: claimed
 *   next      behind it in its bucket or in the free list, each
 *   entries   5 words of key | life | the owner's words, each; odd life: in a bucket
 * </pre>
 *
 * <p>Invariants:
 * <ol>
 *   <li>Numbers in links count from 1; 0 is the end.</li>
 *   <li>A bucket's chain changes only by the worker that claimed it: the version turns odd with the claim and even with the release
 *       ({@link #release} pairs with the acquiring loads of {@link #find}). A claim is held for the length of one chain, and nobody waits
 *       for it: who does not get it in {@link #TRIES} tries goes without.</li>
 *   <li>Key and life are written while the entry is in no bucket; life changes under its bucket's claim only. A reader that finds the same
 *       odd life before and after comparing the key has read that life's key.</li>
 *   <li>A chain that was read while it changed may have led into another one: then the version tells, and it is read again.</li>
 * </ol>
 *
 * <p>Threads: any worker, and control threads through the same methods.
 */
final class EntryTable implements AutoCloseable {

    /** Where the owner's words begin in an entry. */
    static final int OWN = 48;

    private static final int LIFE = 40;
    private static final int KEY_1 = 8;
    private static final int KEY_2 = 16;
    private static final int KEY_3 = 24;
    private static final int KEY_4 = 32;

    /** How often a claim, a read or an exchange is tried: a chain is done with in less, unless its worker was put to sleep. */
    private static final int TRIES = 64;
    /**
     * Entries read before a chain counts as torn. Where there are not many more entries than buckets, it would take an attacker who knows
     * the seed to make a longer one.
     */
    private static final int MAX_CHAIN = 4096;
    private static final int FREE = 0;
    private static final int FRESH = 64;
    private static final int CONTROL_BYTES = 128;
    private static final long VERSION = 1L << 32;
    private static final long NUMBER = VERSION - 1;
    private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

    private final TableBlock memory;
    private final long control;
    private final long buckets;
    private final long next;
    private final long entries;
    private final int bucketMask;
    private final int capacity;
    private final int stride;
    private final long seed;

    /**
     * An empty table.
     *
     * @param buckets  a power of two, far above a {@link #MAX_CHAIN}th of the capacity
     * @param capacity entries at most
     * @param stride   bytes of an entry, a multiple of 8 above {@link #OWN}
     * @param seed     what the hash starts with; unknown to those who send packets
     */
    EntryTable(final int buckets, final int capacity, final int stride, final long seed) {
        final long bucketBytes = (long) buckets * Long.BYTES;
        final long nextBytes = ((long) capacity * Integer.BYTES + CONTROL_BYTES - 1) & -CONTROL_BYTES;
        memory = TableMemory.allocateThin(CONTROL_BYTES + bucketBytes + nextBytes + (long) capacity * stride + CONTROL_BYTES);
        control = memory.address();
        this.buckets = control + CONTROL_BYTES;
        next = this.buckets + bucketBytes;
        entries = next + nextBytes + CONTROL_BYTES - 1 & -CONTROL_BYTES;
        bucketMask = buckets - 1;
        this.capacity = capacity;
        this.stride = stride;
        this.seed = seed;
    }

    int buckets() {
        return bucketMask + 1;
    }

    /** Entries that have ever been used: those of a smaller index. */
    int used() {
        return (int) Memory.getLongAcquire(control + FRESH);
    }

    /** An entry by its index. */
    long at(final int index) {
        return entries + (long) index * stride;
    }

    int index(final long entry) {
        return (int) ((entry - entries) / stride);
    }

    static long key(final long entry, final int word) {
        return Memory.getLongOpaque(entry + (long) word * Long.BYTES);
    }

    static long life(final long entry) {
        return Memory.getLongAcquire(entry + LIFE);
    }

    static boolean isAlive(final long life) {
        return (life & 1) != 0;
    }

    /** The entry of a key, or 0. */
    long find(final long k0, final long k1, final long k2, final long k3, final long k4) {
        final long bucket = bucket(k0, k1, k2, k3, k4);
        for (int i = 0; i < TRIES; i++) {
            final long head = Memory.getLongAcquire(bucket);
            final long entry = inChain((int) head, k0, k1, k2, k3, k4);
            if (entry != 0) {
                return entry;
            }
            // Reads of the chain before the second one of its version.
            VarHandle.acquireFence();
            if ((head & VERSION) == 0 && Memory.getLongOpaque(bucket) == head) {
                return 0;
            }
        }
        return 0;
    }

    private long inChain(final int first, final long k0, final long k1, final long k2, final long k3, final long k4) {
        int number = first;
        for (int i = 0; number != 0 && i < MAX_CHAIN; i++) {
            final long entry = at(number - 1);
            final long life = life(entry);
            if (isAlive(life) && has(entry, k0, k1, k2, k3, k4)) {
                VarHandle.acquireFence();
                if (life(entry) == life) {
                    return entry;
                }
            }
            number = Memory.getIntAcquire(next + (long) (number - 1) * Integer.BYTES);
        }
        return 0;
    }

    private static boolean has(final long entry, final long k0, final long k1, final long k2, final long k3, final long k4) {
        return (Memory.getLongOpaque(entry) ^ k0 | Memory.getLongOpaque(entry + KEY_1) ^ k1
                | Memory.getLongOpaque(entry + KEY_2) ^ k2 | Memory.getLongOpaque(entry + KEY_3) ^ k3
                | Memory.getLongOpaque(entry + KEY_4) ^ k4) == 0;
    }

    /** An entry that is the caller's until it is linked or given back, or 0 if there is none. */
    long take() {
        for (int i = 0; i < TRIES; i++) {
            final long free = Memory.getLongAcquire(control + FREE);
            final int number = (int) free;
            if (number == 0) {
                break;
            }
            final int behind = Memory.getIntAcquire(next + (long) (number - 1) * Integer.BYTES);
            if (Memory.compareAndSetLong(control + FREE, free, (free & -VERSION) + VERSION | behind)) {
                return at(number - 1);
            }
        }
        for (int i = 0; i < TRIES; i++) {
            final long fresh = Memory.getLongAcquire(control + FRESH);
            if (fresh >= capacity) {
                return 0;
            }
            if (Memory.compareAndSetLong(control + FRESH, fresh, fresh + 1)) {
                return at((int) fresh);
            }
        }
        return 0;
    }

    /** Gives an entry back that is in no bucket. A try that fails is another worker's that went well. */
    void give(final long entry) {
        final int index = index(entry);
        long free;
        do {
            free = Memory.getLongAcquire(control + FREE);
            Memory.putIntRelease(next + (long) index * Integer.BYTES, (int) free);
        } while (!Memory.compareAndSetLong(control + FREE, free, (free & -VERSION) + VERSION | index + 1));
    }

    /**
     * Puts an entry that was taken, its owner's words being written, under a key.
     *
     * @return the entry; or the one that has the key already, this one being given back; or 0 if the bucket could not be claimed
     */
    long link(final long entry, final long k0, final long k1, final long k2, final long k3, final long k4) {
        Memory.putLongOpaque(entry, k0);
        Memory.putLongOpaque(entry + KEY_1, k1);
        Memory.putLongOpaque(entry + KEY_2, k2);
        Memory.putLongOpaque(entry + KEY_3, k3);
        Memory.putLongOpaque(entry + KEY_4, k4);
        final long bucket = bucket(k0, k1, k2, k3, k4);
        final long head = claim(bucket);
        if (head < 0) {
            give(entry);
            return 0;
        }
        final long other = inChain((int) head, k0, k1, k2, k3, k4);
        if (other != 0) {
            release(bucket, head, (int) head);
            give(entry);
            return other;
        }
        final int index = index(entry);
        Memory.putIntRelease(next + (long) index * Integer.BYTES, (int) head);
        Memory.putLongRelease(entry + LIFE, life(entry) + 1);
        release(bucket, head, index + 1);
        return entry;
    }

    /** Takes an entry out of its bucket and gives it back, unless that life of it is over or its bucket cannot be claimed. */
    boolean remove(final long entry, final long life) {
        final long bucket = bucket(key(entry, 0), key(entry, 1), key(entry, 2), key(entry, 3), key(entry, 4));
        final long head = claim(bucket);
        if (head < 0) {
            return false;
        }
        final boolean isThere = isAlive(life) && life(entry) == life;
        final int number = index(entry) + 1;
        release(bucket, head, isThere ? without((int) head, before((int) head, number), number) : (int) head);
        if (isThere) {
            give(entry);
        }
        return isThere;
    }

    /** A bucket's address. */
    long bucketAt(final int index) {
        return buckets + (long) index * Long.BYTES;
    }

    /** Claims a bucket: what it held before, or -1. */
    long claim(final long bucket) {
        for (int i = 0; i < TRIES; i++) {
            final long head = Memory.getLongAcquire(bucket);
            if ((head & VERSION) == 0 && Memory.compareAndSetLong(bucket, head, head + VERSION)) {
                return head & Long.MAX_VALUE;
            }
        }
        return -1;
    }

    /** Releases a bucket with its new first number. */
    void release(final long bucket, final long head, final int first) {
        Memory.putLongRelease(bucket, (head & -VERSION) + 2 * VERSION & Long.MAX_VALUE | first & NUMBER);
    }

    /** The number behind another one. */
    int behind(final int number) {
        return Memory.getIntAcquire(next + (long) (number - 1) * Integer.BYTES);
    }

    /**
     * Ends an entry's life and takes it out of the chain, which is claimed. The entry is the caller's then.
     *
     * @param first  the chain's first number
     * @param before the number before the entry's, 0 if it is the first
     * @param number the entry's
     * @return the chain's first number then
     */
    int without(final int first, final int before, final int number) {
        final long entry = at(number - 1);
        final int behind = behind(number);
        Memory.putLongRelease(entry + LIFE, life(entry) + 1);
        if (before == 0) {
            return behind;
        }
        Memory.putIntRelease(next + (long) (before - 1) * Integer.BYTES, behind);
        return first;
    }

    /** The number before another one of a chain that is claimed, 0 before the first. */
    private int before(final int first, final int number) {
        int before = 0;
        for (int at = first; at != number; at = behind(at)) {
            before = at;
        }
        return before;
    }

    private long bucket(final long k0, final long k1, final long k2, final long k3, final long k4) {
        long hash = (seed ^ k0) * MIX;
        hash = (hash ^ hash >>> 32 ^ k1) * MIX;
        hash = (hash ^ hash >>> 32 ^ k2) * MIX;
        hash = (hash ^ hash >>> 32 ^ k3) * MIX;
        hash = (hash ^ hash >>> 32 ^ k4) * MIX;
        return bucketAt((int) (hash >>> 32) & bucketMask);
    }

    @Override
    public void close() {
        memory.free();
    }
}
