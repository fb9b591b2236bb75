package io.penstock.dataplane.hot.pipeline;

import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.fib.AdjacencyLayout;
import io.penstock.dataplane.hot.options.OptionState;
import io.penstock.os.hot.packet.IcmpLayout;
import io.penstock.os.hot.packet.Icmpv6Layout;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;

/**
 * Between the routing decision and the FORWARD hook: is there time to live, does the packet fit, is there a better way; one
 * hop less to live.
 *
 * <p>Source: RFC 1812 section 5.3.1, RFC 8200 section 3; net/ipv4/ip_forward.c ip_forward, net/ipv6/ip6_output.c
 * ip6_forward: both decrement before the FORWARD hook, so rules there see the new value.
 */
public final class ForwardStep {

    /** Destination unreachable: a strict source route would have to leave its path (RFC 1122 section 3.2.2.1). */
    private static final int CODE_SOURCE_ROUTE_FAILED = 5;

    /** Every link carries packets of so many bytes (RFC 8200 section 5). */
    private static final int MIN_MTU6_BYTES = 1280;

    private ForwardStep() {
    }

    /** The straight way; false when the packet was dropped. */
    public static boolean ipv4(final Lane lane, final Batch b, final int slot) {
        final long ip = b.frame[slot] + b.network[slot];
        if (Ipv4Layout.ttl(ip) <= 1 || !fits(lane, b, slot)) {
            return ipv4Slow(lane, b, slot);
        }
        Ipv4Layout.decrementTtl(ip);
        return true;
    }

    /** The straight way; false when the packet was dropped. */
    public static boolean ipv6(final Lane lane, final Batch b, final int slot) {
        final long ip = b.frame[slot] + b.network[slot];
        if (Ipv6Layout.hopLimit(ip) <= 1 || !fits(lane, b, slot)) {
            return ipv6Slow(lane, b, slot);
        }
        Ipv6Layout.decrementHopLimit(ip);
        return true;
    }

    /** All that may have to be done; false when the packet was dropped. */
    public static boolean ipv4Slow(final Lane lane, final Batch b, final int slot) {
        final long ip = b.frame[slot] + b.network[slot];
        final int flags = b.flags[slot];
        if ((flags & Batch.LINK_MULTICAST) != 0) {
            lane.drop(b, slot, DropReason.FRAME_MULTICAST);
            return false;
        }
        if (Ipv4Layout.ttl(ip) <= 1) {
            lane.errors4.send(b, slot, IcmpLayout.TIME_EXCEEDED, IcmpLayout.CODE_TTL_EXCEEDED, 0);
            lane.drop(b, slot, DropReason.TTL_EXPIRED);
            return false;
        }
        final boolean options = (flags & Batch.OPTIONS) != 0;
        final long adjacency = lane.fib.adjacency(b.adjacency[slot]);
        final long head = AdjacencyLayout.headAcquire(adjacency);
        if (options && OptionState.isStrict(b.options[slot])
                && (AdjacencyLayout.flags(head) & AdjacencyLayout.FLAG_GATEWAY) != 0) {
            lane.errors4.send(b, slot, IcmpLayout.DESTINATION_UNREACHABLE, CODE_SOURCE_ROUTE_FAILED, 0);
            lane.drop(b, slot, DropReason.SOURCE_ROUTE);
            return false;
        }
        if (AdjacencyLayout.kind(head) != AdjacencyKind.KERNEL && !fits(lane, b, slot)) {
            if ((Ipv4Layout.fragmentWord(ip) & Ipv4Layout.DONT_FRAGMENT) != 0) {
                lane.errors4.send(b, slot, IcmpLayout.DESTINATION_UNREACHABLE, IcmpLayout.CODE_FRAGMENTATION_NEEDED,
                        AdjacencyLayout.mtu(adjacency));
                lane.drop(b, slot, DropReason.MTU_EXCEEDED);
                return false;
            }
            b.flags[slot] |= Batch.TOO_LARGE;
        }
        Ipv4Layout.decrementTtl(ip);
        b.flags[slot] |= Batch.DECREMENTED;
        if ((flags & Batch.REDIRECT) != 0 && !(options && OptionState.hasSourceRoute(b.options[slot]))) {
            lane.errors4.redirect(b, slot);
        }
        return true;
    }

    /** All that may have to be done; false when the packet was dropped. */
    public static boolean ipv6Slow(final Lane lane, final Batch b, final int slot) {
        if ((lane.ports.word(b.inPort[slot]) & PortTable.FORWARDING6) == 0) {
            lane.drop(b, slot, DropReason.FORWARDING_OFF);
            return false;
        }
        if ((b.flags[slot] & Batch.LINK_MULTICAST) != 0) {
            lane.drop(b, slot, DropReason.FRAME_MULTICAST);
            return false;
        }
        final long ip = b.frame[slot] + b.network[slot];
        if (Ipv6Layout.hopLimit(ip) <= 1) {
            lane.errors6.send(b, slot, Icmpv6Layout.TIME_EXCEEDED, Icmpv6Layout.CODE_HOP_LIMIT_EXCEEDED, 0, b.inPort[slot]);
            lane.drop(b, slot, DropReason.TTL_EXPIRED);
            return false;
        }
        final long adjacency = lane.fib.adjacency(b.adjacency[slot]);
        if (b.inPort[slot] == b.outPort[slot]) {
            lane.errors6.redirect(b, slot, adjacency);
        } else if (Ipv6Layout.sourceHigh(ip) == 0 && Ipv6Layout.sourceLow(ip) == 0) {
            lane.drop(b, slot, DropReason.IPV6_MARTIAN_SOURCE);
            return false;
        } else if (RouteStep.isLinkLocal(Ipv6Layout.sourceHigh(ip))) {
            lane.errors6.send(b, slot, Icmpv6Layout.DESTINATION_UNREACHABLE, Icmpv6Layout.CODE_BEYOND_SCOPE, 0, b.inPort[slot]);
            lane.drop(b, slot, DropReason.IPV6_LINK_LOCAL_SOURCE);
            return false;
        }
        final long head = AdjacencyLayout.headAcquire(adjacency);
        if (AdjacencyLayout.kind(head) != AdjacencyKind.KERNEL && !fits(lane, b, slot)) {
            final boolean locked = (AdjacencyLayout.flags(head) & AdjacencyLayout.FLAG_MTU_LOCKED) != 0;
            final int mtu = Math.max(MIN_MTU6_BYTES,
                    locked ? AdjacencyLayout.mtu(adjacency) : lane.ports.mtu6(b.outPort[slot]));
            if (b.length[slot] - b.network[slot] > mtu) {
                lane.errors6.send(b, slot, Icmpv6Layout.PACKET_TOO_BIG, 0, mtu, b.outPort[slot]);
                lane.drop(b, slot, DropReason.MTU_EXCEEDED);
                return false;
            }
            // The route's own MTU is for what this host sends, and is looked at when the packet leaves.
            b.flags[slot] |= Batch.TOO_LARGE;
        }
        Ipv6Layout.decrementHopLimit(ip);
        b.flags[slot] |= Batch.DECREMENTED;
        return true;
    }

    /** After the FORWARD functions: what IPv4 options ask of a router. */
    public static void finish(final Lane lane, final Batch b, final int slot) {
        if ((b.flags[slot] & Batch.OPTIONS) != 0) {
            lane.options.forward(b, slot);
        }
    }

    private static boolean fits(final Lane lane, final Batch b, final int slot) {
        final int mtu = AdjacencyLayout.mtu(lane.fib.adjacency(b.adjacency[slot]));
        return b.length[slot] - b.network[slot] <= mtu
                || (b.flags[slot] & Batch.GATHERED) != 0 && GatheredPackets.fits(b, slot, mtu);
    }
}
