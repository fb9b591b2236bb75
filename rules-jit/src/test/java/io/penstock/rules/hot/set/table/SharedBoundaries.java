package io.penstock.rules.hot.set.table;

import io.penstock.rules.hot.set.Boundaries;
import java.util.concurrent.atomic.AtomicLongArray;

/** Boundaries of threads: as the data plane's, an odd number for a worker that is away. */
final class SharedBoundaries implements Boundaries {

    private final AtomicLongArray at;

    SharedBoundaries(final int workers) {
        at = new AtomicLongArray(workers);
        for (int worker = 0; worker < workers; worker++) {
            at.set(worker, 1);
        }
    }

    /** The worker passes a boundary. */
    void boundary(final int worker) {
        at.set(worker, (at.get(worker) | 1) + 1);
    }

    /** The worker goes away. */
    void away(final int worker) {
        at.set(worker, at.get(worker) | 1);
    }

    @Override
    public int workers() {
        return at.length();
    }

    @Override
    public long observe(final int worker) {
        return at.get(worker);
    }

    @Override
    public boolean hasPassed(final int worker, final long seen) {
        return (seen & 1) != 0 || at.get(worker) != seen;
    }
}
