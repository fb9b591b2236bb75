package io.penstock.dataplane.route;

import io.penstock.os.netlink.IpAddress;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/** The ports by the numbers that others know them by. Threads: the control thread. */
final class Ports {

    private final Map<Integer, RoutingPort> byIfindex = new HashMap<>();
    private final Map<Integer, RoutingPort> byIndex = new HashMap<>();

    void put(final RoutingPort port) {
        byIfindex.put(port.ifindex(), port);
        byIndex.put(port.index(), port);
    }

    /** True if there was one. */
    boolean remove(final int ifindex) {
        final RoutingPort port = byIfindex.remove(ifindex);
        return port != null && byIndex.remove(port.index()) != null;
    }

    /** The port of a device, or null if it is none. */
    RoutingPort byIfindex(final int ifindex) {
        return byIfindex.get(ifindex);
    }

    /** The port with an index, or null. */
    RoutingPort byIndex(final int index) {
        return byIndex.get(index);
    }

    /** All ports. */
    Collection<RoutingPort> all() {
        return Collections.unmodifiableCollection(byIndex.values());
    }

    /**
     * What may be forwarded by a port along a route: the route's own MTU counts, even where the device's is less; but of IPv6
     * only if it is locked. Source: include/net/ip.h ip_dst_mtu_maybe_forward, include/net/ip6_route.h
     * ip6_dst_mtu_maybe_forward.
     */
    static int mtu(final RoutingPort port, final int family, final int routeMtu, final boolean locked) {
        if (routeMtu == 0) {
            return family == IpAddress.V4 ? port.mtu() : port.mtu6();
        }
        return family == IpAddress.V4 || locked ? routeMtu : Math.min(routeMtu, port.mtu6());
    }
}
