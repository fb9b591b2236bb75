package io.penstock.os.netlink;

/** What is done with packets that match a route ({@code RTN_*}). Source: rtnetlink(7), linux/rtnetlink.h. */
public enum RouteType {
    UNSPECIFIED,
    /** Forwarded to a next hop. */
    UNICAST,
    /** Delivered to this host. */
    LOCAL,
    /** Delivered to this host as a broadcast, sent as a link broadcast. */
    BROADCAST,
    /** Delivered to this host, one of several that has the address. */
    ANYCAST,
    /** Multicast. */
    MULTICAST,
    /** Dropped. */
    BLACKHOLE,
    /** Dropped and answered "destination unreachable". */
    UNREACHABLE,
    /** Dropped and answered "administratively prohibited". */
    PROHIBIT,
    /** Not in this table: the next rule is asked. */
    THROW,
    /** Unused since Linux 2.6. */
    NAT,
    /** Resolved outside of the kernel. */
    EXTERNAL_RESOLVE,
    /** A number that this version does not know. */
    OTHER;

    private static final RouteType[] VALUES = values();

    static RouteType of(final int number) {
        return number < OTHER.ordinal() ? VALUES[number] : OTHER;
    }
}
