package io.penstock.dataplane.hot.ipvs.schedule;

/**
 * A server as schedulers see it. It is the same object as long as the server is in its service, also over changes of its weight.
 *
 * <p>Threads: workers; what changes does so at any time, whole.
 */
public interface Candidate {

    /** Below 0: never. 0: takes no new connections. */
    int weight();

    /** Above its upper threshold, and not yet below the lower one again. */
    boolean isOverloaded();

    /** Connections that are established, of all workers. */
    long active();

    /** The other connections. */
    long inactive();

    /** Whether it may still be chosen: caches of schedulers ask. */
    boolean isAvailable();

    /** 4 or 6. */
    int family();

    /** The address: upper half; of IPv4 0. */
    long high();

    /** The address: lower half; of IPv4 all, unsigned. */
    long low();

    int port();
}
