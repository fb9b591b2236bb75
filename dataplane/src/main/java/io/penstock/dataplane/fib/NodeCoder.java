package io.penstock.dataplane.fib;

import io.penstock.dataplane.hot.fib.NodeLayout;
import io.penstock.os.hot.memory.Memory;

/**
 * Writes and reads nodes as {@link NodeLayout} has them, as plain arrays of 256 entries.
 *
 * <p>Threads: the control thread.
 */
final class NodeCoder {

    /** The cache lines of the largest node. */
    static final int MOST_LINES = 32;

    private static final int NARROW_LIMIT = 1 << 16;
    private static final int QUARTER = 1 << NodeLayout.QUARTER_SHIFT;

    private NodeCoder() {
    }

    /** True if all entries fit in 16 bits. */
    static boolean isNarrow(final int[] table) {
        int any = 0;
        for (final int entry : table) {
            any |= entry;
        }
        return any >= 0 && any < NARROW_LIMIT;
    }

    /** log2 of the bytes of a quarter for these entries. */
    static int quarterShift(final int[] table, final boolean narrow) {
        int most = 0;
        for (int from = 0; from < NodeLayout.ENTRIES; from += QUARTER) {
            int values = 1;
            for (int i = from + 1; i < from + QUARTER; i++) {
                values += table[i] != table[i - 1] ? 1 : 0;
            }
            most = Math.max(most, values);
        }
        final int bytes = NodeLayout.VALUES + (narrow ? 2 : 4) * most;
        return Math.max(NodeLayout.LEAST_SHIFT, Integer.SIZE - Integer.numberOfLeadingZeros(bytes - 1));
    }

    /** How many cache lines a node takes. */
    static int lines(final int quarterShift) {
        return NodeLayout.ENTRIES / QUARTER << quarterShift >>> NodeLayout.LINE_SHIFT;
    }

    /** Fills a node that nothing leads to yet. */
    static void write(final long node, final int entry, final int[] table, final boolean narrow) {
        for (int from = 0; from < NodeLayout.ENTRIES; from += QUARTER) {
            final long quarter = NodeLayout.quarter(node, entry, from);
            long starts = 0;
            int index = 0;
            for (int i = 0; i < QUARTER; i++) {
                final int value = table[from + i];
                // The first entry starts the first value without being marked.
                if (i != 0) {
                    if (value == table[from + i - 1]) {
                        continue;
                    }
                    starts |= 1L << i;
                    index++;
                }
                if (narrow) {
                    Memory.putShort(quarter + NodeLayout.VALUES + index * 2L, value);
                } else {
                    Memory.putInt(quarter + NodeLayout.VALUES + index * 4L, value);
                }
            }
            Memory.putLong(quarter, starts);
        }
    }

    /** Writes what lies beside a node that nothing leads to yet. */
    static void writeBeside(final long beside, final int fallback, final int id, final int bit) {
        Memory.putInt(beside + NodeLayout.FALLBACK, fallback);
        Memory.putInt(beside + NodeLayout.ID_AND_BIT, id << NodeLayout.ID_SHIFT | bit);
    }

    /** The entries of a node. */
    static int[] read(final long node, final int entry, final boolean narrow) {
        final int[] table = new int[NodeLayout.ENTRIES];
        for (int from = 0; from < NodeLayout.ENTRIES; from += QUARTER) {
            final long quarter = NodeLayout.quarter(node, entry, from);
            final long starts = Memory.getLong(quarter);
            int index = 0;
            for (int i = 0; i < QUARTER; i++) {
                index += (int) (starts >>> i) & 1;
                table[from + i] = narrow ? Memory.getUnsignedShort(quarter + NodeLayout.VALUES + index * 2L)
                        : Memory.getInt(quarter + NodeLayout.VALUES + index * 4L);
            }
        }
        return table;
    }

    /** The number that a node was given. */
    static int id(final long beside) {
        return Memory.getInt(beside + NodeLayout.ID_AND_BIT) >>> NodeLayout.ID_SHIFT;
    }
}
