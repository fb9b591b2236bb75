package io.penstock.dataplane.route;

import io.penstock.os.netlink.NextHop;
import io.penstock.os.netlink.Route;
import io.penstock.os.netlink.RouteKey;
import java.util.List;

/**
 * The routes of one prefix in the order in which they are preferred, and what is in force.
 *
 * <p>A prefix mostly has one route, and there may be a million prefixes: candidates are a linked list, not a collection.
 * Threads: the control thread.
 */
final class PrefixRoutes {

    private final Prefix prefix;
    private Candidate first;
    private SharedAdjacency inForce;

    PrefixRoutes(final Prefix prefix) {
        this.prefix = prefix;
    }

    Prefix prefix() {
        return prefix;
    }

    /** What the forwarding table has for the prefix, or null. */
    SharedAdjacency inForce() {
        return inForce;
    }

    void setInForce(final SharedAdjacency adjacency) {
        inForce = adjacency;
    }

    boolean isEmpty() {
        return first == null;
    }

    /** Takes these routes for those that the key had; none withdraws them. */
    void set(final RouteKey key, final List<Route> routes) {
        Candidate before = null;
        Candidate at = first;
        while (at != null && at.comesBefore(key)) {
            before = at;
            at = at.next;
        }
        final Candidate after = at != null && at.key.equals(key) ? at.next : at;
        final Candidate now = routes.isEmpty() ? after : new Candidate(key, routes, after);
        if (before == null) {
            first = now;
        } else {
            before.next = now;
        }
    }

    /** The route to use: of the first key that has one with a way that is alive; null if there is none. */
    Route best() {
        for (Candidate candidate = first; candidate != null; candidate = candidate.next) {
            for (final Route route : candidate.routes) {
                if (isAlive(route)) {
                    return route;
                }
            }
        }
        return null;
    }

    private static boolean isAlive(final Route route) {
        for (final NextHop nextHop : route.nextHops()) {
            if (!nextHop.dead()) {
                return true;
            }
        }
        return route.nextHops().isEmpty();
    }

    private static final class Candidate {

        private final RouteKey key;
        private final List<Route> routes;
        private Candidate next;

        Candidate(final RouteKey key, final List<Route> routes, final Candidate next) {
            this.key = key;
            this.routes = routes;
            this.next = next;
        }

        /** Tables in the order local, main, default, which is that of their numbers downwards; then the lower metric. */
        boolean comesBefore(final RouteKey other) {
            return key.table() != other.table()
                    ? key.table() > other.table()
                    : Integer.compareUnsigned(key.metric(), other.metric()) < 0;
        }
    }
}
