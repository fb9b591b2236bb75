package io.penstock.dataplane.hot.pipeline;

import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.fib.AdjacencyLayout;
import io.penstock.dataplane.hot.fib.Fib;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;

/**
 * The routing decision: looks the destination up, then says whether the packet goes on, is this host's, or ends here.
 *
 * <p>The look-up may run for a whole batch ahead of the decisions, because nothing between them writes the destination
 * when no PRE_ROUTING function is registered.
 *
 * <p>Here is the straight way: a plain packet to a neighbour that is known, from a port on which nothing special is switched
 * on. All else is {@link Route4Slow}'s and {@link Route6Slow}'s, which know the kernel's whole order of checks; the straight
 * way's conditions are such that none of those would fail.
 */
public final class RouteStep {

    /** Dropped. */
    public static final int DONE = 0;
    /** To another host. */
    public static final int FORWARD = 1;
    /** To this host. */
    public static final int LOCAL = 2;
    /** To another host, and there is more to do on the way than the straight way does. */
    public static final int FORWARD_SLOW = 3;

    private static final int IPV4 = Family.IPV4.number();
    private static final int IPV6 = Family.IPV6.number();

    private static final int NET_SHIFT = 24;
    private static final int FIRST_MULTICAST_NET = 224;
    private static final int LOOPBACK_NET = 127;

    /** The first ten bits of fe80::/10 (RFC 4291 section 2.5.6). */
    private static final int LINK_LOCAL = 0xFE80 >>> 6;
    private static final int LINK_LOCAL_SHIFT = 54;

    /** What the straight way does not look at. */
    private static final int SLOW_FLAGS = Batch.OPTIONS | Batch.LINK_MULTICAST;

    private RouteStep() {
    }

    /**
     * Looks all destinations of a batch up. Those of IPv4 go in stages: with many routes each look-up misses the cache once, and
     * only loads in a loop of nothing else overlap for the whole batch.
     */
    public static void lookupBatch(final Lane lane, final Batch b) {
        final Fib fib = lane.fib;
        final int n = b.count;
        int any = 0;
        for (int slot = 0; slot < n; slot++) {
            if (b.family[slot] == IPV4) {
                final int destination = Ipv4Layout.destination(b.frame[slot] + b.network[slot]);
                final int entry = fib.rootEntry4(destination);
                b.adjacency[slot] = entry;
                b.destination[slot] = destination;
                any |= entry;
            } else {
                // An adjacency of its own or an earlier batch's is not negative: the stages leave it as it is.
                lookup(lane, b, slot);
            }
        }
        if (any < 0) {
            finishBatch(fib, b, n);
        }
    }

    private static void finishBatch(final Fib fib, final Batch b, final int n) {
        for (int slot = 0; slot < n; slot++) {
            b.next[slot] = fib.next4(b.adjacency[slot], b.destination[slot]);
        }
        long loaded = 0;
        for (int slot = 0; slot < n; slot++) {
            loaded += Memory.getLong(b.next[slot]);
        }
        b.loaded = loaded;
        for (int slot = 0; slot < n; slot++) {
            b.adjacency[slot] = fib.resolve4(b.adjacency[slot], b.destination[slot]);
        }
    }

    /** Looks one destination up. */
    public static void lookup(final Lane lane, final Batch b, final int slot) {
        final Fib fib = lane.fib;
        final int family = b.family[slot];
        final long ip = b.frame[slot] + b.network[slot];
        if (family == IPV4) {
            b.adjacency[slot] = lane.lastRoute.lookup(fib, Ipv4Layout.destination(ip));
        } else if (family == IPV6) {
            b.adjacency[slot] = fib.lookup6(Ipv6Layout.destinationHigh(ip), Ipv6Layout.destinationLow(ip));
        }
    }

    /** Decides by the adjacency that was found. */
    public static int ipv4(final Lane lane, final Batch b, final int slot) {
        final long head = AdjacencyLayout.headAcquire(lane.fib.adjacency(b.adjacency[slot]));
        final long ip = b.frame[slot] + b.network[slot];
        final int in = b.inPort[slot];
        final int out = AdjacencyLayout.port(head);
        final int source = Ipv4Layout.source(ip);
        // One branch for what is rare about the packet, its port and its way.
        final int odd = AdjacencyLayout.kind(head) ^ AdjacencyKind.FORWARD | lane.ports.word(in) & PortTable.NOT_STRAIGHT4
                | b.flags[slot] & SLOW_FLAGS;
        if (odd != 0 || in == out || isOdd(source) || isOddDestination(Ipv4Layout.destination(ip))
                || lane.addresses.isOwn4(source)) {
            return isStraightLocal4(lane, b, slot, head, source) ? LOCAL : Route4Slow.decide(lane, b, slot);
        }
        b.outPort[slot] = out;
        return FORWARD;
    }

    /** A plain packet for this host, from a port on which nothing special is switched on: the same conditions as for the straight way on. */
    private static boolean isStraightLocal4(final Lane lane, final Batch b, final int slot, final long head, final int source) {
        final int odd = AdjacencyLayout.kind(head) ^ AdjacencyKind.LOCAL
                | lane.ports.word(b.inPort[slot]) & PortTable.NOT_STRAIGHT4 | b.flags[slot] & SLOW_FLAGS;
        return odd == 0 && !isOdd(source) && !isOddDestination(Ipv4Layout.destination(b.frame[slot] + b.network[slot]))
                && !lane.addresses.isOwn4(source);
    }

    /** Decides by the adjacency that was found. */
    public static int ipv6(final Lane lane, final Batch b, final int slot) {
        final long head = AdjacencyLayout.headAcquire(lane.fib.adjacency(b.adjacency[slot]));
        final long ip = b.frame[slot] + b.network[slot];
        final int in = b.inPort[slot];
        final int out = AdjacencyLayout.port(head);
        final long sourceHigh = Ipv6Layout.sourceHigh(ip);
        final int odd = AdjacencyLayout.kind(head) ^ AdjacencyKind.FORWARD | lane.ports.word(in) & PortTable.NOT_STRAIGHT6
                | b.flags[slot] & SLOW_FLAGS;
        if (odd != 0 || in == out || sourceHigh == 0 || isLinkLocal(sourceHigh)
                || isLinkLocal(Ipv6Layout.destinationHigh(ip))) {
            return Route6Slow.decide(lane, b, slot);
        }
        b.outPort[slot] = out;
        return FORWARD;
    }

    /** Decides for a packet that this host sends; false when it was dropped. */
    public static boolean output(final Lane lane, final Batch b, final int slot) {
        return OutputRoute.decide(lane, b, slot);
    }

    /** True for fe80::/10. */
    static boolean isLinkLocal(final long high) {
        return high >>> LINK_LOCAL_SHIFT == LINK_LOCAL;
    }

    /** Addresses that cannot send, and 240/4, which the slow way lets pass. */
    private static boolean isOdd(final int source) {
        final int net = source >>> NET_SHIFT;
        return net >= FIRST_MULTICAST_NET || net == LOOPBACK_NET || net == 0;
    }

    /** Addresses that a route cannot make reachable; groups and 255.255.255.255 have no FORWARD adjacency. */
    private static boolean isOddDestination(final int destination) {
        final int net = destination >>> NET_SHIFT;
        return net == LOOPBACK_NET || net == 0;
    }
}
