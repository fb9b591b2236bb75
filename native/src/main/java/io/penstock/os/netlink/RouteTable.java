package io.penstock.os.netlink;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * One family's routes, kept equal to the kernel's by applying its events.
 *
 * <p>Invariants:
 * <ol>
 *   <li>The IPv4 routes of a key stand in the kernel's order, of which the first is used.</li>
 *   <li>The IPv6 routes of a key are sorted by device and gateway: the kernel does not announce their order.</li>
 *   <li>Applying events that are older than the last dump, in order and all of them, changes nothing in the end: a
 *       route put again moves to where the event puts it, and what cannot be told is {@link Outcome#UNCLEAR}.</li>
 * </ol>
 *
 * <p>What the messages mean (found by trial on Linux 6.18, see the mirror's test):
 * <ul>
 *   <li>IPv4 REPLACE takes the place of the first route of the key. Which one that was the message does not say: with
 *       more than one there, or during replay, a dump must tell.</li>
 *   <li>IPv6 PUT or APPEND of a next hop to a multipath route names all of its next hops; deleting one names
 *       that one. Routes that share no next hop with it are others of the same key.</li>
 *   <li>IPv6 REPLACE prefers a route that is multipath, or not, as the new one is: with several a dump must tell.</li>
 * </ul>
 *
 * <p>Threads: one.
 */
final class RouteTable {

    /** What applying an event did. */
    enum Outcome {
        /** Nothing: the table had it already. */
        SAME,
        /** The routes of the key are others now. */
        CHANGED,
        /** The message does not tell what the kernel has now: the family must be dumped. */
        UNCLEAR
    }

    private static final Comparator<Route> BY_NEXT_HOP = Comparator
            .comparing((Route r) -> r.nextHops().isEmpty() ? null : r.nextHops().getFirst(),
                    Comparator.nullsFirst(NextHop.ORDER))
            .thenComparing(Route::type);

    private Map<RouteKey, List<Route>> routes = new HashMap<>();
    private Map<RouteKey, List<Route>> dumped;
    private Map<Integer, Integer> devices = new HashMap<>();
    private Map<Integer, Integer> nextHopObjects = new HashMap<>();

    List<Route> get(final RouteKey key) {
        return routes.getOrDefault(key, List.of());
    }

    Collection<List<Route>> all() {
        return routes.values();
    }

    /** True if a route leaves through the device. */
    boolean usesDevice(final int ifindex) {
        return devices.containsKey(ifindex);
    }

    /** True if a route uses the next-hop object. */
    boolean usesNextHop(final int id) {
        return nextHopObjects.containsKey(id);
    }

    /** Applies an event. */
    Outcome apply(final Route route, final Change change, final boolean replaying) {
        final List<Route> old = get(route.key());
        if (change == Change.DELETED) {
            return delete(old, route, replaying);
        }
        if (change == Change.REPLACED) {
            return old.size() > 1 ? Outcome.UNCLEAR : set(route.key(), old, List.of(route));
        }
        return set(route.key(), old, route.family() == IpAddress.V4
                ? withV4(old, route, change == Change.APPENDED)
                : withV6(old, route));
    }

    /** From now on {@link #addDumped} collects a new table. */
    void startDump() {
        dumped = new HashMap<>(routes.size() * 4 / 3 + 1);
    }

    void addDumped(final Route route) {
        dumped.merge(route.key(), List.of(route), (a, b) -> route.family() == IpAddress.V4
                ? withV4(a, route, true)
                : withV6(a, route));
    }

    /** Takes the collected table for the old one, and tells for which keys it differs. */
    void finishDump(final BiConsumer<RouteKey, List<Route>> changed) {
        final Map<RouteKey, List<Route>> before = routes;
        routes = dumped;
        dumped = null;
        devices = new HashMap<>();
        nextHopObjects = new HashMap<>();
        routes.values().forEach(list -> count(list, 1));
        before.keySet().forEach(key -> {
            if (!routes.containsKey(key)) {
                changed.accept(key, List.of());
            }
        });
        routes.forEach((key, now) -> {
            if (!now.equals(before.get(key))) {
                changed.accept(key, now);
            }
        });
    }

    private static List<Route> withV4(final List<Route> old, final Route route, final boolean atEnd) {
        final Route identity = route.withoutState();
        final List<Route> now = new ArrayList<>(old.size() + 1);
        for (final Route other : old) {
            if (!other.withoutState().equals(identity)) {
                now.add(other);
            }
        }
        now.add(atEnd ? now.size() : 0, route);
        return List.copyOf(now);
    }

    private static List<Route> withV6(final List<Route> old, final Route route) {
        final List<Route> now = new ArrayList<>(old.size() + 1);
        for (final Route other : old) {
            if (!other.overlaps(route)) {
                now.add(other);
            }
        }
        now.add(route);
        now.sort(BY_NEXT_HOP);
        return List.copyOf(now);
    }

    private Outcome delete(final List<Route> old, final Route route, final boolean replaying) {
        final List<Route> now = new ArrayList<>(old);
        final boolean found = route.family() == IpAddress.V4 ? deleteV4(now, route) : deleteV6(now, route);
        if (!found) {
            // Deleted before the dump, or not what was thought to be there.
            return old.isEmpty() || replaying ? Outcome.SAME : Outcome.UNCLEAR;
        }
        return set(route.key(), old, List.copyOf(now));
    }

    private static boolean deleteV4(final List<Route> from, final Route route) {
        final Route identity = route.withoutState();
        for (int i = 0; i < from.size(); i++) {
            if (from.get(i).withoutState().equals(identity)) {
                from.remove(i);
                return true;
            }
        }
        return false;
    }

    private static boolean deleteV6(final List<Route> from, final Route route) {
        boolean found = false;
        for (int i = from.size() - 1; i >= 0; i--) {
            final Route other = from.get(i);
            if (other.overlaps(route)) {
                found = true;
                final List<NextHop> left = other.nextHops().stream().filter(h -> !route.hasWay(h)).toList();
                if (left.isEmpty() || route.nextHopId() != 0) {
                    from.remove(i);
                } else {
                    from.set(i, other.withNextHops(left));
                }
            }
        }
        from.sort(BY_NEXT_HOP);
        return found;
    }

    private Outcome set(final RouteKey key, final List<Route> old, final List<Route> now) {
        if (now.equals(old)) {
            return Outcome.SAME;
        }
        count(old, -1);
        count(now, 1);
        if (now.isEmpty()) {
            routes.remove(key);
        } else {
            routes.put(key, now);
        }
        return Outcome.CHANGED;
    }

    private void count(final List<Route> list, final int by) {
        for (final Route route : list) {
            if (route.nextHopId() != 0) {
                add(nextHopObjects, route.nextHopId(), by);
            }
            for (final NextHop nextHop : route.nextHops()) {
                add(devices, nextHop.ifindex(), by);
            }
        }
    }

    private static void add(final Map<Integer, Integer> counts, final int id, final int by) {
        counts.compute(id, (k, count) -> {
            final int sum = (count == null ? 0 : count) + by;
            return sum == 0 ? null : sum;
        });
    }
}
