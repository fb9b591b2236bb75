package io.penstock.dataplane.hot.pipeline;

import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.fib.AdjacencyLayout;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;

/**
 * The routing decision for what this host sends, its sockets or the data plane itself: no check of addresses, no time to live.
 *
 * <p>What a host sends to itself goes over loopback, which is no port. Source: net/ipv4/route.c ip_route_output_key_hash,
 * net/ipv6/route.c ip6_route_output; net/ipv4/ip_output.c ip_fragment.
 */
final class OutputRoute {

    private static final int NET_SHIFT = 24;
    private static final int LOOPBACK_NET = 127;
    private static final long UNSIGNED_32 = 0xFFFF_FFFFL;
    private static final int IPV4 = Family.IPV4.number();

    private OutputRoute() {
    }

    /** False when the packet was dropped. */
    static boolean decide(final Lane lane, final Batch b, final int slot) {
        if ((b.flags[slot] & Batch.HOST_ROUTED) != 0) {
            b.adjacency[slot] = 0;
            return true;
        }
        b.flags[slot] &= ~Batch.TOO_LARGE;
        lane.originator.mark(b);
        lane.copies.mark(b);
        find(lane, b, slot);
        final long head = Multipath.select(lane, b, slot);
        final int out = AdjacencyLayout.port(head);
        switch (AdjacencyLayout.kind(head)) {
            case AdjacencyKind.FORWARD, AdjacencyKind.UNCONFIRMED, AdjacencyKind.GLEAN, AdjacencyKind.UNRESOLVED_GATEWAY,
                    AdjacencyKind.BROADCAST -> {
                if (out >= 0) {
                    b.outPort[slot] = out;
                    lane.copies.leaves(b, out);
                    if (fits(lane, b, slot)) {
                        return true;
                    }
                    lane.drop(b, slot, DropReason.MTU_EXCEEDED);
                    return false;
                }
                lane.drop(b, slot, DropReason.NO_ROUTE);
            }
            default -> lane.drop(b, slot, refusal(AdjacencyLayout.kind(head)));
        }
        return false;
    }

    static DropReason refusal(final int kind) {
        return switch (kind) {
            case AdjacencyKind.LOCAL -> DropReason.LOCAL_UNDELIVERED;
            case AdjacencyKind.BLACKHOLE -> DropReason.ROUTE_BLACKHOLE;
            case AdjacencyKind.UNREACHABLE -> DropReason.ROUTE_UNREACHABLE;
            case AdjacencyKind.PROHIBIT -> DropReason.ROUTE_PROHIBIT;
            case AdjacencyKind.KERNEL -> DropReason.ROUTE_KERNEL;
            case AdjacencyKind.MULTICAST -> DropReason.FRAME_MULTICAST;
            default -> DropReason.NO_ROUTE;
        };
    }

    /**
     * Routes a packet again, by its own destination, which takes the place of a copy's gateway; the reason for which it cannot be, or null. So
     * does the kernel with what this host sends when rules have changed it (ip_route_me_harder, ip6_route_me_harder).
     */
    static DropReason byDestination(final Lane lane, final Batch b, final int slot) {
        b.flags[slot] &= ~Batch.HOST_ROUTED;
        final long ip = b.frame[slot] + b.network[slot];
        if (b.family[slot] == IPV4) {
            b.gatewayLow[slot] = Ipv4Layout.destination(ip) & UNSIGNED_32;
        } else {
            b.gatewayHigh[slot] = LinkLocal6.inTable(b.outPort[slot], Ipv6Layout.destinationHigh(ip));
            b.gatewayLow[slot] = Ipv6Layout.destinationLow(ip);
        }
        b.outPort[slot] = Batch.NO_PORT;
        find(lane, b, slot);
        final long head = Multipath.select(lane, b, slot);
        final int out = AdjacencyLayout.port(head);
        final int kind = AdjacencyLayout.kind(head);
        if (out < 0 || kind != AdjacencyKind.BROADCAST && kind <= AdjacencyKind.KERNEL) {
            return refusal(kind);
        }
        if (b.family[slot] == IPV4 && Ipv4Layout.source(ip) >>> NET_SHIFT == LOOPBACK_NET
                && (lane.ports.word(out) & PortTable.ROUTE_LOCALNET) == 0) {
            return DropReason.IPV4_MARTIAN_SOURCE;
        }
        b.outPort[slot] = out;
        b.flags[slot] &= ~Batch.TOO_LARGE;
        return fits(lane, b, slot) ? null : DropReason.MTU_EXCEEDED;
    }

    /** Looks the destination up; a link-local one on the link that the packet is meant for, where it says so. */
    static void find(final Lane lane, final Batch b, final int slot) {
        if ((b.flags[slot] & Batch.TO_GATEWAY) != 0) {
            final int found = b.family[slot] == IPV4 ? lane.fib.lookup4((int) b.gatewayLow[slot])
                    : lane.fib.lookup6(b.gatewayHigh[slot], b.gatewayLow[slot]);
            b.adjacency[slot] = b.outPort[slot] < 0 ? found : Multipath.firstBy(lane, found, b.outPort[slot]);
            return;
        }
        final long ip = b.frame[slot] + b.network[slot];
        b.adjacency[slot] = b.family[slot] == IPV4
                ? lane.fib.lookup4(Ipv4Layout.destination(ip))
                : LinkLocal6.lookup(lane, b.outPort[slot], Ipv6Layout.destinationHigh(ip), Ipv6Layout.destinationLow(ip));
    }

    private static boolean fits(final Lane lane, final Batch b, final int slot) {
        if (b.length[slot] - b.network[slot] <= AdjacencyLayout.mtu(lane.fib.adjacency(b.adjacency[slot]))
                || (b.flags[slot] & Batch.GATHERED) != 0) {
            return true;
        }
        final long ip = b.frame[slot] + b.network[slot];
        if (Batch.isCopy(b.flags[slot])) {
            b.flags[slot] |= Batch.TOO_LARGE;
            return true;
        }
        if (b.family[slot] == IPV4 && (Ipv4Layout.fragmentWord(ip) & Ipv4Layout.DONT_FRAGMENT) != 0) {
            return false;
        }
        b.flags[slot] |= Batch.TOO_LARGE;
        return true;
    }
}
