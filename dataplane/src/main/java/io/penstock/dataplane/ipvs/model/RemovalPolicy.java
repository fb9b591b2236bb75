package io.penstock.dataplane.ipvs.model;

/** What becomes of the connections of a server that was removed, is dead or whose time to drain is over; chosen for each service. */
public enum RemovalPolicy {
    /**
     * As IPVS: they stay, and their packets are dropped while the server is away; {@code net.ipv4.vs.expire_nodest_conn} ends them. So does a
     * drain's deadline, which is the operator's own.
     */
    KERNEL,
    /** They go on to the server as before, until they end. */
    KEEP,
    /** They end; TCP clients and servers are sent a reset by the next packet that comes. */
    RESET,
    /**
     * They end, and the next packet of UDP, and a SYN, is scheduled anew; other packets of TCP are reset. A new connection that a server refuses (a reset
     * answers the SYN) ends silently, so that the client asks again and another server may get it.
     */
    REHASH
}
