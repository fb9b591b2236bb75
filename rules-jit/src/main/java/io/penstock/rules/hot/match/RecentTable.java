package io.penstock.rules.hot.match;

import io.penstock.os.hot.memory.Memory;
import io.penstock.rules.set.table.TableBlock;
import io.penstock.rules.set.table.TableMemory;
import java.security.SecureRandom;

/**
 * A list of {@code -m recent}: addresses of both families with the times at which they were seen, the address longest not seen making
 * room for a new one.
 *
 * <p>Invariants:
 * <ol>
 *   <li>An address's own words are: how many times and where the next one goes, with the life that they belong to; when it was put to the
 *       end; its time to live. The first one changes by exchange only, so what is meant for one life never counts in another.</li>
 *   <li>A time is written before the words that make it count.</li>
 *   <li>Times are kept in a ring of {@link #times} places each, a power of two.</li>
 * </ol>
 *
 * <p>Source: net/netfilter/xt_recent.c. Differs from Linux: times are nanoseconds, not ticks; a worker that finds an address or bucket
 * being changed by another, and again at each of some tries, leaves out its own change of the list, never the packet. Finding the address
 * that makes room takes a look at all of them. Threads: any worker; {@link #require}, {@link #flush} and {@link #close} by control threads,
 * the last when no worker has it any more.
 */
public final class RecentTable implements AutoCloseable {

    /** Addresses that the kernel keeps unless told otherwise ({@code ip_list_tot}). */
    public static final int DEFAULT_ADDRESSES = 100;

    /** {@link #copy}: 4 or 6. */
    public static final int VERSION = 0;
    /** {@link #copy}: the address's upper half; of IPv4, the address is that one's upper half. */
    public static final int HIGH = 1;
    /** {@link #copy}: the lower half. */
    public static final int LOW = 2;
    /** {@link #copy}: the time to live that it was last seen with, 0 if not known. */
    public static final int HOPS = 3;
    /** {@link #copy}: where in the ring the next time goes. */
    public static final int NEXT = 4;
    /** {@link #copy}: when it was put to the end: later is greater. */
    public static final int PLACE = 5;
    /** {@link #copy}: how many times follow. */
    public static final int COUNT = 6;

    /** Times kept where no rule counts hits. */
    private static final int DEFAULT_TIMES = 32;
    /** Times that there is address space for (XT_RECENT_MAX_NSTAMPS). */
    private static final int MAX_TIMES = 1 << 16;
    /** {@link #copy}: words at most. */
    public static final int WORDS = COUNT + 1 + MAX_TIMES;
    private static final int KEY_VERSION = 2;
    /** No rule has said yet how many times it counts. */
    private static final int NO_TIMES = -1;
    private static final int TIMES = EntryTable.OWN;
    private static final int TOUCHED = TIMES + Long.BYTES;
    private static final int TTL = TOUCHED + Long.BYTES;
    private static final int STRIDE = 128;
    private static final int COUNT_BITS = 20;
    private static final long COUNT_MASK = (1L << COUNT_BITS) - 1;
    private static final int LIFE_SHIFT = 2 * COUNT_BITS;
    /** How often a time, or room for an address, is tried to be had. */
    private static final int TRIES = 16;

    private final EntryTable table;
    private final TableBlock memory;
    private final long times;
    private final long touches;
    private final long maskHigh;
    private final long maskLow;
    private volatile int timesMask = NO_TIMES;

    /**
     * An empty list.
     *
     * @param maskHigh  the bits of the upper half that count; IPv4 addresses are its upper half
     * @param maskLow   the bits of the lower half that count
     * @param addresses how many it holds at most
     */
    public RecentTable(final long maskHigh, final long maskLow, final int addresses) {
        this.maskHigh = maskHigh;
        this.maskLow = maskLow;
        memory = TableMemory.allocateThin((long) addresses * MAX_TIMES * Long.BYTES + Long.BYTES);
        try {
            table = new EntryTable(Integer.highestOneBit(2 * addresses) * 2, addresses, STRIDE, new SecureRandom().nextLong());
        } catch (final RuntimeException | Error e) {
            memory.free();
            throw e;
        }
        times = memory.address();
        touches = times + (long) addresses * MAX_TIMES * Long.BYTES;
    }

    /** Makes room for as many times as a rule counts, 0 for as many as usual; forgets all addresses if there was less. */
    public void require(final int hits) {
        final int wanted = hits == 0 ? DEFAULT_TIMES : hits == 1 ? 1 : Integer.highestOneBit(hits - 1) << 1;
        if (wanted - 1 > timesMask) {
            flush();
            timesMask = wanted - 1;
        }
    }

    /** The upper half of an address's key: the bits that count. */
    long high(final long high) {
        return high & maskHigh;
    }

    /** The lower half of an address's key. */
    long low(final long low) {
        return low & maskLow;
    }

    /** The entry of an address whose bits were cut already, or 0. */
    public long find(final long high, final long low, final int version) {
        return table.find(high, low, version, 0, 0);
    }

    /** The life of an entry in which it is that address's, or 0. */
    public long life(final long entry, final long high, final long low, final int version) {
        final long life = EntryTable.life(entry);
        final boolean isIts = EntryTable.isAlive(life) && EntryTable.key(entry, 0) == high && EntryTable.key(entry, 1) == low
                && EntryTable.key(entry, KEY_VERSION) == version;
        return isIts ? life : 0;
    }

    /** Whether the time to live fits: the same, or not known. */
    static boolean hasTtl(final long entry, final int ttl) {
        final int known = Memory.getIntOpaque(entry + TTL);
        return known == ttl || known == 0 || ttl == 0;
    }

    static void setTtl(final long entry, final int ttl) {
        Memory.putIntOpaque(entry + TTL, ttl);
    }

    /** Puts an address that is not there to the end, with one time. */
    public void add(final long high, final long low, final int version, final int ttl, final long nowNs) {
        long entry = table.take();
        for (int i = 0; entry == 0 && i < TRIES; i++) {
            final long oldest = oldest();
            if (oldest != 0) {
                table.remove(oldest, EntryTable.life(oldest));
            }
            entry = table.take();
        }
        if (entry == 0) {
            return;
        }
        final int index = table.index(entry);
        setTtl(entry, ttl);
        touch(entry);
        Memory.putLongOpaque(time(index, 0), nowNs);
        Memory.putLongRelease(entry + TIMES, pack(EntryTable.life(entry) + 1, 1, 1));
        final long linked = table.link(entry, high, low, version, 0, 0);
        if (linked != 0 && linked != entry) {
            update(linked, EntryTable.life(linked), nowNs);
        }
    }

    /** Adds a time to an address and puts it to the end. */
    public void update(final long entry, final long life, final long nowNs) {
        final int index = table.index(entry);
        final int mask = timesMask;
        for (int i = 0; i < TRIES; i++) {
            final long word = Memory.getLongAcquire(entry + TIMES);
            if (!isOf(word, life)) {
                return;
            }
            final int place = next(word) & mask;
            Memory.putLongOpaque(time(index, place), nowNs);
            if (Memory.compareAndSetLong(entry + TIMES, word, pack(life, Math.max(count(word), place + 1), place + 1))) {
                touch(entry);
                return;
            }
        }
    }

    /** Takes an address out. */
    public void remove(final long entry, final long life) {
        table.remove(entry, life);
    }

    /**
     * Whether an address was seen often enough.
     *
     * @param ageNs how long ago counts, 0 for any time
     * @param hits  how often, unsigned; 0 for once
     */
    boolean wasSeen(final long entry, final long life, final long nowNs, final long ageNs, final int hits) {
        final long word = Memory.getLongAcquire(entry + TIMES);
        if (!isOf(word, life)) {
            return false;
        }
        final int count = count(word);
        final int index = table.index(entry);
        int seen = 0;
        for (int i = 0; i < count; i++) {
            if (ageNs != 0 && nowNs - Memory.getLongOpaque(time(index, i)) > ageNs) {
                continue;
            }
            if (++seen >= hits) {
                return true;
            }
        }
        return false;
    }

    /** Takes the address longest not seen out if that is too long ago, and if it is not one that is about to be put to the end. */
    void reap(final long working, final long nowNs, final long ageNs) {
        final long entry = oldest();
        if (entry == 0 || entry == working) {
            return;
        }
        final long life = EntryTable.life(entry);
        final long word = Memory.getLongAcquire(entry + TIMES);
        if (isOf(word, life) && nowNs - Memory.getLongOpaque(time(table.index(entry), next(word) - 1)) > ageNs) {
            table.remove(entry, life);
        }
    }

    private long oldest() {
        final int used = table.used();
        long oldest = 0;
        long least = Long.MAX_VALUE;
        for (int i = 0; i < used; i++) {
            final long entry = table.at(i);
            final long touched = Memory.getLongOpaque(entry + TOUCHED);
            if (touched < least && EntryTable.isAlive(EntryTable.life(entry))) {
                least = touched;
                oldest = entry;
            }
        }
        return oldest;
    }

    /** Forgets all addresses. Control thread: tries again until it has them all that were there when it began. */
    public void flush() {
        for (int i = 0; i < table.used(); i++) {
            final long entry = table.at(i);
            final long life = EntryTable.life(entry);
            while (EntryTable.isAlive(life) && EntryTable.life(entry) == life && !table.remove(entry, life)) {
                Thread.onSpinWait();
            }
        }
    }

    /** How many entries there may be to look at with {@link #copy}. */
    public int used() {
        return table.used();
    }

    /**
     * Copies what an entry says now. Control thread.
     *
     * @param words takes {@link #VERSION} to {@link #COUNT}, then the times in the order of the ring; {@link #WORDS} long
     * @return false if it is free
     */
    public boolean copy(final int index, final long[] words) {
        final long entry = table.at(index);
        final long life = EntryTable.life(entry);
        final long word = Memory.getLongAcquire(entry + TIMES);
        if (!EntryTable.isAlive(life) || !isOf(word, life)) {
            return false;
        }
        words[VERSION] = EntryTable.key(entry, KEY_VERSION);
        words[HIGH] = EntryTable.key(entry, 0);
        words[LOW] = EntryTable.key(entry, 1);
        words[HOPS] = Memory.getIntOpaque(entry + TTL);
        words[NEXT] = next(word);
        words[PLACE] = Memory.getLongOpaque(entry + TOUCHED);
        words[COUNT] = count(word);
        for (int i = 0; i < count(word); i++) {
            words[COUNT + 1 + i] = Memory.getLongOpaque(time(index, i));
        }
        return EntryTable.life(entry) == life;
    }

    private void touch(final long entry) {
        Memory.putLongOpaque(entry + TOUCHED, Memory.getAndAddLong(touches, 1));
    }

    private long time(final int index, final int place) {
        return times + ((long) index * MAX_TIMES + place) * Long.BYTES;
    }

    private static long pack(final long life, final int count, final int next) {
        return life << LIFE_SHIFT | (long) count << COUNT_BITS | next;
    }

    private static boolean isOf(final long word, final long life) {
        return word >>> LIFE_SHIFT == life << LIFE_SHIFT >>> LIFE_SHIFT;
    }

    private static int count(final long word) {
        return (int) (word >>> COUNT_BITS & COUNT_MASK);
    }

    private static int next(final long word) {
        return (int) (word & COUNT_MASK);
    }

    @Override
    public void close() {
        table.close();
        memory.free();
    }
}
