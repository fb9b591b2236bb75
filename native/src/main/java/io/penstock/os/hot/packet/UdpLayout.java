package io.penstock.os.hot.packet;

import io.penstock.os.hot.memory.Memory;

/**
 * The UDP header.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-------------------------------+-------------------------------+
 *  |          source port          |       destination port        |
 *  +-------------------------------+-------------------------------+
 *  |            length             |           checksum            |
 *  +-------------------------------+-------------------------------+
 * </pre>
 *
 * <p>A checksum of 0 means none over IPv4 and is illegal over IPv6, tunnels aside (RFC 8200, 8.1): who changes the field
 * keeps a 0 over IPv4 and writes a computed 0 as 0xFFFF. Setters leave the checksum alone.
 *
 * <p>Source: RFC 768; {@code struct udphdr}. Nothing is checked here.
 */
public final class UdpLayout {

    /** Bytes of the header. */
    public static final int HEADER_BYTES = 8;

    public static final int SOURCE_PORT = 0;
    public static final int DESTINATION_PORT = 2;
    public static final int LENGTH = 4;
    public static final int CHECKSUM = 6;

    private UdpLayout() {
    }

    public static int sourcePort(final long udp) {
        return Memory.getUnsignedShortBE(udp + SOURCE_PORT);
    }

    public static int destinationPort(final long udp) {
        return Memory.getUnsignedShortBE(udp + DESTINATION_PORT);
    }

    /** Bytes of header and payload. */
    public static int length(final long udp) {
        return Memory.getUnsignedShortBE(udp + LENGTH);
    }

    public static int checksum(final long udp) {
        return Memory.getUnsignedShortBE(udp + CHECKSUM);
    }

    public static void setSourcePort(final long udp, final int port) {
        Memory.putShortBE(udp + SOURCE_PORT, port);
    }

    public static void setDestinationPort(final long udp, final int port) {
        Memory.putShortBE(udp + DESTINATION_PORT, port);
    }

    public static void setLength(final long udp, final int bytes) {
        Memory.putShortBE(udp + LENGTH, bytes);
    }

    public static void setChecksum(final long udp, final int checksum) {
        Memory.putShortBE(udp + CHECKSUM, checksum);
    }
}
