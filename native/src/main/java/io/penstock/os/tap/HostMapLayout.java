package io.penstock.os.tap;

/**
 * The array map, mapped into this process, that the programs on the TAP device and on the ports share with it.
 *
 * <pre>
 *    0                                64                 72        76      80
 *   +---------------------+----------+------------------+---------+-------+----------------
 *   | packets handed over | (unused) | port 0: address  | ifindex | flags | port 1: ...
 *   +---------------------+----------+------------------+---------+-------+----------------
 * </pre>
 *
 * <p>The address is six bytes as they lie in a frame, read and written with one access of eight. The packets handed over
 * have a line of their own: programs add to it on whatever processor sends, workers look at it once a round.
 */
final class HostMapLayout {

    static final int HANDED_OVER = 0;

    /** A power of two, so that an index is made safe by a mask. */
    static final int PORTS = 64;
    static final int PORT = 64;
    static final int PORT_SHIFT = 4;

    static final int ADDRESS = 0;
    static final int IFINDEX = 8;
    static final int FLAGS = 12;

    static final int BYTES = PORT + (PORTS << PORT_SHIFT);

    /** ARP that the host sends is handed over. */
    static final int FLAG_ARP = 1;

    private HostMapLayout() {
    }

    static int port(final int index) {
        return PORT + (index << PORT_SHIFT);
    }

    /** A MAC, first byte highest in the low 48 bits, as its six bytes lie in a frame, in the low bytes. */
    static long inFrameOrder(final long mac) {
        return Long.reverseBytes(mac << 16);
    }
}
