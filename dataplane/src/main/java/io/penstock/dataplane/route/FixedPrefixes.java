package io.penstock.dataplane.route;

import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.os.netlink.IpAddress;
import java.util.Map;

/**
 * Groups and the broadcast to all, which are what they are whatever the routes say; a route that covers more than all groups is for the
 * rest. Threads: any.
 */
final class FixedPrefixes {

    private static final Prefix BROADCAST4 = Prefix.host(IpAddress.v4(-1));
    private static final Prefix MULTICAST4 = new Prefix(IpAddress.v4(0xE000_0000), 4);
    private static final Prefix MULTICAST6 = new Prefix(IpAddress.v6(0xFF00_0000_0000_0000L, 0), 8);

    /** The {@code AdjacencyKind} of each. */
    static final Map<Prefix, Integer> KINDS = Map.of(BROADCAST4, AdjacencyKind.BROADCAST, MULTICAST4, AdjacencyKind.MULTICAST,
            MULTICAST6, AdjacencyKind.MULTICAST);

    private FixedPrefixes() {
    }

    /** True for a prefix that routes cannot change. */
    static boolean cover(final Prefix prefix) {
        return MULTICAST4.covers(prefix) || MULTICAST6.covers(prefix) || prefix.equals(BROADCAST4);
    }
}
