package io.penstock.dataplane.judge;

/**
 * A packet that a port receives.
 *
 * @param port    the port's index
 * @param bytes   the packet from its IP header on; nobody changes it
 * @param link    what its Ethernet header says, or null for a packet without one
 * @param pauseMs how long nothing came before it. Unit: ms
 */
public record Arrival(int port, byte[] bytes, Link link, int pauseMs) {

    private static final int NIBBLE = 4;

    /**
     * An Ethernet header.
     *
     * @param source the sender's address
     * @param to     whom it is for
     */
    public record Link(long source, To to) {
    }

    /** Whom a frame is for. */
    public enum To {
        /** The port. */
        PORT(0),
        /** A group. */
        GROUP(0x0100_5E00_0001L),
        /** All on the link. */
        ALL(0xFFFF_FFFF_FFFFL);

        private final long address;

        To(final long address) {
            this.address = address;
        }

        /** The Ethernet address that it goes to. */
        long address(final long port) {
            return this == PORT ? port : address;
        }
    }

    /** A packet without a link header that comes at once. */
    public Arrival(final int port, final byte... bytes) {
        this(port, bytes, null, 0);
    }

    /** The version that its first byte tells. */
    public int version() {
        return (bytes[0] & 0xFF) >>> NIBBLE;
    }

    /** The same with other bytes. */
    public Arrival with(final byte... other) {
        return new Arrival(port, other, link, pauseMs);
    }

    /** The same by another port. */
    Arrival by(final int other) {
        return new Arrival(other, bytes, link, pauseMs);
    }
}
