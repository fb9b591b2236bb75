package io.penstock.dataplane.hot.fib;

import io.penstock.os.hot.memory.Memory;

/**
 * Where things lie in the memory of the IPv6 trie: a root of 16 bits, nodes of 8 bits where many prefixes are near, and
 * lists of intervals where few are, which is almost everywhere.
 *
 * <pre>
 *  0                256 KiB     +64          2 MiB                   130 MiB
 *  +----------------+-----------+------------+-----------------------+-----------------------------------+
 *  | root           | version   | (unused)   | beside the nodes      | nodes (NodeLayout, 32 bits wide)  |
 *  | 65,536 entries | 8 bytes   |            | 8 bytes a cache line  | and interval lists                |
 *  +----------------+-----------+------------+-----------------------+-----------------------------------+
 *
 *  entry (32 bits)   0              no prefix here: the covering shorter one applies
 *                    1 to 2^31-1    the leaf
 *                    negative       a child: its kind (bits 28 to 30), then as NodeLayout's; a list has no size
 *
 *  interval list     0          K                    K 2^N                     (K + 4) 2^N
 *                    +----------+--------------------+-------------------------+
 *                    | fallback | 2^N - 1 bounds     | 2^N entries             |
 *                    | 32 bits  | of K bytes each    | 32 bits each            |
 *                    +----------+--------------------+-------------------------+
 *
 *  kind              0        node
 *                    1 to 3   list of 4-byte bounds, N = 3 to 5
 *                    4 to 7   list of 8-byte bounds, N = 2 to 5
 * </pre>
 *
 * <p>An interval list cuts the next 32 or 64 bits of the address, read as a number, at its bounds, which ascend; those left over
 * are the largest number. An entry holds for the addresses from the bound before it on. A list never changes, but for
 * its fallback, which is what the level above says where the list has no prefix; the same is true of nodes, but for their
 * entries that lead to a child. A child of a list begins behind the bits that the list decides; a node says itself where it
 * begins, so that a list may skip bits in which nothing branches.
 */
public final class Trie6Layout {

    /** Nodes at the most; each has more than {@link #LIST_PREFIXES} prefixes in or below it. */
    public static final int MAX_NODES = 1 << 19;

    /** Entries in the root, by the address's first 16 bits. */
    public static final int ROOT_ENTRIES = 1 << 16;

    /** Bits that the root decides. */
    public static final int ROOT_BITS = 16;

    /** Offset of the root. */
    public static final long ROOT_OFFSET = 0;

    /** Offset of the count of finished updates; a cache line of its own. */
    public static final long VERSION_OFFSET = ROOT_OFFSET + ROOT_ENTRIES * 4L;

    /** Cache lines that the address space is reserved for: a GiB. */
    public static final int MAX_LINES = 1 << 24;

    /** Offset of the nodes and lists. */
    public static final long BLOCKS_OFFSET = NodeLayout.BESIDE_OFFSET + ((long) MAX_LINES << NodeLayout.BESIDE_SHIFT);

    /** Bytes to reserve. */
    public static final long BYTES = BLOCKS_OFFSET + ((long) MAX_LINES << NodeLayout.LINE_SHIFT);

    /** Prefixes of a list at the most: each needs two bounds where it begins and ends. */
    public static final int LIST_PREFIXES = 15;

    /** The most bounds of a list, and the steps of a search for an address among them. */
    public static final int MAX_BOUNDS = 31;
    /** Bits that a list with 4-byte bounds decides. */
    public static final int SHORT_BITS = 32;
    /** Bits that a list with 8-byte bounds decides. */
    public static final int LONG_BITS = 64;
    /** N of the smallest list with 4-byte bounds, and with 8-byte bounds: they fill a cache line. */
    public static final int LEAST_SHORT = 3;
    public static final int LEAST_LONG = 2;

    private static final int STEPS = 5;
    private static final int CHILD = 1 << 31;
    private static final int KIND_SHIFT = 28;
    private static final int KIND_MASK = 7;
    private static final int NODE = 0;
    private static final int SHORT_KIND = 1;
    private static final int LONG_KIND = 4;
    private static final long UNSIGNED = 0xFFFF_FFFFL;

    private Trie6Layout() {
    }

    /** Whether an entry leads on. */
    public static boolean isChild(final int entry) {
        return entry < 0;
    }

    /** Whether a child is a node, not a list. */
    public static boolean isNode(final int child) {
        return (child >>> KIND_SHIFT & KIND_MASK) == NODE;
    }

    /** Whether a list has 8-byte bounds. */
    public static boolean isLong(final int child) {
        return (child >>> KIND_SHIFT & KIND_MASK) >= LONG_KIND;
    }

    /** The N of a list. */
    public static int listLog2(final int child) {
        final int kind = child >>> KIND_SHIFT & KIND_MASK;
        return kind >= LONG_KIND ? kind - LONG_KIND + LEAST_LONG : kind - SHORT_KIND + LEAST_SHORT;
    }

    /** The entry that leads to a node. */
    public static int childOfNode(final int line, final int quarterShift) {
        return CHILD | NODE << KIND_SHIFT | NodeLayout.place(line, quarterShift);
    }

    /** The entry that leads to a list. */
    public static int childOfList(final int line, final boolean isLong, final int log2) {
        return CHILD | (isLong ? log2 - LEAST_LONG + LONG_KIND : log2 - LEAST_SHORT + SHORT_KIND) << KIND_SHIFT | line;
    }

    /** Address of a child. */
    public static long block(final long base, final int child) {
        return base + BLOCKS_OFFSET + ((long) NodeLayout.lineOf(child) << NodeLayout.LINE_SHIFT);
    }

    /** Address of what the level above says where a child has no prefix. */
    public static long fallback(final long base, final int child) {
        return isNode(child) ? NodeLayout.beside(base, child) + NodeLayout.FALLBACK : block(base, child);
    }

    /** Address of a list's bound. */
    public static long bound(final long list, final boolean isLong, final int index) {
        return isLong ? list + Long.BYTES + index * 8L : list + Integer.BYTES + index * 4L;
    }

    /** Address of a list's entry. */
    public static long listEntry(final long list, final boolean isLong, final int log2, final int index) {
        return list + ((isLong ? (long) Long.BYTES : Integer.BYTES) << log2) + index * 4L;
    }

    /** Address of the root's entry for an address. */
    public static long rootEntry(final long base, final long high) {
        return base + ROOT_OFFSET + ((high >>> 48) << 2);
    }

    /** The 64 bits of an address from a bit on, a multiple of 8; zeros behind its end. */
    public static long window(final long high, final long low, final int bit) {
        // A shift takes its distance modulo 64.
        return bit >= 64 ? low << bit : bit == 0 ? high : high << bit | low >>> -bit;
    }

    /** The byte of an address that starts at a bit, a multiple of 8. */
    public static int byteAt(final long high, final long low, final int bit) {
        return (int) ((bit < 64 ? high : low) >>> (56 - bit)) & 0xFF;
    }

    /** The entry of a list with 4-byte bounds for the bits of a window. */
    static int findShort(final long list, final int child, final long window) {
        final int log2 = listLog2(child);
        final long key = window >>> Long.SIZE - SHORT_BITS;
        int half = 1 << log2 - 1;
        int index = 0;
        // No branch: where the address lies cannot be foretold. Steps too many look again at what was passed and stay.
        for (int i = 0; i < STEPS; i++) {
            final long bound = Memory.getInt(list + (index + half) * 4L) & UNSIGNED;
            index += half & (int) (bound - key - 1 >> Long.SIZE - 1);
            half >>>= 1;
        }
        return Memory.getInt(list + (4L << log2) + index * 4L);
    }

    /** The entry of a list with 8-byte bounds for the bits of a window. */
    static int findLong(final long list, final int child, final long window) {
        final int log2 = listLog2(child);
        int half = 1 << log2 - 1;
        int index = 0;
        for (int i = 0; i < STEPS; i++) {
            final long bound = Memory.getLong(list + (index + half) * 8L);
            // The borrow of window - bound, for numbers without sign.
            final long below = ~window & bound | (~window | bound) & window - bound;
            index += half & ~(int) (below >> Long.SIZE - 1);
            half >>>= 1;
        }
        return Memory.getInt(list + (8L << log2) + index * 4L);
    }
}
