package io.penstock.rules.hot.set.table;

import io.penstock.rules.hot.set.Boundaries;

/** Workers that pass a boundary when a test says so. */
public final class WithheldBoundaries implements Boundaries {

    private final long[] passed;

    /** So many, none of which has passed one yet. */
    public WithheldBoundaries(final int workers) {
        passed = new long[workers];
    }

    /** A worker passes a boundary. */
    public void pass(final int worker) {
        passed[worker]++;
    }

    /** All do. */
    public void passAll() {
        for (int worker = 0; worker < passed.length; worker++) {
            pass(worker);
        }
    }

    @Override
    public int workers() {
        return passed.length;
    }

    @Override
    public long observe(final int worker) {
        return passed[worker];
    }

    @Override
    public boolean hasPassed(final int worker, final long seen) {
        return passed[worker] != seen;
    }
}
