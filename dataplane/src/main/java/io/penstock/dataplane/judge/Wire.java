package io.penstock.dataplane.judge;

/**
 * Reading and writing packets in byte arrays, in network order. Callers check lengths.
 *
 * <p>Source: RFC 791, 792, 1071, 4443, 8200.
 */
public final class Wire {

    /** Bytes of an IPv4 header without options. */
    public static final int IPV4_BYTES = 20;
    /** Bytes of an IPv6 header. */
    public static final int IPV6_BYTES = 40;
    /** Protocol numbers. */
    public static final int ICMP = 1;
    public static final int ICMPV6 = 58;
    public static final int UDP = 17;
    public static final int TCP = 6;

    private Wire() {
    }

    /** One byte. */
    public static int u8(final byte[] b, final int at) {
        return b[at] & 0xFF;
    }

    /** Two bytes. */
    public static int u16(final byte[] b, final int at) {
        return u8(b, at) << 8 | u8(b, at + 1);
    }

    /** Four bytes. */
    public static int u32(final byte[] b, final int at) {
        return u16(b, at) << 16 | u16(b, at + 2);
    }

    /** Eight bytes. */
    public static long u64(final byte[] b, final int at) {
        return (long) u32(b, at) << Integer.SIZE | u32(b, at + 4) & 0xFFFF_FFFFL;
    }

    /** Writes one byte. */
    public static void put8(final byte[] b, final int at, final int value) {
        b[at] = (byte) value;
    }

    /** Writes two bytes. */
    public static void put16(final byte[] b, final int at, final int value) {
        b[at] = (byte) (value >>> 8);
        b[at + 1] = (byte) value;
    }

    /** Writes four bytes. */
    public static void put32(final byte[] b, final int at, final int value) {
        put16(b, at, value >>> 16);
        put16(b, at + 2, value);
    }

    /** Writes eight bytes. */
    public static void put64(final byte[] b, final int at, final long value) {
        put32(b, at, (int) (value >>> 32));
        put32(b, at + 4, (int) value);
    }

    /** The version that the first byte tells; 0 for no byte. */
    public static int version(final byte... b) {
        return b.length == 0 ? 0 : u8(b, 0) >>> 4;
    }

    /** Bytes of an IPv4 header, options included, or as much of them as there is. */
    public static int ipv4HeaderBytes(final byte... b) {
        return Math.min(b.length, (b[0] & 0xF) * 4);
    }

    /** True when the packet has a whole IPv4 header without options. */
    public static boolean isIpv4(final byte... b) {
        return b.length >= IPV4_BYTES && version(b) == 4;
    }

    /** True when the packet has a whole IPv6 header. */
    public static boolean isIpv6(final byte... b) {
        return b.length >= IPV6_BYTES && version(b) == 6;
    }

    /** The ones' complement sum of 16-bit words, folded. */
    public static int sum(final byte[] b, final int from, final int to, final int start) {
        long sum = start;
        int at = from;
        while (at + 1 < to) {
            sum += u16(b, at);
            at += 2;
        }
        if (at < to) {
            sum += (long) u8(b, at) << 8;
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return (int) sum;
    }

    /** Writes the IPv4 header's checksum over as much of the header as there is. */
    public static void checksum4(final byte... b) {
        if (b.length >= IPV4_BYTES) {
            put16(b, 10, 0);
            put16(b, 10, ~sum(b, 0, ipv4HeaderBytes(b), 0));
        }
    }

    /** True when the IPv4 header's checksum fits. */
    public static boolean hasValidChecksum4(final byte... b) {
        return isIpv4(b) && sum(b, 0, ipv4HeaderBytes(b), 0) == 0xFFFF;
    }

    /** The sum of an IPv6 pseudo-header. */
    public static int pseudo6(final byte[] b, final int protocol, final int length) {
        return sum(b, 8, IPV6_BYTES, (length >>> 16) + (length & 0xFFFF) + protocol);
    }

    /** The sum of an IPv4 pseudo-header. */
    public static int pseudo4(final byte[] b, final int protocol, final int length) {
        return sum(b, 12, IPV4_BYTES, protocol + length);
    }
}
