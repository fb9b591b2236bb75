package io.penstock.dataplane.route;

import io.penstock.os.netlink.IpAddress;
import io.penstock.os.netlink.Neighbour;

/**
 * Finds hardware addresses. The answers come as neighbour events to {@link Routing#neighbour}, at once or later.
 *
 * <p>Each method is given the neighbour as it is {@code known}, or null: what others set on it is to stay as it is.
 *
 * <p>Threads: the control thread.
 */
public interface NeighbourResolver {

    /** Packets wait for this neighbour, or go to it though nobody knows whether it is still there: ask for it once. */
    void request(int ifindex, IpAddress ip, Neighbour known);

    /** Routes lead to this gateway: keep it resolved, though this host itself may never send to it. */
    void manage(int ifindex, IpAddress ip, Neighbour known);

    /** No route leads to this gateway any more. */
    void unmanage(int ifindex, IpAddress ip, Neighbour known);
}
