package io.penstock.perf.bench.engine;

import io.penstock.perf.fib.RouteSet;

/**
 * The made-up routes that the built-in flows go by.
 *
 * @param routes4          IPv4's
 * @param routes6          IPv6's
 * @param inTable          false when only the default routes are in the table, and the routes just choose the destinations
 * @param updatesPerSecond how often another thread changes a route meanwhile
 */
record RouteOptions(int routes4, int routes6, boolean inTable, int updatesPerSecond) {

    /** The default routes alone, and destinations that have nothing to do with routes. */
    static final RouteOptions NONE = new RouteOptions(0, 0, true, 0);

    /** Whether there are any. */
    boolean any() {
        return routes4 + routes6 > 0;
    }

    /** A family's, or null. */
    RouteSet set(final boolean ipv6) {
        final int count = ipv6 ? routes6 : routes4;
        return count == 0 ? null : RouteSet.of(ipv6, count);
    }
}
