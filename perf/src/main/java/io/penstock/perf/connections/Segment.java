package io.penstock.perf.connections;

/**
 * What a packet is to its connection.
 *
 * @param flags          of TCP, or {@link #UDP}
 * @param sequence       of TCP
 * @param acknowledgment of TCP
 * @param dataBytes      of TCP; of UDP all that fits
 */
record Segment(int flags, int sequence, int acknowledgment, int dataBytes) {

    private static final int UDP = -1;

    /** A datagram. */
    static Segment udp() {
        return new Segment(UDP, 0, 0, 0);
    }

    boolean isUdp() {
        return flags == UDP;
    }
}
