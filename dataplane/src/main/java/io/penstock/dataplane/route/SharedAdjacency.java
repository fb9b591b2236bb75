package io.penstock.dataplane.route;

import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.os.netlink.IpAddress;
import java.util.List;

/**
 * An adjacency that all routes with the same way use, so that what happens to the way is written once.
 *
 * <p>Threads: the control thread.
 */
final class SharedAdjacency {

    private final Object key;
    private final int number;
    private final List<SharedAdjacency> members;
    private int users;

    SharedAdjacency(final Object key, final int number, final List<SharedAdjacency> members) {
        this.key = key;
        this.number = number;
        this.members = members;
    }

    /** Its number in the forwarding table. */
    int number() {
        return number;
    }

    /** The {@link Way}, or the {@link Group} of a multipath route. */
    Object key() {
        return key;
    }

    /** The next hops of a multipath route; none otherwise. */
    List<SharedAdjacency> members() {
        return members;
    }

    void addUser() {
        users++;
    }

    /** True if that was the last one. */
    boolean removeUser() {
        return --users == 0;
    }

    /** The device on whose link the destinations are, or 0 if they are not on a port's link. */
    int onLinkIfindex() {
        return key instanceof Way way && way.kind() == Way.Kind.ON_LINK ? way.ifindex() : 0;
    }

    /** The route's own MTU, or 0. */
    int routeMtu() {
        return key instanceof Way way ? way.routeMtu() : 0;
    }

    /** The Way, or null for a multipath route. */
    Way way() {
        return key instanceof Way way ? way : null;
    }

    /**
     * One way for packets.
     *
     * @param kind what it is
     * @param adjacencyKind the {@code AdjacencyKind} that an {@link Kind#END} has, otherwise 0
     * @param flags {@code AdjacencyLayout.FLAG_...}, the gateway's apart
     * @param family the packets'
     * @param ifindex the device, or 0
     * @param port the device's port, or -1
     * @param gateway the gateway, or null
     * @param routeMtu the route's own MTU, or 0 for the device's
     * @param source the route's preferred source, or null
     * @param scope the route's scope, which bounds the choice of an IPv4 source; 0 where there is none to choose
     */
    record Way(Kind kind, int adjacencyKind, int flags, int family, int ifindex, int port, IpAddress gateway,
            int routeMtu, IpAddress source, int scope) {

        /** True if this host may send this way. */
        boolean hasSource() {
            return kind != Kind.END || adjacencyKind == AdjacencyKind.BROADCAST;
        }

        enum Kind {
            /** Leads through no port: this host or a drop. */
            END,
            /** Leads through a device of the kernel's. */
            KERNEL,
            /** The destination is on a port's link. */
            ON_LINK,
            /** A gateway on a port's link. */
            GATEWAY
        }
    }

    /**
     * The next hops of a multipath route.
     *
     * @param numbers their adjacencies
     * @param weights their weights
     */
    record Group(List<Integer> numbers, List<Integer> weights) {
    }
}
