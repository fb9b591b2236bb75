package io.penstock.os.hot.packet;

/**
 * Numbers of IPv4's protocol field and IPv6's next header field, which share one registry.
 *
 * <p>Source: IANA, Assigned Internet Protocol Numbers (RFC 5237).
 */
public final class IpProtocol {

    /** In IPv6 only. */
    public static final int HOP_BY_HOP = 0;
    public static final int ICMP = 1;
    public static final int IGMP = 2;
    public static final int IPIP = 4;
    public static final int TCP = 6;
    public static final int UDP = 17;
    public static final int DCCP = 33;
    /** IPv6 inside of either. */
    public static final int IPV6 = 41;
    public static final int ROUTING = 43;
    public static final int FRAGMENT = 44;
    public static final int GRE = 47;
    public static final int ESP = 50;
    public static final int AH = 51;
    public static final int ICMPV6 = 58;
    /** Nothing follows. */
    public static final int NO_NEXT_HEADER = 59;
    public static final int DESTINATION_OPTIONS = 60;
    public static final int SCTP = 132;
    public static final int MOBILITY = 135;
    public static final int UDPLITE = 136;

    private IpProtocol() {
    }
}
