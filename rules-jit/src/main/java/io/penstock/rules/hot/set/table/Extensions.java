package io.penstock.rules.hot.set.table;

import io.penstock.os.hot.memory.Memory;

/**
 * What a set's elements have besides their key, and where in the entry it lies: only what the set has takes room.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Each field is read and written as one word, without order: a reader gets what one writer put there, whole.</li>
 *   <li>Flags of an element without an entry are in what the table answered ({@link KeyTable#find}), and are changed by {@link KeyTable#setFlags}
 *       only.</li>
 * </ol>
 *
 * <p>Threads: any; immutable.
 */
public final class Extensions {

    /** A time at which it is over. */
    public static final int TIMEOUT = 1;
    /** Packets and bytes. */
    public static final int COUNTERS = 2;
    /** A mark in a mask, a priority, a queue. */
    public static final int SKBINFO = 4;
    /** The number of a comment. */
    public static final int COMMENT = 8;
    /** Nomatch, wildcard. */
    public static final int FLAGS = 16;

    /** Bit of the flags: an exception. */
    static final long NOMATCH = 1;
    /** Bit of the flags: a device's name is a beginning. */
    static final long WILDCARD = 2;
    static final long FLAG_BITS = NOMATCH | WILDCARD;

    /** An element without an entry: lower than any address. Its flags are above this bit. */
    static final long PRESENT = 1;
    private static final int PRESENT_FLAGS_SHIFT = 1;
    private static final long PRESENT_MAX = PRESENT | FLAG_BITS << PRESENT_FLAGS_SHIFT;

    private static final int NONE = -1;
    private static final int ALL = TIMEOUT | COUNTERS | SKBINFO | COMMENT | FLAGS;
    private static final long LOW = 0xFFFF_FFFFL;
    private static final int QUEUE_MASK = 0xFFFF;
    /** Flags lie above what else is in their word: a comment's number, or priority and queue. */
    private static final int FLAGS_SHIFT = 62;
    private static final long BELOW_FLAGS = (1L << FLAGS_SHIFT) - 1;

    private final int which;
    private final int expiry;
    private final int packets;
    private final int skbMark;
    private final int skbPrio;
    private final int comment;
    private final int flags;
    private final int end;

    private Extensions(final int which, final int keyBytes) {
        this.which = which;
        int next = keyBytes;
        expiry = (which & TIMEOUT) != 0 ? next : NONE;
        next += (which & TIMEOUT) != 0 ? Long.BYTES : 0;
        packets = (which & COUNTERS) != 0 ? next : NONE;
        next += (which & COUNTERS) != 0 ? 2 * Long.BYTES : 0;
        skbMark = (which & SKBINFO) != 0 ? next : NONE;
        skbPrio = (which & SKBINFO) != 0 ? next + Long.BYTES : NONE;
        next += (which & SKBINFO) != 0 ? 2 * Long.BYTES : 0;
        comment = (which & COMMENT) != 0 ? next : NONE;
        next += (which & COMMENT) != 0 ? Long.BYTES : 0;
        final boolean ownWord = (which & FLAGS) != 0 && (which & (SKBINFO | COMMENT)) == 0;
        flags = (which & FLAGS) == 0 ? NONE : ownWord ? next : comment != NONE ? comment : skbPrio;
        next += ownWord ? Long.BYTES : 0;
        end = next;
    }

    /** Some of {@link #TIMEOUT}, {@link #COUNTERS}, {@link #SKBINFO}, {@link #COMMENT}, {@link #FLAGS}; 0 for none. */
    public static Extensions of(final int which) {
        if ((which & ~ALL) != 0) {
            throw new IllegalArgumentException("there are no such extensions: which=" + which + "; choose among the constants of Extensions");
        }
        return new Extensions(which, 0);
    }

    /** The same behind a key of so many words. */
    Extensions ofBehind(final int keyWords) {
        return new Extensions(which, keyWords * Long.BYTES);
    }

    /** Bytes of an entry. */
    int entryBytes() {
        return end;
    }

    /** Whether there are these. */
    public boolean has(final int wanted) {
        return (which & wanted) == wanted;
    }

    /** Whether there are no others than these. */
    boolean hasOnly(final int allowed) {
        return (which & ~allowed) == 0;
    }

    /** When it is over, on the workers' clock; 0 for never. Needs {@link #TIMEOUT}. */
    public long expiryNs(final long entry) {
        return Memory.getLongOpaque(entry + expiry);
    }

    /** Sets when it is over, on the workers' clock; 0 for never. A time that happens to be 0 is for the caller to avoid. Needs {@link #TIMEOUT}. */
    public void setExpiryNs(final long entry, final long expiryNs) {
        Memory.putLongOpaque(entry + expiry, expiryNs);
    }

    /** Whether it is over; never where there is no {@link #TIMEOUT}. */
    public boolean isOver(final long entry, final long nowNs) {
        if (expiry == NONE) {
            return false;
        }
        final long expiryNs = expiryNs(entry);
        return expiryNs != 0 && nowNs - expiryNs >= 0;
    }

    /** Packets. Needs {@link #COUNTERS}. */
    public long packets(final long entry) {
        return Memory.getLongOpaque(entry + packets);
    }

    /** Bytes. Needs {@link #COUNTERS}. */
    public long bytes(final long entry) {
        return Memory.getLongOpaque(entry + packets + Long.BYTES);
    }

    /** Sets both. Needs {@link #COUNTERS}. */
    public void setCounters(final long entry, final long packetCount, final long byteCount) {
        Memory.putLongOpaque(entry + packets, packetCount);
        Memory.putLongOpaque(entry + packets + Long.BYTES, byteCount);
    }

    /** Counts, atomically with regard to other workers. Needs {@link #COUNTERS}. */
    public void count(final long entry, final long packetCount, final long byteCount) {
        Memory.getAndAddLong(entry + packets, packetCount);
        Memory.getAndAddLong(entry + packets + Long.BYTES, byteCount);
    }

    /** The mark, low, and its mask, high, of one instant. Needs {@link #SKBINFO}. */
    public long skbMarkAndMask(final long entry) {
        return Memory.getLongOpaque(entry + skbMark);
    }

    /** Sets mark and mask. Needs {@link #SKBINFO}. */
    public void setSkbMark(final long entry, final int mark, final int mask) {
        Memory.putLongOpaque(entry + skbMark, (long) mask << Integer.SIZE | mark & LOW);
    }

    /** The priority, low, and the queue, high, of one instant. Needs {@link #SKBINFO}. */
    public long skbPrioAndQueue(final long entry) {
        return Memory.getLongOpaque(entry + skbPrio) & (1L << Integer.SIZE + Short.SIZE) - 1;
    }

    /** Sets priority and queue, of which 16 bits count. Needs {@link #SKBINFO}. */
    public void setSkbPrio(final long entry, final int priority, final int queue) {
        putBelowFlags(entry + skbPrio, (long) (queue & QUEUE_MASK) << Integer.SIZE | priority & LOW);
    }

    /** The comment's number; 0 for none. Needs {@link #COMMENT}. */
    public int comment(final long entry) {
        return (int) Memory.getLongOpaque(entry + comment);
    }

    /** Sets the comment's number. Needs {@link #COMMENT}. */
    public void setComment(final long entry, final int number) {
        putBelowFlags(entry + comment, number & LOW);
    }

    /** Whether it is an exception; never where there are no {@link #FLAGS}. */
    public boolean isNomatch(final long entry) {
        return (flags(entry) & NOMATCH) != 0;
    }

    /** Whether its device's name is the beginning of names; never where there are no {@link #FLAGS}. */
    public boolean isWildcard(final long entry) {
        return (flags(entry) & WILDCARD) != 0;
    }

    /** Flags of an element, whether or not it has an entry. */
    long flags(final long entry) {
        if (Long.compareUnsigned(entry, PRESENT_MAX) <= 0) {
            return entry >>> PRESENT_FLAGS_SHIFT;
        }
        return flags == NONE ? 0 : Memory.getLongOpaque(entry + flags) >>> FLAGS_SHIFT;
    }

    /** Sets the flags of an entry. One writer. */
    void setFlags(final long entry, final long value) {
        Memory.putLongOpaque(entry + flags, Memory.getLongOpaque(entry + flags) & BELOW_FLAGS | value << FLAGS_SHIFT);
    }

    /** What a table answers for an element without an entry. */
    static long present(final long flags) {
        return PRESENT | flags << PRESENT_FLAGS_SHIFT;
    }

    /** Flags in one word. */
    static long flags(final boolean nomatch, final boolean wildcard) {
        return (nomatch ? NOMATCH : 0) | (wildcard ? WILDCARD : 0);
    }

    /** One writer at a time, so that flags are not lost. */
    private static void putBelowFlags(final long address, final long value) {
        Memory.putLongOpaque(address, Memory.getLongOpaque(address) & ~BELOW_FLAGS | value);
    }
}
