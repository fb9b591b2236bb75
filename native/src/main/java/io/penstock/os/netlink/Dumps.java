package io.penstock.os.netlink;

import java.util.function.Function;

/**
 * The requests that list each part, and how their answers become records.
 *
 * <p>All of them pass the kernel's strict checking, which makes it apply filters instead of ignoring them: with it an
 * IPv6 route dump leaves the exceptions (learnt MTUs) out.
 */
final class Dumps {

    private static final int RTEXT_FILTER_SKIP_STATS = 1 << 3;

    private Dumps() {
    }

    static NetlinkRequest request(final Part part) {
        return switch (part) {
            case LINKS -> links();
            case ADDRESSES -> zeros(Rtnl.RTM_GETADDR, Rtnl.AF_UNSPEC, LinkDecoder.IFADDR_BYTES);
            case RULES -> zeros(Rtnl.RTM_GETRULE, Rtnl.AF_UNSPEC, RuleDecoder.RULE_BYTES);
            case NEXT_HOPS -> zeros(Rtnl.RTM_GETNEXTHOP, Rtnl.AF_UNSPEC, RouteDecoder.NEXTHOP_BYTES);
            case ROUTES_V4 -> zeros(Rtnl.RTM_GETROUTE, IpAddress.V4, RouteDecoder.ROUTE_BYTES);
            case ROUTES_V6 -> zeros(Rtnl.RTM_GETROUTE, IpAddress.V6, RouteDecoder.ROUTE_BYTES);
            case NEIGHBOURS -> zeros(Rtnl.RTM_GETNEIGH, Rtnl.AF_UNSPEC, LinkDecoder.NEIGHBOUR_BYTES);
        };
    }

    static Function<NetlinkMessage, Object> decoder(final Part part) {
        return switch (part) {
            case LINKS -> LinkDecoder::link;
            case ADDRESSES -> LinkDecoder::address;
            case RULES -> RuleDecoder::rule;
            case NEXT_HOPS -> RouteDecoder::nextHop;
            case ROUTES_V4 -> m -> route(m, IpAddress.V4);
            case ROUTES_V6 -> m -> route(m, IpAddress.V6);
            case NEIGHBOURS -> LinkDecoder::neighbour;
        };
    }

    static String name(final Part part) {
        return "list(" + part + ')';
    }

    /** All devices, without their statistics. */
    static NetlinkRequest links() {
        return zeros(Rtnl.RTM_GETLINK, Rtnl.AF_UNSPEC, LinkDecoder.IFINFO_BYTES)
                .attribute(LinkDecoder.IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
    }

    /** One device by number. */
    static NetlinkRequest link(final int ifindex) {
        return one(ifindex).attribute(LinkDecoder.IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
    }

    /** One device by name. */
    static NetlinkRequest link(final String name) {
        return one(0).attribute(LinkDecoder.IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS)
                .attribute(LinkDecoder.IFLA_IFNAME, name);
    }

    private static NetlinkRequest one(final int ifindex) {
        return new NetlinkRequest(Rtnl.RTM_GETLINK, 0).put32(0).put32(ifindex).put32(0).put32(0);
    }

    /** A kernel without IPv6 answers a request for its routes with IPv4's. */
    private static Route route(final NetlinkMessage message, final int family) {
        return message.unsignedByte(0) == family ? RouteDecoder.route(message) : null;
    }

    private static NetlinkRequest zeros(final int type, final int family, final int headerBytes) {
        final NetlinkRequest request = new NetlinkRequest(type, 0).put8(family);
        for (int i = 1; i < headerBytes; i++) {
            request.put8(0);
        }
        return request;
    }
}
