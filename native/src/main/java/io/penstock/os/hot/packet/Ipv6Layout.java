package io.penstock.os.hot.packet;

import io.penstock.os.hot.memory.Memory;

/**
 * The fixed IPv6 header. What may stand between it and the payload is {@link Ipv6Extensions}'s matter.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-------+---------------+---------------------------------------+
 *  |version| traffic class |              flow label               |
 *  +-------+---------------+-------+---------------+---------------+
 *  |        payload length         |  next header  |   hop limit   |
 *  +-------------------------------+---------------+---------------+
 *  |                                                               |
 *  +                       source, 128 bits                        +
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                                                               |
 *  +                     destination, 128 bits                     +
 *  |                                                               |
 *  +---------------------------------------------------------------+
 * </pre>
 *
 * <p>An address is two longs as it is written: of 2001:db8::1 the high one is {@code 0x2001_0db8_0000_0000L} and the low
 * one 1.
 *
 * <p>Source: RFC 8200, 3; {@code struct ipv6hdr}. Nothing is checked here.
 */
public final class Ipv6Layout {

    /** Bytes of the fixed header. */
    public static final int HEADER_BYTES = 40;

    public static final int VERSION_CLASS_LABEL = 0;
    public static final int PAYLOAD_LENGTH = 4;
    public static final int NEXT_HEADER = 6;
    public static final int HOP_LIMIT = 7;
    public static final int SOURCE = 8;
    public static final int DESTINATION = 24;

    /** The label's bits in the header's first word. */
    public static final int FLOW_LABEL_MASK = 0x000F_FFFF;

    private static final int CLASS_SHIFT = 20;
    private static final int CLASS_MASK = 0xFF << CLASS_SHIFT;

    private Ipv6Layout() {
    }

    public static int version(final long ip) {
        return Memory.getUnsignedByte(ip + VERSION_CLASS_LABEL) >>> 4;
    }

    /** DSCP and ECN. */
    public static int trafficClass(final long ip) {
        return Memory.getUnsignedShortBE(ip + VERSION_CLASS_LABEL) >>> 4 & 0xFF;
    }

    public static int dscp(final long ip) {
        return trafficClass(ip) >>> 2;
    }

    public static int ecn(final long ip) {
        return trafficClass(ip) & 3;
    }

    public static int flowLabel(final long ip) {
        return Memory.getIntBE(ip + VERSION_CLASS_LABEL) & FLOW_LABEL_MASK;
    }

    /** Bytes behind the fixed header; 0 for a jumbogram too. */
    public static int payloadLength(final long ip) {
        return Memory.getUnsignedShortBE(ip + PAYLOAD_LENGTH);
    }

    /** One of {@link IpProtocol}. */
    public static int nextHeader(final long ip) {
        return Memory.getUnsignedByte(ip + NEXT_HEADER);
    }

    public static int hopLimit(final long ip) {
        return Memory.getUnsignedByte(ip + HOP_LIMIT);
    }

    public static long sourceHigh(final long ip) {
        return Memory.getLongBE(ip + SOURCE);
    }

    public static long sourceLow(final long ip) {
        return Memory.getLongBE(ip + SOURCE + 8);
    }

    public static long destinationHigh(final long ip) {
        return Memory.getLongBE(ip + DESTINATION);
    }

    public static long destinationLow(final long ip) {
        return Memory.getLongBE(ip + DESTINATION + 8);
    }

    /** Writes version 6, a traffic class and a flow label. */
    public static void setVersionClassLabel(final long ip, final int trafficClass, final int flowLabel) {
        Memory.putIntBE(ip + VERSION_CLASS_LABEL, 6 << 28 | trafficClass << CLASS_SHIFT | flowLabel);
    }

    public static void setTrafficClass(final long ip, final int trafficClass) {
        final int word = Memory.getIntBE(ip + VERSION_CLASS_LABEL);
        Memory.putIntBE(ip + VERSION_CLASS_LABEL, word & ~CLASS_MASK | trafficClass << CLASS_SHIFT);
    }

    public static void setFlowLabel(final long ip, final int flowLabel) {
        final int word = Memory.getIntBE(ip + VERSION_CLASS_LABEL);
        Memory.putIntBE(ip + VERSION_CLASS_LABEL, word & ~FLOW_LABEL_MASK | flowLabel);
    }

    public static void setPayloadLength(final long ip, final int bytes) {
        Memory.putShortBE(ip + PAYLOAD_LENGTH, bytes);
    }

    public static void setNextHeader(final long ip, final int nextHeader) {
        Memory.putByte(ip + NEXT_HEADER, (byte) nextHeader);
    }

    public static void setHopLimit(final long ip, final int hopLimit) {
        Memory.putByte(ip + HOP_LIMIT, (byte) hopLimit);
    }

    /** Takes one from the hop limit, which must not be 0, and returns what is left; no checksum covers it. */
    public static int decrementHopLimit(final long ip) {
        final int hopLimit = hopLimit(ip) - 1;
        setHopLimit(ip, hopLimit);
        return hopLimit;
    }

    public static void setSource(final long ip, final long high, final long low) {
        Memory.putLongBE(ip + SOURCE, high);
        Memory.putLongBE(ip + SOURCE + 8, low);
    }

    public static void setDestination(final long ip, final long high, final long low) {
        Memory.putLongBE(ip + DESTINATION, high);
        Memory.putLongBE(ip + DESTINATION + 8, low);
    }
}
