package io.penstock.rules.hot;

import io.penstock.os.hot.memory.Memory;

/**
 * Where a worker counts: by number of a {@link TableImage}.
 *
 * <pre>
 *  0          8          16
 *  +----------+----------+
 *  | packets  | bytes    |   times the numbers
 *  +----------+----------+
 * </pre>
 *
 * <p>One worker writes; whoever lists reads while it does, each word whole.
 */
public final class RuleCounters {

    /** Bytes of a counter. */
    public static final int BYTES = 16;

    private static final int BYTES_SHIFT = 4;
    private static final int BYTE_COUNT = 8;

    private RuleCounters() {
    }

    /** Counts a packet. Worker. */
    static void count(final long base, final int number, final int bytes) {
        count(address(base, number), bytes);
    }

    /** Where a number is counted. */
    static long address(final long base, final int number) {
        return base + ((long) number << BYTES_SHIFT);
    }

    /** Counts a packet where {@link #address} says. Worker. */
    static void count(final long counter, final int bytes) {
        Memory.putLongOpaque(counter, Memory.getLong(counter) + 1);
        Memory.putLongOpaque(counter + BYTE_COUNT, Memory.getLong(counter + BYTE_COUNT) + bytes);
    }

    /** Packets that were counted. Any thread. */
    public static long packets(final long base, final int number) {
        return Memory.getLongOpaque(base + ((long) number << BYTES_SHIFT));
    }

    /** Bytes that were counted. Any thread. */
    public static long bytes(final long base, final int number) {
        return Memory.getLongOpaque(base + ((long) number << BYTES_SHIFT) + BYTE_COUNT);
    }
}
