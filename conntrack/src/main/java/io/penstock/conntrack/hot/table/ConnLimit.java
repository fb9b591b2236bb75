package io.penstock.conntrack.hot.table;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.MappedMemory;

/**
 * How many connections a namespace has and may have: {@code nf_conntrack_count} and {@code nf_conntrack_max}, which its two tables share.
 * Unconfirmed ones count.
 *
 * <p>Threads: any for {@link #count}, {@link #max}; control for {@link #setMax}; workers for the rest.
 */
public final class ConnLimit implements AutoCloseable {

    /** As a limit: none may begin. What is there stays. */
    public static final int NOTHING = -1;

    /** Lines of their own: the count changes with every connection. */
    private static final int MAX = 64;
    private static final int BYTES = 128;

    private final MappedMemory memory;
    private final long address;
    private final boolean shared;

    /**
     * No connections yet.
     *
     * @param max     how many there may be; 0 for no limit but the tables' own, {@link #NOTHING} for none
     * @param workers how many threads count here
     */
    public ConnLimit(final int max, final int workers) {
        this.memory = MappedMemory.reserve(BYTES, MappedMemory.Pages.NORMAL);
        this.address = memory.address();
        this.shared = workers > 1;
        setMax(max);
    }

    /** How many there are. */
    public long count() {
        return Memory.getLongOpaque(address);
    }

    /** How many there may be; 0 for no limit but the tables' own, {@link #NOTHING} for none. */
    public long max() {
        return Memory.getLongOpaque(address + MAX);
    }

    /** Changes the limit; what is there already stays. */
    public void setMax(final int max) {
        Memory.putLongOpaque(address + MAX, max);
    }

    /** Counts one more; true if they are still no more than allowed. */
    boolean add() {
        final long max = max();
        return change(1) < max || max == 0;
    }

    /** Whether none may begin, not even in another one's place. */
    boolean isNothing() {
        return max() < 0;
    }

    /** One less. */
    void subtract() {
        change(-1);
    }

    /** Whether there are so many (95 of 100) that what would not be missed has to go. */
    boolean isTight() {
        final long max = max();
        return max > 0 && count() > max / 20 * 19;
    }

    @Override
    public void close() {
        memory.close();
    }

    private long change(final long delta) {
        if (shared) {
            return Memory.getAndAddLong(address, delta);
        }
        final long before = Memory.getLongOpaque(address);
        Memory.putLongOpaque(address, before + delta);
        return before;
    }
}
