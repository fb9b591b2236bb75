package io.penstock.perf.fib;

import io.penstock.dataplane.fib.AdjacencyFields;
import io.penstock.dataplane.fib.FibWriter;
import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.fib.Fib;

/**
 * A forwarding table that holds made-up routes and nothing else, for look-ups without an engine.
 *
 * <p>Threads: one writes; {@link #fib} is any's. Nobody changes it, so nothing waits to be freed.
 */
public final class RouteTable implements AutoCloseable {

    private static final int MTU = 1500;

    private final FibWriter writer = new FibWriter(Runnable::run);
    private final int[] adjacencies = new int[RouteSet.NEXT_HOPS];

    /** Next hops, and no route. */
    public RouteTable() {
        for (int i = 0; i < adjacencies.length; i++) {
            adjacencies[i] = writer.adjacencies().create(new AdjacencyFields(
                    AdjacencyKind.UNRESOLVED_GATEWAY, 0, 4, 0, 2, MTU, 0, i + 1));
        }
    }

    /** Adds routes. */
    public RouteTable with(final RouteSet routes) {
        routes.putAll(writer, adjacencies);
        return this;
    }

    /** What is looked up. */
    public Fib fib() {
        return writer.fib();
    }

    /** The adjacency that a route leads to; of route -1 that of no route. */
    public int adjacency(final int route) {
        return route < 0 ? 0 : adjacencies[RouteSet.nextHop(route)];
    }

    @Override
    public void close() {
        writer.close();
    }
}
