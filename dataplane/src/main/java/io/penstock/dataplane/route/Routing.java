package io.penstock.dataplane.route;

import io.penstock.dataplane.fib.FibWriter;
import io.penstock.os.netlink.Address;
import io.penstock.os.netlink.IpAddress;
import io.penstock.os.netlink.KernelMirror;
import io.penstock.os.netlink.Link;
import io.penstock.os.netlink.Neighbour;
import io.penstock.os.netlink.Route;
import io.penstock.os.netlink.RouteKey;
import io.penstock.os.netlink.RouteType;
import io.penstock.os.netlink.Rule;
import java.util.Collection;
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
 *   <li>The address book of the table holds this host's addresses as the kernel told them last.</li>
 *   <li>After each change the table's version moves, so that workers try again what they have parked.</li>
 *   <li>The resolver is called when a change is complete, and may answer from within the call.</li>
 *   <li>What the table has no room for is tried again when there may be some ({@link #tick}).</li>
 * </ol>
 *
 * <p>Which routes the kernel drops or marks dead when a link goes is not decided here: {@link KernelMirror} tells, and
 * after an overrun it tells the differences.
 *
 * <p>IPv6's table local comes before main whatever the lengths, which {@link WideLocals} sees to; IPv4's are one table, as
 * in Linux. Link-local destinations are entered a second time for each port, see {@link OnLinks}.
 *
 * <p>Differs from Linux: rules, other tables, type-of-service and source-specific routes are not followed, and
 * {@link #notes} says so; routes of the table default are used as if they were main's.
 *
 * <p>Source: ip-route(8), ip-rule(8), ip-neighbour(8). Threads: the control thread.
 */
public final class Routing implements KernelMirror.Observer {

    private static final int TABLE_LOCAL = 255;
    private static final int PROTOCOL_KERNEL = 2;

    private final FibWriter fib;
    private final NeighbourResolver resolver;
    private final Refused refused = new Refused();
    private final RoutingNotes notes = new RoutingNotes(refused);
    private final Ports ports = new Ports();
    private final PrefixTable prefixes = new PrefixTable();
    private final NeighbourTable neighbours = new NeighbourTable();
    private final OwnAddresses addresses;
    private final Managed managed;
    private final Confirmations confirmations = new Confirmations();
    private final NextHops nextHops;
    private final HostEntries hosts;
    private final Entries entries;
    private final OnLinks onLinks = new OnLinks();
    private final WideLocals wideLocals = new WideLocals();
    private final Awaited awaited = new Awaited();
    private Runnable changed = () -> { };
    private FailureListener failures = (port, ip) -> { };
    private boolean hasOwnLocalRoutes;
    private long nowNs;

    /** Routing for a table that is empty. */
    public Routing(final FibWriter fib, final NeighbourResolver resolver) {
        this.fib = fib;
        this.resolver = resolver;
        this.managed = new Managed(resolver, neighbours);
        this.addresses = new OwnAddresses(fib.fib().addresses(), ports);
        this.nextHops = new NextHops(fib.adjacencies(), ports, neighbours, addresses, managed, confirmations, notes);
        this.hosts = new HostEntries(fib.adjacencies(), ports, neighbours, nextHops, confirmations, notes);
        this.entries = new Entries(fib, prefixes, hosts, refused);
        FixedPrefixes.KINDS.forEach(this::putFixed);
    }

    /** Who is told, on this thread, after the table has changed; nobody unless set. */
    public void onChange(final Runnable listener) {
        changed = listener;
    }

    /** Who is told that a neighbour that was {@linkplain #request asked for} does not answer; nobody unless set. */
    public void onFailure(final FailureListener listener) {
        failures = listener;
    }

    /** From now on the port's device is served: routes through it were the kernel's before. */
    public void addPort(final RoutingPort port) {
        ports.put(port);
        addresses.publish();
        for (final NeighbourTable.Key key : neighbours.under(OnLinks.PREFIX)) {
            if (key.ifindex() == port.ifindex()) {
                neighbours.put(OnLinks.of(port, neighbours.get(key)));
            }
        }
        onLinks.routes().forEach((key, now) -> putOnLink(port, key, now));
        programAll();
    }

    /** From now on the device's routes are the kernel's. */
    public void removePort(final int ifindex) {
        final RoutingPort port = ports.byIfindex(ifindex);
        if (port != null) {
            onLinks.routes().forEach((key, now) -> putOnLink(port, key, List.of()));
            for (final NeighbourTable.Key key : neighbours.under(OnLinks.prefixOf(port))) {
                neighbours.remove(key);
                updateHost(key.ip());
            }
            ports.remove(ifindex);
            addresses.publish();
            programAll();
        }
    }

    /**
     * True if IPv4 sources are to be looked up whatever rp_filter says: as soon as somebody has made a local route, or a
     * policy rule.
     */
    public boolean looksSourcesUp4() {
        return hasOwnLocalRoutes || notes.hasExtraRules4();
    }

    /** A port's device has another MTU or hardware address. Other devices do not matter. */
    @Override
    public void link(final Link now, final Link before) {
        final RoutingPort port = now == null ? null : ports.byIfindex(now.ifindex());
        if (port != null && (port.mtu() != now.mtu() || port.mac() != now.mac())) {
            // A change of the device's MTU makes the kernel forget the sysctl's.
            final int mtu6 = port.mtu() == now.mtu() ? port.mtu6() : now.mtu();
            change(new RoutingPort(port.index(), port.ifindex(), port.name(), now.mac(), now.mtu(), mtu6));
        }
    }

    /** The sysctl {@code net.ipv6.conf.DEVICE.mtu} of a port's device. */
    public void mtu6(final int ifindex, final int mtu6) {
        final RoutingPort port = ports.byIfindex(ifindex);
        if (port != null && port.mtu6() != mtu6) {
            change(new RoutingPort(port.index(), port.ifindex(), port.name(), port.mac(), port.mtu(), mtu6));
        }
    }

    private void change(final RoutingPort port) {
        ports.put(port);
        nextHops.portChanged(port);
        updateAllHosts();
        finish();
    }

    private void updateAllHosts() {
        updateHosts(new Prefix(IpAddress.any(IpAddress.V4), 0));
        updateHosts(new Prefix(IpAddress.any(IpAddress.V6), 0));
    }

    /** All addresses of this host, in the order in which the kernel lists them. */
    public void addresses(final Collection<Address> all) {
        addresses.set(all);
        addressesChanged();
    }

    @Override
    public void address(final Address now, final Address before) {
        if (addresses.change(now, before)) {
            addressesChanged();
        }
    }

    private void addressesChanged() {
        nextHops.addressesChanged();
        updateHosts(new Prefix(IpAddress.any(IpAddress.V4), 0));
    }

    @Override
    public void rules(final List<Rule> now) {
        notes.rules(now);
    }

    @Override
    public void routes(final RouteKey key, final List<Route> now) {
        if (!notes.follows(key, now) || FixedPrefixes.cover(new Prefix(key.destination(), key.prefixLength()))) {
            return;
        }
        hasOwnLocalRoutes |= key.family() == IpAddress.V4 && key.table() == TABLE_LOCAL
                && now.stream().anyMatch(r -> r.type() == RouteType.LOCAL && r.protocol() != PROTOCOL_KERNEL);
        final Prefix prefix = new Prefix(key.destination(), key.prefixLength());
        put(prefix, key, now);
        if (wideLocals.change(key, now)) {
            prefixes.all().stream().filter(r -> prefix.covers(r.prefix())).toList().forEach(this::program);
        }
        if (OnLinks.concerns(prefix)) {
            onLinks.put(key, now);
            ports.all().forEach(port -> putOnLink(port, key, now));
        }
        finish();
    }

    /** Takes the part of link-local routes that a port's link has. */
    private void putOnLink(final RoutingPort port, final RouteKey key, final List<Route> now) {
        put(OnLinks.of(port, new Prefix(key.destination(), key.prefixLength())), key, OnLinks.through(port, now));
    }

    private void put(final Prefix prefix, final RouteKey key, final List<Route> now) {
        final PrefixRoutes routes = prefixes.getOrAdd(prefix);
        routes.set(key, now);
        program(routes);
        if (routes.isEmpty()) {
            prefixes.remove(prefix);
        }
    }

    @Override
    public void neighbour(final Neighbour now, final Neighbour before) {
        final Neighbour either = now == null ? before : now;
        final NeighbourTable.Key key = NeighbourTable.Key.of(either);
        set(either, now == null);
        final RoutingPort port = linkLocalPort(key);
        if (port != null) {
            set(OnLinks.of(port, either), now == null);
        }
        confirmations.changed(key, now);
        updateNeighbour(key);
        if (now == null || now.usable()) {
            awaited.remove(key);
        }
        finish();
    }

    private void set(final Neighbour neighbour, final boolean gone) {
        if (gone) {
            neighbours.remove(NeighbourTable.Key.of(neighbour));
        } else {
            neighbours.put(neighbour);
        }
    }

    /** The port that a link-local neighbour is entered a second time for; null for other neighbours. */
    private RoutingPort linkLocalPort(final NeighbourTable.Key key) {
        return OnLinks.PREFIX.covers(Prefix.host(key.ip())) ? ports.byIfindex(key.ifindex()) : null;
    }

    /** Brings what leads to a neighbour in line with it. */
    private void updateNeighbour(final NeighbourTable.Key key) {
        nextHops.neighbourChanged(key);
        updateHost(key.ip());
        final RoutingPort port = linkLocalPort(key);
        if (port != null) {
            updateHost(OnLinks.of(port, Prefix.host(key.ip())).address());
        }
    }

    @Override
    public void failed(final Neighbour neighbour) {
        final RoutingPort port = ports.byIfindex(neighbour.ifindex());
        if (awaited.remove(NeighbourTable.Key.of(neighbour)) && port != null) {
            failures.failed(port.index(), neighbour.ip());
        }
    }

    /** Packets wait at a port for a neighbour, or want to know whether it is still there. */
    public void request(final int port, final IpAddress ip) {
        final RoutingPort known = ports.byIndex(port);
        final NeighbourTable.Key key = known == null ? null : new NeighbourTable.Key(ip, known.ifindex());
        // One that was set by hand lacks room in the table, and would lose its address.
        if (key != null && !neighbours.isByHand(key)) {
            awaited.add(key);
            confirmations.asked(key, nowNs);
            resolver.request(known.ifindex(), ip, neighbours.get(key));
        }
    }

    /** Looks after what no event tells of: answers that do not come, room in the table. A few times a second. */
    public void tick(final long now) {
        nowNs = now;
        managed.tick();
        final List<NeighbourTable.Key> overdue = confirmations.overdue(now);
        overdue.forEach(this::updateNeighbour);
        if (refused.retry(this::program) || !overdue.isEmpty()) {
            finish();
        } else {
            managed.tell();
        }
    }

    /** What the kernel would do and this table does not, a sentence each; none if all is followed. */
    public List<String> notes() {
        return notes.list();
    }

    /** Those of the {@link #notes} that are about something new since this was called before. */
    public List<String> news() {
        return notes.news();
    }

    private void programAll() {
        prefixes.all().forEach(this::program);
        finish();
    }

    /** Tries a prefix that there was no room for; false if there still is none. */
    private boolean program(final Prefix prefix) {
        final PrefixRoutes routes = prefixes.get(prefix);
        if (routes != null) {
            program(routes);
        }
        if (prefix.length() == prefix.address().bits()) {
            updateHost(prefix.address());
        }
        return !refused.contains(prefix);
    }

    /** Puts a prefix's best route in force. */
    private void program(final PrefixRoutes routes) {
        final SharedAdjacency before = routes.inForce();
        final Route alive = routes.best();
        final Route best = alive != null && wideLocals.hide(alive) ? null : alive;
        if (best == null && FixedPrefixes.cover(routes.prefix())) {
            return;
        }
        final SharedAdjacency now = best == null ? null : nextHops.use(best);
        if (now != before) {
            putInForce(routes, now);
            nextHops.release(before);
        } else {
            nextHops.release(now);
            if (best == null && refused.contains(routes.prefix())) {
                entries.write(routes.prefix(), null);
            }
        }
        if (now == null && best != null && NextHops.follows(best.type())) {
            refused.add(routes.prefix());
        }
    }

    private void putInForce(final PrefixRoutes routes, final SharedAdjacency wanted) {
        final SharedAdjacency before = routes.inForce();
        routes.setInForce(wanted);
        final boolean done = entries.write(routes.prefix(), wanted);
        final SharedAdjacency now = done ? wanted : null;
        if (!done) {
            routes.setInForce(null);
            nextHops.release(wanted);
        }
        if (before == null || now == null || before.onLinkIfindex() != 0 || now.onLinkIfindex() != 0) {
            updateHosts(routes.prefix());
        }
    }

    private void putFixed(final Prefix prefix, final int kind) {
        final PrefixRoutes routes = prefixes.getOrAdd(prefix);
        routes.setInForce(nextHops.useEnd(kind, 0, prefix.address().family(), 0));
        entries.write(prefix, routes.inForce());
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
        final int now = hosts.adjacency(ip);
        if (now != before || now != 0) {
            final PrefixRoutes own = prefixes.get(Prefix.host(ip));
            entries.write(Prefix.host(ip), own == null ? null : own.inForce());
            fib.adjacencies().release(released);
        }
        if (hosts.lacks(ip)) {
            refused.add(Prefix.host(ip));
        }
    }

    private void finish() {
        fib.bumpVersion();
        managed.tell();
        changed.run();
    }

    /** Is told of neighbours that do not answer. */
    @FunctionalInterface
    public interface FailureListener {

        /** Nobody answers for the address on the link of a port, though packets wait for it. */
        void failed(int port, IpAddress ip);
    }
}
