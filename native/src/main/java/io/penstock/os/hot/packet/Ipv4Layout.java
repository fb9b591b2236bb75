package io.penstock.os.hot.packet;

import io.penstock.os.hot.memory.Memory;

/**
 * The IPv4 header.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-------+-------+-----------+---+-------------------------------+
 *  |version|  IHL  |   DSCP    |ECN|         total length          |
 *  +-------+-------+-----------+---+-+-+-+-------------------------+
 *  |        identification         |R|D|M|     fragment offset     |
 *  +---------------+---------------+-+-+-+-------------------------+
 *  |      TTL      |   protocol    |        header checksum        |
 *  +---------------+---------------+-------------------------------+
 *  |                            source                             |
 *  +---------------------------------------------------------------+
 *  |                          destination                          |
 *  +---------------------------------------------------------------+
 *  |                      options, 0 to 40 bytes                   |
 *  +---------------------------------------------------------------+
 * </pre>
 *
 * <p>Addresses are ints as they are written, 10.0.0.1 being {@code 0x0A000001}. Setters leave the checksum alone, except
 * {@link #decrementTtl}. Options are walked with
 *
 * <pre>{@code
 * int option = firstOption(ip, headerBytes);
 * while (option > 0) {
 *     ... optionKind(ip, option), optionBytes(ip, option) ...
 *     option = nextOption(ip, option, headerBytes);
 * }
 * }</pre>
 *
 * and then {@code option} is {@link #OPTIONS_END} or {@link #OPTIONS_MALFORMED}.
 *
 * <p>Source: RFC 791, 3.1; RFC 2474 (DSCP); RFC 3168 (ECN); {@code struct iphdr}. Nothing is checked here.
 */
public final class Ipv4Layout {

    /** Bytes of a header without options. */
    public static final int HEADER_BYTES = 20;
    /** Bytes of the longest header: an IHL of 15. */
    public static final int MAX_HEADER_BYTES = 60;

    public static final int VERSION_IHL = 0;
    public static final int TOS = 1;
    public static final int TOTAL_LENGTH = 2;
    public static final int ID = 4;
    public static final int FRAGMENT = 6;
    public static final int TTL = 8;
    public static final int PROTOCOL = 9;
    public static final int CHECKSUM = 10;
    public static final int SOURCE = 12;
    public static final int DESTINATION = 16;

    /** The first byte of a header without options. */
    public static final int VERSION_4_IHL_5 = 0x45;

    /** The reserved bit of {@link #fragmentWord}. */
    public static final int RESERVED_FLAG = 0x8000;
    /** Don't fragment. */
    public static final int DONT_FRAGMENT = 0x4000;
    /** More fragments follow. */
    public static final int MORE_FRAGMENTS = 0x2000;
    /** The offset's bits in {@link #fragmentWord}, counting 8 bytes. */
    public static final int FRAGMENT_OFFSET_MASK = 0x1FFF;

    public static final int OPTION_RECORD_ROUTE = 7;
    public static final int OPTION_TIMESTAMP = 68;
    public static final int OPTION_SECURITY = 130;
    public static final int OPTION_LOOSE_SOURCE_ROUTE = 131;
    public static final int OPTION_CIPSO = 134;
    public static final int OPTION_STREAM_ID = 136;
    public static final int OPTION_STRICT_SOURCE_ROUTE = 137;
    public static final int OPTION_ROUTER_ALERT = 148;

    /** What ends an option walk: all options were seen. */
    public static final int OPTIONS_END = HeaderOptions.END;
    /** What ends an option walk: an option is too short or leaves the header. */
    public static final int OPTIONS_MALFORMED = HeaderOptions.MALFORMED;

    private static final int IS_FRAGMENT = MORE_FRAGMENTS | FRAGMENT_OFFSET_MASK;
    private static final int TTL_ONE = 1 << 24;

    private Ipv4Layout() {
    }

    public static int version(final long ip) {
        return Memory.getUnsignedByte(ip + VERSION_IHL) >>> 4;
    }

    /** Bytes of the header with its options: IHL times 4, so 0 to 60. */
    public static int headerBytes(final long ip) {
        return (Memory.getByte(ip + VERSION_IHL) & 0xF) << 2;
    }

    /** DSCP and ECN. */
    public static int tos(final long ip) {
        return Memory.getUnsignedByte(ip + TOS);
    }

    public static int dscp(final long ip) {
        return tos(ip) >>> 2;
    }

    public static int ecn(final long ip) {
        return tos(ip) & 3;
    }

    /** Bytes of header and payload. */
    public static int totalLength(final long ip) {
        return Memory.getUnsignedShortBE(ip + TOTAL_LENGTH);
    }

    public static int id(final long ip) {
        return Memory.getUnsignedShortBE(ip + ID);
    }

    /** The flags in the upper three bits and the offset in units of 8 bytes. */
    public static int fragmentWord(final long ip) {
        return Memory.getUnsignedShortBE(ip + FRAGMENT);
    }

    /** The flags in place: {@link #RESERVED_FLAG}, {@link #DONT_FRAGMENT}, {@link #MORE_FRAGMENTS}. */
    public static int flags(final long ip) {
        return fragmentWord(ip) & ~FRAGMENT_OFFSET_MASK;
    }

    /** The fragment's offset in bytes. */
    public static int fragmentOffset(final long ip) {
        return (fragmentWord(ip) & FRAGMENT_OFFSET_MASK) << 3;
    }

    /** True for a first, middle or last fragment. */
    public static boolean isFragment(final long ip) {
        return (fragmentWord(ip) & IS_FRAGMENT) != 0;
    }

    public static int ttl(final long ip) {
        return Memory.getUnsignedByte(ip + TTL);
    }

    /** One of {@link IpProtocol}. */
    public static int protocol(final long ip) {
        return Memory.getUnsignedByte(ip + PROTOCOL);
    }

    public static int checksum(final long ip) {
        return Memory.getUnsignedShortBE(ip + CHECKSUM);
    }

    public static int source(final long ip) {
        return Memory.getIntBE(ip + SOURCE);
    }

    public static int destination(final long ip) {
        return Memory.getIntBE(ip + DESTINATION);
    }

    /** Writes version 4 and a header length, which is a multiple of 4 from 20 to 60. */
    public static void setHeaderBytes(final long ip, final int headerBytes) {
        Memory.putByte(ip + VERSION_IHL, (byte) (0x40 | headerBytes >>> 2));
    }

    public static void setTos(final long ip, final int tos) {
        Memory.putByte(ip + TOS, (byte) tos);
    }

    public static void setTotalLength(final long ip, final int bytes) {
        Memory.putShortBE(ip + TOTAL_LENGTH, bytes);
    }

    public static void setId(final long ip, final int id) {
        Memory.putShortBE(ip + ID, id);
    }

    /** Writes the flags in place and the offset in units of 8 bytes. */
    public static void setFragmentWord(final long ip, final int word) {
        Memory.putShortBE(ip + FRAGMENT, word);
    }

    public static void setTtl(final long ip, final int ttl) {
        Memory.putByte(ip + TTL, (byte) ttl);
    }

    public static void setProtocol(final long ip, final int protocol) {
        Memory.putByte(ip + PROTOCOL, (byte) protocol);
    }

    public static void setChecksum(final long ip, final int checksum) {
        Memory.putShortBE(ip + CHECKSUM, checksum);
    }

    public static void setSource(final long ip, final int address) {
        Memory.putIntBE(ip + SOURCE, address);
    }

    public static void setDestination(final long ip, final int address) {
        Memory.putIntBE(ip + DESTINATION, address);
    }

    /**
     * Takes one from the TTL, which must not be 0, and corrects the checksum, with one load and one store. Gives the bytes
     * that the kernel's {@code ip_decrease_ttl} gives: the sum goes up by 0x0100 with end-around carry, and 0xFFFF, the
     * other zero, becomes 0 (RFC 1624, 3). A wrong checksum stays as wrong as it was.
     *
     * @return the TTL that the header now has
     */
    public static int decrementTtl(final long ip) {
        final int word = Memory.getIntBE(ip + TTL);
        final int sum = (word & 0xFFFF) + 0x0100;
        // Adding 1 carries into bit 16 exactly from 0xFFFF on.
        final int checksum = sum + (sum + 1 >>> 16) & 0xFFFF;
        final int decremented = (word & 0xFFFF_0000) - TTL_ONE | checksum;
        Memory.putIntBE(ip + TTL, decremented);
        return decremented >>> 24;
    }

    /** The offset of the first option, {@link #OPTIONS_END} or {@link #OPTIONS_MALFORMED}. */
    public static int firstOption(final long ip, final int headerBytes) {
        return HeaderOptions.at(ip, HEADER_BYTES, headerBytes);
    }

    /** The offset of the option behind a valid one, {@link #OPTIONS_END} or {@link #OPTIONS_MALFORMED}. */
    public static int nextOption(final long ip, final int option, final int headerBytes) {
        return HeaderOptions.after(ip, option, headerBytes);
    }

    /** The kind of a valid option; 1 is padding. */
    public static int optionKind(final long ip, final int option) {
        return HeaderOptions.kind(ip, option);
    }

    /** Bytes of a valid option with its kind and length, all of them in the header. */
    public static int optionBytes(final long ip, final int option) {
        return HeaderOptions.bytes(ip, option);
    }
}
