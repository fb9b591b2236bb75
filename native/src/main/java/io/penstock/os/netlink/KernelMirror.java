package io.penstock.os.netlink;

import io.penstock.os.sys.SysException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * What the kernel of a namespace has: links, addresses, rules, routes, neighbours; kept equal by events, and by dumps of
 * what the kernel changes without an event.
 *
 * <p>Guarantees:
 * <ol>
 *   <li>When {@link #poll} returns 0 and {@link #dueInMs} is -1, the mirror equals a fresh dump, but for the limits
 *       below.</li>
 *   <li>The observer is told of a difference once, and only of differences, also after a dump.</li>
 * </ol>
 *
 * <p>What Linux 6.18 does without an event, and what is done about it (the mirror's test tries each):
 * <table>
 *   <caption>Silent changes</caption>
 *   <tr><th>cause</th><th>silently</th><th>here</th></tr>
 *   <tr><td>a device goes down or away</td><td>its IPv4 routes vanish, next-hop objects too; multipath next hops become
 *       dead</td><td rowspan="2">dumps the routes of the families that use the device, and next-hop objects</td></tr>
 *   <tr><td>a device goes up, its carrier changes</td><td>next hops lose or get dead and linkdown</td></tr>
 *   <tr><td>a device's MTU changes</td><td>IPv6 routes through it that have an MTU get another</td><td>dumps IPv6 routes if
 *       they use the device</td></tr>
 *   <tr><td>an address goes</td><td>with the last IPv4 one the device's routes vanish or become dead; IPv6 routes lose it
 *       as preferred source</td><td>dumps the family's routes</td></tr>
 *   <tr><td>an IPv4 address comes</td><td>dead next hops come alive</td><td>dumps IPv4 routes if they use the
 *       device</td></tr>
 *   <tr><td>a next-hop object changes or goes</td><td>routes that use it change or vanish</td><td>dumps the families that
 *       use it</td></tr>
 *   <tr><td>{@code ignore_routes_with_linkdown} changes</td><td>next hops become dead or alive</td><td>dumps the routes that
 *       use the device</td></tr>
 *   <tr><td>a rule comes or goes</td><td>its place among rules of one priority</td><td>dumps rules</td></tr>
 * </table>
 *
 * <p>An event that is older than a dump can undo what the dump has: a route that was added before its device went down is added again, and
 * nothing says that it went. So where such events have changed routes or next-hop objects, each of these causes that follows among them
 * counts, whether or not it changes what the dump has told of the cause itself.
 *
 * <p>Limits, none of which the kernel announces:
 * <ul>
 *   <li>neighbours that are made without being resolved or set (multicast, left out here; devices without ARP), and some
 *       steps between states: {@link Neighbour#usable()} may stay true for the three seconds in which one is probed;</li>
 *   <li>an IPv6 address while duplicate address detection runs: it is announced when that has passed;</li>
 *   <li>a carrier that has just changed: the event comes up to a second later, and the routes follow it;</li>
 *   <li>the sysctl {@code nexthop_compat_mode}: what it changes shows when the routes are dumped the next time;</li>
 *   <li>IPv6 routes of one key that were mixed before the first dump, see {@link RouteTable}.</li>
 * </ul>
 *
 * <p>Threads: one.
 */
public final class KernelMirror implements AutoCloseable {

    /** Is told of differences, on the thread that polls, after the mirror has them. */
    public interface Observer {

        /** A device is new, has changed ({@code before} is not null) or is gone ({@code now} is null). */
        default void link(final Link now, final Link before) {
        }

        /** An address is new, has changed ({@code before} is not null) or is gone ({@code now} is null). */
        default void address(final Address now, final Address before) {
        }

        /** The rules are now these, IPv4's first, each family's in the order in which they are tried. */
        default void rules(final List<Rule> now) {
        }

        /** The routes of a key are now these; none if the list is empty. Of IPv4 the first is used. */
        default void routes(final RouteKey key, final List<Route> now) {
        }

        /** A neighbour is new, has changed ({@code before} is not null) or is gone ({@code now} is null). */
        default void neighbour(final Neighbour now, final Neighbour before) {
        }

        /** A neighbour did not answer, perhaps not for the first time: told each time, and after {@link #neighbour}. */
        default void failed(final Neighbour neighbour) {
        }

        /** A sysctl of a device has changed, of the few that the kernel announces: forwarding, rp_filter, bc_forwarding. */
        default void setting() {
        }

        /** The kernel could not be read: what was told holds until it can, which is tried again and again. */
        default void unread(final SysException e) {
        }
    }

    private static final int[] FAMILIES = {IpAddress.V4, IpAddress.V6};

    /** Open to tests, which give it messages of their own. */
    final RouteMonitor monitor;

    private final Observer observer;
    private final RouteTable v4 = new RouteTable();
    private final RouteTable v6 = new RouteTable();
    private Map<Integer, Link> links = new TreeMap<>();
    private Map<Address.Key, Address> addresses = new LinkedHashMap<>();
    private Map<Neighbour.Key, Neighbour> neighbours = new HashMap<>();
    private Map<Integer, NextHopObject> nextHops = new HashMap<>();
    private List<Rule> rules = List.of();

    /** One that is subscribed, and empty until it is polled. */
    KernelMirror(final Observer observer, final int eventBufferBytes) {
        this.observer = observer;
        this.monitor = RouteMonitor.open(new Events(), eventBufferBytes);
    }

    /** Subscribes and reads everything: the mirror is complete when this returns. */
    public static KernelMirror open(final Observer observer) {
        return open(observer, NetlinkSocket.EVENT_BUFFER_BYTES);
    }

    /** For tests: a buffer that overruns soon. */
    static KernelMirror open(final Observer observer, final int eventBufferBytes) {
        final KernelMirror mirror = new KernelMirror(observer, eventBufferBytes);
        try {
            mirror.poll(0);
            return mirror;
        } catch (final RuntimeException e) {
            mirror.close();
            throw e;
        }
    }

    /** Readable when events are waiting. */
    public int fd() {
        return monitor.fd();
    }

    /** How long {@link #poll} may be put off in ms: -1 for ever, unless events come. */
    public int dueInMs() {
        return monitor.dueInMs();
    }

    /**
     * Waits for events and applies them.
     *
     * @param timeoutMs how long to wait for the first; 0 not at all, -1 for ever
     * @return how many objects the kernel told of
     */
    public int poll(final int timeoutMs) {
        return monitor.poll(timeoutMs);
    }

    /** How often events were lost, each time followed by a dump of everything. */
    public long overruns() {
        return monitor.overruns();
    }

    /** The device of that number, or null. */
    public Link link(final int ifindex) {
        return links.get(ifindex);
    }

    /** All devices by number. */
    public Collection<Link> links() {
        return Collections.unmodifiableCollection(links.values());
    }

    /** All addresses. */
    public Collection<Address> addresses() {
        return Collections.unmodifiableCollection(addresses.values());
    }

    /** All rules, IPv4's first, each family's in the order in which they are tried. */
    public List<Rule> rules() {
        return rules;
    }

    /** The routes of a key, none if there are none. */
    public List<Route> routes(final RouteKey key) {
        return table(key.family()).get(key);
    }

    /** Shows every route of a family. */
    public void forEachRoute(final int family, final Consumer<Route> consumer) {
        table(family).all().forEach(list -> list.forEach(consumer));
    }

    /** Shows every key of a family with its routes. */
    public void forEachKey(final int family, final BiConsumer<RouteKey, List<Route>> consumer) {
        table(family).forEach(consumer);
    }

    /** The neighbour of that address on that device, or null. */
    public Neighbour neighbour(final int ifindex, final IpAddress ip) {
        return neighbours.get(new Neighbour.Key(ip, ifindex));
    }

    /** All neighbours but multicast ones. */
    public Collection<Neighbour> neighbours() {
        return Collections.unmodifiableCollection(neighbours.values());
    }

    @Override
    public void close() {
        monitor.close();
    }

    private RouteTable table(final int family) {
        return family == IpAddress.V4 ? v4 : v6;
    }

    /** All next-hop objects. */
    Collection<NextHopObject> nextHopObjects() {
        return Collections.unmodifiableCollection(nextHops.values());
    }

    /** Has the routes of a family dumped again. */
    private void refreshRoutes(final int family) {
        monitor.refresh(EnumSet.of(Part.routes(family)));
    }

    /** Has the routes of each family that uses the device dumped again. */
    private void refreshRoutesThrough(final int ifindex) {
        if (v4.usesDevice(ifindex)) {
            refreshRoutes(IpAddress.V4);
        }
        if (v6.usesDevice(ifindex)) {
            refreshRoutes(IpAddress.V6);
        }
    }

    /** The route with the next hops of its object, where the kernel leaves them out (nexthop_compat_mode=0). */
    private static Route resolve(final Route route, final Map<Integer, NextHopObject> nextHops) {
        if (route.nextHopId() == 0 || !route.nextHops().isEmpty()) {
            return route;
        }
        final NextHopObject object = nextHops.get(route.nextHopId());
        if (object == null || object.blackhole()) {
            return route;
        }
        if (object.nextHop() != null) {
            return route.withNextHops(List.of(object.nextHop()));
        }
        final List<NextHop> members = new ArrayList<>();
        for (final NextHopObject.Member member : object.group()) {
            final NextHopObject part = nextHops.get(member.id());
            if (part != null && part.nextHop() != null) {
                members.add(part.nextHop().withWeight(member.weight()));
            }
        }
        return route.withNextHops(List.copyOf(members));
    }

    /** Applies a change to a map, and tells the observer if there is one. */
    private static <K, V> void apply(
            final Map<K, V> map, final K key, final V value, final boolean gone, final BiConsumer<V, V> told) {
        final V now = gone ? null : value;
        final V before = gone ? map.remove(key) : map.put(key, value);
        if (!Objects.equals(now, before)) {
            told.accept(now, before);
        }
    }

    /** Tells the observer how a map differs from what it was. */
    private static <K, V> void tellDifferences(
            final Map<K, V> before, final Map<K, V> now, final BiConsumer<V, V> told) {
        before.forEach((key, value) -> {
            if (!now.containsKey(key)) {
                told.accept(null, value);
            }
        });
        now.forEach((key, value) -> {
            final V old = before.get(key);
            if (!value.equals(old)) {
                told.accept(value, old);
            }
        });
    }

    /** What the monitor tells; while it dumps, parts are collected apart. */
    private final class Events implements RouteMonitor.Listener {

        private final Map<Integer, Link> dumpedLinks = new TreeMap<>();
        private final Map<Address.Key, Address> dumpedAddresses = new LinkedHashMap<>();
        private final Map<Neighbour.Key, Neighbour> dumpedNeighbours = new HashMap<>();
        private final Map<Integer, NextHopObject> dumpedNextHops = new HashMap<>();
        private final List<Rule> dumpedRules = new ArrayList<>();
        /** Of routes and next-hop objects: the parts that events older than the last dump have changed. */
        private final Set<Part> undone = EnumSet.noneOf(Part.class);
        private boolean nextHopsDumped;

        @Override
        public void link(final Link link, final Change change) {
            if (change == Change.DUMPED) {
                dumpedLinks.put(link.ifindex(), link);
            } else {
                apply(links, link.ifindex(), link, change == Change.DELETED, this::linkChanged);
                for (final int family : FAMILIES) {
                    if (table(family).usesDevice(link.ifindex())) {
                        refreshUndone(Part.routes(family));
                    }
                }
                refreshUndone(Part.NEXT_HOPS);
            }
        }

        /** Notes that an event has changed what the last dump had told, if it is older than that. */
        private void noteReplayed(final Part part) {
            if (monitor.replaying()) {
                undone.add(part);
            }
        }

        /** Something has happened that changes a part silently: perhaps before the dump, and after an event that has changed the part back. */
        private void refreshUndone(final Part part) {
            if (monitor.replaying() && undone.contains(part)) {
                monitor.refresh(EnumSet.of(part));
            }
        }

        private void linkChanged(final Link now, final Link before) {
            final boolean routing = now == null || before == null || now.master() != before.master()
                    || ((now.flags() ^ before.flags()) & Link.ROUTING_FLAGS) != 0;
            if (routing) {
                refreshRoutesThrough((now == null ? before : now).ifindex());
                if (!nextHops.isEmpty()) {
                    monitor.refresh(EnumSet.of(Part.NEXT_HOPS));
                }
            }
            if (now != null && before != null && now.mtu() != before.mtu() && v6.usesDevice(now.ifindex())) {
                refreshRoutes(IpAddress.V6);
            }
            observer.link(now, before);
        }

        @Override
        public void address(final Address address, final Change change) {
            if (change == Change.DUMPED) {
                dumpedAddresses.put(address.key(), address);
            } else {
                apply(addresses, address.key(), address, change == Change.DELETED, this::addressChanged);
                refreshUndone(Part.routes(address.family()));
            }
        }

        private void addressChanged(final Address now, final Address before) {
            if (now == null) {
                refreshRoutes(before.family());
            } else if (before == null && now.family() == IpAddress.V4 && v4.usesDevice(now.ifindex())) {
                refreshRoutes(IpAddress.V4);
            }
            observer.address(now, before);
        }

        @Override
        public void rule(final Rule rule, final Change change) {
            if (change == Change.DUMPED) {
                dumpedRules.add(rule);
            } else {
                monitor.refresh(EnumSet.of(Part.RULES));
            }
        }

        @Override
        public void nextHop(final NextHopObject nextHop, final Change change) {
            if (change == Change.DUMPED) {
                dumpedNextHops.put(nextHop.id(), nextHop);
            } else {
                apply(nextHops, nextHop.id(), nextHop, change == Change.DELETED, (now, before) -> {
                    noteReplayed(Part.NEXT_HOPS);
                    nextHopChanged(now, before);
                });
                if (change == Change.DELETED) {
                    // Groups lose it as a member, and vanish with their last one.
                    monitor.refresh(EnumSet.of(Part.NEXT_HOPS));
                }
                refreshUndone(Part.ROUTES_V4);
                refreshUndone(Part.ROUTES_V6);
            }
        }

        private void nextHopChanged(final NextHopObject now, final NextHopObject before) {
            final int id = (now == null ? before : now).id();
            refreshRoutesUsing(id);
            // Routes name a group, and it is its member that has changed.
            for (final NextHopObject object : nextHops.values()) {
                if (object.group().stream().anyMatch(m -> m.id() == id)) {
                    refreshRoutesUsing(object.id());
                }
            }
        }

        private void refreshRoutesUsing(final int nextHopId) {
            if (v4.usesNextHop(nextHopId)) {
                refreshRoutes(IpAddress.V4);
            }
            if (v6.usesNextHop(nextHopId)) {
                refreshRoutes(IpAddress.V6);
            }
        }

        @Override
        public void route(final Route route, final Change change) {
            if (change == Change.DUMPED) {
                table(route.family()).addDumped(resolve(route, nextHopsDumped ? dumpedNextHops : nextHops));
                return;
            }
            final RouteTable table = table(route.family());
            if (table.apply(resolve(route, nextHops), change, monitor.replaying())) {
                noteReplayed(Part.routes(route.family()));
                observer.routes(route.key(), table.get(route.key()));
            }
            if (table.takeUnclear()) {
                refreshRoutes(route.family());
            }
        }

        @Override
        public void neighbour(final Neighbour neighbour, final Change change) {
            if (neighbour.ip().isMulticast()) {
                return;
            }
            if (change == Change.DUMPED) {
                dumpedNeighbours.put(neighbour.key(), neighbour);
            } else {
                apply(neighbours, neighbour.key(), neighbour, change == Change.DELETED, observer::neighbour);
                if (change != Change.DELETED && neighbour.state() == Neighbour.FAILED) {
                    observer.failed(neighbour);
                }
            }
        }

        @Override
        public void setting(final int ifindex, final boolean linkDown) {
            if (linkDown) {
                // Whether next hops on a link without carrier count as dead.
                for (final int family : FAMILIES) {
                    if (ifindex < 0 || table(family).usesDevice(ifindex)) {
                        refreshRoutes(family);
                    }
                }
            }
            observer.setting();
        }

        @Override
        public void unread(final SysException e) {
            observer.unread(e);
        }

        @Override
        public void resyncStarted(final Set<Part> parts) {
            dumpedLinks.clear();
            dumpedAddresses.clear();
            dumpedNeighbours.clear();
            dumpedNextHops.clear();
            dumpedRules.clear();
            undone.removeAll(parts);
            nextHopsDumped = parts.contains(Part.NEXT_HOPS);
            if (parts.contains(Part.ROUTES_V4)) {
                v4.startDump();
            }
            if (parts.contains(Part.ROUTES_V6)) {
                v6.startDump();
            }
        }

        @Override
        public void resyncFinished(final Set<Part> parts) {
            for (final Part part : parts) {
                switch (part) {
                    case LINKS -> {
                        final Map<Integer, Link> before = links;
                        links = new TreeMap<>(dumpedLinks);
                        tellDifferences(before, links, this::linkChanged);
                    }
                    case ADDRESSES -> {
                        final Map<Address.Key, Address> before = addresses;
                        addresses = new LinkedHashMap<>(dumpedAddresses);
                        tellDifferences(before, addresses, this::addressChanged);
                    }
                    case RULES -> finishRules();
                    case NEXT_HOPS -> {
                        final Map<Integer, NextHopObject> before = nextHops;
                        nextHops = new HashMap<>(dumpedNextHops);
                        tellDifferences(before, nextHops, this::nextHopChanged);
                    }
                    case ROUTES_V4 -> v4.finishDump(observer::routes);
                    case ROUTES_V6 -> v6.finishDump(observer::routes);
                    case NEIGHBOURS -> {
                        final Map<Neighbour.Key, Neighbour> before = neighbours;
                        neighbours = new HashMap<>(dumpedNeighbours);
                        tellDifferences(before, neighbours, observer::neighbour);
                    }
                }
            }
        }

        private void finishRules() {
            if (!rules.equals(dumpedRules)) {
                rules = List.copyOf(dumpedRules);
                observer.rules(rules);
            }
        }
    }
}
