package io.penstock.dataplane.ipvs.model;

import io.penstock.os.netlink.IpAddress;

/**
 * A connection, or a client that stays with a server, as {@code ipvsadm -L -c} and {@code /proc/net/ip_vs_conn} tell of it.
 *
 * @param protocol     by number; 0 (IP) of a mark's persistence
 * @param leftSeconds  until it ends
 * @param state        as the kernel names it: ESTABLISHED, NONE, UDP, ...
 * @param client       with {@code clientPort} 0 the client of a persistence
 * @param virtual      of a mark's persistence the mark as an address
 * @param engine       the persistence engine that gave the name, or null
 * @param engineData   what it names, or null
 */
public record ConnectionState(
        int protocol,
        long leftSeconds,
        String state,
        IpAddress client,
        int clientPort,
        IpAddress virtual,
        int virtualPort,
        IpAddress server,
        int serverPort,
        String engine,
        String engineData) {
}
