package io.penstock.dataplane.hot.ipvs.schedule;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Which servers a destination address has been given: what {@code lblc} and {@code lblcr} remember. It outlives the schedulers that use it one after another.
 *
 * <pre>
 *   set (by the address's hash) = 16 entries
 *   entry   | address: upper half | lower half | last use (ns) | last change (ns) |      8 bytes each
 *           | server | server | ...                                              |      4 bytes each, width of them, newest first; 0 ends them
 * </pre>
 *
 * <p>Assumptions and guarantees:
 * <ol>
 *   <li>Servers are numbers that are never given twice: one that has left is not mistaken for one that came.</li>
 *   <li>Each set has a sequence number, odd while a worker writes in it. Who writes has made it odd by compare-and-set; who reads looks again at the end whether
 *       it is still the same, and even. Nobody waits: who cannot read finds nothing, and who cannot write leaves it. Either costs no more than a choice
 *       that is not remembered.</li>
 *   <li>An entry that comes to a full set takes the place of the one that was not used for longest.</li>
 * </ol>
 *
 * <p>Differs from Linux: room for 32,768 destinations from the start, where the kernel allocates up to 24,576 and then remembers no more until its timer has
 * thrown out some; a destination that has expired is forgotten when it is asked for, not by a timer. Source: net/netfilter/ipvs/ip_vs_lblc.c.
 */
final class AddressCache {

    /** There is no such entry. */
    static final int ABSENT = -1;
    /** Somebody writes. */
    static final int BUSY = -1;

    /** Entries of a set. Lower forgets sooner where addresses meet in a set; higher compares more. */
    private static final int WAYS = 16;
    private static final int SET_BITS = 11;
    /** How often a worker tries to read or write. Unit: tries. Lower forgets choices where workers meet; higher delays a worker. */
    static final int TRIES = 16;
    /** The last use is written no oftener than this: each time, a cache line moves to another core. Unit: ns */
    private static final long TOUCH_NS = 1_000_000_000L;

    private static final int WORDS = 4;
    private static final int HIGH = 0;
    private static final int LOW = 1;
    private static final int USED_NS = 2;
    private static final int CHANGED_NS = 3;

    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle SEQUENCE = MethodHandles.arrayElementVarHandle(int[].class);

    private final int width;
    private final int[] sequences = new int[1 << SET_BITS];
    private final long[] words = new long[WORDS * WAYS << SET_BITS];
    private final int[] ids;
    private int lastId;

    /**
     * An empty cache.
     *
     * @param width how many servers a destination has at most
     */
    AddressCache(final int width) {
        this.width = width;
        ids = new int[width * WAYS << SET_BITS];
    }

    /** Control: a number for a server. */
    int takeId() {
        return ++lastId;
    }

    /** The set of an address. */
    static int set(final long high, final long low) {
        return (int) (ScheduleHash.mix(ScheduleHash.mix(high) ^ low) >>> Long.SIZE - SET_BITS);
    }

    /** Begins to read in a set: what {@link #hasRead} wants, or {@link #BUSY}. */
    int beginRead(final int set) {
        final int sequence = (int) SEQUENCE.getAcquire(sequences, set);
        return (sequence & 1) == 0 ? sequence & Integer.MAX_VALUE : BUSY;
    }

    /** Whether what was read since is true. Pairs with {@link #endWrite}. */
    boolean hasRead(final int set, final int sequence) {
        VarHandle.acquireFence();
        return ((int) SEQUENCE.getOpaque(sequences, set) & Integer.MAX_VALUE) == sequence;
    }

    /** Begins to write in a set; false: another worker does. */
    boolean beginWrite(final int set) {
        for (int i = 0; i < TRIES; i++) {
            final int sequence = (int) SEQUENCE.getOpaque(sequences, set);
            if ((sequence & 1) == 0 && SEQUENCE.compareAndSet(sequences, set, sequence, sequence + 1)) {
                // Nobody may see what is written from here on and the even number.
                VarHandle.storeStoreFence();
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    /** Ends to write. */
    void endWrite(final int set) {
        SEQUENCE.setRelease(sequences, set, (int) SEQUENCE.getOpaque(sequences, set) + 1);
    }

    /** Within reading or writing: the entry of an address that was used less than so long ago, or {@link #ABSENT}. */
    int find(final int set, final long high, final long low, final long nowNs, final long expirationNs) {
        for (int entry = set * WAYS; entry < (set + 1) * WAYS; entry++) {
            final int at = entry * WORDS;
            if (words[at + LOW] == low && words[at + HIGH] == high && ids[entry * width] != 0) {
                return nowNs - words[at + USED_NS] < expirationNs ? entry : ABSENT;
            }
        }
        return ABSENT;
    }

    /** Outside of writing: an entry that was found is used. If it is another's by now, that one is as new. */
    void touch(final int entry, final long nowNs) {
        final int at = entry * WORDS + USED_NS;
        if (nowNs - (long) WORD.getOpaque(words, at) > TOUCH_NS) {
            WORD.setOpaque(words, at, nowNs);
        }
    }

    /** A server of an entry, or 0 behind the last. */
    int id(final int entry, final int index) {
        return index < width ? ids[entry * width + index] : 0;
    }

    /** When servers of an entry were added or taken away. */
    long changedNs(final int entry) {
        return words[entry * WORDS + CHANGED_NS];
    }

    /** Writing: an entry for an address, that has this server only. One of the same address, expired or not, is this one. */
    void put(final int set, final long high, final long low, final int id, final long nowNs) {
        final int entry = place(set, high, low, nowNs);
        final int at = entry * WORDS;
        words[at + HIGH] = high;
        words[at + LOW] = low;
        WORD.setOpaque(words, at + USED_NS, nowNs);
        words[at + CHANGED_NS] = nowNs;
        ids[entry * width] = id;
        for (int i = 1; i < width; i++) {
            ids[entry * width + i] = 0;
        }
    }

    /** Writing: a server in front of the others of an entry, of which the last one leaves if there is no room. */
    void add(final int entry, final int id, final long nowNs) {
        final int from = entry * width;
        for (int i = from + width - 1; i > from; i--) {
            ids[i] = ids[i - 1];
        }
        ids[from] = id;
        words[entry * WORDS + CHANGED_NS] = nowNs;
    }

    /** Writing: a server of an entry leaves it. */
    void remove(final int entry, final int index, final long nowNs) {
        final int end = (entry + 1) * width - 1;
        for (int i = entry * width + index; i < end; i++) {
            ids[i] = ids[i + 1];
        }
        ids[end] = 0;
        words[entry * WORDS + CHANGED_NS] = nowNs;
    }

    private int place(final int set, final long high, final long low, final long nowNs) {
        int place = set * WAYS;
        long longestNs = Long.MIN_VALUE;
        for (int entry = set * WAYS; entry < (set + 1) * WAYS; entry++) {
            final int at = entry * WORDS;
            final boolean isFree = ids[entry * width] == 0;
            if (!isFree && words[at + LOW] == low && words[at + HIGH] == high) {
                return entry;
            }
            final long unusedNs = isFree ? Long.MAX_VALUE : nowNs - words[at + USED_NS];
            if (unusedNs > longestNs) {
                place = entry;
                longestNs = unusedNs;
            }
        }
        return place;
    }
}
