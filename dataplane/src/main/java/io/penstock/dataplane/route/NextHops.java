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
 *   <li>A gateway's adjacency is FORWARD exactly while its neighbour is usable.</li>
 *   <li>A way without users is gone, and its gateway is no longer managed.</li>
 * </ol>
 *
 * <p>Threads: the control thread.
 */
final class NextHops {

    /** For devices whose MTU is not ours to keep: nothing is too large. */
    private static final int ANY_MTU = 0xFFFF;

    private final Adjacencies adjacencies;
    private final Ports ports;
    private final NeighbourTable neighbours;
    private final Managed managed;
    private final RoutingNotes notes;
    private final Map<Object, SharedAdjacency> shared = new HashMap<>();
    private final Map<NeighbourTable.Key, List<SharedAdjacency>> gateways = new HashMap<>();

    NextHops(final Adjacencies adjacencies, final Ports ports, final NeighbourTable neighbours, final Managed managed,
            final RoutingNotes notes) {
        this.adjacencies = adjacencies;
        this.ports = ports;
        this.neighbours = neighbours;
        this.managed = managed;
        this.notes = notes;
    }

    /** What a route leads to, with one more user; null if it cannot be had. */
    SharedAdjacency use(final Route route) {
        final int family = route.family();
        return switch (route.type()) {
            case UNICAST -> useNextHops(route);
            case LOCAL, ANYCAST -> useEnd(AdjacencyKind.LOCAL, family, ifindex(route));
            case BROADCAST -> useEnd(AdjacencyKind.BROADCAST, family, ifindex(route));
            case MULTICAST -> useEnd(AdjacencyKind.MULTICAST, family, 0);
            case BLACKHOLE -> useEnd(AdjacencyKind.BLACKHOLE, family, 0);
            case UNREACHABLE -> useEnd(AdjacencyKind.UNREACHABLE, family, 0);
            case PROHIBIT -> useEnd(AdjacencyKind.PROHIBIT, family, 0);
            case THROW -> useEnd(AdjacencyKind.THROW, family, 0);
            case UNSPECIFIED, NAT, EXTERNAL_RESOLVE, OTHER -> null;
        };
    }

    /** An adjacency that leads through no port, with one more user. */
    SharedAdjacency useEnd(final int adjacencyKind, final int family, final int ifindex) {
        return use(new Way(Way.Kind.END, adjacencyKind, family, ifindex, null, 0));
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
        return !ways.isEmpty();
    }

    /** A port's MTU or hardware address has changed. */
    void portChanged(final RoutingPort port) {
        shared.forEach((key, adjacency) -> {
            if (key instanceof Way way && way.ifindex() == port.ifindex() && way.kind() != Way.Kind.END) {
                adjacencies.setMtu(adjacency.number(), Ports.mtu(port, way.routeMtu()));
                if (way.kind() == Way.Kind.GATEWAY) {
                    resolve(adjacency.number(), new NeighbourTable.Key(way.gateway(), way.ifindex()));
                }
            }
        });
    }

    private SharedAdjacency useNextHops(final Route route) {
        if (route.nextHops().size() == 1) {
            // Nearly all routes of a full table.
            return use(wayOf(route, route.nextHops().getFirst()));
        }
        final List<NextHop> alive = route.nextHops().stream().filter(h -> !h.dead()).toList();
        if (alive.isEmpty()) {
            // A next-hop object that drops.
            return useEnd(AdjacencyKind.BLACKHOLE, route.family(), 0);
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
        if (ports.byIfindex(hop.ifindex()) == null || hop.encapsulation() != 0) {
            return new Way(Way.Kind.END, AdjacencyKind.KERNEL, route.family(), hop.ifindex(), null, 0);
        }
        return hop.gateway() == null
                ? new Way(Way.Kind.ON_LINK, 0, route.family(), hop.ifindex(), null, route.mtu())
                : new Way(Way.Kind.GATEWAY, 0, route.family(), hop.ifindex(), hop.gateway(), route.mtu());
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

    private AdjacencyFields fieldsOf(final Way way) {
        final RoutingPort port = ports.byIfindex(way.ifindex());
        final int family = way.family() == IpAddress.V4 ? 4 : 6;
        if (way.kind() == Way.Kind.END) {
            return AdjacencyFields.ofKind(way.adjacencyKind(), family, way.ifindex(), ANY_MTU);
        }
        final boolean gateway = way.kind() == Way.Kind.GATEWAY;
        return new AdjacencyFields(gateway ? AdjacencyKind.UNRESOLVED_GATEWAY : AdjacencyKind.GLEAN,
                gateway ? AdjacencyLayout.FLAG_GATEWAY : 0, family, port.index(), port.ifindex(),
                Ports.mtu(port, way.routeMtu()), gateway ? way.gateway().high() : 0, gateway ? way.gateway().low() : 0);
    }

    private void resolve(final int number, final NeighbourTable.Key key) {
        final long mac = neighbours.usableMac(key);
        if (mac == 0) {
            adjacencies.unresolve(number, AdjacencyKind.UNRESOLVED_GATEWAY);
        } else {
            adjacencies.resolve(number, mac, ports.byIfindex(key.ifindex()).mac());
        }
    }

    private static int ifindex(final Route route) {
        return route.nextHops().isEmpty() ? 0 : route.nextHops().getFirst().ifindex();
    }
}
