package io.penstock.dataplane.route;

import io.penstock.dataplane.fib.Adjacencies;
import io.penstock.dataplane.fib.AdjacencyFields;
import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.fib.AdjacencyLayout;
import io.penstock.dataplane.hot.fib.BucketLayout;
import io.penstock.dataplane.route.SharedAdjacency.Group;
import io.penstock.dataplane.route.SharedAdjacency.Way;
import io.penstock.os.netlink.IpAddress;
import io.penstock.os.netlink.NextHop;
import io.penstock.os.netlink.Route;
import io.penstock.os.netlink.RouteType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The ways that routes lead, one adjacency each, however many routes share it.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Two routes with the same way have the same adjacency. A gateway's new hardware address is written once for each
 *       family and route MTU in use, not once for each route.</li>
 *   <li>A gateway's adjacency is FORWARD, or UNCONFIRMED where the next packet is to ask for it, exactly while its neighbour is
 *       usable.</li>
 *   <li>A way out has the IPv4 source address that this host would send from by it: the route's own, or the choice among
 *       the device's addresses.</li>
 *   <li>A way without users is gone, and its gateway is no longer managed.</li>
 * </ol>
 *
 * <p>Threads: the control thread.
 */
final class NextHops {

    /** For devices whose MTU is not ours to keep: nothing is too large. */
    private static final int ANY_MTU = 0xFFFF;

    private static final long BROADCAST_MAC = 0xFFFF_FFFF_FFFFL;

    private final Adjacencies adjacencies;
    private final Ports ports;
    private final NeighbourTable neighbours;
    private final OwnAddresses addresses;
    private final Managed managed;
    private final Confirmations confirmations;
    private final RoutingNotes notes;
    private final Map<Object, SharedAdjacency> shared = new HashMap<>();
    private final Map<NeighbourTable.Key, List<SharedAdjacency>> gateways = new HashMap<>();

    NextHops(final Adjacencies adjacencies, final Ports ports, final NeighbourTable neighbours,
            final OwnAddresses addresses, final Managed managed, final Confirmations confirmations, final RoutingNotes notes) {
        this.adjacencies = adjacencies;
        this.ports = ports;
        this.neighbours = neighbours;
        this.addresses = addresses;
        this.managed = managed;
        this.confirmations = confirmations;
        this.notes = notes;
    }

    /** True if routes of this type lead somewhere, or say that packets end here. */
    static boolean follows(final RouteType type) {
        return switch (type) {
            case UNSPECIFIED, NAT, EXTERNAL_RESOLVE, OTHER -> false;
            default -> true;
        };
    }

    /** What a route leads to, with one more user; null if it cannot be had. */
    SharedAdjacency use(final Route route) {
        final int family = route.family();
        return switch (route.type()) {
            case UNICAST -> useNextHops(route);
            case LOCAL -> useEnd(AdjacencyKind.LOCAL, 0, family, ifindex(route));
            case ANYCAST -> useEnd(AdjacencyKind.LOCAL, AdjacencyLayout.FLAG_ANYCAST, family, ifindex(route));
            case BROADCAST -> use(new Way(Way.Kind.END, AdjacencyKind.BROADCAST, 0, family, ifindex(route),
                    portIndex(ifindex(route)), null, 0, route.preferredSource(), route.scope()));
            case MULTICAST -> useEnd(AdjacencyKind.MULTICAST, 0, family, 0);
            case BLACKHOLE -> useEnd(AdjacencyKind.BLACKHOLE, 0, family, 0);
            case UNREACHABLE -> useEnd(AdjacencyKind.UNREACHABLE, 0, family, 0);
            case PROHIBIT -> useEnd(AdjacencyKind.PROHIBIT, 0, family, 0);
            case THROW -> useEnd(AdjacencyKind.THROW, 0, family, 0);
            case UNSPECIFIED, NAT, EXTERNAL_RESOLVE, OTHER -> null;
        };
    }

    /** An adjacency that leads to this host or nowhere, with one more user. */
    SharedAdjacency useEnd(final int adjacencyKind, final int flags, final int family, final int ifindex) {
        return use(new Way(Way.Kind.END, adjacencyKind, flags, family, ifindex, portIndex(ifindex), null, 0, null, 0));
    }

    /** Gives a use up. */
    void release(final SharedAdjacency adjacency) {
        if (adjacency == null || !adjacency.removeUser()) {
            return;
        }
        shared.remove(adjacency.key());
        adjacencies.release(adjacency.number());
        adjacency.members().forEach(this::release);
        if (adjacency.key() instanceof Way way && way.kind() == Way.Kind.GATEWAY) {
            final NeighbourTable.Key key = new NeighbourTable.Key(way.gateway(), way.ifindex());
            final List<SharedAdjacency> left = gateways.get(key);
            left.remove(adjacency);
            if (left.isEmpty()) {
                gateways.remove(key);
                managed.stop(key);
            }
        }
    }

    /** The neighbour's state or hardware address has changed; true if a way has. */
    boolean neighbourChanged(final NeighbourTable.Key key) {
        final List<SharedAdjacency> ways = gateways.getOrDefault(key, List.of());
        ways.forEach(w -> resolve(w.number(), key));
        if (!ways.isEmpty()) {
            managed.neighbourChanged(key);
        }
        return !ways.isEmpty();
    }

    /** A port's MTU or hardware address has changed. */
    void portChanged(final RoutingPort port) {
        shared.forEach((key, adjacency) -> {
            if (key instanceof Way way && way.port() == port.index()) {
                switch (way.kind()) {
                    case END -> writeBroadcast(way, adjacency.number());
                    case ON_LINK, GATEWAY -> {
                        adjacencies.setMtu(adjacency.number(), mtu(port, way));
                        if (way.kind() == Way.Kind.GATEWAY) {
                            resolve(adjacency.number(), new NeighbourTable.Key(way.gateway(), way.ifindex()));
                        }
                    }
                    case KERNEL -> { }
                }
            }
        });
    }

    /** This host's addresses have changed. */
    void addressesChanged() {
        shared.forEach((key, adjacency) -> {
            if (key instanceof Way way && way.hasSource() && way.family() == IpAddress.V4) {
                adjacencies.setSource4(adjacency.number(), source4(way));
            }
        });
    }

    /** The IPv4 address that this host sends from along a way; 0 if there is none. */
    int source4(final Way way) {
        return way.source() != null
                ? way.source().toInt()
                : addresses.source4(way.ifindex(), way.gateway(), way.scope());
    }

    private SharedAdjacency useNextHops(final Route route) {
        if (route.nextHops().size() == 1) {
            // Nearly all routes of a full table.
            return use(wayOf(route, route.nextHops().getFirst()));
        }
        final List<NextHop> alive = route.nextHops().stream().filter(h -> !h.dead()).toList();
        if (alive.isEmpty()) {
            // A next-hop object that drops.
            return useEnd(AdjacencyKind.BLACKHOLE, 0, route.family(), 0);
        }
        return alive.size() == 1 ? use(wayOf(route, alive.getFirst())) : useGroup(route, alive);
    }

    private SharedAdjacency useGroup(final Route route, final List<NextHop> alive) {
        // A host on the link has its own adjacency, by prefix: no bucket can hold it.
        final List<NextHop> gatewaysOnly = alive.stream().filter(h -> h.gateway() != null).toList();
        if (gatewaysOnly.size() < alive.size()) {
            notes.multipathOnLink(route.key());
            if (gatewaysOnly.size() < 2) {
                return use(wayOf(route, gatewaysOnly.isEmpty() ? alive.getFirst() : gatewaysOnly.getFirst()));
            }
        }
        if (gatewaysOnly.size() > BucketLayout.BUCKETS) {
            notes.multipathTooWide(route.key(), gatewaysOnly.size());
        }
        final List<SharedAdjacency> members = new ArrayList<>();
        final List<Integer> weights = new ArrayList<>();
        for (final NextHop hop : gatewaysOnly.subList(0, Math.min(gatewaysOnly.size(), BucketLayout.BUCKETS))) {
            final SharedAdjacency member = use(wayOf(route, hop));
            if (member != null) {
                members.add(member);
                weights.add(hop.weight());
            }
        }
        final Group group = new Group(members.stream().map(SharedAdjacency::number).toList(), weights);
        final SharedAdjacency known = shared.get(group);
        if (known != null) {
            members.forEach(this::release);
            known.addUser();
            return known;
        }
        final int number = members.isEmpty() ? 0 : adjacencies.createMultipath(
                group.numbers().stream().mapToInt(Integer::intValue).toArray(),
                weights.stream().mapToInt(Integer::intValue).toArray());
        if (number == 0) {
            members.forEach(this::release);
            notes.noAdjacency();
            return null;
        }
        return add(group, number, List.copyOf(members));
    }

    private Way wayOf(final Route route, final NextHop hop) {
        final RoutingPort port = ports.byIfindex(hop.ifindex());
        final int scope = route.preferredSource() == null && route.family() == IpAddress.V4 ? route.scope() : 0;
        if (port == null || hop.encapsulation() != 0) {
            return new Way(Way.Kind.KERNEL, 0, 0, route.family(), hop.ifindex(), AdjacencyLayout.NO_PORT, hop.gateway(), 0,
                    route.preferredSource(), scope);
        }
        return new Way(hop.gateway() == null ? Way.Kind.ON_LINK : Way.Kind.GATEWAY, 0,
                route.mtuLocked() ? AdjacencyLayout.FLAG_MTU_LOCKED : 0, route.family(), hop.ifindex(), port.index(),
                hop.gateway(), route.mtu(), route.preferredSource(), scope);
    }

    private SharedAdjacency use(final Way way) {
        final SharedAdjacency known = shared.get(way);
        if (known != null) {
            known.addUser();
            return known;
        }
        final int number = adjacencies.create(fieldsOf(way));
        if (number == 0) {
            notes.noAdjacency();
            return null;
        }
        final SharedAdjacency adjacency = add(way, number, List.of());
        writeBroadcast(way, number);
        if (way.kind() == Way.Kind.GATEWAY) {
            final NeighbourTable.Key key = new NeighbourTable.Key(way.gateway(), way.ifindex());
            final List<SharedAdjacency> ways = gateways.computeIfAbsent(key, k -> new ArrayList<>(1));
            if (ways.isEmpty()) {
                managed.start(key);
            }
            ways.add(adjacency);
            resolve(number, key);
        }
        return adjacency;
    }

    private SharedAdjacency add(final Object key, final int number, final List<SharedAdjacency> members) {
        final SharedAdjacency adjacency = new SharedAdjacency(key, number, members);
        adjacency.addUser();
        shared.put(key, adjacency);
        return adjacency;
    }

    /** What may be forwarded along a way. */
    static int mtu(final RoutingPort port, final Way way) {
        return Ports.mtu(port, way.family(), way.routeMtu(), (way.flags() & AdjacencyLayout.FLAG_MTU_LOCKED) != 0);
    }

    private AdjacencyFields fieldsOf(final Way way) {
        final int family = way.family() == IpAddress.V4 ? 4 : 6;
        final IpAddress gateway = way.gateway();
        final int flags = way.flags() | (gateway == null ? 0 : AdjacencyLayout.FLAG_GATEWAY);
        final int mtu = way.kind() == Way.Kind.END || way.kind() == Way.Kind.KERNEL
                ? ANY_MTU
                : mtu(ports.byIndex(way.port()), way);
        final int kind = switch (way.kind()) {
            case END -> way.adjacencyKind();
            case KERNEL -> AdjacencyKind.KERNEL;
            case ON_LINK -> AdjacencyKind.GLEAN;
            case GATEWAY -> AdjacencyKind.UNRESOLVED_GATEWAY;
        };
        final boolean none = !way.hasSource() || family == 6 && way.source() == null;
        final long sourceHigh = none || family == 4 ? 0 : way.source().high();
        final long sourceLow = none ? 0 : family == 4 ? source4(way) : way.source().low();
        return new AdjacencyFields(kind, flags, family, way.port(), way.ifindex(), mtu,
                gateway == null ? 0 : gateway.high(), gateway == null ? 0 : gateway.low(), sourceHigh, sourceLow);
    }

    /** A broadcast on a port's link needs nobody's answer: the header is to everybody. It is no longer than the link's packets. */
    private void writeBroadcast(final Way way, final int number) {
        if (way.adjacencyKind() == AdjacencyKind.BROADCAST && way.port() != AdjacencyLayout.NO_PORT) {
            final RoutingPort port = ports.byIndex(way.port());
            adjacencies.writeHeader(number, BROADCAST_MAC, port.mac());
            adjacencies.setMtu(number, port.mtu());
        }
    }

    private void resolve(final int number, final NeighbourTable.Key key) {
        final long mac = neighbours.usableMac(key);
        if (mac == 0) {
            adjacencies.unresolve(number, AdjacencyKind.UNRESOLVED_GATEWAY);
        } else {
            adjacencies.resolve(number, mac, ports.byIfindex(key.ifindex()).mac(), !confirmations.isDue(key));
        }
    }

    private int portIndex(final int ifindex) {
        final RoutingPort port = ports.byIfindex(ifindex);
        return port == null ? AdjacencyLayout.NO_PORT : port.index();
    }

    private static int ifindex(final Route route) {
        return route.nextHops().isEmpty() ? 0 : route.nextHops().getFirst().ifindex();
    }
}
