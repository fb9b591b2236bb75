package io.penstock.dataplane.route;

import io.penstock.dataplane.hot.fib.Fib;
import io.penstock.os.netlink.IpAddress;
import io.penstock.os.netlink.Neighbour;
import io.penstock.os.netlink.Route;
import io.penstock.os.netlink.RouteKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Link-local routes of IPv6, which every device has for the same prefix: the forwarding table has them once more for each
 * port, with the port's number in bits that are zeros in all such addresses ({@link Fib#onLinkOf}).
 *
 * <p>Threads: the control thread.
 */
final class OnLinks {

    /** Where the addresses are that are in use (RFC 4291 section 2.5.6). */
    static final Prefix PREFIX = new Prefix(IpAddress.v6(0xFE80_0000_0000_0000L, 0), 64);

    private static final long PREFIX_BITS = -1L << 54;

    private final Map<RouteKey, List<Route>> routes = new HashMap<>();

    /** All link-local routes there are. */
    Map<RouteKey, List<Route>> routes() {
        return routes;
    }

    void put(final RouteKey key, final List<Route> now) {
        if (now.isEmpty()) {
            routes.remove(key);
        } else {
            routes.put(key, now);
        }
    }

    /** True for a prefix within {@link #PREFIX}. */
    static boolean concerns(final Prefix prefix) {
        return PREFIX.covers(prefix);
    }

    /** Those of the routes that lead through a port. */
    static List<Route> through(final RoutingPort port, final List<Route> routes) {
        return routes.stream()
                .filter(route -> route.nextHops().stream().anyMatch(hop -> hop.ifindex() == port.ifindex()))
                .toList();
    }

    /** Where a link-local prefix of a port lies in the table. */
    static Prefix of(final RoutingPort port, final Prefix prefix) {
        return new Prefix(of(port, prefix.address()), prefix.length());
    }

    /** A link-local neighbour at its place for a port. */
    static Neighbour of(final RoutingPort port, final Neighbour neighbour) {
        return new Neighbour(of(port, neighbour.ip()), neighbour.ifindex(), neighbour.state(), neighbour.mac(),
                neighbour.flags());
    }

    /** Where all link-local addresses of a port lie. */
    static Prefix prefixOf(final RoutingPort port) {
        return of(port, PREFIX);
    }

    /** An address as it is in packets, of one as it is in the table or in packets. */
    static IpAddress plain(final IpAddress ip) {
        return ip.family() == IpAddress.V6 && ip.isLinkLocal() ? IpAddress.v6(ip.high() & PREFIX_BITS, ip.low()) : ip;
    }

    private static IpAddress of(final RoutingPort port, final IpAddress ip) {
        return IpAddress.v6(Fib.onLinkOf(port.index(), ip.high()), ip.low());
    }
}
