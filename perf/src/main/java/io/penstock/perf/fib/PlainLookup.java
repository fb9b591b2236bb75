package io.penstock.perf.fib;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Longest-prefix match as its definition has it: of the prefixes that hold an address, the longest; a hash map for each
 * length, asked from the longest to the shortest. Slow, and right.
 *
 * <p>Threads: any, once made.
 */
public final class PlainLookup {

    private final RouteSet routes;
    /** By length, longest last: prefix to route. */
    private final List<Map<Long, Integer>> byLength = new ArrayList<>();

    /** Over these routes. */
    public PlainLookup(final RouteSet routes) {
        this.routes = routes;
        for (int length = 0; length <= routes.bits(); length++) {
            byLength.add(new HashMap<>());
        }
        for (int route = 0; route < routes.count(); route++) {
            byLength.get(routes.length(route)).put(routes.network(route), route);
        }
    }

    /** The route of an address, or -1. */
    public int route(final long address) {
        for (int length = routes.bits(); length >= 0; length--) {
            final Integer route = byLength.get(length).get(address & routes.mask(length));
            if (route != null) {
                return route;
            }
        }
        return -1;
    }
}
