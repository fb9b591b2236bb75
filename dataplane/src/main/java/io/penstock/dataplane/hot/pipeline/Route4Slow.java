package io.penstock.dataplane.hot.pipeline;

import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.fib.AdjacencyLayout;
import io.penstock.dataplane.hot.fib.Fib;
import io.penstock.dataplane.hot.options.OptionHost;
import io.penstock.os.hot.packet.IcmpLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;

/**
 * The routing decision for IPv4 packets that came in, in the kernel's order: groups, addresses that cannot be, the route,
 * whether the source may come by this port, then the options, and only then what the decision means.
 *
 * <p>Source: RFC 1812 sections 5.3.7 and 5.3.8, RFC 3704; net/ipv4/route.c ip_route_input_rcu, ip_route_input_slow,
 * __mkroute_input, ip_error; net/ipv4/ip_input.c ip_rcv_finish_core. Differs from Linux: of the groups, only the one that
 * every host joins is delivered, as nothing tells which others have been joined.
 */
final class Route4Slow {

    /** The kinds of ways; anything else is a drop's {@link DropReason#id()} and no error. */
    private static final int WAY_FORWARD = -1;
    private static final int WAY_LOCAL = -2;
    private static final int WAY_BROADCAST = -3;
    /** Of these the sender is told, unless told too often. */
    private static final int WAY_NO_ROUTE = -4;
    private static final int WAY_UNREACHABLE = -5;
    private static final int WAY_PROHIBITED = -6;
    /** Of these not. */
    private static final int WAY_BLACKHOLE = -7;
    private static final int WAY_SWITCHED_OFF = -8;

    private static final int NET_SHIFT = 24;
    private static final int LOOPBACK_NET = 127;
    private static final int BROADCAST = 0xFFFF_FFFF;
    private static final int MULTICAST_SHIFT = 28;
    private static final int MULTICAST = 0xE;
    /** 224.0.0.0/24, which stays on its link. */
    private static final int LOCAL_GROUPS = 0xE000_00;
    private static final int LOCAL_GROUPS_SHIFT = 8;
    /** 224.0.0.1, which every host joins. */
    private static final int ALL_HOSTS = 0xE000_0001;

    private static final int RP_OFF = 0;
    private static final int RP_STRICT = 1;
    private static final int RP_LOOSE = 2;

    private Route4Slow() {
    }

    /** One of {@link RouteStep}'s constants. */
    static int decide(final Lane lane, final Batch b, final int slot) {
        final long ip = b.frame[slot] + b.network[slot];
        final int way = way(lane, b, slot, Ipv4Layout.destination(ip));
        if (way >= 0) {
            lane.drop(b, slot, DropReason.of(way));
            return RouteStep.DONE;
        }
        if ((b.flags[slot] & Batch.OPTIONS) != 0) {
            final int changed = options(lane, b, slot, way);
            return changed == 0 ? RouteStep.DONE : act(lane, b, slot, changed);
        }
        return act(lane, b, slot, way);
    }

    /**
     * Routes the packet to another destination than the header's.
     *
     * @return one of {@link OptionHost}'s constants; then the packet's adjacency and port are the new ones
     */
    static int reroute(final Lane lane, final Batch b, final int slot, final int destination) {
        b.adjacency[slot] = lane.fib.lookup4(destination);
        b.flags[slot] &= ~Batch.REDIRECT;
        return kindOf(way(lane, b, slot, destination));
    }

    private static int kindOf(final int way) {
        return switch (way) {
            case WAY_FORWARD -> OptionHost.UNICAST;
            case WAY_LOCAL -> OptionHost.LOCAL;
            default -> OptionHost.OTHER;
        };
    }

    /** The way after the options were seen to, or 0 when the packet has ended. */
    private static int options(final Lane lane, final Batch b, final int slot, final int way) {
        final PacketOptions options = lane.options;
        if (!options.receive(b, slot, kindOf(way), way != WAY_BROADCAST)) {
            return 0;
        }
        return switch (options.rerouted()) {
            case OptionHost.UNICAST -> WAY_FORWARD;
            case OptionHost.LOCAL -> WAY_LOCAL;
            default -> way;
        };
    }

    private static int act(final Lane lane, final Batch b, final int slot, final int way) {
        switch (way) {
            case WAY_FORWARD -> {
                return RouteStep.FORWARD_SLOW;
            }
            case WAY_LOCAL, WAY_BROADCAST -> {
                return RouteStep.LOCAL;
            }
            case WAY_UNREACHABLE -> {
                lane.errors4.routeError(b, slot, IcmpLayout.CODE_HOST_UNREACHABLE);
                lane.drop(b, slot, DropReason.ROUTE_UNREACHABLE);
            }
            case WAY_PROHIBITED -> {
                lane.errors4.routeError(b, slot, IcmpLayout.CODE_ADMIN_PROHIBITED);
                lane.drop(b, slot, DropReason.ROUTE_PROHIBIT);
            }
            case WAY_BLACKHOLE -> lane.drop(b, slot, DropReason.ROUTE_BLACKHOLE);
            case WAY_SWITCHED_OFF -> lane.drop(b, slot, DropReason.FORWARDING_OFF);
            default -> {
                lane.errors4.routeError(b, slot, IcmpLayout.CODE_NET_UNREACHABLE);
                lane.drop(b, slot, DropReason.NO_ROUTE);
            }
        }
        return RouteStep.DONE;
    }

    /** Finds the way to a destination by the packet's adjacency, and changes nothing but that and the out port. */
    private static int way(final Lane lane, final Batch b, final int slot, final int destination) {
        final long ip = b.frame[slot] + b.network[slot];
        final int source = Ipv4Layout.source(ip);
        final int port = lane.ports.word(b.inPort[slot]);
        if (destination >>> MULTICAST_SHIFT == MULTICAST) {
            return group(lane, b, slot, source, destination, port);
        }
        if (source >>> MULTICAST_SHIFT == MULTICAST || source == BROADCAST) {
            return DropReason.IPV4_MARTIAN_SOURCE.id();
        }
        if (destination == BROADCAST || source == 0 && destination == 0) {
            return broadcast(lane, b, slot, source, port);
        }
        if (source == 0) {
            return DropReason.IPV4_MARTIAN_SOURCE.id();
        }
        if (destination == 0) {
            return DropReason.IPV4_MARTIAN_DESTINATION.id();
        }
        final boolean localnet = (port & PortTable.ROUTE_LOCALNET) != 0;
        if (destination >>> NET_SHIFT == LOOPBACK_NET && !localnet) {
            return DropReason.IPV4_MARTIAN_DESTINATION.id();
        }
        if (source >>> NET_SHIFT == LOOPBACK_NET && !localnet) {
            return DropReason.IPV4_MARTIAN_SOURCE.id();
        }
        return routed(lane, b, slot, source, port);
    }

    private static int routed(final Lane lane, final Batch b, final int slot, final int source, final int port) {
        int kind = AdjacencyLayout.kind(AdjacencyLayout.headAcquire(lane.fib.adjacency(b.adjacency[slot])));
        if (kind == AdjacencyKind.LOCAL) {
            final int refusal = validate(lane, b, slot, source, Batch.NO_PORT, port);
            return refusal < 0 ? WAY_LOCAL : refusal;
        }
        final boolean directed = kind == AdjacencyKind.BROADCAST;
        if (directed && (port & PortTable.BC_FORWARDING) == 0) {
            return broadcast(lane, b, slot, source, port);
        }
        if (!directed && (port & PortTable.FORWARDING4) == 0) {
            return WAY_SWITCHED_OFF;
        }
        final long head = Multipath.select(lane, b, slot);
        kind = AdjacencyLayout.kind(head);
        switch (kind) {
            case AdjacencyKind.BLACKHOLE -> {
                return WAY_BLACKHOLE;
            }
            case AdjacencyKind.UNREACHABLE -> {
                return WAY_UNREACHABLE;
            }
            case AdjacencyKind.PROHIBIT -> {
                return WAY_PROHIBITED;
            }
            case AdjacencyKind.NO_ROUTE, AdjacencyKind.THROW -> {
                return WAY_NO_ROUTE;
            }
            case AdjacencyKind.MULTICAST -> {
                return DropReason.IPV4_MARTIAN_DESTINATION.id();
            }
            default -> { }
        }
        final int out = AdjacencyLayout.port(head);
        final int refusal = validate(lane, b, slot, source, out, port);
        if (refusal >= 0) {
            return refusal;
        }
        b.outPort[slot] = out;
        return WAY_FORWARD;
    }

    /** What is for all on the link. */
    private static int broadcast(final Lane lane, final Batch b, final int slot, final int source, final int port) {
        final int refusal = source == 0 ? -1 : validate(lane, b, slot, source, Batch.NO_PORT, port);
        return refusal < 0 ? WAY_BROADCAST : refusal;
    }

    private static int group(
            final Lane lane, final Batch b, final int slot, final int source, final int destination, final int port) {
        if (destination != ALL_HOSTS) {
            return DropReason.MULTICAST_GROUP.id();
        }
        if (source >>> MULTICAST_SHIFT == MULTICAST || source == BROADCAST
                || source >>> NET_SHIFT == LOOPBACK_NET && (port & PortTable.ROUTE_LOCALNET) == 0) {
            return DropReason.IPV4_MARTIAN_SOURCE.id();
        }
        if (source == 0) {
            return destination >>> LOCAL_GROUPS_SHIFT == LOCAL_GROUPS || b.protocol[slot] == IpProtocol.IGMP
                    ? WAY_BROADCAST : DropReason.IPV4_MARTIAN_SOURCE.id();
        }
        return broadcast(lane, b, slot, source, port);
    }

    /** A drop reason's number, or -1 when the source may come; then a redirect is due where the flag says so. */
    private static int validate(
            final Lane lane, final Batch b, final int slot, final int source, final int out, final int port) {
        final int in = b.inPort[slot];
        final int rpFilter = (port & PortTable.RP_FILTER_LOOSE) != 0 ? RP_LOOSE
                : (port & PortTable.RP_FILTER_STRICT) != 0 ? RP_STRICT : RP_OFF;
        final boolean redirects = (port & PortTable.SEND_REDIRECTS) != 0;
        final int verdict = lane.fib.validateSource4(source, in, out, rpFilter, (port & PortTable.ACCEPT_LOCAL) != 0,
                redirects, (port & PortTable.SOURCE_LOOKUP4) != 0);
        switch (verdict) {
            case Fib.SOURCE_OWN -> {
                return DropReason.SOURCE_OWN.id();
            }
            case Fib.SOURCE_INVALID -> {
                return DropReason.IPV4_MARTIAN_SOURCE.id();
            }
            case Fib.SOURCE_FILTERED -> {
                return DropReason.SOURCE_FILTERED.id();
            }
            case Fib.SOURCE_ON_LINK -> {
                if (in == out && redirects && sharesLink(lane, b, slot, source, port)) {
                    b.flags[slot] |= Batch.REDIRECT;
                }
            }
            default -> { }
        }
        return -1;
    }

    /** True when a host on the link can be expected to reach the next hop by itself. */
    private static boolean sharesLink(
            final Lane lane, final Batch b, final int slot, final int source, final int port) {
        final long adjacency = lane.fib.adjacency(b.adjacency[slot]);
        final boolean gateway =
                (AdjacencyLayout.flags(AdjacencyLayout.headAcquire(adjacency)) & AdjacencyLayout.FLAG_GATEWAY) != 0;
        final int hop =
                gateway && AdjacencyLayout.nextHopHigh(adjacency) == 0 ? (int) AdjacencyLayout.nextHopLow(adjacency) : 0;
        return (port & PortTable.SHARED_MEDIA) != 0 || lane.addresses.v4().onLink(b.inPort[slot], source, hop);
    }
}
