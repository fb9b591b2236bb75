package io.penstock.dataplane.hot.options;

/**
 * What the treatment of options asks the host that the packet has come to: addresses and routes.
 *
 * <p>One object for each worker, bound to the packet under way. It is asked only when an option needs the answer.
 */
public interface OptionHost {

    /** Of {@link #route}: the address is this host's own. */
    int LOCAL = 0;
    /** Of {@link #route}: the packet is to be forwarded. */
    int UNICAST = 1;
    /** Of {@link #route}: there is no way, or not for this packet. */
    int OTHER = 2;

    /**
     * The address that this host puts into an option on receipt: the packet's destination if that is this host's own,
     * otherwise the one that it would answer the source with.
     *
     * <p>Source: net/ipv4/fib_frontend.c fib_compute_spec_dst.
     */
    int receiveAddress(long ip);

    /**
     * The address that this host puts into an option when forwarding: the one that it would send with to the destination
     * that the header names now.
     *
     * <p>Source: net/ipv4/route.c ip_rt_get_source.
     */
    int forwardAddress(long ip);

    /**
     * False for 0.0.0.0, multicast and the limited broadcast address, and for what the local table lists as local or
     * broadcast; true for any other.
     *
     * <p>Source: net/ipv4/fib_frontend.c inet_addr_type.
     */
    boolean isUnicast(int address);

    /**
     * Routes the packet's source to an address as if the packet had come in with it as its destination, and keeps what was
     * found as the packet's route.
     *
     * @return {@link #LOCAL}, {@link #UNICAST} or {@link #OTHER}
     */
    int route(int nextHop);
}
