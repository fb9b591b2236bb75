package io.penstock.dataplane.api;

/** Where a hook function is called. Valid during the call only. */
public interface HookState {

    /** The network namespace's name, or the empty string for the one that Penstock was started in. */
    String namespace();

    /** The packet's family. */
    Family family();

    /** The hook point. */
    HookPoint point();

    /** The device that the packet came in by, or null for a packet of this host. */
    Device in();

    /** The device that it will leave by, or null before the routing decision and for this host's packets. */
    Device out();

    /** The socket that sent it, known for this host's packets only: its user id, or -1. */
    int socketUid();

    /** What happens when every function accepts. */
    Continuation continuation();

    /** The worker's clock, read once a batch: monotonic nanoseconds. */
    long nowNs();

    /** What follows a hook point. */
    enum Continuation {
        /** The routing decision. */
        ROUTE,
        /** Delivery to this host. */
        DELIVER,
        /** POST_ROUTING. */
        OUTPUT,
        /** The neighbour, then the wire. */
        TRANSMIT,
        /** The next layer of receiving, after INGRESS. */
        RECEIVE
    }
}
