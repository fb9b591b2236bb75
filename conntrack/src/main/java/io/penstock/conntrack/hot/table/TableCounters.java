package io.penstock.conntrack.hot.table;

import io.penstock.os.hot.memory.Memory;

/** One worker's counters. Threads: its worker adds, any reads. */
final class TableCounters {

    /** Lines of their own for each worker. */
    static final int BYTES = 128;

    private final long address;

    TableCounters(final long address) {
        this.address = address;
    }

    void add(final int counter, final long delta) {
        final long at = address + (long) counter * Long.BYTES;
        Memory.putLongOpaque(at, Memory.getLongOpaque(at) + delta);
    }

    long get(final int counter) {
        return Memory.getLongOpaque(address + (long) counter * Long.BYTES);
    }
}
