package io.penstock.dataplane.hot.pipeline;

import io.penstock.dataplane.hot.fib.AdjacencyLayout;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;

/**
 * Between the routing decision and the FORWARD hook: is forwarding on, is there time to live, does the packet fit.
 *
 * <p>Source: RFC 1812 section 5.3.1; net/ipv4/ip_forward.c ip_forward, net/ipv6/ip6_output.c ip6_forward: both
 * decrement before the FORWARD hook, so rules there see the new value.
 */
public final class ForwardStep {

    /** The first ten bits of fe80::/10 (RFC 4291 section 2.5.6). */
    private static final int LINK_LOCAL = 0xFE80 >>> 6;
    private static final int LINK_LOCAL_SHIFT = 54;

    private ForwardStep() {
    }

    /** False when the packet was dropped. */
    public static boolean ipv4(final Lane lane, final Batch b, final int slot) {
        if (!lane.ports.forwarding4(b.inPort[slot])) {
            lane.drop(b, slot, DropReason.FORWARDING_OFF);
            return false;
        }
        final long ip = b.frame[slot] + b.network[slot];
        if (Ipv4Layout.ttl(ip) <= 1) {
            lane.drop(b, slot, DropReason.TTL_EXPIRED);
            return false;
        }
        if (!fits(lane, b, slot)) {
            return false;
        }
        Ipv4Layout.decrementTtl(ip);
        return true;
    }

    /** False when the packet was dropped. */
    public static boolean ipv6(final Lane lane, final Batch b, final int slot) {
        if (!lane.ports.forwarding6(b.inPort[slot])) {
            lane.drop(b, slot, DropReason.FORWARDING_OFF);
            return false;
        }
        final long ip = b.frame[slot] + b.network[slot];
        if (Ipv6Layout.sourceHigh(ip) >>> LINK_LOCAL_SHIFT == LINK_LOCAL) {
            lane.drop(b, slot, DropReason.IPV6_LINK_LOCAL_SOURCE);
            return false;
        }
        if (Ipv6Layout.hopLimit(ip) <= 1) {
            lane.drop(b, slot, DropReason.TTL_EXPIRED);
            return false;
        }
        if (!fits(lane, b, slot)) {
            return false;
        }
        Ipv6Layout.decrementHopLimit(ip);
        return true;
    }

    /** False when the packet was dropped because it is larger than its adjacency's MTU. */
    static boolean fits(final Lane lane, final Batch b, final int slot) {
        final int mtu = AdjacencyLayout.mtu(lane.fib.adjacency(b.adjacency[slot]));
        if (b.length[slot] - b.network[slot] > mtu) {
            lane.drop(b, slot, DropReason.MTU_EXCEEDED);
            return false;
        }
        return true;
    }
}
