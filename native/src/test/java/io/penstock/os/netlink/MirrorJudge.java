package io.penstock.os.netlink;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** Compares a mirror with fresh dumps of the same namespace. */
final class MirrorJudge implements AutoCloseable {

    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(4);

    private final KernelMirror mirror;
    private final NetlinkSocket socket = NetlinkSocket.open();

    MirrorJudge(final KernelMirror mirror) {
        this.mirror = mirror;
    }

    /** Polls until the two agree; fails with the difference if they never do. */
    void await(final String context) {
        final long start = System.nanoTime();
        while (true) {
            while (mirror.poll(0) != 0 || mirror.dueInMs() >= 0) {
                Thread.onSpinWait();
            }
            final TreeSet<String> here = describeMirror();
            final TreeSet<String> there = describeKernel();
            if (here.equals(there)) { System.err.println("T " + (System.nanoTime()-start)/1000000 + "ms routes=" + there.size());
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
        final List<Route> routes = new ArrayList<>();
        mirror.forEachRoute(IpAddress.V4, routes::add);
        mirror.forEachRoute(IpAddress.V6, routes::add);
        return describe(mirror.links(), mirror.addresses(), mirror.rules(), mirror.nextHopObjects(), routes,
                mirror.neighbours());
    }

    private TreeSet<String> describeKernel() {
        final List<Route> routes = new ArrayList<>(list(Part.ROUTES_V4, Route.class));
        routes.addAll(list(Part.ROUTES_V6, Route.class));
        return describe(list(Part.LINKS, Link.class), list(Part.ADDRESSES, Address.class), list(Part.RULES, Rule.class),
                list(Part.NEXT_HOPS, NextHopObject.class), routes, list(Part.NEIGHBOURS, Neighbour.class));
    }

    private <T> List<T> list(final Part part, final Class<T> kind) {
        return RouteMonitor.list(socket, part, kind);
    }

    private static TreeSet<String> describe(
            final Collection<Link> links, final Collection<Address> addresses, final List<Rule> rules,
            final Collection<NextHopObject> nextHops, final List<Route> routes, final Collection<Neighbour> neighbours) {
        final TreeSet<String> text = new TreeSet<>();
        links.forEach(l -> text.add(l.toString()));
        addresses.forEach(a -> text.add(a.toString()));
        nextHops.forEach(n -> text.add(n.toString()));
        for (int i = 0; i < rules.size(); i++) {
            text.add("rule " + i + ": " + rules.get(i));
        }
        // IPv4's order within a key decides which is used.
        final Map<RouteKey, Integer> places = new java.util.HashMap<>();
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
    }
}
