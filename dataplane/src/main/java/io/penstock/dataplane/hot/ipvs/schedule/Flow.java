package io.penstock.dataplane.hot.ipvs.schedule;

/**
 * What a scheduler may look at of a packet; one object for each worker, written anew for each.
 *
 * <p>Addresses are numbers in host order, of IPv4 in the lower half with the upper half 0. Threads: its worker.
 */
public final class Flow {

    /** 4 or 6. */
    public int family;
    public int protocol;
    public long sourceHigh;
    public long sourceLow;
    public long destinationHigh;
    public long destinationLow;
    public int sourcePort;
    public int destinationPort;
    /** Of an answer that begins a connection, and of an error: addresses and ports are those of the other direction. */
    public boolean isInverse;
    /** The workers' clock. Unit: ns */
    public long nowNs;
    /** A number that differs with each flow: for choices that are random in the kernel. */
    public long random;
}
