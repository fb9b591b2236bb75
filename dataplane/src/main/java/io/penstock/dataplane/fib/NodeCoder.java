package io.penstock.dataplane.fib;

import io.penstock.dataplane.hot.fib.NodeLayout;
import io.penstock.os.hot.memory.Memory;

/**
 * Writes and reads nodes as {@link NodeLayout} has them, as plain arrays of 256 entries.
 *
 * <p>Threads: the control thread.
 */
final class NodeCoder {

    private static final int NARROW_LIMIT = 1 << 16;

    private NodeCoder() {
    }

    /** How many values a table takes. */
    static int values(final int[] table) {
        int values = 1;
        for (int i = 1; i < NodeLayout.ENTRIES; i++) {
            values += table[i] != table[i - 1] ? 1 : 0;
        }
        return values;
    }

    /** How many values a node has. */
    static int values(final long node) {
        return NodeLayout.index(node, NodeLayout.ENTRIES - 1) + 1;
    }

    /** True if all entries fit in 16 bits. */
    static boolean isNarrow(final int[] table) {
        int any = 0;
        for (final int entry : table) {
            any |= entry;
        }
        return any >= 0 && any < NARROW_LIMIT;
    }

    /** How many cache lines a node takes. */
    static int lines(final int values, final boolean narrow) {
        final int bytes = NodeLayout.VALUES + (narrow ? 2 : 4) * values;
        return bytes + (1 << NodeLayout.LINE_SHIFT) - 1 >>> NodeLayout.LINE_SHIFT;
    }

    /** Fills a node that nothing leads to yet. */
    static void write(final long node, final int[] table, final boolean narrow, final int fallback, final int id,
            final int bit) {
        int index = -1;
        int counts = 0;
        for (int word = 0; word < NodeLayout.ENTRIES / Long.SIZE; word++) {
            long starts = 0;
            // The first entry starts the first value without being marked.
            counts |= Math.max(index, 0) << word * 8;
            for (int i = 0; i < Long.SIZE; i++) {
                final int entry = word * Long.SIZE + i;
                if (entry != 0 && table[entry] == table[entry - 1]) {
                    continue;
                }
                starts |= entry == 0 ? 0 : 1L << i;
                index++;
                if (narrow) {
                    Memory.putShort(node + NodeLayout.VALUES + index * 2L, table[entry]);
                } else {
                    Memory.putInt(node + NodeLayout.VALUES + index * 4L, table[entry]);
                }
            }
            Memory.putLong(node + word * 8L, starts);
        }
        Memory.putInt(node + NodeLayout.COUNTS, counts);
        Memory.putInt(node + NodeLayout.FALLBACK, fallback);
        Memory.putInt(node + NodeLayout.ID_AND_BIT, id << NodeLayout.ID_SHIFT | bit);
    }

    /** The entries of a node. */
    static int[] read(final long node, final boolean narrow) {
        final int[] table = new int[NodeLayout.ENTRIES];
        int index = 0;
        for (int entry = 0; entry < NodeLayout.ENTRIES; entry++) {
            index += (int) (Memory.getLong(node + (entry >>> 6) * 8L) >>> entry) & 1;
            table[entry] = narrow ? Memory.getUnsignedShort(node + NodeLayout.VALUES + index * 2L)
                    : Memory.getInt(node + NodeLayout.VALUES + index * 4L);
        }
        return table;
    }

    /** The number that a node was given. */
    static int id(final long node) {
        return Memory.getInt(node + NodeLayout.ID_AND_BIT) >>> NodeLayout.ID_SHIFT;
    }
}
