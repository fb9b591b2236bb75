package io.penstock.dataplane.hot.pipeline;

import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.fib.AdjacencyLayout;
import io.penstock.os.hot.packet.Icmpv6Layout;
import io.penstock.os.hot.packet.Ipv6Layout;

/**
 * The routing decision for IPv6 packets that came in. Unlike IPv4's it asks nothing of the source, and where there is no way
 * the sender is told whether or not this host forwards.
 *
 * <p>Source: RFC 4443 section 3.1; net/ipv6/route.c ip6_route_input, ip6_pkt_drop; net/ipv6/ip6_input.c ip6_mc_input. Differs
 * from Linux: of the groups, only those that every router joins are delivered, as nothing tells which others have been
 * joined.
 */
final class Route6Slow {

    private static final int MULTICAST_BYTE = 0xFF;
    private static final int FIRST_BYTE_SHIFT = 56;
    /** ff02::1, all nodes of the link; ff02::2, its routers. */
    private static final long LINK_GROUPS = 0xFF02L << 48;
    private static final int ALL_NODES = 1;
    private static final int ALL_ROUTERS = 2;
    /** ff02::1:ff00:0/104, the groups of solicited nodes, by which neighbours are asked for. */
    private static final long SOLICITED = 0x1_FF00_0000L;
    private static final long SOLICITED_BITS = 0xFF_FFFFL;

    private Route6Slow() {
    }

    /** One of {@link RouteStep}'s constants. */
    static int decide(final Lane lane, final Batch b, final int slot) {
        final long ip = b.frame[slot] + b.network[slot];
        final long high = Ipv6Layout.destinationHigh(ip);
        final long low = Ipv6Layout.destinationLow(ip);
        if (high >>> FIRST_BYTE_SHIFT == MULTICAST_BYTE) {
            if (isJoined(lane, b.inPort[slot], high, low)) {
                return RouteStep.LOCAL;
            }
            lane.drop(b, slot, DropReason.MULTICAST_GROUP);
            return RouteStep.DONE;
        }
        if (RouteStep.isLinkLocal(high)) {
            b.adjacency[slot] = LinkLocal6.lookup(lane, b.inPort[slot], high, low);
        }
        final long head = Multipath.select(lane, b, slot);
        switch (AdjacencyLayout.kind(head)) {
            case AdjacencyKind.LOCAL, AdjacencyKind.BROADCAST -> {
                return RouteStep.LOCAL;
            }
            case AdjacencyKind.BLACKHOLE -> lane.drop(b, slot, DropReason.ROUTE_BLACKHOLE);
            case AdjacencyKind.PROHIBIT -> {
                tell(lane, b, slot, Icmpv6Layout.CODE_ADMIN_PROHIBITED);
                lane.drop(b, slot, DropReason.ROUTE_PROHIBIT);
            }
            case AdjacencyKind.UNREACHABLE -> {
                tell(lane, b, slot, Icmpv6Layout.CODE_NO_ROUTE);
                lane.drop(b, slot, DropReason.ROUTE_UNREACHABLE);
            }
            case AdjacencyKind.NO_ROUTE, AdjacencyKind.THROW, AdjacencyKind.MULTICAST -> {
                tell(lane, b, slot, Icmpv6Layout.CODE_NO_ROUTE);
                lane.drop(b, slot, DropReason.NO_ROUTE);
            }
            default -> {
                b.outPort[slot] = AdjacencyLayout.port(head);
                return RouteStep.FORWARD_SLOW;
            }
        }
        return RouteStep.DONE;
    }

    private static void tell(final Lane lane, final Batch b, final int slot, final int code) {
        lane.errors6.send(b, slot, Icmpv6Layout.DESTINATION_UNREACHABLE, code, 0, b.inPort[slot]);
    }

    private static boolean isJoined(final Lane lane, final int port, final long high, final long low) {
        if (high != LINK_GROUPS) {
            return false;
        }
        return low == ALL_NODES || low == ALL_ROUTERS && (lane.ports.word(port) & PortTable.ROUTER6) != 0
                || (low & ~SOLICITED_BITS) == SOLICITED && lane.addresses.v6().isSolicited(port, (int) (low & SOLICITED_BITS));
    }
}
