package io.penstock.dataplane.hot.fib;

import io.penstock.os.hot.memory.Memory;

/**
 * Where things lie in the memory of the IPv4 trie: strides of 16, 8 and 8 bits.
 *
 * <pre>
 *  0                256 KiB     +64          2 MiB                   258 MiB
 *  +----------------+-----------+------------+-----------------------+------------------------+
 *  | root           | version   | (unused)   | beside the nodes      | nodes (NodeLayout)     |
 *  | 65,536 entries | 8 bytes   |            | 8 bytes a cache line  | 128 to 2,048 bytes each|
 *  +----------------+-----------+------------+-----------------------+------------------------+
 *
 *  entry (32 bits)   0              no prefix of this level: the covering shorter prefix applies (root: no route)
 *                    1 to 2^31-1    the adjacency
 *                    negative       a node (NodeLayout); bit 30: its values are 16 bits wide
 * </pre>
 *
 * <p>A leaf is pushed to all entries of its own level that it owns, but not into the nodes below: there it is the
 * fallback of each node that hangs under one of its entries. So a prefix touches at most one table (65,536
 * entries for the default route, 128 or fewer below the root), whatever is inserted under it.
 */
public final class Trie4Layout {

    /** Nodes at the most: every /16 opened, and 2^20 distinct /24s opened below. */
    public static final int MAX_NODES = (1 << 20) + (1 << 16);

    /** Entries in the root, by the address's first 16 bits. */
    public static final int ROOT_ENTRIES = 1 << 16;

    /** Offset of the root: at the start, so that it lies in one huge page and, hot, in the L2 cache. */
    public static final long ROOT_OFFSET = 0;

    /** Offset of the count of finished updates; a cache line of its own. */
    public static final long VERSION_OFFSET = ROOT_OFFSET + ROOT_ENTRIES * 4L;

    /** Cache lines that the address space is reserved for: two GiB, which is nearly all nodes at their largest. */
    public static final int MAX_LINES = 1 << 25;

    /** Offset of the nodes. */
    public static final long NODES_OFFSET = NodeLayout.BESIDE_OFFSET + ((long) MAX_LINES << NodeLayout.BESIDE_SHIFT);

    /** Bytes to reserve. */
    public static final long BYTES = NODES_OFFSET + ((long) MAX_LINES << NodeLayout.LINE_SHIFT);

    private static final int CHILD = 1 << 31;
    private static final int NARROW = 1 << 30;

    private Trie4Layout() {
    }

    /** Whether an entry leads to a node. */
    public static boolean isNode(final int entry) {
        return entry < 0;
    }

    /** The entry that leads to a node. */
    public static int entryOf(final int line, final int quarterShift, final boolean narrow) {
        return CHILD | (narrow ? NARROW : 0) | NodeLayout.place(line, quarterShift);
    }

    /** Whether the values of the node that an entry leads to are 16 bits wide. */
    public static boolean isNarrow(final int entry) {
        return (entry & NARROW) != 0;
    }

    /** Address of the root's entry for an IPv4 address. */
    public static long rootEntry(final long base, final int address) {
        return base + ROOT_OFFSET + ((address >>> 16) << 2);
    }

    /** Address of the node that an entry leads to. */
    public static long node(final long base, final int entry) {
        return base + NODES_OFFSET + ((long) NodeLayout.lineOf(entry) << NodeLayout.LINE_SHIFT);
    }

    /** What the node that an entry leads to says for one of its entries. */
    public static int value(final long base, final int entry, final int slot) {
        final long node = node(base, entry);
        return isNarrow(entry) ? NodeLayout.narrow(node, entry, slot) : NodeLayout.wide(node, entry, slot);
    }

    /** The entry that the address's third byte selects in a node of the second level. */
    public static int second(final long base, final int entry, final int address) {
        return value(base, entry, address >>> 8 & 0xFF);
    }

    /** The entry that the address's last byte selects in a node of the third level. */
    public static int third(final long base, final int entry, final int address) {
        return value(base, entry, address & 0xFF);
    }

    /** What the parent's level says where the node that an entry leads to has no prefix. */
    public static int fallback(final long base, final int entry) {
        return Memory.getIntAcquire(NodeLayout.beside(base, entry) + NodeLayout.FALLBACK);
    }
}
