package io.penstock.os.hot.packet;

import io.penstock.os.hot.memory.Memory;

/**
 * The header of Generic UDP Encapsulation, version 0, with the one option that Linux knows.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---+-+---------+---------------+-----------------------------+-+
 *  |ver|C| words   |   protocol    |            flags            |P|
 *  +---+-+---------+---------------+-----------------------------+-+
 *  |                  private flags (if P), R first                |
 *  +-------------------------------+-------------------------------+
 *  |  checksum starts at (if R)    |  checksum belongs at (if R)   |
 *  +-------------------------------+-------------------------------+
 * </pre>
 *
 * <p>The words are those of 4 bytes behind the first four. C marks a control message, whose protocol is a number of its own; of data it is
 * one of {@link IpProtocol}. With R, remote checksum offload, the transport checksum inside is only begun: the receiver sums from the start
 * on and puts the complement where it belongs; both count from the end of this header.
 *
 * <p>Source: draft-ietf-intarea-gue-09, 3; draft-herbert-remotecsumoffload-02; include/net/gue.h. Nothing is checked here.
 */
public final class GueLayout {

    /** Bytes of the part that every header has. */
    public static final int FIXED_BYTES = 4;
    /** Bytes of the option that asks for remote checksum offload: private flags and two offsets. */
    public static final int REMOTE_CHECKSUM_BYTES = 8;

    public static final int VERSION_CONTROL_WORDS = 0;
    public static final int PROTOCOL = 1;
    public static final int FLAGS = 2;
    public static final int PRIVATE_FLAGS = 4;
    public static final int CHECKSUM_START = 8;
    public static final int CHECKSUM_FIELD = 10;

    /** Private flags follow. */
    public static final int FLAG_PRIVATE = 1;
    /** Of the private flags: remote checksum offload. */
    public static final int PRIVATE_REMOTE_CHECKSUM = 0x8000_0000;

    private static final int WORDS_MASK = 0x1F;

    private GueLayout() {
    }

    /** True for data of version 0; control messages and IP packets without a header (version 1) are not. */
    public static boolean isData(final long gue) {
        return (Memory.getUnsignedByte(gue + VERSION_CONTROL_WORDS) & ~WORDS_MASK) == 0;
    }

    /** Bytes of the header with its options. */
    public static int headerBytes(final long gue) {
        return FIXED_BYTES + ((Memory.getUnsignedByte(gue + VERSION_CONTROL_WORDS) & WORDS_MASK) << 2);
    }

    /** What is inside; one of {@link IpProtocol}. */
    public static int protocol(final long gue) {
        return Memory.getUnsignedByte(gue + PROTOCOL);
    }

    public static int flags(final long gue) {
        return Memory.getUnsignedShortBE(gue + FLAGS);
    }

    public static int privateFlags(final long gue) {
        return Memory.getIntBE(gue + PRIVATE_FLAGS);
    }

    /** Where summing starts, from the end of the header. */
    public static int checksumStart(final long gue) {
        return Memory.getUnsignedShortBE(gue + CHECKSUM_START);
    }

    /** Where the checksum belongs, from the end of the header. */
    public static int checksumField(final long gue) {
        return Memory.getUnsignedShortBE(gue + CHECKSUM_FIELD);
    }

    /** Writes a header without options. */
    public static void set(final long gue, final int protocol) {
        Memory.putIntBE(gue, protocol << Short.SIZE);
    }

    /** Writes a header that asks for remote checksum offload. */
    public static void setRemoteChecksum(final long gue, final int protocol, final int start, final int field) {
        Memory.putIntBE(gue, REMOTE_CHECKSUM_BYTES >>> 2 << Byte.SIZE + Short.SIZE | protocol << Short.SIZE | FLAG_PRIVATE);
        Memory.putIntBE(gue + PRIVATE_FLAGS, PRIVATE_REMOTE_CHECKSUM);
        Memory.putShortBE(gue + CHECKSUM_START, start);
        Memory.putShortBE(gue + CHECKSUM_FIELD, field);
    }
}
