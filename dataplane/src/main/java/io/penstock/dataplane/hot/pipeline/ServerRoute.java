package io.penstock.dataplane.hot.pipeline;

import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.fib.AdjacencyLayout;
import io.penstock.dataplane.hot.fib.Fib;
import io.penstock.os.hot.packet.IcmpLayout;
import io.penstock.os.hot.packet.Icmpv6Layout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;

/**
 * The way of a packet that virtual services send on: its route, one hop less to live, and whether it fits. The sender is told what is wrong.
 *
 * <p>Source: net/netfilter/ipvs/ip_vs_xmit.c, __ip_vs_get_out_rt, decrement_ttl, ensure_mtu_is_adequate. Threads: the lane's worker.
 */
public final class ServerRoute {

    /** It was dropped. */
    public static final int DROPPED = 0;
    /** It leaves by a port. */
    public static final int LEAVES = 1;
    /** The way leads to this host. */
    public static final int LOCAL = 2;

    private static final int IPV4 = Family.IPV4.number();
    private static final long UNSIGNED_32 = 0xFFFF_FFFFL;
    private static final int MIN_MTU4_BYTES = 68;
    private static final int MIN_MTU6_BYTES = 1280;

    private ServerRoute() {
    }

    /**
     * Finds the way to a server of the packet's own family, and takes one from its time to live.
     *
     * @param high the server's address; of IPv4 0
     * @param low  its other half; of IPv4 all
     */
    public static int to(final Lane lane, final Batch b, final int slot, final long high, final long low) {
        if (b.family[slot] != IPV4) {
            return to6(lane, b, slot, high, low);
        }
        return by4(lane, b, slot, lane.fib.lookup4((int) low));
    }

    /** As {@link #to} of an IPv4 packet, by an adjacency that {@link Fib#lookup4} has given, or would give now. */
    public static int by4(final Lane lane, final Batch b, final int slot, final int found) {
        b.adjacency[slot] = found;
        final long adjacency = lane.fib.adjacency(found);
        final long head = AdjacencyLayout.headAcquire(adjacency);
        final long ip = b.frame[slot] + b.network[slot];
        if (AdjacencyLayout.kind(head) == AdjacencyKind.FORWARD && Ipv4Layout.ttl(ip) > 1
                && b.length[slot] - b.network[slot] <= AdjacencyLayout.mtu(adjacency)) {
            Ipv4Layout.decrementTtl(ip);
            b.flags[slot] &= ~(Batch.HOST_ROUTED | Batch.TOO_LARGE);
            b.outPort[slot] = AdjacencyLayout.port(head);
            return LEAVES;
        }
        return slow(lane, b, slot);
    }

    private static int to6(final Lane lane, final Batch b, final int slot, final long high, final long low) {
        b.adjacency[slot] = LinkLocal6.lookup(lane, Batch.NO_PORT, high, low);
        return slow(lane, b, slot);
    }

    /**
     * Finds the way of a packet within another one, of whatever family, and takes one from its time to live. The outer packet is not there yet.
     *
     * @param isIpv4   whether the outer packet is IPv4
     * @param overhead bytes that come in front of the packet
     * @param pmtuDisc net.ipv4.vs.pmtu_disc: what is not to be fragmented is not, in a tunnel either
     */
    public static int through(final Lane lane, final Batch b, final int slot, final boolean isIpv4, final long high, final long low,
            final int overhead, final boolean pmtuDisc) {
        b.adjacency[slot] = isIpv4 ? lane.fib.lookup4((int) low) : LinkLocal6.lookup(lane, Batch.NO_PORT, high, low);
        final long head = Multipath.select(lane, b, slot);
        final int way = way(lane, b, slot, head);
        if (way != LEAVES || !live(lane, b, slot)) {
            return way == LEAVES ? DROPPED : way;
        }
        final int mtu = AdjacencyLayout.mtu(lane.fib.adjacency(b.adjacency[slot])) - overhead;
        if (mtu < (isIpv4 ? MIN_MTU4_BYTES : MIN_MTU6_BYTES)) {
            lane.drop(b, slot, DropReason.MTU_EXCEEDED);
            return DROPPED;
        }
        if (!fits(lane, b, slot, mtu, ServiceSize.fitsTunnel(b, slot, mtu, pmtuDisc, isIcmp(b, slot)))) {
            return DROPPED;
        }
        b.outPort[slot] = AdjacencyLayout.port(head);
        return LEAVES;
    }

    /** The outer packet is there, which this host sends: it is fragmented where it has to be. */
    public static void wrapped(final Lane lane, final Batch b, final int slot) {
        b.inPort[slot] = Batch.FROM_HOST;
        b.uid[slot] = -1;
        if (b.length[slot] - b.network[slot] > AdjacencyLayout.mtu(lane.fib.adjacency(b.adjacency[slot]))) {
            b.flags[slot] |= Batch.TOO_LARGE;
        }
    }

    /** The address that packets leave with by the way that was found; of IPv4. */
    public static int source4(final Lane lane, final Batch b, final int slot) {
        return AdjacencyLayout.source4(lane.fib.adjacency(b.adjacency[slot]));
    }

    /** As {@link #source4}, of IPv6: the upper half. */
    public static long source6High(final Lane lane, final Batch b, final int slot, final long high, final long low) {
        final long own = AdjacencyLayout.source6High(lane.fib.adjacency(b.adjacency[slot]));
        if (own != 0) {
            return own;
        }
        final int number = lane.addresses.v6().source(b.outPort[slot], high, low);
        return number < 0 ? 0 : lane.addresses.v6().high(number);
    }

    /** As {@link #source6High}: the lower half. */
    public static long source6Low(final Lane lane, final Batch b, final int slot, final long high, final long low) {
        final long adjacency = lane.fib.adjacency(b.adjacency[slot]);
        if (AdjacencyLayout.source6High(adjacency) != 0) {
            return AdjacencyLayout.source6Low(adjacency);
        }
        final int number = lane.addresses.v6().source(b.outPort[slot], high, low);
        return number < 0 ? 0 : lane.addresses.v6().low(number);
    }

    /** Lets the packet go to a server whatever its destination, also when it has to wait for its neighbour. */
    public static void bind(final Batch b, final int slot, final long high, final long low) {
        b.gatewayHigh[slot] = high;
        b.gatewayLow[slot] = low & (b.family[slot] == IPV4 ? UNSIGNED_32 : -1L);
        b.flags[slot] |= Batch.TO_GATEWAY;
    }

    /** Whether an address is this host's own. */
    public static boolean isOwn(final Lane lane, final boolean isIpv4, final long high, final long low) {
        return isIpv4 ? lane.addresses.isOwn4((int) low) : lane.addresses.v6().isOwn(high, low);
    }

    /** What fits on the way to a server. Unit: bytes. */
    public static int mtu(final Lane lane, final boolean isIpv4, final long high, final long low) {
        final int found = isIpv4 ? lane.fib.lookup4((int) low) : LinkLocal6.lookup(lane, Batch.NO_PORT, high, low);
        return AdjacencyLayout.mtu(lane.fib.adjacency(lane.fib.select(found, 0)));
    }

    /** Sends an ICMP error about a packet, of its family. */
    public static void tell(final Lane lane, final Batch b, final int slot, final int type, final int code, final int rest) {
        if (b.family[slot] == IPV4) {
            lane.errors4.send(b, slot, type, code, rest);
        } else {
            lane.errors6.send(b, slot, type, code, rest, b.inPort[slot]);
        }
    }

    /** Tells the sender that a port is not served. */
    public static void tellUnreachable(final Lane lane, final Batch b, final int slot) {
        if (b.family[slot] == IPV4) {
            lane.errors4.send(b, slot, IcmpLayout.DESTINATION_UNREACHABLE, IcmpLayout.CODE_PORT_UNREACHABLE, 0);
        } else {
            lane.errors6.send(b, slot, Icmpv6Layout.DESTINATION_UNREACHABLE, Icmpv6Layout.CODE_PORT_UNREACHABLE, 0, b.inPort[slot]);
        }
    }

    /** Drops the packet of a slot, whose function then says {@link HookVerdicts#TAKEN}. */
    public static void drop(final Lane lane, final Batch b, final int slot, final DropReason reason) {
        lane.drop(b, slot, reason);
    }

    private static int slow(final Lane lane, final Batch b, final int slot) {
        final long head = Multipath.select(lane, b, slot);
        final int way = way(lane, b, slot, head);
        if (way != LEAVES || !live(lane, b, slot)) {
            return way == LEAVES ? DROPPED : way;
        }
        final int mtu = AdjacencyLayout.mtu(lane.fib.adjacency(b.adjacency[slot]));
        if (!fits(lane, b, slot, mtu, ServiceSize.fits(b, slot, mtu, isIcmp(b, slot)))) {
            return DROPPED;
        }
        b.outPort[slot] = AdjacencyLayout.port(head);
        return LEAVES;
    }

    private static int way(final Lane lane, final Batch b, final int slot, final long head) {
        switch (AdjacencyLayout.kind(head)) {
            case AdjacencyKind.LOCAL:
                return LOCAL;
            case AdjacencyKind.FORWARD, AdjacencyKind.UNCONFIRMED, AdjacencyKind.GLEAN, AdjacencyKind.UNRESOLVED_GATEWAY,
                    AdjacencyKind.KERNEL:
                return LEAVES;
            default:
                unreachable(lane, b, slot, AdjacencyLayout.kind(head));
                return DROPPED;
        }
    }

    private static void unreachable(final Lane lane, final Batch b, final int slot, final int kind) {
        if (b.family[slot] == IPV4) {
            lane.errors4.send(b, slot, IcmpLayout.DESTINATION_UNREACHABLE, IcmpLayout.CODE_HOST_UNREACHABLE, 0);
        } else {
            lane.errors6.send(b, slot, Icmpv6Layout.DESTINATION_UNREACHABLE, Icmpv6Layout.CODE_ADDRESS_UNREACHABLE, 0, b.inPort[slot]);
        }
        lane.drop(b, slot, OutputRoute.refusal(kind));
    }

    private static boolean live(final Lane lane, final Batch b, final int slot) {
        final long ip = b.frame[slot] + b.network[slot];
        if (b.family[slot] == IPV4) {
            if (Ipv4Layout.ttl(ip) > 1) {
                Ipv4Layout.decrementTtl(ip);
                return true;
            }
            lane.errors4.send(b, slot, IcmpLayout.TIME_EXCEEDED, IcmpLayout.CODE_TTL_EXCEEDED, 0);
        } else {
            if (Ipv6Layout.hopLimit(ip) > 1) {
                Ipv6Layout.decrementHopLimit(ip);
                return true;
            }
            lane.errors6.send(b, slot, Icmpv6Layout.TIME_EXCEEDED, Icmpv6Layout.CODE_HOP_LIMIT_EXCEEDED, 0, b.inPort[slot]);
        }
        lane.drop(b, slot, DropReason.TTL_EXPIRED);
        return false;
    }

    /** Does what the packet's size asks for; false when it was dropped. */
    private static boolean fits(final Lane lane, final Batch b, final int slot, final int mtu, final int found) {
        b.flags[slot] &= ~(Batch.TOO_LARGE | Batch.HOST_ROUTED);
        switch (found) {
            case ServiceSize.FITS -> {
                return true;
            }
            case ServiceSize.FRAGMENTS -> {
                b.flags[slot] |= Batch.TOO_LARGE;
                return true;
            }
            case ServiceSize.TELLS -> refuse(lane, b, slot, ServiceSize.told(b, slot, mtu));
            default -> lane.drop(b, slot, DropReason.MTU_EXCEEDED);
        }
        return false;
    }

    /** Of what services send on, that is an error about a connection's packet. */
    private static boolean isIcmp(final Batch b, final int slot) {
        return b.protocol[slot] == (b.family[slot] == IPV4 ? IpProtocol.ICMP : IpProtocol.ICMPV6);
    }

    private static void refuse(final Lane lane, final Batch b, final int slot, final int mtu) {
        if (b.family[slot] == IPV4) {
            lane.errors4.send(b, slot, IcmpLayout.DESTINATION_UNREACHABLE, IcmpLayout.CODE_FRAGMENTATION_NEEDED, mtu);
        } else {
            lane.errors6.send(b, slot, Icmpv6Layout.PACKET_TOO_BIG, 0, mtu, b.inPort[slot]);
        }
        lane.drop(b, slot, DropReason.MTU_EXCEEDED);
    }
}
