package io.penstock.rules.hot.match;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.track.TupleReader;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.PacketConnection;
import io.penstock.rules.hot.RulePacket;

/**
 * How many connections there are of the packet's source or destination, or of its network, TCP connections that were closed apart.
 *
 * <p>Drops at once what has no connection and cannot have one, what there is no room for, and, as the kernel, packets of a closed connection
 * when no other one of its group is left.
 *
 * <p>Source: net/netfilter/xt_connlimit.c. Any worker.
 */
public final class HotConnlimit implements HotMatch {

    private static final int IPV4 = 4;

    private final ConnectionGroups groups;
    private final int limit;
    private final boolean above;
    private final long maskHigh;
    private final long maskLow;
    private final boolean destination;

    /**
     * A match.
     *
     * @param groups      the rule's own
     * @param limit       the number, unsigned
     * @param above       whether there must be more, not at most so many
     * @param maskHigh    which bits of the address's first half count; of IPv4 0
     * @param maskLow     which bits of the other half
     * @param destination whether it is the destination's, not the source's
     */
    public HotConnlimit(
            final ConnectionGroups groups,
            final int limit,
            final boolean above,
            final long maskHigh,
            final long maskLow,
            final boolean destination) {
        this.groups = groups;
        this.limit = limit;
        this.above = above;
        this.maskHigh = maskHigh;
        this.maskLow = maskLow;
        this.destination = destination;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        final long entry = PacketConnection.entry(packet);
        if (entry == 0 && !hasTuple(packet)) {
            packet.hotdrop = true;
            return false;
        }
        final long ip = packet.network;
        final long high;
        final long low;
        if (packet.version == IPV4) {
            high = 0;
            low = Integer.toUnsignedLong(destination ? Ipv4Layout.destination(ip) : Ipv4Layout.source(ip));
        } else {
            high = destination ? Ipv6Layout.destinationHigh(ip) : Ipv6Layout.sourceHigh(ip);
            low = destination ? Ipv6Layout.destinationLow(ip) : Ipv6Layout.sourceLow(ip);
        }
        final int count = groups.count(packet, high & maskHigh, low & maskLow, entry == 0 ? 0 : zone(entry));
        if (count <= 0) {
            packet.hotdrop = true;
            return false;
        }
        return Integer.compareUnsigned(count, limit) > 0 == above;
    }

    private static boolean hasTuple(final RulePacket packet) {
        return packet.fragmentOffset == 0 && packet.protocol != RulePacket.NO_PROTOCOL
                && TupleReader.keys(packet.protocol, packet.transport, packet.transportLength) != TupleReader.NONE;
    }

    /** The zone, though it may count in one direction alone. */
    private static int zone(final long entry) {
        return ConnLayout.zone(entry, ConnDirection.ORIGINAL) | ConnLayout.zone(entry, ConnDirection.REPLY);
    }
}
