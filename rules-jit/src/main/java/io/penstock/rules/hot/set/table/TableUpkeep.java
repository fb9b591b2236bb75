package io.penstock.rules.hot.set.table;

import io.penstock.rules.set.table.RetiredBlocks;
import io.penstock.rules.set.table.TableBlock;

/**
 * What control does for a table while workers look in it: in slices, between which a worker can become the writer. Whatever goes wrong in one, the table
 * is not left locked.
 *
 * <p>Threads: control.
 */
final class TableUpkeep {

    /** Buckets that control moves while no worker can be the writer: some microseconds. */
    private static final int SLICE_BUCKETS = 32;
    /** The same of buckets whose entries it looks at, or takes out: each may be a miss of the cache. */
    private static final int EXPIRE_BUCKETS = 8;
    /** Between two slices, some 50 ns each: a worker that waits has to see that there is no writer. Fewer, and control is it again before that. */
    private static final int SPINS_BETWEEN = 20;
    /** Slices that one call of {@link #maintain} moves at most: so that other tables have their turn. */
    private static final int SLICES = 1024;

    private final KeyTable table;

    TableUpkeep(final KeyTable table) {
        this.table = table;
    }

    /** As {@link KeyTable#expire}. */
    int expire(final TableSweeper sweeper, final long nowNs, final int atMost) {
        int removed = 0;
        long left = sweeper.bucketsEach();
        while (left > 0 && removed < atMost) {
            final boolean entered = table.enter();
            try {
                removed += sweeper.sweep(nowNs, EXPIRE_BUCKETS, atMost - removed);
            } finally {
                table.leave(entered);
            }
            left -= EXPIRE_BUCKETS;
            letWorkers(entered);
        }
        return removed;
    }

    /** As {@link KeyTable#maintain}. */
    boolean maintain() {
        boolean growing = true;
        for (int slice = 0; slice < SLICES && growing; slice++) {
            final boolean entered = table.enter();
            try {
                growing = grow(table.storage());
            } finally {
                table.leave(entered);
            }
            letWorkers(entered && growing);
        }
        boolean discarding = true;
        for (int slice = 0; slice < SLICES && discarding; slice++) {
            final boolean entered = table.enter();
            try {
                discarding = table.storage().discard();
            } finally {
                table.leave(entered);
            }
            letWorkers(entered && discarding);
        }
        free();
        return growing || discarding;
    }

    /** Between two slices: a worker can become the writer, if it could not before. */
    static void letWorkers(final boolean entered) {
        for (int spins = 0; spins < SPINS_BETWEEN && entered; spins++) {
            Thread.onSpinWait();
        }
    }

    private boolean grow(final TableStorage storage) {
        storage.growEarly();
        storage.move(SLICE_BUCKETS);
        table.adoptIndex();
        return storage.isGrowing();
    }

    /** Frees what nothing is in any more: without the lock, as it takes long. */
    private void free() {
        TableBlock block;
        do {
            final boolean entered = table.enter();
            try {
                table.storage().closeBatch();
                block = table.storage().emptyBlock();
            } finally {
                table.leave(entered);
            }
            if (block != null) {
                block.free();
            }
        } while (block != null);
        RetiredBlocks.collect();
    }
}
