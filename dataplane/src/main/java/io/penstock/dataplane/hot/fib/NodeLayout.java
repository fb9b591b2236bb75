package io.penstock.dataplane.hot.fib;

import io.penstock.os.hot.memory.Memory;

/**
 * A node of 256 entries, in which neighbours that are equal share one value: a look-up takes one cache line of it, and most
 * nodes of a large table take two to four instead of sixteen.
 *
 * <pre>
 *  node = 4 quarters of 32, 64, 128, 256 or 512 bytes, for 64 entries each
 *
 *  quarter   0               8
 *           +---------------+-----------------------------------+
 *           | starts        | values                            |
 *           | a bit an entry| 32 bits each, or 16 each          |
 *           +---------------+-----------------------------------+
 *
 *  starts    bit i: entry i differs from entry i - 1; bit 0 is clear
 *  values    0 no prefix of this node, positive an adjacency, negative a child
 *
 *  beside the nodes, for each cache line that one begins in: its fallback (32 bits), what the level above says where the node
 *  has no prefix, 0 for nothing; the number that the writer knows it by (24 bits) and the address's bit that it begins at (8)
 *
 *  entry that leads to a node    31   30       28 27      25 24                       0
 *                               +---+---------+-----------+--------------------------+
 *                               | 1 | (trie)  | size      | cache line               |
 *                               +---+---------+-----------+--------------------------+
 *  size      log2 of a quarter's bytes, less 5
 * </pre>
 *
 * <p>Invariants:
 * <ol>
 *   <li>A node is changed by a new one in its place, and never itself, but for two things: the fallback, and the value that
 *       leads to a child, of which each is one int and no two are the same.</li>
 *   <li>A node whose values are 16 bits wide has no child.</li>
 *   <li>A quarter of up to 64 bytes lies in one cache line.</li>
 * </ol>
 *
 * <p>Source: the leaf vectors of Asai and Ohara, "Poptrie", 2015, for strides of eight bits. Threads: written by the control
 * thread.
 */
public final class NodeLayout {

    /** Entries of a node. */
    public static final int ENTRIES = 256;

    /** log2 of the entries of a quarter. */
    public static final int QUARTER_SHIFT = 6;

    /** log2 of the bytes that a place is a multiple of: a cache line. */
    public static final int LINE_SHIFT = 6;

    /** In a quarter: the values. */
    public static final int VALUES = 8;

    /** log2 of the bytes of the smallest quarter. */
    public static final int LEAST_SHIFT = 5;

    /** Offset of what lies beside the nodes; they follow it. */
    public static final long BESIDE_OFFSET = 2L << 20;

    /** log2 of the bytes beside a line. */
    public static final int BESIDE_SHIFT = 3;

    /** Beside a node: what the level above says where it has no prefix. */
    public static final int FALLBACK = 0;

    /** Beside a node: the writer's number for it, and the bit that it begins at in the lowest eight bits. */
    public static final int ID_AND_BIT = 4;

    /** The bits of the bit that a node begins at. */
    public static final int ID_SHIFT = 8;

    private static final int BIT_MASK = (1 << ID_SHIFT) - 1;
    private static final int SIZE_SHIFT = 25;
    private static final int SIZE_MASK = 7;
    private static final int LINE = (1 << SIZE_SHIFT) - 1;

    private NodeLayout() {
    }

    /** The line that an entry leads to. */
    public static int lineOf(final int entry) {
        return entry & LINE;
    }

    /** log2 of the bytes of a quarter of the node that an entry leads to. */
    public static int quarterShift(final int entry) {
        return (entry >>> SIZE_SHIFT & SIZE_MASK) + LEAST_SHIFT;
    }

    /** An entry's bits for a node's line and size. */
    public static int place(final int line, final int quarterShift) {
        return quarterShift - LEAST_SHIFT << SIZE_SHIFT | line;
    }

    /** Address of the quarter that has an entry. */
    public static long quarter(final long node, final int entry, final int slot) {
        return node + ((slot >>> QUARTER_SHIFT) << quarterShift(entry));
    }

    /** The number of the value that an entry has in its quarter. */
    public static int index(final long quarter, final int slot) {
        // A shift takes its distance modulo 64: the bits up to the entry's, its own included, are what is left.
        return Long.bitCount(Memory.getLong(quarter) << ~slot);
    }

    /** The value of an entry, where values are 32 bits wide; pairs with the release that put a child there. */
    public static int wide(final long node, final int entry, final int slot) {
        return Memory.getIntAcquire(wideAddress(node, entry, slot));
    }

    /** Address of the value of an entry, where values are 32 bits wide. */
    public static long wideAddress(final long node, final int entry, final int slot) {
        final long quarter = quarter(node, entry, slot);
        return quarter + VALUES + index(quarter, slot) * 4L;
    }

    /** The value of an entry, where values are 16 bits wide. */
    public static int narrow(final long node, final int entry, final int slot) {
        final long quarter = quarter(node, entry, slot);
        return Memory.getUnsignedShort(quarter + VALUES + index(quarter, slot) * 2L);
    }

    /** Address of what lies beside the node that an entry leads to. */
    public static long beside(final long base, final int entry) {
        return base + BESIDE_OFFSET + ((long) lineOf(entry) << BESIDE_SHIFT);
    }

    /** The bit that a node begins at. */
    public static int bit(final long beside) {
        return Memory.getInt(beside + ID_AND_BIT) & BIT_MASK;
    }
}
