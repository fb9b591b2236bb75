package io.penstock.dataplane.hot.fib;

import io.penstock.os.hot.memory.Memory;

/**
 * A node of 256 entries, in which neighbours that are equal share one value: most nodes of a large table take two cache lines
 * instead of sixteen, so that the table stays in the cache.
 *
 * <pre>
 *   0                          32       36         40           44
 *  +--------------------------+--------+----------+------------+---------------------------+
 *  | starts                   | counts | fallback | id and bit | values                    |
 *  | a bit an entry           | 4 x 8  | 32 bits  | 24 + 8     | 32 bits each, or 16 each  |
 *  +--------------------------+--------+----------+------------+---------------------------+
 *
 *  starts    bit i: entry i differs from entry i - 1; bit 0 is clear
 *  counts    byte w: how many bits are set before the word w of the starts
 *  fallback  what the level above says where the node has no prefix: 0 for nothing
 *  id        the number that the writer knows the node by
 *  bit       the first bit of the address that the node decides; of IPv6
 *  values    0 no prefix of this node, positive an adjacency, negative a child
 * </pre>
 *
 * <p>Invariants:
 * <ol>
 *   <li>A node is changed by a new one in its place, and never itself, but for two things: the fallback, and the value that
 *       leads to a child, of which each is one int and no two are the same.</li>
 *   <li>A node whose values are 16 bits wide has no child.</li>
 * </ol>
 *
 * <p>Source: the leaf vectors of Asai and Ohara, "Poptrie", 2015, for one stride of eight bits. Threads: written by the control
 * thread.
 */
public final class NodeLayout {

    /** Entries of a node. */
    public static final int ENTRIES = 256;

    /** log2 of the bytes that a place is a multiple of: a cache line. */
    public static final int LINE_SHIFT = 6;

    /** In a node: how many bits are set before each word of the starts. */
    public static final int COUNTS = 32;

    /** In a node: what the level above says where the node has no prefix. */
    public static final int FALLBACK = 36;

    /** In a node: the writer's number for it, and the bit that it begins at in the lowest eight bits. */
    public static final int ID_AND_BIT = 40;

    /** In a node: the values. */
    public static final int VALUES = 44;

    /** Bytes of a node whose values are all different and wide. */
    public static final int MAX_BYTES = VALUES + ENTRIES * 4;

    /** The bits of the id that the bit lies in. */
    public static final int ID_SHIFT = 8;

    private static final int BIT_MASK = (1 << ID_SHIFT) - 1;
    private static final int WORD_SHIFT = 6;

    private NodeLayout() {
    }

    /** The number of the value that an entry has. */
    public static int index(final long node, final int entry) {
        final int word = entry >>> WORD_SHIFT;
        // A shift takes its distance modulo 64: the bits up to the entry's, its own included, are what is left.
        return (Memory.getInt(node + COUNTS) >>> word * 8 & 0xFF)
                + Long.bitCount(Memory.getLong(node + word * 8L) << ~entry);
    }

    /** The value of an entry, where values are 32 bits wide; pairs with the release that put a child there. */
    public static int wide(final long node, final int entry) {
        return Memory.getIntAcquire(wideAddress(node, entry));
    }

    /** Address of the value of an entry, where values are 32 bits wide. */
    public static long wideAddress(final long node, final int entry) {
        return node + VALUES + index(node, entry) * 4L;
    }

    /** The value of an entry, where values are 16 bits wide. */
    public static int narrow(final long node, final int entry) {
        return Memory.getUnsignedShort(node + VALUES + index(node, entry) * 2L);
    }

    /** The bit that the node begins at. */
    public static int bit(final long node) {
        return Memory.getInt(node + ID_AND_BIT) & BIT_MASK;
    }
}
