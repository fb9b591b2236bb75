package io.penstock.dataplane.hot.fib;

/**
 * Where things lie in the memory of the IPv4 trie: strides of 16, 8 and 8 bits.
 *
 * <pre>
 *  0                256 KiB     +64              2 MiB                8 MiB
 *  +----------------+-----------+----------------+--------------------+---------------------------+
 *  | root           | version   | (unused)       | fallbacks          | nodes                     |
 *  | 65,536 entries | 8 bytes   |                | one int a node     | 256 entries each          |
 *  +----------------+-----------+----------------+--------------------+---------------------------+
 *
 *  entry (32 bits)   0              no prefix of this level: the covering shorter prefix applies (root: no route)
 *                    1 to 2^31-1    the adjacency
 *                    negative       a child: the node's index in the low 31 bits
 * </pre>
 *
 * <p>A leaf is pushed to all entries of its own level that it owns, but not into the nodes below: there it is the
 * {@code fallback} of each node that hangs under one of its entries. So a prefix touches at most one table (65,536
 * entries for the default route, 128 or fewer below the root), whatever is inserted under it.
 */
public final class Trie4Layout {

    /** Nodes that the address space is reserved for: every /16 opened, and 2^20 distinct /24s opened below. */
    public static final int MAX_NODES = (1 << 20) + (1 << 16);

    /** Entries in the root, by the address's first 16 bits. */
    public static final int ROOT_ENTRIES = 1 << 16;

    /** Offset of the root: at the start, so that it lies in one huge page and, hot, in the L2 cache. */
    public static final long ROOT_OFFSET = 0;

    /** Offset of the count of finished updates; a cache line of its own. */
    public static final long VERSION_OFFSET = ROOT_OFFSET + ROOT_ENTRIES * 4L;

    /** Offset of the fallbacks, an int a node. */
    public static final long FALLBACKS_OFFSET = 2L << 20;

    /** Offset of the nodes. */
    public static final long NODES_OFFSET = 8L << 20;

    /** log2 of the bytes of a node. */
    public static final int NODE_SHIFT = 10;

    /** Bytes to reserve. */
    public static final long BYTES = NODES_OFFSET + ((long) MAX_NODES << NODE_SHIFT);

    private static final int INDEX = 0x7FFF_FFFF;

    private Trie4Layout() {
    }

    /** Whether an entry leads to a node. */
    public static boolean isNode(final int entry) {
        return entry < 0;
    }

    /** The entry that leads to a node. */
    public static int entryOf(final int node) {
        return node | ~INDEX;
    }

    /** The node that an entry leads to. */
    public static int nodeOf(final int entry) {
        return entry & INDEX;
    }

    /** Address of the root's entry for an IPv4 address. */
    public static long rootEntry(final long base, final int address) {
        return base + ROOT_OFFSET + ((address >>> 16) << 2);
    }

    /** Address of a node's first entry. */
    public static long node(final long base, final int node) {
        return base + NODES_OFFSET + ((long) node << NODE_SHIFT);
    }

    /** Address of the entry that the address's third byte selects in a node of the second level. */
    public static long secondEntry(final long base, final int entry, final int address) {
        return node(base, nodeOf(entry)) + (address >>> 8 & 0xFF) * 4;
    }

    /** Address of the entry that the address's last byte selects in a node of the third level. */
    public static long thirdEntry(final long base, final int entry, final int address) {
        return node(base, nodeOf(entry)) + (address & 0xFF) * 4;
    }

    /** Address of what the parent's level says where a node has no prefix. */
    public static long fallback(final long base, final int node) {
        return base + FALLBACKS_OFFSET + node * 4L;
    }
}
