package io.penstock.dataplane.hot.pipeline;

/** Where the path asks for a neighbour to be resolved. Threads: the lane's worker; never blocks, may forget. */
@FunctionalInterface
public interface NeighbourRequests {

    /** Asks for the neighbour with this address (IPv4 in the low 32 bits of {@code low}) behind a port. */
    void request(int port, boolean ipv6, long high, long low);

    /**
     * Asks whether a neighbour that is known is still there.
     *
     * @return false if that was forgotten at once, and somebody has to ask again
     */
    default boolean confirm(final int port, final boolean ipv6, final long high, final long low) {
        request(port, ipv6, high, low);
        return true;
    }
}
