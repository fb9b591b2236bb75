package io.penstock.os.hot.packet;

import io.penstock.os.hot.memory.Memory;

/**
 * The IPv6 fragment header.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------+---------------+-------------------------+---+-+
 *  |  next header  |   reserved    |     fragment offset     |res|M|
 *  +---------------+---------------+-------------------------+---+-+
 *  |                        identification                         |
 *  +---------------------------------------------------------------+
 * </pre>
 *
 * <p>Source: RFC 8200, 4.5; {@code struct frag_hdr}. Nothing is checked here.
 */
public final class Ipv6FragmentLayout {

    /** Bytes of the header. */
    public static final int HEADER_BYTES = 8;

    public static final int NEXT_HEADER = 0;
    public static final int RESERVED = 1;
    public static final int OFFSET_FLAGS = 2;
    public static final int IDENTIFICATION = 4;

    /** More fragments follow. */
    public static final int MORE_FRAGMENTS = 1;
    /** The offset's bits in {@link #OFFSET_FLAGS}, which are the offset in bytes as they stand. */
    public static final int OFFSET_MASK = 0xFFF8;

    private Ipv6FragmentLayout() {
    }

    public static int nextHeader(final long fragment) {
        return Memory.getUnsignedByte(fragment + NEXT_HEADER);
    }

    /** The offset in bytes and, in the low bits, the flags. */
    public static int offsetFlags(final long fragment) {
        return Memory.getUnsignedShortBE(fragment + OFFSET_FLAGS);
    }

    public static int identification(final long fragment) {
        return Memory.getIntBE(fragment + IDENTIFICATION);
    }

    /** Writes the whole header; an offset in bytes is a multiple of 8. */
    public static void set(final long fragment, final int nextHeader, final int offsetFlags, final int identification) {
        Memory.putByte(fragment + NEXT_HEADER, (byte) nextHeader);
        Memory.putByte(fragment + RESERVED, (byte) 0);
        Memory.putShortBE(fragment + OFFSET_FLAGS, offsetFlags);
        Memory.putIntBE(fragment + IDENTIFICATION, identification);
    }
}
