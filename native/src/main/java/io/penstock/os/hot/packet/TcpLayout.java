package io.penstock.os.hot.packet;

import io.penstock.os.hot.memory.Memory;

/**
 * The TCP header.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-------------------------------+-------------------------------+
 *  |          source port          |       destination port        |
 *  +-------------------------------+-------------------------------+
 *  |                        sequence number                        |
 *  +---------------------------------------------------------------+
 *  |                     acknowledgment number                     |
 *  +-------+-------+-+-+-+-+-+-+-+-+-------------------------------+
 *  | data  |reser- |C|E|U|A|P|R|S|F|                               |
 *  |offset |  ved  |W|C|R|C|S|S|Y|I|            window             |
 *  |       |       |R|E|G|K|H|T|N|N|                               |
 *  +-------+-------+-+-+-+-+-+-+-+-+-------------------------------+
 *  |           checksum            |        urgent pointer         |
 *  +-------------------------------+-------------------------------+
 *  |                     options, 0 to 40 bytes                    |
 *  +---------------------------------------------------------------+
 * </pre>
 *
 * <p>Sequence numbers are ints; compare them by subtraction. Setters leave the checksum alone. Options are walked as in
 * {@link Ipv4Layout}.
 *
 * <p>Source: RFC 9293, 3.1; RFC 7323 (window scale, timestamps); RFC 2018 (SACK); {@code struct tcphdr}. Nothing is
 * checked here.
 */
public final class TcpLayout {

    /** Bytes of a header without options. */
    public static final int HEADER_BYTES = 20;
    /** Bytes of the longest header: a data offset of 15. */
    public static final int MAX_HEADER_BYTES = 60;

    public static final int SOURCE_PORT = 0;
    public static final int DESTINATION_PORT = 2;
    public static final int SEQUENCE = 4;
    public static final int ACKNOWLEDGMENT = 8;
    public static final int DATA_OFFSET = 12;
    public static final int FLAGS = 13;
    public static final int WINDOW = 14;
    public static final int CHECKSUM = 16;
    public static final int URGENT = 18;

    public static final int FIN = 0x01;
    public static final int SYN = 0x02;
    public static final int RST = 0x04;
    public static final int PSH = 0x08;
    public static final int ACK = 0x10;
    public static final int URG = 0x20;
    public static final int ECE = 0x40;
    public static final int CWR = 0x80;

    public static final int OPTION_MSS = 2;
    public static final int OPTION_WINDOW_SCALE = 3;
    public static final int OPTION_SACK_PERMITTED = 4;
    public static final int OPTION_SACK = 5;
    public static final int OPTION_TIMESTAMPS = 8;

    /** What ends an option walk: all options were seen. */
    public static final int OPTIONS_END = HeaderOptions.END;
    /** What ends an option walk: an option is too short or leaves the header. */
    public static final int OPTIONS_MALFORMED = HeaderOptions.MALFORMED;

    private TcpLayout() {
    }

    public static int sourcePort(final long tcp) {
        return Memory.getUnsignedShortBE(tcp + SOURCE_PORT);
    }

    public static int destinationPort(final long tcp) {
        return Memory.getUnsignedShortBE(tcp + DESTINATION_PORT);
    }

    public static int sequence(final long tcp) {
        return Memory.getIntBE(tcp + SEQUENCE);
    }

    public static int acknowledgment(final long tcp) {
        return Memory.getIntBE(tcp + ACKNOWLEDGMENT);
    }

    /** Bytes of the header with its options: the data offset times 4, so 0 to 60. */
    public static int headerBytes(final long tcp) {
        return Memory.getUnsignedByte(tcp + DATA_OFFSET) >>> 4 << 2;
    }

    /** The four bits between data offset and flags, the lowest being AE of accurate ECN. */
    public static int reserved(final long tcp) {
        return Memory.getByte(tcp + DATA_OFFSET) & 0xF;
    }

    /** {@link #FIN} to {@link #CWR}. */
    public static int flags(final long tcp) {
        return Memory.getUnsignedByte(tcp + FLAGS);
    }

    /** The window as it is sent, unscaled. */
    public static int window(final long tcp) {
        return Memory.getUnsignedShortBE(tcp + WINDOW);
    }

    public static int checksum(final long tcp) {
        return Memory.getUnsignedShortBE(tcp + CHECKSUM);
    }

    public static int urgent(final long tcp) {
        return Memory.getUnsignedShortBE(tcp + URGENT);
    }

    public static void setSourcePort(final long tcp, final int port) {
        Memory.putShortBE(tcp + SOURCE_PORT, port);
    }

    public static void setDestinationPort(final long tcp, final int port) {
        Memory.putShortBE(tcp + DESTINATION_PORT, port);
    }

    public static void setSequence(final long tcp, final int sequence) {
        Memory.putIntBE(tcp + SEQUENCE, sequence);
    }

    public static void setAcknowledgment(final long tcp, final int acknowledgment) {
        Memory.putIntBE(tcp + ACKNOWLEDGMENT, acknowledgment);
    }

    /** Writes a header length, which is a multiple of 4 from 20 to 60, and clears the reserved bits. */
    public static void setHeaderBytes(final long tcp, final int headerBytes) {
        Memory.putByte(tcp + DATA_OFFSET, (byte) (headerBytes << 2));
    }

    public static void setFlags(final long tcp, final int flags) {
        Memory.putByte(tcp + FLAGS, (byte) flags);
    }

    public static void setWindow(final long tcp, final int window) {
        Memory.putShortBE(tcp + WINDOW, window);
    }

    public static void setChecksum(final long tcp, final int checksum) {
        Memory.putShortBE(tcp + CHECKSUM, checksum);
    }

    public static void setUrgent(final long tcp, final int urgent) {
        Memory.putShortBE(tcp + URGENT, urgent);
    }

    /** The offset of the first option, {@link #OPTIONS_END} or {@link #OPTIONS_MALFORMED}. */
    public static int firstOption(final long tcp, final int headerBytes) {
        return HeaderOptions.at(tcp, HEADER_BYTES, headerBytes);
    }

    /** The offset of the option behind a valid one, {@link #OPTIONS_END} or {@link #OPTIONS_MALFORMED}. */
    public static int nextOption(final long tcp, final int option, final int headerBytes) {
        return HeaderOptions.after(tcp, option, headerBytes);
    }

    /** The kind of a valid option; 1 is padding. */
    public static int optionKind(final long tcp, final int option) {
        return HeaderOptions.kind(tcp, option);
    }

    /** Bytes of a valid option with its kind and length, all of them in the header. */
    public static int optionBytes(final long tcp, final int option) {
        return HeaderOptions.bytes(tcp, option);
    }
}
