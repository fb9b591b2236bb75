package io.penstock.rules.log;

/**
 * A packet that LOG took, copied.
 *
 * @param prefix    the line's begin
 * @param flags     {@code NF_LOG_*} of linux/netfilter/nf_log.h
 * @param in        the name of the device that it came in by, empty for none
 * @param out       the name of the device that it leaves by, empty for none
 * @param version   4 or 6
 * @param bytes     its link header, if it has one, and its begin from the network header on
 * @param linkBytes bytes of the link header, 0 if it has none
 * @param length    how long it is from the network header on, copied or not
 * @param mark      its mark
 * @param uid       the user id of the socket that sent it, -1 for none
 * @param gid       the group id of that socket
 */
public record LoggedPacket(
        String prefix,
        int flags,
        String in,
        String out,
        int version,
        byte[] bytes,
        int linkBytes,
        int length,
        int mark,
        int uid,
        int gid) {

    /**
     * How many bytes to copy from the network header on: an IP header with options and an ICMP error of a packet with all options take
     * 188; the rest is for IPv6's extension headers. What is not copied is told as cut off.
     */
    public static final int COPY_BYTES = 512;

    /** {@link #uid}: no socket is known. */
    public static final int NO_SOCKET = -1;

    static final int TCP_SEQUENCE = 0x01;
    static final int TCP_OPTIONS = 0x02;
    static final int IP_OPTIONS = 0x04;
    static final int UID = 0x08;
    static final int MAC_DECODE = 0x20;

    boolean has(final int flag) {
        return (flags & flag) != 0;
    }

    /** Whether all those bytes are there, counted from the network header. */
    boolean reaches(final int offset, final int count) {
        return offset + count <= length && linkBytes + offset + count <= bytes.length;
    }

    int octet(final int offset) {
        return bytes[linkBytes + offset] & 0xFF;
    }

    int word(final int offset) {
        return octet(offset) << 8 | octet(offset + 1);
    }

    int number(final int offset) {
        return word(offset) << 16 | word(offset + 2);
    }
}
