package io.penstock.dataplane.fib;

import java.util.Arrays;

/**
 * Hands out slot numbers: never-used ones in order, so that the memory behind them stays dense, and freed ones first.
 *
 * <p>Threads: the control thread.
 */
final class SlotPool {

    private final int limit;
    private int next;
    private int[] free = new int[16];
    private int freeCount;

    /** A pool of the slots {@code first} to {@code limit - 1}. */
    SlotPool(final int first, final int limit) {
        this.next = first;
        this.limit = limit;
    }

    /** A slot; the caller has asked {@link #available}. */
    int take() {
        if (freeCount > 0) {
            return free[--freeCount];
        }
        if (next == limit) {
            throw new IllegalStateException("no slot left: slots=" + limit);
        }
        return next++;
    }

    void give(final int slot) {
        if (freeCount == free.length) {
            free = Arrays.copyOf(free, 2 * freeCount);
        }
        free[freeCount++] = slot;
    }

    /** How many more can be taken now; slots that are waiting for quiescence do not count. */
    int available() {
        return limit - next + freeCount;
    }
}
