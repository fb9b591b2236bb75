package io.penstock.conntrack.hot.track;

/** What an ICMP or ICMPv6 message is to connection tracking. */
public final class IcmpKind {

    /** Half of an exchange, which is a connection. */
    public static final int QUERY = 0;
    /** It quotes a packet whose connection it belongs to: {@link InnerTuple}. */
    public static final int ERROR = 1;
    /** It belongs to no connection. */
    public static final int INVALID = 2;
    /** It is between neighbours and never tracked. */
    public static final int UNTRACKED = 3;

    private IcmpKind() {
    }
}
