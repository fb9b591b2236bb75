package io.penstock.os.netlink;

import java.util.List;

/**
 * A route.
 *
 * @param key           what it matches, and its place among the routes that match
 * @param type          what is done with the packets
 * @param scope         {@code RT_SCOPE_*}: 0 global, 253 link, 254 host
 * @param protocol      who made it, {@code RTPROT_*}: 2 kernel, 3 boot, 4 static, 186 BGP, ...
 * @param preferredSource the source address for the host's own packets, or null
 * @param mtu           its MTU in bytes, or 0 for the device's
 * @param nextHopId     the next-hop object ({@code ip nexthop}) that it uses, or 0
 * @param nextHops      the ways out; more than one is multipath; those of IPv6 in order of device and gateway, because
 *                      the kernel's order depends on which of them it was asked about
 * @param otherAttributes a hash of the attributes without a component here (metrics other than the MTU, realms,
 *                      encapsulation, router preference), so that routes differing only there are not taken for one
 * @param mtuLocked     true if no path MTU that is learnt may lower the MTU
 */
public record Route(
        RouteKey key,
        RouteType type,
        int scope,
        int protocol,
        IpAddress preferredSource,
        int mtu,
        int nextHopId,
        List<NextHop> nextHops,
        long otherAttributes,
        boolean mtuLocked) {

    /** A route whose MTU is not locked. */
    public Route(
            final RouteKey key,
            final RouteType type,
            final int scope,
            final int protocol,
            final IpAddress preferredSource,
            final int mtu,
            final int nextHopId,
            final List<NextHop> nextHops,
            final long otherAttributes) {
        this(key, type, scope, protocol, preferredSource, mtu, nextHopId, nextHops, otherAttributes, false);
    }

    /** {@link IpAddress#V4} or {@link IpAddress#V6}. */
    public int family() {
        return key.family();
    }

    /** The same route with other next hops. */
    Route withNextHops(final List<NextHop> others) {
        return new Route(key, type, scope, protocol, preferredSource, mtu, nextHopId, others, otherAttributes,
                mtuLocked);
    }

    /** The same without the next hops' flags that follow the devices' state. */
    Route withoutState() {
        return withNextHops(nextHops.stream().map(NextHop::withoutState).toList());
    }

    /** True if one next hop of the two leads to the same place, or both have none. */
    boolean overlaps(final Route other) {
        if (type != other.type) {
            return false;
        }
        if (nextHopId != 0 || other.nextHopId != 0) {
            return nextHopId == other.nextHopId;
        }
        return nextHops.isEmpty() && other.nextHops.isEmpty() || nextHops.stream().anyMatch(other::hasWay);
    }

    /** True if an IPv6 route with another gateway makes it a multipath route, instead of standing beside it. */
    boolean canBeMultipath() {
        return nextHopId == 0 && !nextHops.isEmpty() && nextHops.getFirst().gateway() != null;
    }

    boolean hasWay(final NextHop way) {
        return nextHops.stream().anyMatch(way::sameWay);
    }
}
