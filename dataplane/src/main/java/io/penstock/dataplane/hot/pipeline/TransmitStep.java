package io.penstock.dataplane.hot.pipeline;

import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.fib.AdjacencyLayout;
import io.penstock.os.hot.packet.EthernetLayout;

/**
 * After POST_ROUTING: the neighbour's Ethernet header, or a place to wait for it; then the port's queue.
 *
 * <p>Differs from Linux: a packet that has waited is sent by the route that is in force when it leaves, not by the one that
 * was in force when it came.
 */
public final class TransmitStep {

    /** What is to be done before the packet is on its way. */
    private static final int SLOW_FLAGS = Batch.PARTIAL_CHECKSUM | Batch.TOO_LARGE | Batch.GATHERED;

    private TransmitStep() {
    }

    /** Writes the Ethernet header; false when the packet now waits for its neighbour, left in fragments or was dropped. */
    public static boolean resolve(final Lane lane, final Batch b, final int slot) {
        final long adjacency = lane.fib.adjacency(b.adjacency[slot]);
        final long head = AdjacencyLayout.headAcquire(adjacency);
        if (AdjacencyLayout.kind(head) != AdjacencyKind.FORWARD) {
            return ResolveSlow.resolve(lane, b, slot, adjacency, head);
        }
        if ((b.flags[slot] & SLOW_FLAGS) != 0 && !ResolveSlow.complete(lane, b, slot, adjacency)) {
            return false;
        }
        final int network = b.network[slot];
        if (network != EthernetLayout.HEADER_BYTES) {
            reframeSlow(b, slot, network);
        }
        AdjacencyLayout.writeEthernet(adjacency, b.frame[slot]);
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
        ResolveSlow.completeSctp(lane, b, slot);
        if ((b.flags[slot] & Batch.OPTIONS) != 0 && b.inPort[slot] != Batch.FROM_HOST) {
            lane.options.putBack(b, slot);
        }
        b.outcome[slot] = Outcome.DELIVERED;
        lane.local.addLocal(b, slot);
    }

    /** The network header does not follow an Ethernet header's 14 bytes (raw IP): the new header goes in front of it. */
    static void reframeSlow(final Batch b, final int slot, final int network) {
        final int shift = network - EthernetLayout.HEADER_BYTES;
        b.frame[slot] += shift;
        b.length[slot] -= shift;
        b.network[slot] = EthernetLayout.HEADER_BYTES;
        b.transport[slot] -= shift;
    }
}
