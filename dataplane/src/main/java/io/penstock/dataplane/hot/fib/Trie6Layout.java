package io.penstock.dataplane.hot.fib;

/**
 * Where things lie in the memory of the IPv6 trie: a root of 16 bits, then nodes of 8 bits, with runs of bytes where
 * nothing branches cut out ("skips").
 *
 * <pre>
 *  0                512 KiB     +64          2 MiB                 66 MiB
 *  +----------------+-----------+------------+---------------------+------------------------+
 *  | root           | version   | (unused)   | skips               | nodes                  |
 *  | 65,536 entries | 8 bytes   |            | 64 bytes each       | 256 entries each       |
 *  +----------------+-----------+------------+---------------------+------------------------+
 *
 *  entry (64 bits)    63                    32 31                      0
 *                    +------------------------+------------------------+
 *                    | child                  | leaf                   |
 *                    +------------------------+------------------------+
 *                    0         none           0      no prefix of this level: the covering shorter one applies
 *                    positive  node           other  the adjacency
 *                    negative  skip (low 31 bits)
 *
 *  skip   0            8           16          24         32      40        44
 *         +------------+-----------+-----------+----------+-------+---------+---------+
 *         | high bits  | low bits  | high mask | low mask | entry | end bit | (unused)|
 *         +------------+-----------+-----------+----------+-------+---------+---------+
 * </pre>
 *
 * <p>A skip stands for a chain of nodes with one used entry each: an address that has the skip's bits goes on with its
 * entry, any other ends there. An entry holds the leaf and the child in one word, so that both change with one store and
 * the best match so far costs no load of its own: IPv6 tables are small enough for entries of eight bytes.
 */
public final class Trie6Layout {

    /** Nodes that the address space is reserved for; a route needs two at most. */
    public static final int MAX_NODES = 1 << 19;

    /** Skips that the address space is reserved for; a route needs three at most, mostly one. */
    public static final int MAX_SKIPS = 1 << 20;

    /** Entries in the root, by the address's first 16 bits. */
    public static final int ROOT_ENTRIES = 1 << 16;

    /** Bits that the root decides. */
    public static final int ROOT_BITS = 16;

    /** Offset of the root. */
    public static final long ROOT_OFFSET = 0;

    /** Offset of the count of finished updates; a cache line of its own. */
    public static final long VERSION_OFFSET = ROOT_OFFSET + ROOT_ENTRIES * 8L;

    /** Offset of the skips. */
    public static final long SKIPS_OFFSET = 2L << 20;

    /** log2 of the bytes of a skip. */
    public static final int SKIP_SHIFT = 6;

    /** Offset of the nodes. */
    public static final long NODES_OFFSET = SKIPS_OFFSET + ((long) MAX_SKIPS << SKIP_SHIFT);

    /** log2 of the bytes of a node. */
    public static final int NODE_SHIFT = 11;

    /** Bytes to reserve. */
    public static final long BYTES = NODES_OFFSET + ((long) MAX_NODES << NODE_SHIFT);

    /** In a skip: the address's first eight bytes. */
    public static final int SKIP_HIGH = 0;

    /** In a skip: the address's last eight bytes. */
    public static final int SKIP_LOW = 8;

    /** In a skip: which of the first eight bytes' bits must agree. */
    public static final int SKIP_HIGH_MASK = 16;

    /** In a skip: which of the last eight bytes' bits must agree. */
    public static final int SKIP_LOW_MASK = 24;

    /** In a skip: the entry for addresses that agree. */
    public static final int SKIP_ENTRY = 32;

    /** In a skip: the bit after the last one compared, a multiple of 8. */
    public static final int SKIP_END = 40;

    private static final int INDEX = 0x7FFF_FFFF;

    private Trie6Layout() {
    }

    /** The leaf of an entry; 0 if it has none. */
    public static int leaf(final long entry) {
        return (int) entry;
    }

    /** The child of an entry; 0 if it has none. */
    public static int child(final long entry) {
        return (int) (entry >>> 32);
    }

    /** An entry. */
    public static long entry(final int leaf, final int child) {
        return (long) child << 32 | leaf;
    }

    /** Whether a child is a skip. */
    public static boolean isSkip(final int child) {
        return child < 0;
    }

    /** The child that stands for a skip. */
    public static int childOfSkip(final int skip) {
        return skip | ~INDEX;
    }

    /** The skip that a child stands for. */
    public static int skipOf(final int child) {
        return child & INDEX;
    }

    /** Address of the root's entry for an address. */
    public static long rootEntry(final long base, final long high) {
        return base + ROOT_OFFSET + ((high >>> 48) << 3);
    }

    /** Address of a node's first entry. */
    public static long node(final long base, final int node) {
        return base + NODES_OFFSET + ((long) node << NODE_SHIFT);
    }

    /** Address of the entry that the address's byte at a bit selects in a node. */
    public static long nodeEntry(final long base, final int node, final long high, final long low, final int bit) {
        return node(base, node) + (byteAt(high, low, bit) << 3);
    }

    /** Address of the skip that a child stands for. */
    public static long skip(final long base, final int child) {
        return base + SKIPS_OFFSET + ((long) skipOf(child) << SKIP_SHIFT);
    }

    /** The byte of an address that starts at a bit, a multiple of 8. */
    public static int byteAt(final long high, final long low, final int bit) {
        // A shift takes its distance modulo 64, so one expression serves both halves.
        return (int) ((bit < 64 ? high : low) >>> (56 - bit)) & 0xFF;
    }
}
