package io.penstock.dataplane.fib;

import io.penstock.os.hot.memory.Memory;

/**
 * Which prefixes end inside each table of a trie, and who owns which of its entries.
 *
 * <p>The prefixes of a table of 2^w entries are numbered as a heap: 1 is the prefix of length 0, and below prefix
 * {@code h} lie {@code 2h} and {@code 2h + 1}; the last 2^w numbers are the entries themselves. One bit a number says
 * whether the prefix is present: 64 bytes for a table of 256, whose bits 0 and 1 stay clear. An entry belongs to the
 * longest prefix present above it.
 *
 * <p>Source: the internal bitmap of Eatherton, Varghese and Dittia, "Tree bitmap", 2004, kept beside the table for the
 * writer alone. Threads: the control thread.
 */
abstract class Strides {

    /** Bytes of the bits of a table of 256 entries. */
    static final int NODE_BITS_BYTES = 64;

    /** Entries of a node. */
    static final int NODE_ENTRIES = 256;

    /**
     * Gives an entry that the prefix owns its leaf, by one release store where readers may be looking.
     *
     * @param table a node's entries, or null for the root
     */
    protected abstract void setLeaf(int[] table, int slot, int leaf);

    /** Gives all entries that a prefix owns their leaf. */
    final void paint(final long bits, final int[] table, final int entries, final int heap, final int leaf) {
        if (heap >= entries) {
            setLeaf(table, heap - entries, leaf);
            return;
        }
        final int left = 2 * heap;
        if (!isPresent(bits, left)) {
            paint(bits, table, entries, left, leaf);
        }
        if (!isPresent(bits, left + 1)) {
            paint(bits, table, entries, left + 1, leaf);
        }
    }

    static boolean isPresent(final long bits, final int heap) {
        return (Memory.getLong(word(bits, heap)) & 1L << heap) != 0;
    }

    static void add(final long bits, final int heap) {
        final long word = word(bits, heap);
        Memory.putLong(word, Memory.getLong(word) | 1L << heap);
    }

    static void remove(final long bits, final int heap) {
        final long word = word(bits, heap);
        Memory.putLong(word, Memory.getLong(word) & ~(1L << heap));
    }

    /** The longest prefix present above one, or 0. */
    static int covering(final long bits, final int heap) {
        int above = heap >>> 1;
        while (above != 0 && !isPresent(bits, above)) {
            above >>>= 1;
        }
        return above;
    }

    static boolean isEmpty(final long bits) {
        long any = 0;
        for (int i = 0; i < NODE_BITS_BYTES; i += 8) {
            any |= Memory.getLong(bits + i);
        }
        return any == 0;
    }

    /** Forgets all prefixes of a node. */
    static void clear(final long bits) {
        for (int i = 0; i < NODE_BITS_BYTES; i += 8) {
            Memory.putLong(bits + i, 0);
        }
    }

    /** The length, relative to its table, of the prefix with a number. */
    static int lengthOf(final int heap) {
        return 31 - Integer.numberOfLeadingZeros(heap);
    }

    private static long word(final long bits, final int heap) {
        return bits + (heap >>> 6) * 8L;
    }
}
