package io.penstock.dataplane.hot.pipeline;

import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.fib.AdjacencyLayout;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.PartialChecksum;
import io.penstock.os.hot.packet.SctpLayout;

/**
 * After POST_ROUTING: the neighbour's Ethernet header, or a place to wait for it; then the port's queue.
 *
 * <p>Differs from Linux: a packet that has waited is sent by the route that is in force when it leaves, not by the one that
 * was in force when it came.
 */
public final class TransmitStep {

    private static final int IPV4 = Family.IPV4.number();

    private TransmitStep() {
    }

    /** Writes the Ethernet header; false when the packet now waits for its neighbour or was dropped. */
    public static boolean resolve(final Lane lane, final Batch b, final int slot) {
        final long adjacency = lane.fib.adjacency(b.adjacency[slot]);
        final long head = AdjacencyLayout.headAcquire(adjacency);
        if (AdjacencyLayout.kind(head) != AdjacencyKind.FORWARD) {
            parkSlow(lane, b, slot, adjacency, head);
            return false;
        }
        final int network = b.network[slot];
        if (network != EthernetLayout.HEADER_BYTES) {
            reframeSlow(b, slot, network);
        }
        AdjacencyLayout.writeEthernet(adjacency, b.frame[slot]);
        if ((b.flags[slot] & Batch.PARTIAL_CHECKSUM) != 0) {
            completeSlow(lane, b, slot);
        }
        return true;
    }

    /** Queues the packet to its port. */
    public static void send(final Lane lane, final Batch b, final int slot) {
        final int port = b.outPort[slot];
        if (!lane.hasPort(port)) {
            lane.drop(b, slot, DropReason.TX_PORT_DOWN);
            return;
        }
        b.outcome[slot] = Outcome.FORWARDED;
        lane.transmitQueue(port).add(b.frame[slot], b.length[slot]);
    }

    /** Hands the packet to this host. */
    public static void deliver(final Lane lane, final Batch b, final int slot) {
        if (!lane.deliverable()) {
            lane.drop(b, slot, DropReason.LOCAL_UNDELIVERED);
            return;
        }
        b.outcome[slot] = Outcome.DELIVERED;
        lane.local.add(b.frame[slot], b.length[slot]);
    }

    /** Tries the waiting packet of a rank again; true when it waits no more. */
    static boolean retry(
            final Lane lane, final PacketProgram program, final Batch b, final int rank, final long nowNs) {
        lane.parking.peekWaiting(rank, b, 0);
        b.count = 1;
        b.nowNs = nowNs;
        RouteStep.lookup(lane, b, 0);
        final boolean unresolved = RouteStep.isUnresolved(lane, b, 0);
        if (unresolved && nowNs - lane.parking.waitingSinceNs(rank) - Lane.NEIGHBOUR_WAIT_NS < 0) {
            return false;
        }
        lane.parking.takeWaiting(rank, b, 0);
        lane.counters.unparked++;
        if (unresolved) {
            lane.drop(b, 0, DropReason.NEIGHBOUR_FAILED);
            return true;
        }
        if (reroute(lane, program, b)) {
            final int list = (b.family[0] == IPV4 ? HookList.IPV4_POST_ROUTING : HookList.IPV6_POST_ROUTING).ordinal();
            program.resume(lane, b, 0, list, program.functions(list));
        }
        return true;
    }

    /**
     * Routes the packet of slot 0 again, which was away over a batch boundary: the adjacency that it had may be another's by
     * now. False when it has ended, or was this host's after all and went that way.
     */
    static boolean reroute(final Lane lane, final PacketProgram program, final Batch b) {
        RouteStep.lookup(lane, b, 0);
        if (b.inPort[0] == Batch.FROM_HOST) {
            return RouteStep.decideOutput(lane, b, 0);
        }
        final int way = RouteStep.decide(lane, b, 0);
        if (way == RouteStep.LOCAL) {
            final int list = (b.family[0] == IPV4 ? HookList.IPV4_LOCAL_IN : HookList.IPV6_LOCAL_IN).ordinal();
            program.resume(lane, b, 0, list, 0);
        }
        return way == RouteStep.FORWARD && ForwardStep.fits(lane, b, 0);
    }

    private static void parkSlow(final Lane lane, final Batch b, final int slot, final long adjacency, final long head) {
        final int kind = AdjacencyLayout.kind(head);
        if (kind != AdjacencyKind.GLEAN && kind != AdjacencyKind.UNRESOLVED_GATEWAY) {
            lane.drop(b, slot, DropReason.NO_ROUTE);
            return;
        }
        final long ip = b.frame[slot] + b.network[slot];
        final boolean ipv6 = b.family[slot] != IPV4;
        final boolean onLink = kind == AdjacencyKind.GLEAN;
        final long high = onLink ? ipv6 ? Ipv6Layout.destinationHigh(ip) : 0 : AdjacencyLayout.nextHopHigh(adjacency);
        final long low = onLink
                ? ipv6 ? Ipv6Layout.destinationLow(ip) : Ipv4Layout.destination(ip) & 0xFFFF_FFFFL
                : AdjacencyLayout.nextHopLow(adjacency);
        final int port = AdjacencyLayout.port(head);
        // An IPv4 route may have an IPv6 gateway (RFC 5549), whose high word is never 0.
        final boolean hopIsIpv6 = onLink ? ipv6 : high != 0;
        final int waiting = lane.parking.waitingFor(port, high, low);
        if (waiting == 0) {
            // Also when there is no place to wait: a host that is there must not depend on places that absent ones take.
            lane.requestNeighbour(port, hopIsIpv6, high, low);
        }
        if (waiting >= Parking.PER_NEIGHBOUR || !lane.parking.await(b, slot, port, high, low)) {
            lane.drop(b, slot, DropReason.PARKING_FULL);
            return;
        }
        lane.counters.parked++;
        b.outcome[slot] = Outcome.PARKED;
    }

    /** The network header does not follow an Ethernet header's 14 bytes (raw IP): the new header goes in front of it. */
    private static void reframeSlow(final Batch b, final int slot, final int network) {
        final int shift = network - EthernetLayout.HEADER_BYTES;
        b.frame[slot] += shift;
        b.length[slot] -= shift;
        b.network[slot] = EthernetLayout.HEADER_BYTES;
        b.transport[slot] -= shift;
    }

    private static void completeSlow(final Lane lane, final Batch b, final int slot) {
        final long l4 = b.frame[slot] + b.transport[slot];
        final int l4Bytes = b.length[slot] - b.transport[slot];
        if (b.protocol[slot] == IpProtocol.SCTP) {
            SctpLayout.writeChecksum(l4, l4Bytes);
        } else {
            PartialChecksum.complete(l4, l4Bytes, b.protocol[slot]);
        }
        b.flags[slot] &= ~Batch.PARTIAL_CHECKSUM;
        lane.counters.partialChecksums++;
    }
}
