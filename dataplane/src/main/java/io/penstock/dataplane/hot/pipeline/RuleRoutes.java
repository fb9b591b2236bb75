package io.penstock.dataplane.hot.pipeline;

import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.fib.AdjacencyLayout;
import io.penstock.dataplane.hot.fib.Fib;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.rules.hot.RulePacket;

/**
 * What the routing table tells rules: kinds of addresses, ways back, MTUs.
 *
 * <p>Differs from Linux: there is one table, and marks choose no route. Of an IPv6 address that is looked up on one device, a shorter prefix
 * that leads there is not found behind a longer one that does not: such an address is unreachable.
 *
 * <p>Source: net/ipv4/fib_frontend.c __inet_dev_addr_type; net/netfilter/xt_addrtype.c; net/ipv4/netfilter/ipt_rpfilter.c;
 * net/ipv6/netfilter/ip6t_rpfilter.c; net/netfilter/xt_TCPMSS.c. Threads: the lane's worker.
 */
final class RuleRoutes {

    /** Route types of linux/rtnetlink.h. */
    private static final int UNICAST = 1;
    private static final int LOCAL = 2;
    private static final int BROADCAST = 3;
    private static final int ANYCAST = 4;
    private static final int MULTICAST = 5;
    private static final int UNREACHABLE = 7;

    private static final int VERSION_4 = 4;
    private static final int GROUP_SHIFT = 28;
    private static final int GROUP = 0xE;
    private static final int TO_ALL = 0xFFFF_FFFF;
    private static final int MULTICAST_BYTE = 0xFF;
    private static final int FIRST_BYTE_SHIFT = 56;
    private static final int ANY_PORT = -1;
    /** What a route of more says (include/net/ip.h, IP_MAX_MTU). */
    private static final int MAX_MTU = 0xFFFF;

    private final Lane lane;

    RuleRoutes(final Lane lane) {
        this.lane = lane;
    }

    /** See {@link io.penstock.rules.hot.PacketServices#addressType}. */
    int addressType(final RulePacket packet, final long address, final int device) {
        return packet.version == VERSION_4
                ? type4(Memory.getIntBE(address), device)
                : type6(packet, Memory.getLongBE(address), Memory.getLongBE(address + Long.BYTES), device);
    }

    /** Routes that refuse make an address no other than unicast, and so does a route by another device. */
    private int type4(final int address, final int device) {
        if (address == 0 || address == TO_ALL) {
            return BROADCAST;
        }
        if (address >>> GROUP_SHIFT == GROUP) {
            return MULTICAST;
        }
        final long adjacency = lane.fib.adjacency(lane.fib.lookup4(address));
        if (device != 0 && AdjacencyLayout.ifindex(adjacency) != device) {
            return UNICAST;
        }
        return switch (AdjacencyLayout.kind(AdjacencyLayout.headAcquire(adjacency))) {
            case AdjacencyKind.LOCAL -> LOCAL;
            case AdjacencyKind.BROADCAST -> BROADCAST;
            case AdjacencyKind.MULTICAST -> MULTICAST;
            default -> UNICAST;
        };
    }

    private int type6(final RulePacket packet, final long high, final long low, final int device) {
        if (high >>> FIRST_BYTE_SHIFT == MULTICAST_BYTE) {
            return MULTICAST;
        }
        final int asked = device == 0 ? inPort(packet) : lane.devices.portOf(device);
        if (device == 0 ? lane.addresses.v6().isOwn(high, low) : lane.addresses.v6().isOwnOf(asked, high, low)) {
            return LOCAL;
        }
        final int adjacency = LinkLocal6.lookup(lane, asked, high, low);
        final long head = AdjacencyLayout.headAcquire(lane.fib.adjacency(adjacency));
        final int kind = AdjacencyLayout.kind(head);
        if (device != 0 && !leadsBy(adjacency, asked)) {
            return UNREACHABLE;
        }
        if (kind == AdjacencyKind.LOCAL && (AdjacencyLayout.flags(head) & AdjacencyLayout.FLAG_ANYCAST) != 0
                || kind >= AdjacencyKind.KERNEL && lane.fib.isSubnetAnycast6(LinkLocal6.inTable(asked, high), low)) {
            return ANYCAST;
        }
        if (kind == AdjacencyKind.LOCAL) {
            return device == 0 ? LOCAL : UNREACHABLE;
        }
        return kind < AdjacencyKind.KERNEL ? UNREACHABLE : UNICAST;
    }

    /** Whether one of the ways is by the port. */
    private boolean leadsBy(final int adjacency, final int port) {
        final long way = lane.fib.adjacency(Multipath.firstBy(lane, adjacency, port));
        return port >= 0 && AdjacencyLayout.port(AdjacencyLayout.headAcquire(way)) == port;
    }

    /** See {@link io.penstock.rules.hot.PacketServices#reversePath}. */
    boolean reversePath(final RulePacket packet, final boolean loose, final boolean acceptLocal) {
        final int port = inPort(packet);
        if (packet.version == VERSION_4) {
            final int reverse = lane.fib.reverse4(Ipv4Layout.source(packet.network), port);
            final int kind = reverse & Fib.REVERSE_KIND;
            return (kind == Fib.REVERSE_UNICAST || kind == Fib.REVERSE_LOCAL && acceptLocal)
                    && (loose || (reverse & Fib.REVERSE_PORT) != 0);
        }
        final int adjacency = LinkLocal6.lookup(
                lane, port, Ipv6Layout.sourceHigh(packet.network), Ipv6Layout.sourceLow(packet.network));
        final long head = AdjacencyLayout.headAcquire(lane.fib.adjacency(adjacency));
        final int kind = AdjacencyLayout.kind(head);
        if (kind == AdjacencyKind.LOCAL) {
            return acceptLocal && (AdjacencyLayout.flags(head) & AdjacencyLayout.FLAG_ANYCAST) == 0;
        }
        return kind >= AdjacencyKind.KERNEL && (loose || leadsBy(adjacency, port));
    }

    /** See {@link io.penstock.rules.hot.PacketServices#pathMtu}. */
    int pathMtu(final RulePacket packet) {
        final Batch b = (Batch) packet.batch;
        final int slot = packet.slot;
        final boolean ipv4 = packet.version == VERSION_4;
        final int there = (b.flags[slot] & Batch.HOST_ROUTED) != 0
                ? hostRouteMtu(b, slot, ipv4) : AdjacencyLayout.mtu(lane.fib.adjacency(b.adjacency[slot]));
        final long ip = packet.network;
        final int back = ipv4 ? lane.fib.lookup4(Ipv4Layout.source(ip))
                : LinkLocal6.lookup(lane, inPort(packet), Ipv6Layout.sourceHigh(ip), Ipv6Layout.sourceLow(ip));
        final long way = lane.fib.adjacency(lane.fib.select(back, Multipath.hash(lane, b, slot)));
        final boolean leads = AdjacencyLayout.kind(AdjacencyLayout.headAcquire(way)) >= AdjacencyKind.KERNEL;
        return Math.min(MAX_MTU, leads ? Math.min(there, AdjacencyLayout.mtu(way)) : there);
    }

    /** The kernel has routed it: by which route it does not say, but by which device. */
    private int hostRouteMtu(final Batch b, final int slot, final boolean ipv4) {
        final long ip = b.frame[slot] + b.network[slot];
        final int port = b.outPort[slot];
        final int found = ipv4 ? lane.fib.lookup4(Ipv4Layout.destination(ip))
                : LinkLocal6.lookup(lane, port, Ipv6Layout.destinationHigh(ip), Ipv6Layout.destinationLow(ip));
        final long way = lane.fib.adjacency(Multipath.firstBy(lane, found, port));
        return AdjacencyLayout.port(AdjacencyLayout.headAcquire(way)) == port ? AdjacencyLayout.mtu(way)
                : ipv4 ? lane.ports.mtu4(port) : lane.ports.mtu6(port);
    }

    private static int inPort(final RulePacket packet) {
        final int port = ((Batch) packet.batch).inPort[packet.slot];
        return port == Batch.FROM_HOST ? ANY_PORT : port;
    }
}
