package io.penstock.dataplane.hot.pipeline;

import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.hot.fib.AddressBook;
import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.fib.AdjacencyLayout;
import io.penstock.dataplane.hot.fib.BucketLayout;
import io.penstock.os.hot.packet.FlowHash;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.UdpLayout;

/**
 * The choice among the next hops of a route, by a hash of the packet's flow.
 *
 * <p>Differs from Linux: the hash itself (the kernel's has a secret seed), so that a flow may take another of the next hops
 * than it would there; and the fields of packets inside of packets take no part.
 *
 * <p>Source: net/ipv4/route.c fib_multipath_hash, net/ipv6/route.c rt6_multipath_hash.
 */
final class Multipath {

    private static final int IPV4 = Family.IPV4.number();
    private static final int PORTS_BYTES = 4;
    private static final int POLICY_PORTS = 1;
    private static final int POLICY_FIELDS = 3;
    private static final int ADDRESSES_ONLY4 =
            IpSettings.HASH_SOURCE | IpSettings.HASH_DESTINATION;
    private static final int ADDRESSES_ONLY6 =
            ADDRESSES_ONLY4 | IpSettings.HASH_PROTOCOL | IpSettings.HASH_FLOW_LABEL;
    private static final int PORTS_TOO = ADDRESSES_ONLY4 | IpSettings.HASH_PROTOCOL | IpSettings.HASH_SOURCE_PORT
            | IpSettings.HASH_DESTINATION_PORT;

    private static final int HASH_SHIFT = Integer.SIZE - BucketLayout.BUCKETS_LOG2;

    private Multipath() {
    }

    /** Puts one next hop in the place of a multipath adjacency; returns the head of the packet's adjacency. */
    static long select(final Lane lane, final Batch b, final int slot) {
        final long head = AdjacencyLayout.headAcquire(lane.fib.adjacency(b.adjacency[slot]));
        if (AdjacencyLayout.kind(head) != AdjacencyKind.MULTIPATH) {
            return head;
        }
        b.adjacency[slot] = lane.fib.select(b.adjacency[slot], hash(lane, b, slot));
        return AdjacencyLayout.headAcquire(lane.fib.adjacency(b.adjacency[slot]));
    }

    /** What chooses the way for a slot's packet. A message about another packet goes by that one's flow. */
    static int hash(final Lane lane, final Batch b, final int slot) {
        return b.inPort[slot] == Batch.FROM_HOST && lane.originator.isBusy() && (b.flags[slot] & Batch.FRAGMENT) == 0
                ? lane.originator.flow() : hash(lane.settings, b, slot);
    }

    /**
     * What chooses the way for an IPv4 message of this host's with a source address: the first way from the hash's own on whose
     * port would choose this address, else the first of all, else the hash's own. A route's preferred source does not count.
     * Source: net/ipv4/fib_semantics.c fib_select_multipath.
     */
    static int hashTo(final Lane lane, final int adjacency, final int source, final int hash) {
        if (source == 0 || !isGroup(lane, adjacency)) {
            return hash;
        }
        final int own = hash >>> HASH_SHIFT;
        for (int i = 0; i < BucketLayout.BUCKETS; i++) {
            final int chosen = own + i << HASH_SHIFT;
            if (sourceBy(lane, lane.fib.adjacency(lane.fib.select(adjacency, chosen))) == source) {
                return chosen;
            }
        }
        return hash;
    }

    /** The first of several ways that leaves by a port; what was given where there is none, or one way only. */
    static int firstBy(final Lane lane, final int adjacency, final int port) {
        for (int bucket = 0; isGroup(lane, adjacency) && bucket < BucketLayout.BUCKETS; bucket++) {
            final int way = lane.fib.select(adjacency, bucket << HASH_SHIFT);
            if (AdjacencyLayout.port(AdjacencyLayout.headAcquire(lane.fib.adjacency(way))) == port) {
                return way;
            }
        }
        return adjacency;
    }

    private static boolean isGroup(final Lane lane, final int adjacency) {
        final long head = AdjacencyLayout.headAcquire(lane.fib.adjacency(adjacency));
        return AdjacencyLayout.kind(head) == AdjacencyKind.MULTIPATH;
    }

    /** The address that the port of a way would choose for its gateway. */
    private static int sourceBy(final Lane lane, final long way) {
        final long head = AdjacencyLayout.headAcquire(way);
        if (AdjacencyLayout.port(head) < 0) {
            return AdjacencyLayout.source4(way);
        }
        final boolean gateway =
                (AdjacencyLayout.flags(head) & AdjacencyLayout.FLAG_GATEWAY) != 0 && AdjacencyLayout.nextHopHigh(way) == 0;
        return lane.addresses.v4().source(AdjacencyLayout.port(head),
                gateway ? (int) AdjacencyLayout.nextHopLow(way) : 0, AddressBook.SCOPE_UNIVERSE);
    }

    private static int hash(final IpSettings settings, final Batch b, final int slot) {
        final boolean ipv4 = b.family[slot] == IPV4;
        final int policy = ipv4 ? settings.multipathHashPolicy4 : settings.multipathHashPolicy6;
        final int fields = switch (policy) {
            case POLICY_PORTS -> PORTS_TOO;
            case POLICY_FIELDS -> ipv4 ? settings.multipathHashFields4 : settings.multipathHashFields6;
            default -> ipv4 ? ADDRESSES_ONLY4 : ADDRESSES_ONLY6;
        };
        final long ip = b.frame[slot] + b.network[slot];
        final long l4 = b.frame[slot] + b.transport[slot];
        final int protocol = b.protocol[slot];
        // Fragments must go one way: none of them hashes ports, because the later ones have none.
        final boolean hasPorts = (protocol == IpProtocol.TCP || protocol == IpProtocol.UDP)
                && (b.flags[slot] & Batch.FRAGMENT) == 0 && b.length[slot] - b.transport[slot] >= PORTS_BYTES;
        final int sourcePort = hasPorts && (fields & IpSettings.HASH_SOURCE_PORT) != 0 ? UdpLayout.sourcePort(l4) : 0;
        final int destinationPort =
                hasPorts && (fields & IpSettings.HASH_DESTINATION_PORT) != 0 ? UdpLayout.destinationPort(l4) : 0;
        final int hashed = (fields & IpSettings.HASH_PROTOCOL) != 0 ? protocol : 0;
        final boolean source = (fields & IpSettings.HASH_SOURCE) != 0;
        final boolean destination = (fields & IpSettings.HASH_DESTINATION) != 0;
        final long hash;
        if (ipv4) {
            hash = FlowHash.hash4(source ? Ipv4Layout.source(ip) : 0, destination ? Ipv4Layout.destination(ip) : 0,
                    sourcePort, destinationPort, hashed, settings.multipathSeed);
        } else {
            final long label = (fields & IpSettings.HASH_FLOW_LABEL) != 0 ? Ipv6Layout.flowLabel(ip) : 0;
            hash = FlowHash.hash6(source ? Ipv6Layout.sourceHigh(ip) : 0, source ? Ipv6Layout.sourceLow(ip) : 0,
                    destination ? Ipv6Layout.destinationHigh(ip) : 0, destination ? Ipv6Layout.destinationLow(ip) : 0,
                    sourcePort, destinationPort, hashed, settings.multipathSeed ^ label);
        }
        return (int) (hash >>> Integer.SIZE);
    }
}
