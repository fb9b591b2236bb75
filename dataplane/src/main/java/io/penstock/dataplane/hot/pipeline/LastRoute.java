package io.penstock.dataplane.hot.pipeline;

import io.penstock.dataplane.hot.fib.Fib;

/**
 * The last IPv4 destination that was looked up, and its adjacency: packets of few destinations, such as virtual services, come one after the other.
 *
 * <p>Threads: the lane's worker.
 */
final class LastRoute {

    private int destination;
    private int adjacency;
    /** {@link Fib#changes4}; -1 before the first look-up. */
    private long changes = -1;

    /** As {@link Fib#lookup4}. */
    int lookup(final Fib fib, final int wanted) {
        if (wanted == destination && fib.changes4() == changes) {
            return adjacency;
        }
        final long before = fib.changes4();
        final int found = fib.lookup4(wanted);
        destination = wanted;
        adjacency = found;
        changes = before;
        return found;
    }
}
