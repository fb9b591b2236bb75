package io.penstock.os.netlink;

import java.util.ArrayList;
import java.util.List;

/** Makes records of RTM_*ROUTE and RTM_*NEXTHOP messages; null for those that are not about what is kept. */
final class RouteDecoder {

    /** Bytes of struct rtmsg. */
    static final int ROUTE_BYTES = 12;
    /** Bytes of struct nhmsg. */
    static final int NEXTHOP_BYTES = 8;

    private static final int RTNEXTHOP_BYTES = 8;
    private static final int NEXTHOP_GROUP_BYTES = 8;
    private static final int RTM_F_CLONED = 0x200;

    private static final int RTA_DST = 1;
    private static final int RTA_SRC = 2;
    private static final int RTA_OIF = 4;
    private static final int RTA_GATEWAY = 5;
    private static final int RTA_PRIORITY = 6;
    private static final int RTA_PREFSRC = 7;
    private static final int RTA_METRICS = 8;
    private static final int RTA_MULTIPATH = 9;
    private static final int RTA_FLOW = 11;
    private static final int RTA_TABLE = 15;
    private static final int RTA_VIA = 18;
    private static final int RTA_PREF = 20;
    private static final int RTA_ENCAP_TYPE = 21;
    private static final int RTA_ENCAP = 22;
    private static final int RTA_TTL_PROPAGATE = 26;
    private static final int RTA_NH_ID = 30;
    private static final int RTAX_LOCK = 1;
    private static final int RTAX_MTU = 2;

    private static final int NHA_ID = 1;
    private static final int NHA_GROUP = 2;
    private static final int NHA_BLACKHOLE = 4;
    private static final int NHA_OIF = 5;
    private static final int NHA_GATEWAY = 6;
    private static final int NHA_ENCAP_TYPE = 7;

    private RouteDecoder() {
    }

    static Route route(final NetlinkMessage message) {
        final int family = message.unsignedByte(0);
        final int flags = message.getInt(8);
        // Cloned: an exception for one destination (a learnt MTU, a redirect), not a route of a table.
        if (family != IpAddress.V4 && family != IpAddress.V6 || (flags & RTM_F_CLONED) != 0) {
            return null;
        }
        IpAddress destination = IpAddress.any(family);
        IpAddress source = destination;
        IpAddress preferredSource = null;
        IpAddress gateway = null;
        int table = message.unsignedByte(4);
        int metric = 0;
        int ifindex = 0;
        int mtu = 0;
        boolean mtuLocked = false;
        int nextHopId = 0;
        int encapsulation = 0;
        long other = 0;
        List<NextHop> nextHops = null;
        final Attributes attributes = message.attributes(ROUTE_BYTES);
        while (attributes.next()) {
            switch (attributes.type()) {
                case RTA_DST -> destination = attributes.getAddress(family);
                case RTA_SRC -> source = attributes.getAddress(family);
                case RTA_OIF -> ifindex = attributes.getInt();
                case RTA_GATEWAY -> gateway = attributes.getAddress(family);
                case RTA_VIA -> gateway = attributes.getVia();
                case RTA_PRIORITY -> metric = attributes.getInt();
                case RTA_PREFSRC -> preferredSource = attributes.getAddress(family);
                case RTA_TABLE -> table = attributes.getInt();
                case RTA_NH_ID -> nextHopId = attributes.getInt();
                case RTA_ENCAP_TYPE -> encapsulation = attributes.unsignedShort();
                case RTA_FLOW, RTA_ENCAP, RTA_TTL_PROPAGATE -> other = mix(other, attributes);
                // Medium, the default, is 0 and listed always.
                case RTA_PREF -> other = attributes.isZero() ? other : mix(other, attributes);
                case RTA_METRICS -> {
                    mtu = metric(attributes.nested(), RTAX_MTU);
                    mtuLocked = (metric(attributes.nested(), RTAX_LOCK) & 1 << RTAX_MTU) != 0;
                    other = mix(other, attributes);
                }
                case RTA_MULTIPATH -> {
                    nextHops = multipath(attributes, family);
                    other = mixMultipath(other, attributes);
                }
                default -> { }
            }
        }
        if (nextHops == null) {
            nextHops = ifindex == 0 && gateway == null
                    ? List.of()
                    : List.of(new NextHop(gateway, ifindex, 1, flags & NextHop.KEPT, encapsulation));
        }
        final RouteKey key = new RouteKey(
                destination, LinkDecoder.prefixLength(message.unsignedByte(1), destination),
                source, LinkDecoder.prefixLength(message.unsignedByte(2), source),
                table, message.unsignedByte(3), metric);
        return new Route(key, RouteType.of(message.unsignedByte(7)), message.unsignedByte(6), message.unsignedByte(5),
                preferredSource, mtu, nextHopId, nextHops, other, mtuLocked);
    }

    private static int metric(final Attributes metrics, final int number) {
        int value = 0;
        while (metrics.next()) {
            if (metrics.type() == number) {
                value = metrics.getInt();
            }
        }
        return value;
    }

    /** A sequence of struct rtnexthop (length, flags, hops, device), each with attributes. */
    private static List<NextHop> multipath(final Attributes value, final int family) {
        final List<NextHop> nextHops = new ArrayList<>(4);
        for (int at = 0; at < value.length();) {
            final int length = rtnexthopLength(value, at);
            IpAddress gateway = null;
            int encapsulation = 0;
            final Attributes attributes = value.nested(at + RTNEXTHOP_BYTES, at + length);
            while (attributes.next()) {
                switch (attributes.type()) {
                    case RTA_GATEWAY -> gateway = attributes.getAddress(family);
                    case RTA_VIA -> gateway = attributes.getVia();
                    case RTA_ENCAP_TYPE -> encapsulation = attributes.unsignedShort();
                    default -> { }
                }
            }
            nextHops.add(new NextHop(gateway, value.getInt(at + 4), value.unsignedByte(at + 3) + 1,
                    value.unsignedByte(at + 2) & NextHop.KEPT, encapsulation));
            at += Rtnl.align(length);
        }
        if (family == IpAddress.V6) {
            nextHops.sort(NextHop.ORDER);
        }
        return List.copyOf(nextHops);
    }

    private static long mixMultipath(final long hash, final Attributes value) {
        long mixed = hash;
        for (int at = 0; at < value.length();) {
            final int length = rtnexthopLength(value, at);
            final Attributes attributes = value.nested(at + RTNEXTHOP_BYTES, at + length);
            while (attributes.next()) {
                if (attributes.type() == RTA_FLOW || attributes.type() == RTA_ENCAP) {
                    // Added up, because the order of the next hops is not the same in every message.
                    mixed += mix(1, attributes);
                }
            }
            at += Rtnl.align(length);
        }
        return mixed;
    }

    private static int rtnexthopLength(final Attributes value, final int at) {
        final int length = value.unsignedShort(at);
        if (length < RTNEXTHOP_BYTES || length > value.length() - at) {
            throw new MalformedMessageException("next hop length=" + length + " left=" + (value.length() - at));
        }
        return length;
    }

    static NextHopObject nextHop(final NetlinkMessage message) {
        int id = 0;
        int ifindex = 0;
        int encapsulation = 0;
        boolean blackhole = false;
        IpAddress gateway = null;
        List<NextHopObject.Member> group = List.of();
        final Attributes attributes = message.attributes(NEXTHOP_BYTES);
        while (attributes.next()) {
            switch (attributes.type()) {
                case NHA_ID -> id = attributes.getInt();
                case NHA_BLACKHOLE -> blackhole = true;
                case NHA_OIF -> ifindex = attributes.getInt();
                case NHA_GATEWAY -> gateway = attributes.getAddress();
                case NHA_ENCAP_TYPE -> encapsulation = attributes.unsignedShort();
                case NHA_GROUP -> group = group(attributes);
                default -> { }
            }
        }
        if (id == 0) {
            throw new MalformedMessageException("a next hop without NHA_ID");
        }
        final NextHop nextHop = ifindex == 0
                ? null
                : new NextHop(gateway, ifindex, 1, message.getInt(4) & NextHop.KEPT, encapsulation);
        return new NextHopObject(id, blackhole, nextHop, group);
    }

    /** A sequence of struct nexthop_grp: number, low byte of the weight less one, its high byte, two unused. */
    private static List<NextHopObject.Member> group(final Attributes value) {
        final List<NextHopObject.Member> members = new ArrayList<>(4);
        for (int at = 0; at + NEXTHOP_GROUP_BYTES <= value.length(); at += NEXTHOP_GROUP_BYTES) {
            members.add(new NextHopObject.Member(
                    value.getInt(at), (value.unsignedByte(at + 5) << 8 | value.unsignedByte(at + 4)) + 1));
        }
        return List.copyOf(members);
    }

    private static long mix(final long hash, final Attributes attribute) {
        return (hash * 31 + attribute.type()) * 31 + attribute.hash();
    }
}
