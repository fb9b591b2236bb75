package io.penstock.dataplane.hot.pipeline;

import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.fib.AdjacencyLayout;
import io.penstock.dataplane.hot.options.OptionState;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;

/**
 * Packets that were away over a batch boundary and go on: the adjacency that they had may be another's by now, and so they
 * are routed again. Their addresses were judged when they came.
 */
final class Return {

    private static final int IPV4 = Family.IPV4.number();

    /** The adjacency that is NO_ROUTE for ever. */
    private static final int NO_ROUTE = 0;

    private Return() {
    }

    /** Tries the waiting packet of a rank again; true when it waits no more. */
    static boolean retry(
            final Lane lane, final PacketProgram program, final Batch b, final int rank, final long nowNs) {
        lane.parking.peekWaiting(rank, b, 0);
        b.count = 1;
        b.nowNs = nowNs;
        final boolean unresolved = isUnresolved(find(lane, b, 0));
        if (unresolved && nowNs - lane.parking.waitingSinceNs(rank) - Lane.NEIGHBOUR_WAIT_NS < 0) {
            return false;
        }
        take(lane, b, rank);
        if (unresolved) {
            fail(lane, b);
        } else if (route(lane, program, b)) {
            final int list = HookList.postRouting(b.family[0]);
            program.resume(lane, b, 0, list, program.functions(list));
        }
        return true;
    }

    /** The neighbour of the waiting packet of a rank has failed: that was it. */
    static void giveUp(final Lane lane, final Batch b, final int rank, final long nowNs) {
        b.count = 1;
        b.nowNs = nowNs;
        take(lane, b, rank);
        fail(lane, b);
    }

    /**
     * Routes the packet of slot 0 again. False when it has ended, or was this host's after all and went that way.
     */
    static boolean route(final Lane lane, final PacketProgram program, final Batch b) {
        if (b.inPort[0] == Batch.FROM_HOST) {
            return OutputRoute.decide(lane, b, 0);
        }
        final long head = find(lane, b, 0);
        switch (AdjacencyLayout.kind(head)) {
            case AdjacencyKind.LOCAL -> {
                program.resume(lane, b, 0, HookList.localIn(b.family[0]), 0);
                return false;
            }
            case AdjacencyKind.BROADCAST -> {
                if ((lane.ports.word(b.inPort[0]) & PortTable.BC_FORWARDING) == 0) {
                    program.resume(lane, b, 0, HookList.localIn(b.family[0]), 0);
                    return false;
                }
                return leaves(lane, b, head);
            }
            case AdjacencyKind.BLACKHOLE -> lane.drop(b, 0, DropReason.ROUTE_BLACKHOLE);
            case AdjacencyKind.UNREACHABLE -> lane.drop(b, 0, DropReason.ROUTE_UNREACHABLE);
            case AdjacencyKind.PROHIBIT -> lane.drop(b, 0, DropReason.ROUTE_PROHIBIT);
            case AdjacencyKind.NO_ROUTE, AdjacencyKind.THROW, AdjacencyKind.MULTICAST -> lane.drop(b, 0, DropReason.NO_ROUTE);
            default -> {
                return leaves(lane, b, head);
            }
        }
        return false;
    }

    private static boolean leaves(final Lane lane, final Batch b, final long head) {
        b.outPort[0] = AdjacencyLayout.port(head);
        return fits(lane, b, AdjacencyLayout.kind(head));
    }

    private static void take(final Lane lane, final Batch b, final int rank) {
        lane.parking.takeWaiting(rank, b, 0);
        lane.counters.unparked++;
    }

    private static void fail(final Lane lane, final Batch b) {
        // What it had may be another's by now, and an error's source depends on the kind of route.
        b.adjacency[0] = NO_ROUTE;
        if (b.family[0] == IPV4) {
            lane.errors4.neighbourFailed(b, 0);
        } else {
            lane.errors6.neighbourFailed(b, 0);
        }
        lane.drop(b, 0, DropReason.NEIGHBOUR_FAILED);
    }

    /** Looks a slot's packet up once more; returns the head of the packet's adjacency, which is the new one. */
    static long find(final Lane lane, final Batch b, final int slot) {
        final long ip = b.frame[slot] + b.network[slot];
        if ((b.flags[slot] & Batch.TO_GATEWAY) != 0) {
            OutputRoute.find(lane, b, slot);
        } else if (b.family[slot] == IPV4) {
            final boolean routed = (b.flags[slot] & Batch.OPTIONS) != 0 && OptionState.isSourceRouteHit(b.options[slot]);
            b.adjacency[slot] = lane.fib.lookup4(routed ? OptionState.nextHop(b.options[slot]) : Ipv4Layout.destination(ip));
        } else {
            final int port = b.inPort[slot] == Batch.FROM_HOST ? b.outPort[slot] : b.inPort[slot];
            b.adjacency[slot] = LinkLocal6.lookup(lane, port, Ipv6Layout.destinationHigh(ip), Ipv6Layout.destinationLow(ip));
        }
        return Multipath.select(lane, b, slot);
    }

    private static boolean isUnresolved(final long head) {
        final int kind = AdjacencyLayout.kind(head);
        return kind == AdjacencyKind.GLEAN || kind == AdjacencyKind.UNRESOLVED_GATEWAY;
    }

    /** The new way may be narrower than the old one was. */
    private static boolean fits(final Lane lane, final Batch b, final int kind) {
        b.flags[0] &= ~Batch.TOO_LARGE;
        final int mtu = AdjacencyLayout.mtu(lane.fib.adjacency(b.adjacency[0]));
        if (kind == AdjacencyKind.KERNEL || b.length[0] - b.network[0] <= mtu
                || (b.flags[0] & Batch.GATHERED) != 0 && GatheredPackets.fits(b, 0, mtu)) {
            return true;
        }
        final long ip = b.frame[0] + b.network[0];
        if (b.family[0] == IPV4 && (Ipv4Layout.fragmentWord(ip) & Ipv4Layout.DONT_FRAGMENT) == 0) {
            b.flags[0] |= Batch.TOO_LARGE;
            return true;
        }
        lane.drop(b, 0, DropReason.MTU_EXCEEDED);
        return false;
    }
}
