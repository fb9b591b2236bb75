package io.penstock.os.netlink;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * One family's routes, kept equal to the kernel's by applying its events.
 *
 * <p>Invariants:
 * <ol>
 *   <li>The IPv4 routes of a key stand in the kernel's order, of which the first is used.</li>
 *   <li>The IPv6 routes of a key are sorted by device and gateway: the kernel does not announce their order.</li>
 *   <li>Applying events that are older than the last dump, in order and all of them, changes nothing in the end: a
 *       route put again moves to where the event puts it, and for what cannot be told {@link #takeUnclear} asks for a
 *       dump.</li>
 * </ol>
 *
 * <p>What the messages mean (found by trial on Linux 6.18, see the mirror's soak test):
 * <ul>
 *   <li>IPv4 PUT is prepended, APPENDED appended; REPLACED takes the place of the first route of the key, unless it is an
 *       old event and another is first by now: with several there a dump must tell.</li>
 *   <li>IPv6 PUT or APPENDED of a next hop to a multipath route names all of its next hops; DELETED names those that are
 *       gone. Routes that share no next hop with the message's are others of the same key.</li>
 *   <li>IPv6 REPLACED takes the place of the first route that can be multipath (has a gateway), or cannot, as the new
 *       one; if there is none, of the first.</li>
 *   <li>An IPv6 key that is mixed does not tell enough: next hops of one multipath route may differ in MTU or preferred
 *       source, and a message shows those of one of them; and a dump leaves out what stands between the next hops of
 *       a multipath route. So each event of a key that was seen mixed asks for a dump. That a key was mixed before the
 *       first dump is not seen.</li>
 * </ul>
 *
 * <p>Threads: one.
 */
final class RouteTable {

    private static final Comparator<Route> BY_NEXT_HOP = Comparator
            .comparing((Route r) -> r.nextHops().isEmpty() ? null : r.nextHops().getFirst(),
                    Comparator.nullsFirst(NextHop.ORDER))
            .thenComparing(Route::type);

    private Map<RouteKey, List<Route>> routes = new HashMap<>();
    private Map<RouteKey, List<Route>> dumped;
    private final Set<RouteKey> mixed = new HashSet<>();
    private boolean unclear;
    private Map<Integer, Integer> devices = new HashMap<>();
    private Map<Integer, Integer> nextHopObjects = new HashMap<>();

    List<Route> get(final RouteKey key) {
        return routes.getOrDefault(key, List.of());
    }

    Collection<List<Route>> all() {
        return routes.values();
    }

    void forEach(final BiConsumer<RouteKey, List<Route>> consumer) {
        routes.forEach(consumer);
    }

    /** True if a route leaves through the device. */
    boolean usesDevice(final int ifindex) {
        return devices.containsKey(ifindex);
    }

    /** True if a route uses the next-hop object. */
    boolean usesNextHop(final int id) {
        return nextHopObjects.containsKey(id);
    }

    /** Applies an event; true if the routes of its key are others now. */
    boolean apply(final Route route, final Change change, final boolean replaying) {
        final List<Route> old = get(route.key());
        if (route.family() == IpAddress.V6) {
            noteMixed(old, route, change);
        }
        if (change == Change.DELETED) {
            return delete(old, route, replaying);
        }
        if (change == Change.REPLACED) {
            unclear |= old.size() > 1;
            final List<Route> now = new ArrayList<>(old.subList(Math.min(1, old.size()), old.size()));
            now.addFirst(route);
            return set(route.key(), old, sorted(now));
        }
        return set(route.key(), old, route.family() == IpAddress.V4
                ? withV4(old, route, change == Change.APPENDED)
                : withV6(old, route));
    }

    /** True if an event since the last call did not tell what the kernel has: then the family must be dumped. */
    boolean takeUnclear() {
        final boolean was = unclear;
        unclear = false;
        return was;
    }

    /** From now on {@link #addDumped} collects a new table. */
    void startDump() {
        dumped = new HashMap<>(routes.size() * 4 / 3 + 1);
    }

    void addDumped(final Route route) {
        dumped.merge(route.key(), List.of(route), (a, b) -> route.family() == IpAddress.V4
                ? withV4(a, route, true)
                : listed(a, route));
    }

    /** Takes the collected table for the old one, and tells for which keys it differs. */
    void finishDump(final BiConsumer<RouteKey, List<Route>> changed) {
        final Map<RouteKey, List<Route>> before = routes;
        routes = dumped;
        dumped = null;
        mixed.retainAll(routes.keySet());
        devices = new HashMap<>();
        nextHopObjects = new HashMap<>();
        routes.forEach((key, list) -> {
            count(list, 1);
            if (list.size() > 1 && key.family() == IpAddress.V6 && list.stream().anyMatch(Route::canBeMultipath)) {
                mixed.add(key);
            }
        });
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
        return sorted(now);
    }

    /** A dump may list a route twice, if routes changed meanwhile. */
    private static List<Route> listed(final List<Route> before, final Route route) {
        if (before.contains(route)) {
            return before;
        }
        final List<Route> now = new ArrayList<>(before);
        now.add(route);
        return sorted(now);
    }

    private static List<Route> sorted(final List<Route> list) {
        if (list.size() > 1 && list.getFirst().family() == IpAddress.V6) {
            list.sort(BY_NEXT_HOP);
        }
        return List.copyOf(list);
    }

    private boolean delete(final List<Route> old, final Route route, final boolean replaying) {
        final List<Route> now = new ArrayList<>(old);
        final boolean found = route.family() == IpAddress.V4 ? deleteV4(now, route) : deleteV6(now, route);
        // Not found: deleted before the dump, or not what was thought to be there.
        unclear |= !found && !old.isEmpty() && !replaying;
        return found && set(route.key(), old, sorted(now));
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

    private boolean deleteV6(final List<Route> from, final Route route) {
        boolean found = false;
        for (int i = from.size() - 1; i >= 0; i--) {
            final Route other = from.get(i);
            if (other.overlaps(route)) {
                found = true;
                final List<NextHop> left = other.nextHops().stream().filter(h -> !route.hasWay(h)).toList();
                if (left.isEmpty() || route.nextHopId() != 0) {
                    from.remove(i);
                } else {
                    // A single next hop's weight is not told, that is, 1.
                    from.set(i, other.withNextHops(left.size() > 1 ? left : List.of(left.getFirst().withWeight(1))));
                }
            }
        }
        return found;
    }

    private void noteMixed(final List<Route> old, final Route route, final Change change) {
        boolean mixes = false;
        for (final Route other : old) {
            final boolean merges = change != Change.REPLACED && other.overlaps(route);
            mixes |= merges
                    ? !other.withNextHops(List.of()).equals(route.withNextHops(List.of()))
                    : other.canBeMultipath() || route.canBeMultipath();
        }
        // One that can be multipath and replaces such a one leaves nothing behind.
        final boolean clean = change == Change.REPLACED && old.size() == 1
                && old.getFirst().canBeMultipath() == route.canBeMultipath();
        if (mixes && !clean) {
            mixed.add(route.key());
        }
        unclear |= mixed.contains(route.key());
    }

    private boolean set(final RouteKey key, final List<Route> old, final List<Route> now) {
        if (now.equals(old)) {
            return false;
        }
        count(old, -1);
        count(now, 1);
        if (now.isEmpty()) {
            routes.remove(key);
        } else {
            routes.put(key, now);
        }
        return true;
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
