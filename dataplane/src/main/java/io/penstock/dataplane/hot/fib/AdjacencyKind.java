package io.penstock.dataplane.hot.fib;

/**
 * What an adjacency does with a packet; the values are what lies in memory. The order is useful: everything from
 * {@link #KERNEL} up leaves this host ({@code UNICAST} to {@code -m addrtype}).
 */
public final class AdjacencyKind {

    /** No route: answered by ICMP "network unreachable" where the kernel would. Adjacency 0 is always this. */
    public static final int NO_ROUTE = 0;

    /** An address of this host; the port is that of the address's device, if it is one. */
    public static final int LOCAL = 1;

    /**
     * A broadcast address of a link: delivered to this host, and forwarded only where directed broadcasts are. Where the
     * link is a port's, the port and the Ethernet header to everybody on it are there.
     */
    public static final int BROADCAST = 2;

    /** A multicast group. */
    public static final int MULTICAST = 3;

    /** Dropped silently (route type {@code blackhole}). */
    public static final int BLACKHOLE = 4;

    /** Dropped, answered by "host unreachable" (route type {@code unreachable}). */
    public static final int UNREACHABLE = 5;

    /** Dropped, answered by "administratively prohibited" (route type {@code prohibit}). */
    public static final int PROHIBIT = 6;

    /** As if this table had no route (route type {@code throw}): no table follows, so as NO_ROUTE. */
    public static final int THROW = 7;

    /** Leaves through a device that is no port of ours: the kernel routes it. */
    public static final int KERNEL = 8;

    /** Leaves through a port; the rewrite is complete. */
    public static final int FORWARD = 9;

    /** Leaves through a port by a gateway whose hardware address is not known yet. */
    public static final int UNRESOLVED_GATEWAY = 10;

    /** The destination itself is on the port's link and has no neighbour entry yet. */
    public static final int GLEAN = 11;

    /** Several next hops: {@link Fib#select} names the adjacency to use. */
    public static final int MULTIPATH = 12;

    /**
     * As FORWARD, to a neighbour that the kernel has not heard of for a while: whoever sends the next packet has the kernel
     * ask whether it is still there, and makes this FORWARD.
     */
    public static final int UNCONFIRMED = 13;

    private AdjacencyKind() {
    }
}
