package io.penstock.os.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Compares a mirror, and what its observer was told, with fresh dumps of the same namespace. */
final class MirrorJudge implements AutoCloseable, KernelMirror.Observer {

    private static final long POLL_NS = TimeUnit.MICROSECONDS.toNanos(100);
    /** A neighbour that does not answer is given up after three seconds, a carrier's change is told within one. */
    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(6);

    private final KernelMirror mirror;
    private final NetlinkSocket socket = NetlinkSocket.open();
    private final Map<Integer, Link> links = new TreeMap<>();
    private final Map<Address.Key, Address> addresses = new HashMap<>();
    private final Map<RouteKey, List<Route>> routes = new HashMap<>();
    private final Map<Neighbour.Key, Neighbour> neighbours = new HashMap<>();
    private List<Rule> rules = List.of();

    /** Opens a mirror of the calling thread's namespace. */
    MirrorJudge() {
        mirror = KernelMirror.open(this);
    }

    /** A mirror whose events overrun soon. */
    MirrorJudge(final int eventBufferBytes) {
        mirror = KernelMirror.open(this, eventBufferBytes);
    }

    KernelMirror mirror() {
        return mirror;
    }

    @Override
    public void link(final Link now, final Link before) {
        note(links, (now == null ? before : now).ifindex(), now, before);
    }

    @Override
    public void address(final Address now, final Address before) {
        note(addresses, (now == null ? before : now).key(), now, before);
    }

    @Override
    public void rules(final List<Rule> now) {
        assertNotEquals(rules, now, "the observer was told of rules that it knew");
        rules = now;
    }

    @Override
    public void routes(final RouteKey key, final List<Route> now) {
        final List<Route> before = now.isEmpty() ? routes.remove(key) : routes.put(key, now);
        assertNotEquals(before == null ? List.of() : before, now, "the observer was told of routes that it knew");
    }

    @Override
    public void neighbour(final Neighbour now, final Neighbour before) {
        note(neighbours, (now == null ? before : now).key(), now, before);
    }

    private static <K, V> void note(final Map<K, V> map, final K key, final V now, final V before) {
        assertEquals(before, now == null ? map.remove(key) : map.put(key, now), "what the observer was told before");
    }

    /** Polls until the two agree; fails with the difference if they never do. */
    void await(final String context) {
        final long start = System.nanoTime();
        while (true) {
            while (mirror.poll(0) != 0 || mirror.dueInMs() >= 0) {
                LockSupport.parkNanos(POLL_NS);
            }
            final TreeSet<String> here = describeMirror();
            final TreeSet<String> there = describeKernel();
            if (here.equals(there)) {
                return;
            }
            if (System.nanoTime() - start > DEADLINE_NS) {
                final TreeSet<String> extra = new TreeSet<>(here);
                extra.removeAll(there);
                final TreeSet<String> lacking = new TreeSet<>(there);
                lacking.removeAll(here);
                fail(context + "\nonly in the mirror:\n  " + String.join("\n  ", extra)
                        + "\nonly in the kernel:\n  " + String.join("\n  ", lacking));
            }
            mirror.poll(20);
        }
    }

    private TreeSet<String> describeMirror() {
        final List<Route> all = new ArrayList<>();
        mirror.forEachRoute(IpAddress.V4, all::add);
        mirror.forEachRoute(IpAddress.V6, all::add);
        final TreeSet<String> text = describe(mirror.links(), mirror.addresses(), mirror.rules(), mirror.nextHopObjects(),
                all, mirror.neighbours());
        final List<Route> told = routes.values().stream().flatMap(List::stream).toList();
        assertEquals(text, describe(links.values(), addresses.values(), rules, mirror.nextHopObjects(), told,
                neighbours.values()), "what the observer was told");
        return text;
    }

    private TreeSet<String> describeKernel() {
        final List<Route> all = new ArrayList<>(list(Part.ROUTES_V4, Route.class));
        all.addAll(list(Part.ROUTES_V6, Route.class));
        return describe(list(Part.LINKS, Link.class), list(Part.ADDRESSES, Address.class), list(Part.RULES, Rule.class),
                list(Part.NEXT_HOPS, NextHopObject.class), all, list(Part.NEIGHBOURS, Neighbour.class));
    }

    private <T> List<T> list(final Part part, final Class<T> kind) {
        return RouteMonitor.list(socket, part, kind);
    }

    private static TreeSet<String> describe(
            final Collection<Link> links, final Collection<Address> addresses, final List<Rule> rules,
            final Collection<NextHopObject> nextHops, final List<Route> routes, final Collection<Neighbour> neighbours) {
        final TreeSet<String> text = new TreeSet<>();
        links.forEach(l -> text.add(l.toString()));
        // Announced when duplicate address detection has passed, not when it starts.
        addresses.stream().filter(a -> !a.tentative()).forEach(a -> text.add(a.toString()));
        nextHops.forEach(n -> text.add(n.toString()));
        for (int i = 0; i < rules.size(); i++) {
            text.add("rule " + i + ": " + rules.get(i));
        }
        // IPv4's order within a key decides which is used.
        final Map<RouteKey, Integer> places = new HashMap<>();
        for (final Route route : routes) {
            final int place = route.family() == IpAddress.V4 ? places.merge(route.key(), 1, Integer::sum) : 0;
            text.add("place=" + place + ' ' + route);
        }
        for (final Neighbour neighbour : neighbours) {
            // Which usable state it is in, and that nobody is there, the kernel does not always announce.
            if (neighbour.usable() && neighbour.state() != Neighbour.NOARP) {
                text.add("neighbour " + neighbour.ip() + " dev " + neighbour.ifindex() + " mac "
                        + Long.toHexString(neighbour.mac()) + " managed " + neighbour.managed());
            }
        }
        return text;
    }

    @Override
    public void close() {
        socket.close();
        mirror.close();
    }
}
