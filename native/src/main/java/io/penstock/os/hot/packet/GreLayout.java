package io.penstock.os.hot.packet;

import io.penstock.os.hot.memory.Memory;

/**
 * The GRE header, version 0 with its optional fields and version 1 as PPTP has it.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-+-+-+-+-+-----+-+-------+-----+-------------------------------+
 *  |C|R|K|S|s|recur|A| flags | ver |   protocol type (EtherType)   |
 *  +-+-+-+-+-+-----+-+-------+-----+-------------------------------+
 *  |      checksum (if C)          |       reserved (if C)         |
 *  +-------------------------------+-------------------------------+
 *  |   key (if K); in version 1: payload length, then call id      |
 *  +---------------------------------------------------------------+
 *  |                    sequence number (if S)                     |
 *  +---------------------------------------------------------------+
 *  |           acknowledgment number (version 1, if A)             |
 *  +---------------------------------------------------------------+
 * </pre>
 *
 * <p>R (source routing, RFC 1701) makes the length unknowable from the flags; RFC 2784, 2.3 has such packets dropped.
 * Optional fields are named by the flags, which are read once: {@code key(gre, flags(gre))}.
 *
 * <p>Source: RFC 2784; RFC 2890 (key, sequence); RFC 2637, 4.1 (version 1). Nothing is checked here.
 */
public final class GreLayout {

    /** Bytes of the part that every header has. */
    public static final int FIXED_BYTES = 4;
    /** Bytes of version 1 without sequence and acknowledgment numbers. */
    public static final int PPTP_FIXED_BYTES = 8;

    public static final int FLAGS = 0;
    public static final int PROTOCOL_TYPE = 2;
    public static final int CHECKSUM = 4;
    public static final int PPTP_PAYLOAD_LENGTH = 4;
    public static final int PPTP_CALL_ID = 6;

    public static final int FLAG_CHECKSUM = 0x8000;
    public static final int FLAG_ROUTING = 0x4000;
    public static final int FLAG_KEY = 0x2000;
    public static final int FLAG_SEQUENCE = 0x1000;
    /** Of version 1. */
    public static final int FLAG_ACKNOWLEDGMENT = 0x0080;
    public static final int VERSION_MASK = 0x0007;

    public static final int VERSION_0 = 0;
    /** PPTP's version. */
    public static final int VERSION_1 = 1;
    /** PPTP's protocol type. */
    public static final int TYPE_PPP = 0x880B;

    private GreLayout() {
    }

    /** The first two bytes: flags and version. */
    public static int flags(final long gre) {
        return Memory.getUnsignedShortBE(gre + FLAGS);
    }

    public static int version(final int flags) {
        return flags & VERSION_MASK;
    }

    public static int protocolType(final long gre) {
        return Memory.getUnsignedShortBE(gre + PROTOCOL_TYPE);
    }

    /** Bytes of the header in either version, from its flags alone, when {@link #FLAG_ROUTING} is clear. */
    public static int headerBytes(final int flags) {
        // The acknowledgment flag's bit has no field in version 0; the version's low bit, shifted there, masks it.
        final int acknowledgment = flags & (flags & VERSION_1) << 7;
        return sequenceOffset(flags) + (flags >>> 10 & 4) + (acknowledgment >>> 5);
    }

    /** Where the key starts if {@link #FLAG_KEY} is set. */
    public static int keyOffset(final int flags) {
        return FIXED_BYTES + (flags >>> 13 & 4);
    }

    /** Where the sequence number starts if {@link #FLAG_SEQUENCE} is set. */
    public static int sequenceOffset(final int flags) {
        return keyOffset(flags) + (flags >>> 11 & 4);
    }

    /** Where the acknowledgment number starts if {@link #FLAG_ACKNOWLEDGMENT} is set in version 1. */
    public static int acknowledgmentOffset(final int flags) {
        return sequenceOffset(flags) + (flags >>> 10 & 4);
    }

    public static int checksum(final long gre) {
        return Memory.getUnsignedShortBE(gre + CHECKSUM);
    }

    public static int key(final long gre, final int flags) {
        return Memory.getIntBE(gre + keyOffset(flags));
    }

    public static int sequence(final long gre, final int flags) {
        return Memory.getIntBE(gre + sequenceOffset(flags));
    }

    public static int acknowledgment(final long gre, final int flags) {
        return Memory.getIntBE(gre + acknowledgmentOffset(flags));
    }

    /** Bytes behind the header, in version 1. */
    public static int pptpPayloadLength(final long gre) {
        return Memory.getUnsignedShortBE(gre + PPTP_PAYLOAD_LENGTH);
    }

    /** The receiver's call id, in version 1. */
    public static int pptpCallId(final long gre) {
        return Memory.getUnsignedShortBE(gre + PPTP_CALL_ID);
    }

    /** Writes flags, version and protocol type: all of a header of version 0 without optional fields. */
    public static void set(final long gre, final int flags, final int protocolType) {
        Memory.putIntBE(gre + FLAGS, flags << Short.SIZE | protocolType);
    }

    /** Computes the checksum over header and payload and stores it, with the reserved field behind it 0; {@link #FLAG_CHECKSUM} is set. */
    public static void writeChecksum(final long gre, final int bytes) {
        Memory.putIntBE(gre + CHECKSUM, 0);
        Memory.putShortBE(gre + CHECKSUM, Checksum.checksum(Checksum.sum(gre, bytes)));
    }

    public static void setKey(final long gre, final int flags, final int key) {
        Memory.putIntBE(gre + keyOffset(flags), key);
    }

    public static void setPptpCallId(final long gre, final int callId) {
        Memory.putShortBE(gre + PPTP_CALL_ID, callId);
    }
}
