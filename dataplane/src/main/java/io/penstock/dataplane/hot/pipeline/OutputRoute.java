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
        lane.copies.mark(b);
        find(lane, b, slot);
        final long head = Multipath.select(lane, b, slot);
        final int out = AdjacencyLayout.port(head);
        switch (AdjacencyLayout.kind(head)) {
            case AdjacencyKind.FORWARD, AdjacencyKind.GLEAN, AdjacencyKind.UNRESOLVED_GATEWAY -> {
                b.outPort[slot] = out;
                return fits(lane, b, slot);
            }
            case AdjacencyKind.BROADCAST -> {
                if (out >= 0) {
                    b.outPort[slot] = out;
                    return fits(lane, b, slot);
                }
                lane.drop(b, slot, DropReason.NO_ROUTE);
            }
            case AdjacencyKind.LOCAL -> lane.drop(b, slot, DropReason.LOCAL_UNDELIVERED);
            case AdjacencyKind.BLACKHOLE -> lane.drop(b, slot, DropReason.ROUTE_BLACKHOLE);
            case AdjacencyKind.UNREACHABLE -> lane.drop(b, slot, DropReason.ROUTE_UNREACHABLE);
            case AdjacencyKind.PROHIBIT -> lane.drop(b, slot, DropReason.ROUTE_PROHIBIT);
            case AdjacencyKind.KERNEL -> lane.drop(b, slot, DropReason.ROUTE_KERNEL);
            case AdjacencyKind.MULTICAST -> lane.drop(b, slot, DropReason.FRAME_MULTICAST);
            default -> lane.drop(b, slot, DropReason.NO_ROUTE);
        }
        return false;
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
        if (b.length[slot] - b.network[slot] <= AdjacencyLayout.mtu(lane.fib.adjacency(b.adjacency[slot]))) {
            return true;
        }
        final long ip = b.frame[slot] + b.network[slot];
        if ((b.flags[slot] & Batch.TO_GATEWAY) != 0) {
            b.flags[slot] |= Batch.TOO_LARGE;
            return true;
        }
        if (b.family[slot] == IPV4 && (Ipv4Layout.fragmentWord(ip) & Ipv4Layout.DONT_FRAGMENT) != 0) {
            lane.drop(b, slot, DropReason.MTU_EXCEEDED);
            return false;
        }
        b.flags[slot] |= Batch.TOO_LARGE;
        return true;
    }
}
