package io.penstock.os.hot.tap;

import io.penstock.os.hot.memory.Memory;

/**
 * struct virtio_net_hdr, which precedes every frame of a TAP device opened with IFF_VNET_HDR. In the machine's order.
 *
 * <pre>
 *  0       1          2               4          6            8             10
 * +-------+----------+---------------+----------+------------+-------------+
 * | flags | gso type | header length | gso size | csum start | csum offset |
 * +-------+----------+---------------+----------+------------+-------------+
 * </pre>
 *
 * <p>Source: linux/virtio_net.h, the legacy header.
 */
public final class VirtioNetLayout {

    public static final int BYTES = 10;

    /** The checksum at csum start + csum offset holds the pseudo-header's sum only. */
    private static final int NEEDS_CHECKSUM = 1;
    private static final int GSO_TCP4 = 1;
    private static final int GSO_TCP6 = 4;
    private static final int HEADER_LENGTH = 2;
    private static final int GSO_BYTES = 4;
    private static final int CHECKSUM_START = 6;
    private static final int CHECKSUM_OFFSET = 8;

    private VirtioNetLayout() {
    }

    /** Nothing to tell: one packet, whose checksum is verified by the receiver. */
    public static void writePlain(final long header) {
        Memory.putLong(header, 0);
        Memory.putShort(header + CHECKSUM_OFFSET, 0);
    }

    /**
     * One packet whose checksum is only begun.
     *
     * @param start  bytes from the Ethernet to the transport header, where the sum starts
     * @param offset bytes from there to the field
     */
    public static void writePartial(final long header, final int start, final int offset) {
        Memory.putShort(header, NEEDS_CHECKSUM);
        Memory.putShort(header + HEADER_LENGTH, start + offset + Short.BYTES);
        Memory.putShort(header + GSO_BYTES, 0);
        Memory.putShort(header + CHECKSUM_START, start);
        Memory.putShort(header + CHECKSUM_OFFSET, offset);
    }

    /**
     * TCP segments as one, which lie behind one header; its checksum is only begun.
     *
     * @param ipv6     whether over IPv6
     * @param headers  bytes from the Ethernet header to the payload
     * @param segment  bytes of payload in each segment but the last, which may have fewer
     * @param start    bytes from the Ethernet to the transport header
     * @param offset   bytes from there to the checksum
     */
    public static void writeSegments(
            final long header, final boolean ipv6, final int headers, final int segment, final int start, final int offset) {
        Memory.putShort(header, NEEDS_CHECKSUM | (ipv6 ? GSO_TCP6 : GSO_TCP4) << Byte.SIZE);
        Memory.putShort(header + HEADER_LENGTH, headers);
        Memory.putShort(header + GSO_BYTES, segment);
        Memory.putShort(header + CHECKSUM_START, start);
        Memory.putShort(header + CHECKSUM_OFFSET, offset);
    }
}
