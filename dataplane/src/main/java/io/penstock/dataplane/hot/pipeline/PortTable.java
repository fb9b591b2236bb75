package io.penstock.dataplane.hot.pipeline;

/**
 * What the path must know of each port, by port index. Written by the control thread with single stores, read by workers
 * as they go: a change of MAC address or forwarding applies from some packet on.
 */
public final class PortTable {

    /**
     * Ports at the most. Unit: ports. A lane keeps a transmit queue for each and looks at each once a round; more would
     * make the idle round long. Lower saves nothing worth having.
     */
    public static final int CAPACITY = 64;

    /** Accept frames to every unicast address: ports without a kernel device have no address of their own. */
    public static final long ANY_MAC = -1L;

    private final long[] mac = new long[CAPACITY];
    private final boolean[] partialChecksums = new boolean[CAPACITY];
    private final boolean[] forwarding4 = new boolean[CAPACITY];
    private final boolean[] forwarding6 = new boolean[CAPACITY];

    /** A table whose host entry accepts what the host's own sockets send. */
    public PortTable() {
        mac[Batch.FROM_HOST] = ANY_MAC;
        partialChecksums[Batch.FROM_HOST] = true;
        forwarding4[Batch.FROM_HOST] = true;
        forwarding6[Batch.FROM_HOST] = true;
    }

    /** Sets the MAC address in the low 48 bits, or {@link #ANY_MAC}. */
    public void mac(final int port, final long address) {
        mac[port] = address;
    }

    /** Says whether frames from here may carry transport checksums that are only begun. */
    public void partialChecksums(final int port, final boolean possible) {
        partialChecksums[port] = possible;
    }

    /** Says whether packets from here are forwarded. */
    public void forwarding(final int port, final boolean ipv4, final boolean ipv6) {
        forwarding4[port] = ipv4;
        forwarding6[port] = ipv6;
    }

    long mac(final int port) {
        return mac[port];
    }

    boolean partialChecksums(final int port) {
        return partialChecksums[port];
    }

    boolean forwarding4(final int port) {
        return forwarding4[port];
    }

    boolean forwarding6(final int port) {
        return forwarding6[port];
    }
}
