package io.penstock.conntrack.hot.track;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.Deadline;
import io.penstock.conntrack.hot.TrackerSettings;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Icmpv6Layout;
import io.penstock.os.hot.packet.Icmpv6RedirectLayout;
import io.penstock.os.hot.packet.Ipv6Layout;

/**
 * ICMPv6: echo and node information, each an exchange that only its request begins.
 *
 * <p>A redirect is an error when it comes as RFC 4861, 8.1 wants it (from a link-local address, hop limit 255) and quotes a packet first.
 *
 * <p>Source: nf_conntrack_proto_icmpv6.c; RFC 4443; RFC 4620 (node information); RFC 4286 (multicast routers); RFC 4861.
 */
public final class Icmpv6Tracker {

    static final int NODE_INFORMATION_QUERY = 139;
    static final int NODE_INFORMATION_REPLY = 140;

    private static final int MULTICAST_ROUTER_ADVERTISEMENT = 151;
    private static final int MULTICAST_ROUTER_SOLICITATION = 152;
    /** The first of {@link #NEIGHBOURS}. */
    private static final int NEIGHBOURS_FROM = Icmpv6Layout.LISTENER_QUERY;
    /** Messages between neighbours, by type less {@link #NEIGHBOURS_FROM}. */
    private static final int NEIGHBOURS = neighbour(Icmpv6Layout.LISTENER_QUERY)
            | neighbour(Icmpv6Layout.LISTENER_REPORT)
            | neighbour(Icmpv6Layout.LISTENER_DONE)
            | neighbour(Icmpv6Layout.ROUTER_SOLICITATION)
            | neighbour(Icmpv6Layout.ROUTER_ADVERTISEMENT)
            | neighbour(Icmpv6Layout.NEIGHBOUR_SOLICITATION)
            | neighbour(Icmpv6Layout.NEIGHBOUR_ADVERTISEMENT)
            | neighbour(Icmpv6Layout.LISTENER_REPORT_V2)
            | neighbour(MULTICAST_ROUTER_ADVERTISEMENT)
            | neighbour(MULTICAST_ROUTER_SOLICITATION);

    private static final int HOP_LIMIT_OF_NEIGHBOURS = 255;
    /** The upper 10 bits of fe80::/10 (RFC 4291, 2.5.6). */
    private static final int LINK_LOCAL = 0xFE80 >>> 6;

    private Icmpv6Tracker() {
    }

    /**
     * {@link IcmpKind} of a message that has passed {@link PacketCheck}.
     *
     * @param ip     the IPv6 header before it
     * @param length bytes from {@code icmp} to the packet's end
     */
    public static int kind(final long ip, final long icmp, final int length) {
        final int type = Icmpv6Layout.type(icmp);
        if (Icmpv6Layout.isError(type)) {
            return IcmpKind.ERROR;
        }
        if (TupleReader.answer6(type) >= 0) {
            return IcmpKind.QUERY;
        }
        if (type == Icmpv6Layout.REDIRECT) {
            return isRedirectOfPacket(ip, icmp, length) ? IcmpKind.ERROR : IcmpKind.INVALID;
        }
        final int bit = type - NEIGHBOURS_FROM;
        return bit >= 0 && bit < Integer.SIZE && (NEIGHBOURS >>> bit & 1) != 0 ? IcmpKind.UNTRACKED : IcmpKind.INVALID;
    }

    /** Any packet of a connection; invalid if the connection would begin with something else than a request. */
    public static int packet(final long entry, final TrackerSettings settings, final long nowNs) {
        final int type = TupleReader.icmpType(ConnLayout.keysOf(entry, ConnDirection.ORIGINAL));
        if (type != Icmpv6Layout.ECHO_REQUEST && type != NODE_INFORMATION_QUERY) {
            return TrackResult.INVALID;
        }
        Deadline.refresh(entry, settings.icmpv6Timeout * Deadline.SECOND_NS, nowNs);
        return TrackResult.ACCEPT;
    }

    private static boolean isRedirectOfPacket(final long ip, final long icmp, final int length) {
        final long option = icmp + Icmpv6RedirectLayout.HEADER_BYTES;
        return length >= Icmpv6RedirectLayout.HEADER_BYTES + 2
                && Icmpv6Layout.code(icmp) == 0
                && isFromNeighbour(ip)
                && Memory.getUnsignedByte(option) == Icmpv6RedirectLayout.OPTION_REDIRECTED
                && Memory.getUnsignedByte(option + 1) != 0;
    }

    private static boolean isFromNeighbour(final long ip) {
        return Ipv6Layout.hopLimit(ip) == HOP_LIMIT_OF_NEIGHBOURS && Ipv6Layout.sourceHigh(ip) >>> 54 == LINK_LOCAL;
    }

    /** What is wrong with a redirect that is invalid, of {@link Complaint}. */
    static int complaint(final long ip, final long icmp, final int length) {
        if (length < Icmpv6RedirectLayout.HEADER_BYTES) {
            return Complaint.REDIRECT_SHORT;
        }
        if (Icmpv6Layout.code(icmp) != 0) {
            return Complaint.NONE;
        }
        if (!isFromNeighbour(ip)) {
            return Complaint.REDIRECT_SOURCE;
        }
        final boolean hasOption = length >= Icmpv6RedirectLayout.HEADER_BYTES + 2
                && Memory.getUnsignedByte(icmp + Icmpv6RedirectLayout.HEADER_BYTES + 1) != 0;
        return hasOption ? Complaint.NONE : Complaint.REDIRECT_OPTIONS;
    }

    private static int neighbour(final int type) {
        return 1 << type - NEIGHBOURS_FROM;
    }
}
