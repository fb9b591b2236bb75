package io.penstock.dataplane.hot.pipeline;

import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.fib.AdjacencyLayout;
import io.penstock.dataplane.hot.fragment.Ipv4Fragments;
import io.penstock.dataplane.hot.fragment.Ipv6Fragments;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IcmpLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Icmpv6Layout;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.PartialChecksum;
import io.penstock.os.hot.packet.SctpLayout;

/**
 * What stands between a packet and its port when the neighbour is not simply known: fragmenting, waiting, the kernel's own
 * devices, checksums to be completed.
 *
 * <p>Source: net/ipv4/ip_output.c ip_do_fragment, net/core/neighbour.c.
 */
final class ResolveSlow {

    private static final int IPV4 = Family.IPV4.number();
    /** As adjacencies have it. */
    private static final int IPV4_FAMILY = 4;

    /** Odd, so that multiplying by it is one to one. */
    private static final int IDENTIFICATION_FACTOR = 0x9E37_79B1;

    private static final int MAX_TTL = 255;

    private ResolveSlow() {
    }

    /** For all adjacencies but FORWARD: true when the packet's Ethernet header is right now. */
    static boolean resolve(final Lane lane, final Batch b, final int slot, final long adjacency, final long head) {
        if ((b.flags[slot] & Batch.HOST_ROUTED) != 0) {
            completeChecksum(lane, b, slot);
            if ((b.flags[slot] & Batch.GATHERED) != 0) {
                final int port = b.outPort[slot];
                GatheredPackets.leave(lane, b, slot, b.family[slot] == IPV4 ? lane.ports.mtu4(port) : lane.ports.mtu6(port));
                return false;
            }
            return true;
        }
        switch (AdjacencyLayout.kind(head)) {
            case AdjacencyKind.GLEAN, AdjacencyKind.UNRESOLVED_GATEWAY -> {
                return complete(lane, b, slot, adjacency) && await(lane, b, slot, adjacency, head);
            }
            case AdjacencyKind.UNCONFIRMED -> {
                confirm(lane, adjacency, head);
                return complete(lane, b, slot, adjacency) && frame(lane, b, slot);
            }
            case AdjacencyKind.BROADCAST -> {
                if (AdjacencyLayout.port(head) >= 0) {
                    return complete(lane, b, slot, adjacency) && frame(lane, b, slot);
                }
                toKernel(lane, b, slot);
            }
            case AdjacencyKind.KERNEL -> toKernel(lane, b, slot);
            default -> lane.drop(b, slot, DropReason.NO_ROUTE);
        }
        return false;
    }

    /** Completes the checksum and fragments; false when the packet left in fragments or was dropped. */
    static boolean complete(final Lane lane, final Batch b, final int slot, final long adjacency) {
        completeChecksum(lane, b, slot);
        final int mtu = AdjacencyLayout.mtu(adjacency);
        if ((b.flags[slot] & Batch.GATHERED) != 0) {
            GatheredPackets.leave(lane, b, slot, mtu);
            return false;
        }
        if ((b.flags[slot] & Batch.TOO_LARGE) == 0) {
            return true;
        }
        if (Batch.isCopy(b.flags[slot])) {
            refuseCopy(lane, b, slot, mtu);
        } else if (b.family[slot] != IPV4 && b.inPort[slot] != Batch.FROM_HOST) {
            lane.errors6.send(b, slot, Icmpv6Layout.PACKET_TOO_BIG, 0, mtu, b.outPort[slot]);
            lane.drop(b, slot, DropReason.MTU_EXCEEDED);
        } else {
            fragment(lane, b, slot, mtu);
        }
        return false;
    }

    /** Nobody fragments a copy: the sender of what was copied is told, so that its packets become smaller. */
    private static void refuseCopy(final Lane lane, final Batch b, final int slot, final int mtu) {
        if (b.family[slot] == IPV4) {
            lane.errors4.send(b, slot, IcmpLayout.DESTINATION_UNREACHABLE, IcmpLayout.CODE_FRAGMENTATION_NEEDED, mtu);
        } else {
            lane.errors6.send(b, slot, Icmpv6Layout.PACKET_TOO_BIG, 0, mtu, b.outPort[slot]);
        }
        lane.drop(b, slot, DropReason.MTU_EXCEEDED);
    }

    /** The host's end can be told of TCP's and UDP's checksums that are only begun, but not of SCTP's. */
    static void completeSctp(final Lane lane, final Batch b, final int slot) {
        if ((b.flags[slot] & Batch.PARTIAL_CHECKSUM) != 0 && b.protocol[slot] == IpProtocol.SCTP) {
            completeChecksum(lane, b, slot);
        }
    }

    private static void completeChecksum(final Lane lane, final Batch b, final int slot) {
        if ((b.flags[slot] & Batch.PARTIAL_CHECKSUM) == 0) {
            return;
        }
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

    private static void fragment(final Lane lane, final Batch b, final int slot, final int fitting) {
        // What was put into a tunnel may be longer than what fits into a frame behind its headroom, and so may its fragments.
        final int mtu = Math.min(fitting, lane.originator.room());
        final long ip = b.frame[slot] + b.network[slot];
        final int bytes = b.length[slot] - b.network[slot];
        final boolean ipv4 = b.family[slot] == IPV4;
        final int count = ipv4 ? Ipv4Fragments.count(ip, bytes, mtu) : Ipv6Fragments.count(ip, bytes, mtu);
        if (count == 0 || lane.originator.isBusy() || lane.frames.count() < count) {
            lane.drop(b, slot, DropReason.FRAGMENT_FAILED);
            return;
        }
        final int identification = ipv4
                ? 0 : lane.nextIdentification() * IDENTIFICATION_FACTOR ^ lane.settings.identificationKey;
        for (int k = 0; k < count; k++) {
            final long to = lane.originator.begin();
            final int written = ipv4 ? Ipv4Fragments.write(to, ip, bytes, mtu, k)
                    : Ipv6Fragments.write(to, ip, bytes, mtu, k, identification);
            lane.originator.sendFragment(written, b, slot, k == 0);
        }
        b.outcome[slot] = Outcome.FRAGMENTED;
        lane.counters.fragmented++;
        lane.free(b, slot);
    }

    /** The kernel routes it once more, by a device that is no port: it gets the packet as it came, hooks' changes aside. */
    private static void toKernel(final Lane lane, final Batch b, final int slot) {
        if (!lane.deliverable() || b.inPort[slot] == Batch.FROM_HOST) {
            lane.drop(b, slot, DropReason.ROUTE_KERNEL);
            return;
        }
        if ((b.flags[slot] & Batch.DECREMENTED) != 0) {
            putBack(b.frame[slot] + b.network[slot], b.family[slot]);
        }
        TransmitStep.deliver(lane, b, slot);
    }

    private static void putBack(final long ip, final int family) {
        if (family == IPV4 ? Ipv4Layout.ttl(ip) == MAX_TTL : Ipv6Layout.hopLimit(ip) == MAX_TTL) {
            return; // a function has set it
        }
        if (family == IPV4) {
            final int before = Ipv4Layout.ttl(ip) << Byte.SIZE;
            final int after = before + (1 << Byte.SIZE);
            Ipv4Layout.setTtl(ip, Ipv4Layout.ttl(ip) + 1);
            Ipv4Layout.setChecksum(ip, Checksum.update16(Ipv4Layout.checksum(ip), before, after));
        } else {
            Ipv6Layout.setHopLimit(ip, Ipv6Layout.hopLimit(ip) + 1);
        }
    }

    /**
     * Asks whether the neighbour is still there, unless another packet has by now: the adjacency is FORWARD from then on. It is so before
     * the request goes out, for a new change of control's that comes in between is to lead to a new request.
     */
    private static void confirm(final Lane lane, final long adjacency, final long head) {
        final long high = AdjacencyLayout.nextHopHigh(adjacency);
        // An IPv4 route may have an IPv6 gateway (RFC 5549), whose high word is never 0.
        final boolean ipv6 = AdjacencyLayout.family(head) != IPV4_FAMILY || high != 0;
        if (AdjacencyLayout.changeKind(adjacency, head, AdjacencyKind.FORWARD)
                && !lane.confirmNeighbour(AdjacencyLayout.port(head), ipv6, high, AdjacencyLayout.nextHopLow(adjacency))) {
            AdjacencyLayout.changeKind(adjacency, AdjacencyLayout.withKind(head, AdjacencyKind.FORWARD), AdjacencyKind.UNCONFIRMED);
        }
    }

    private static boolean frame(final Lane lane, final Batch b, final int slot) {
        if (b.network[slot] != EthernetLayout.HEADER_BYTES) {
            TransmitStep.reframeSlow(b, slot, b.network[slot]);
        }
        AdjacencyLayout.writeEthernet(lane.fib.adjacency(b.adjacency[slot]), b.frame[slot]);
        return true;
    }

    /** Asks for the neighbour, and lets the packet wait unless that was all: true when the Ethernet header is right now. */
    private static boolean await(final Lane lane, final Batch b, final int slot, final long adjacency, final long head) {
        final boolean onLink = AdjacencyLayout.kind(head) == AdjacencyKind.GLEAN;
        final boolean ipv6 = b.family[slot] != IPV4;
        final long high = onLink ? onLinkHigh(b, slot) : AdjacencyLayout.nextHopHigh(adjacency);
        final long low = onLink ? onLinkLow(b, slot) : AdjacencyLayout.nextHopLow(adjacency);
        final int port = AdjacencyLayout.port(head);
        // An IPv4 route may have an IPv6 gateway (RFC 5549), whose high word is never 0.
        final boolean hopIsIpv6 = onLink ? ipv6 : high != 0;
        final int waiting = lane.parking.waitingFor(port, high, low);
        if (waiting == 0) {
            // Also when there is no place to wait: a host that is there must not depend on places that absent ones take.
            lane.requestNeighbour(port, hopIsIpv6, high, low);
            if (isKnownNow(lane, b, slot, port)) {
                return frame(lane, b, slot);
            }
        }
        if (waiting >= Parking.PER_NEIGHBOUR || !lane.parking.await(b, slot, port, high, low)) {
            lane.drop(b, slot, DropReason.PARKING_FULL);
            return false;
        }
        lane.counters.parked++;
        b.outcome[slot] = Outcome.PARKED;
        return false;
    }

    /** Who is on the link: a copy's gateway, or the destination. */
    private static long onLinkHigh(final Batch b, final int slot) {
        if (b.family[slot] == IPV4) {
            return 0;
        }
        return (b.flags[slot] & Batch.TO_GATEWAY) != 0 ? LinkLocal6.onWire(b.gatewayHigh[slot])
                : Ipv6Layout.destinationHigh(b.frame[slot] + b.network[slot]);
    }

    private static long onLinkLow(final Batch b, final int slot) {
        final long ip = b.frame[slot] + b.network[slot];
        if ((b.flags[slot] & Batch.TO_GATEWAY) != 0) {
            return b.gatewayLow[slot];
        }
        return b.family[slot] == IPV4 ? Ipv4Layout.destination(ip) & 0xFFFF_FFFFL : Ipv6Layout.destinationLow(ip);
    }

    /** Where neighbours are known to whoever is asked, the packet need not wait; then its adjacency is the new one. */
    private static boolean isKnownNow(final Lane lane, final Batch b, final int slot, final int port) {
        final int before = b.adjacency[slot];
        final long head = Return.find(lane, b, slot);
        if (AdjacencyLayout.kind(head) == AdjacencyKind.FORWARD && AdjacencyLayout.port(head) == port
                && b.length[slot] - b.network[slot] <= AdjacencyLayout.mtu(lane.fib.adjacency(b.adjacency[slot]))) {
            return true;
        }
        b.adjacency[slot] = before;
        return false;
    }
}
