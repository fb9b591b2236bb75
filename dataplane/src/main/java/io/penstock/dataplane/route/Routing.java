package io.penstock.dataplane.route;

import io.penstock.dataplane.fib.FibWriter;
import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.os.netlink.IpAddress;
import io.penstock.os.netlink.KernelMirror;
import io.penstock.os.netlink.Link;
import io.penstock.os.netlink.Neighbour;
import io.penstock.os.netlink.Route;
import io.penstock.os.netlink.RouteKey;
import io.penstock.os.netlink.Rule;
import java.util.List;

/**
 * Turns routes and neighbours into the forwarding table, change by change.
 *
 * <p>Invariants:
 * <ol>
 *   <li>A prefix is in the table with its best route: of the tables local, main and default in this order, the lowest
 *       metric, the first with a next hop that is alive. All tables together are searched for the longest prefix.</li>
 *   <li>A neighbour that the routes find on its own link is in the table by itself ({@link HostEntries}). It is looked at
 *       again only when it changes, or a prefix above it appears, vanishes, or becomes or ceases to be on-link.</li>
 *   <li>Destinations that are multicast or 255.255.255.255 are what they are; routes for them, which are for this host's
 *       own sockets, change nothing.</li>
 *   <li>After each change the table's version moves, so that workers try again what they have parked.</li>
 *   <li>The resolver is called when a change is complete, and may answer from within the call.</li>
 * </ol>
 *
 * <p>Which routes the kernel drops or marks dead when a link goes is not decided here: {@link KernelMirror} tells, and
 * after an overrun it tells the differences.
 *
 * <p>Differs from Linux: rules, other tables, type-of-service and source-specific routes are not followed, and
 * {@link #notes} says so; a more specific route of the table main comes before a shorter one of the table local for IPv6
 * too (for IPv4 that is what Linux does).
 *
 * <p>Source: ip-route(8), ip-rule(8), ip-neighbour(8). Threads: the control thread.
 */
public final class Routing implements KernelMirror.Observer {

    private static final Prefix BROADCAST4 = Prefix.host(IpAddress.v4(-1));
    private static final Prefix MULTICAST4 = new Prefix(IpAddress.v4(0xE000_0000), 4);
    private static final Prefix MULTICAST6 = new Prefix(IpAddress.v6(0xFF00_0000_0000_0000L, 0), 8);

    private final FibWriter fib;
    private final NeighbourResolver resolver;
    private final RoutingNotes notes = new RoutingNotes();
    private final Ports ports = new Ports();
    private final PrefixTable prefixes = new PrefixTable();
    private final NeighbourTable neighbours = new NeighbourTable();
    private final Managed managed;
    private final NextHops nextHops;
    private final HostEntries hosts;

    /** Routing for a table that is empty. */
    public Routing(final FibWriter fib, final NeighbourResolver resolver) {
        this.fib = fib;
        this.resolver = resolver;
        this.managed = new Managed(resolver);
        this.nextHops = new NextHops(fib.adjacencies(), ports, neighbours, managed, notes);
        this.hosts = new HostEntries(fib.adjacencies(), ports, neighbours, notes);
        putFixed(BROADCAST4, AdjacencyKind.BROADCAST);
        putFixed(MULTICAST4, AdjacencyKind.MULTICAST);
        putFixed(MULTICAST6, AdjacencyKind.MULTICAST);
    }

    /** From now on the port's device is served: routes through it were the kernel's before. */
    public void addPort(final RoutingPort port) {
        ports.put(port);
        programAll();
    }

    /** From now on the device's routes are the kernel's. */
    public void removePort(final int ifindex) {
        if (ports.remove(ifindex)) {
            programAll();
        }
    }

    /** A port's device has another MTU or hardware address. Other devices do not matter. */
    @Override
    public void link(final Link now, final Link before) {
        final RoutingPort port = now == null ? null : ports.byIfindex(now.ifindex());
        if (port != null && (port.mtu() != now.mtu() || port.mac() != now.mac())) {
            final RoutingPort changed = new RoutingPort(port.index(), port.ifindex(), port.name(), now.mac(), now.mtu());
            ports.put(changed);
            nextHops.portChanged(changed);
            updateHosts(new Prefix(IpAddress.any(IpAddress.V4), 0));
            updateHosts(new Prefix(IpAddress.any(IpAddress.V6), 0));
            finish();
        }
    }

    @Override
    public void rules(final List<Rule> now) {
        notes.rules(now);
    }

    @Override
    public void routes(final RouteKey key, final List<Route> now) {
        if (!notes.follows(key, now) || isFixed(key.destination())) {
            return;
        }
        final Prefix prefix = new Prefix(key.destination(), key.prefixLength());
        final PrefixRoutes routes = prefixes.getOrAdd(prefix);
        routes.set(key, now);
        program(routes);
        if (routes.isEmpty()) {
            prefixes.remove(prefix);
        }
        finish();
    }

    @Override
    public void neighbour(final Neighbour now, final Neighbour before) {
        final NeighbourTable.Key key = NeighbourTable.Key.of(now == null ? before : now);
        if (now == null) {
            neighbours.remove(key);
        } else {
            neighbours.put(now);
        }
        nextHops.neighbourChanged(key);
        updateHost(key.ip());
        finish();
    }

    /** Packets wait at a port for a neighbour. */
    public void request(final int port, final IpAddress ip) {
        final RoutingPort known = ports.byIndex(port);
        if (known != null) {
            resolver.request(known.ifindex(), ip);
        }
    }

    /** What the kernel would do and this table does not, a sentence each; none if all is followed. */
    public List<String> notes() {
        return notes.list();
    }

    private void programAll() {
        prefixes.all().forEach(this::program);
        finish();
    }

    /** Puts a prefix's best route in force. */
    private void program(final PrefixRoutes routes) {
        final SharedAdjacency before = routes.inForce();
        final Route best = routes.best();
        if (best == null && isFixed(routes.prefix().address())) {
            return;
        }
        SharedAdjacency now = best == null ? null : nextHops.use(best);
        if (now == before) {
            nextHops.release(now);
            return;
        }
        routes.setInForce(now);
        if (!write(routes.prefix(), now)) {
            nextHops.release(now);
            now = null;
            routes.setInForce(null);
            write(routes.prefix(), null);
        }
        if (before == null || now == null || before.onLinkIfindex() != 0 || now.onLinkIfindex() != 0) {
            updateHosts(routes.prefix());
        }
        nextHops.release(before);
    }

    private void putFixed(final Prefix prefix, final int kind) {
        final PrefixRoutes routes = prefixes.getOrAdd(prefix);
        routes.setInForce(nextHops.useEnd(kind, prefix.address().family(), 0));
        write(prefix, routes.inForce());
    }

    private static boolean isFixed(final IpAddress destination) {
        return destination.isMulticast() || destination.equals(BROADCAST4.address());
    }

    private void updateHosts(final Prefix prefix) {
        IpAddress last = null;
        for (final NeighbourTable.Key key : neighbours.under(prefix)) {
            if (!key.ip().equals(last)) {
                last = key.ip();
                updateHost(last);
            }
        }
    }

    private void updateHost(final IpAddress ip) {
        final PrefixRoutes cover = prefixes.covering(ip);
        final int before = hosts.adjacency(ip);
        final int released = hosts.update(ip, cover == null ? null : cover.inForce());
        if (hosts.adjacency(ip) != before) {
            final PrefixRoutes own = prefixes.get(Prefix.host(ip));
            write(Prefix.host(ip), own == null ? null : own.inForce());
            fib.adjacencies().release(released);
        }
    }

    /** Puts a prefix in the table as a host's entry, else as its route says, else not at all; false if there is no room. */
    private boolean write(final Prefix prefix, final SharedAdjacency route) {
        final IpAddress address = prefix.address();
        final int host = prefix.length() == address.bits() ? hosts.adjacency(address) : 0;
        final int adjacency = host != 0 ? host : route == null ? 0 : route.number();
        final boolean done = adjacency == 0 || put(prefix, adjacency);
        if (adjacency == 0) {
            remove(prefix);
        }
        notes.refused(prefix, !done);
        return done;
    }

    private boolean put(final Prefix prefix, final int adjacency) {
        final IpAddress address = prefix.address();
        return address.family() == IpAddress.V4
                ? fib.put4(address.toInt(), prefix.length(), adjacency)
                : fib.put6(address.high(), address.low(), prefix.length(), adjacency);
    }

    private void remove(final Prefix prefix) {
        final IpAddress address = prefix.address();
        if (address.family() == IpAddress.V4) {
            fib.remove4(address.toInt(), prefix.length());
        } else {
            fib.remove6(address.high(), address.low(), prefix.length());
        }
    }

    private void finish() {
        fib.bumpVersion();
        managed.tell();
    }
}
