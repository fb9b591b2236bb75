package io.penstock.dataplane.route;

import io.penstock.os.netlink.IpAddress;

/**
 * Finds hardware addresses. The answers come as neighbour events to {@link Routing#neighbour}, at once or later.
 *
 * <p>Threads: the control thread.
 */
public interface NeighbourResolver {

    /** Packets wait for this neighbour, or go to it though nobody knows whether it is still there: ask for it once. */
    void request(int ifindex, IpAddress ip);

    /** Routes lead to this gateway: keep it resolved, though this host itself may never send to it. */
    void manage(int ifindex, IpAddress ip);

    /** No route leads to this gateway any more. */
    void unmanage(int ifindex, IpAddress ip);
}
