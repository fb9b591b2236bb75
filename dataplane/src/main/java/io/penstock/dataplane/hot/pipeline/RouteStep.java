package io.penstock.dataplane.hot.pipeline;

import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.fib.AdjacencyLayout;
import io.penstock.dataplane.hot.fib.Fib;
import io.penstock.os.hot.packet.FlowHash;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.UdpLayout;

/**
 * The routing decision: looks the destination up, then says whether the packet goes on, is this host's, or ends here.
 *
 * <p>The look-up may run for a whole batch ahead of the decisions, because nothing between them writes the destination
 * when no PRE_ROUTING function is registered.
 */
public final class RouteStep {

    /** Dropped. */
    public static final int DONE = 0;
    /** To another host. */
    public static final int FORWARD = 1;
    /** To this host. */
    public static final int LOCAL = 2;

    private static final int IPV4 = Family.IPV4.number();
    private static final int IPV6 = Family.IPV6.number();

    private static final int PORTS_BYTES = 4;

    /** Any fixed value: the choice among next hops need not be secret, but must be the same on every worker. */
    private static final long HASH_SEED = 0x9E37_79B9_7F4A_7C15L;

    private RouteStep() {
    }

    /** Looks all destinations of a batch up. */
    public static void lookupBatch(final Lane lane, final Batch b) {
        final int n = b.count;
        for (int slot = 0; slot < n; slot++) {
            lookup(lane, b, slot);
        }
    }

    /** Looks one destination up. */
    public static void lookup(final Lane lane, final Batch b, final int slot) {
        final Fib fib = lane.fib;
        final int family = b.family[slot];
        final long ip = b.frame[slot] + b.network[slot];
        if (family == IPV4) {
            b.adjacency[slot] = fib.lookup4(Ipv4Layout.destination(ip));
        } else if (family == IPV6) {
            b.adjacency[slot] = fib.lookup6(Ipv6Layout.destinationHigh(ip), Ipv6Layout.destinationLow(ip));
        }
    }

    /** Decides by the adjacency that was found. */
    public static int decide(final Lane lane, final Batch b, final int slot) {
        final long head = AdjacencyLayout.headAcquire(lane.fib.adjacency(b.adjacency[slot]));
        if (AdjacencyLayout.kind(head) == AdjacencyKind.FORWARD) {
            b.outPort[slot] = AdjacencyLayout.port(head);
            return FORWARD;
        }
        return decideSlow(lane, b, slot, head);
    }

    /**
     * Decides for a packet that this host sends; false when it was dropped. What a host sends to itself goes over loopback,
     * which is no port.
     */
    public static boolean decideOutput(final Lane lane, final Batch b, final int slot) {
        final int way = decide(lane, b, slot);
        if (way == LOCAL) {
            lane.drop(b, slot, DropReason.LOCAL_UNDELIVERED);
        }
        return way == FORWARD;
    }

    /** True when the way that was found leads to a neighbour that has not answered yet. */
    static boolean isUnresolved(final Lane lane, final Batch b, final int slot) {
        int kind = kind(lane, b, slot);
        if (kind == AdjacencyKind.MULTIPATH) {
            b.adjacency[slot] = lane.fib.select(b.adjacency[slot], flowHash(b, slot));
            kind = kind(lane, b, slot);
        }
        return kind == AdjacencyKind.GLEAN || kind == AdjacencyKind.UNRESOLVED_GATEWAY;
    }

    private static int kind(final Lane lane, final Batch b, final int slot) {
        return AdjacencyLayout.kind(AdjacencyLayout.headAcquire(lane.fib.adjacency(b.adjacency[slot])));
    }

    private static int decideSlow(final Lane lane, final Batch b, final int slot, final long head) {
        switch (AdjacencyLayout.kind(head)) {
            case AdjacencyKind.FORWARD, AdjacencyKind.GLEAN, AdjacencyKind.UNRESOLVED_GATEWAY -> {
                b.outPort[slot] = AdjacencyLayout.port(head);
                return FORWARD;
            }
            case AdjacencyKind.MULTIPATH -> {
                b.adjacency[slot] = lane.fib.select(b.adjacency[slot], flowHash(b, slot));
                return decide(lane, b, slot);
            }
            case AdjacencyKind.LOCAL, AdjacencyKind.BROADCAST -> {
                return LOCAL;
            }
            case AdjacencyKind.BLACKHOLE -> lane.drop(b, slot, DropReason.ROUTE_BLACKHOLE);
            case AdjacencyKind.UNREACHABLE -> lane.drop(b, slot, DropReason.ROUTE_UNREACHABLE);
            case AdjacencyKind.PROHIBIT -> lane.drop(b, slot, DropReason.ROUTE_PROHIBIT);
            case AdjacencyKind.KERNEL -> lane.drop(b, slot, DropReason.ROUTE_KERNEL);
            case AdjacencyKind.MULTICAST -> lane.drop(b, slot, DropReason.FRAME_MULTICAST);
            default -> lane.drop(b, slot, DropReason.NO_ROUTE);
        }
        return DONE;
    }

    private static int flowHash(final Batch b, final int slot) {
        final long ip = b.frame[slot] + b.network[slot];
        final long l4 = b.frame[slot] + b.transport[slot];
        final int protocol = b.protocol[slot];
        // Fragments must go one way: none of them hashes ports, because the later ones have none.
        final boolean hasPorts = (protocol == IpProtocol.TCP || protocol == IpProtocol.UDP)
                && (b.flags[slot] & Batch.FRAGMENT) == 0 && b.length[slot] - b.transport[slot] >= PORTS_BYTES;
        final int sourcePort = hasPorts ? UdpLayout.sourcePort(l4) : 0;
        final int destinationPort = hasPorts ? UdpLayout.destinationPort(l4) : 0;
        final long hash = b.family[slot] == IPV4
                ? FlowHash.hash4(Ipv4Layout.source(ip), Ipv4Layout.destination(ip), sourcePort, destinationPort,
                        protocol, HASH_SEED)
                : FlowHash.hash6(Ipv6Layout.sourceHigh(ip), Ipv6Layout.sourceLow(ip), Ipv6Layout.destinationHigh(ip),
                        Ipv6Layout.destinationLow(ip), sourcePort, destinationPort, protocol, HASH_SEED);
        return (int) (hash >>> Integer.SIZE);
    }
}
