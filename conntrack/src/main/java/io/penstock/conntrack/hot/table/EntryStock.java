package io.penstock.conntrack.hot.table;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.memory.Prefetch;
import java.lang.invoke.VarHandle;

/**
 * One worker's free entries, and those that it has given up but that other look-ups may still hold.
 *
 * <p>Invariants:
 * <ol>
 *   <li>A retired entry is free when every worker has passed a batch boundary since, or was away. With one worker that is the next boundary.</li>
 *   <li>Free numbers lie in at most two chains of {@link EntryPool#CHAIN}; what is more goes back to the pool, where other workers find it.</li>
 *   <li>A worker's epoch changes with each boundary and is odd while it is away. The announcement is a release store and a full fence; who
 *       observes executes a full fence after unpublishing. As {@code Epoch} of the data plane.</li>
 * </ol>
 *
 * <p>Threads: its worker.
 */
final class EntryStock {

    /** A worker's epoch has a line of its own. */
    static final int EPOCH_BYTES = 64;

    private final EntryPool pool;
    private final long epochs;
    private final int worker;
    private final long[] seen;

    private int current;
    private int currentCount;
    private int spare;

    private int fresh;
    private int waiting;

    /**
     * Nothing in stock, away.
     *
     * @param epochs  the workers' epochs, {@value #EPOCH_BYTES} bytes each
     * @param worker  whose this is
     * @param workers how many there are
     */
    EntryStock(final EntryPool pool, final long epochs, final int worker, final int workers) {
        this.pool = pool;
        this.epochs = epochs;
        this.worker = worker;
        this.seen = new long[workers];
        Memory.putLongRelease(epoch(worker), 1);
    }

    /** A batch boundary: this worker holds nothing that is retired; what nobody holds becomes free. */
    void boundary() {
        if (seen.length > 1) {
            final long epoch = epoch(worker);
            Memory.putLongRelease(epoch, (Memory.getLongOpaque(epoch) | 1) + 1);
            VarHandle.fullFence();
        }
        if ((fresh | waiting) != 0) {
            reclaim();
        }
    }

    /** Goes away until the next boundary. */
    void away() {
        if (seen.length > 1) {
            final long epoch = epoch(worker);
            Memory.putLongRelease(epoch, Memory.getLongOpaque(epoch) | 1);
            VarHandle.fullFence();
        }
    }

    /** Takes a free number; 0 when there is none. */
    int take() {
        if (current == 0) {
            current = spare;
            spare = 0;
            currentCount = EntryPool.CHAIN;
            if (current == 0) {
                current = pool.takeChain();
            }
        }
        final int number = current;
        if (number != 0) {
            current = pool.next(number);
            currentCount = current == 0 ? 0 : currentCount - 1;
        }
        return number;
    }

    /** Adds the entries that the next so many calls of {@link #take} will give, as far as they are in stock. */
    void prefetch(final int count, final Prefetch to) {
        int number = current;
        boolean isSpare = false;
        for (int i = 0; i < count; i++) {
            if (number == 0) {
                if (isSpare || spare == 0) {
                    break;
                }
                number = spare;
                isSpare = true;
            }
            to.add(pool.address(number), pool.entryBytes());
            number = pool.next(number);
        }
    }

    /** Gives up a number that was published, or may be in use further on in the batch. */
    void retire(final int number) {
        pool.link(number, fresh);
        fresh = number;
    }

    private void reclaim() {
        if (seen.length == 1) {
            waiting = fresh;
            fresh = 0;
            freeWaiting();
            return;
        }
        if (waiting != 0 && haveAllPassed()) {
            freeWaiting();
        }
        if (waiting == 0 && fresh != 0) {
            waiting = fresh;
            fresh = 0;
            observe();
        }
    }

    private void observe() {
        VarHandle.fullFence();
        for (int i = 0; i < seen.length; i++) {
            seen[i] = Memory.getLongAcquire(epoch(i));
        }
    }

    private boolean haveAllPassed() {
        for (int i = 0; i < seen.length; i++) {
            // Its own has passed: these were retired before the last boundary.
            if (i != worker && (seen[i] & 1) == 0 && Memory.getLongAcquire(epoch(i)) == seen[i]) {
                return false;
            }
        }
        return true;
    }

    private void freeWaiting() {
        int number = waiting;
        waiting = 0;
        while (number != 0) {
            final int next = pool.next(number);
            free(number);
            number = next;
        }
    }

    private void free(final int number) {
        if (currentCount >= EntryPool.CHAIN) {
            if (spare != 0) {
                pool.giveChain(spare);
            }
            spare = current;
            current = 0;
            currentCount = 0;
        }
        pool.link(number, current);
        current = number;
        currentCount++;
    }

    private long epoch(final int index) {
        return epochs + (long) index * EPOCH_BYTES;
    }
}
