package io.penstock.os.hot.packet;

import java.util.Arrays;

/** The Internet checksum as RFC 1071, 4.1 writes it down, over arrays: what the fast one is held against. */
final class Reference {

    private Reference() {
    }

    /** The folded one's complement sum in network order. */
    static int sum(final byte[] bytes) {
        int sum = 0;
        for (int i = 0; i < bytes.length; i++) {
            sum += (bytes[i] & 0xFF) << (i % 2 == 0 ? 8 : 0);
            sum = (sum >>> 16) + (sum & 0xFFFF);
        }
        return sum;
    }

    static int checksum(final byte[] bytes) {
        return ~sum(bytes) & 0xFFFF;
    }

    /** The pseudo-header of an IPv4 or IPv6 packet, told apart by its first byte. */
    static byte[] pseudo(final byte[] ip, final int protocol, final int l4Bytes) {
        final boolean v4 = ip[0] >>> 4 == 4;
        final byte[] addresses = v4 ? Arrays.copyOfRange(ip, 12, 20) : Arrays.copyOfRange(ip, 8, 40);
        final byte[] tail = v4
                ? new byte[] {0, (byte) protocol, (byte) (l4Bytes >>> 8), (byte) l4Bytes}
                : new byte[] {0, 0, (byte) (l4Bytes >>> 8), (byte) l4Bytes, 0, 0, 0, (byte) protocol};
        return concat(addresses, tail);
    }

    static byte[] concat(final byte[] one, final byte[] other) {
        final byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    static int get16(final byte[] bytes, final int offset) {
        return (bytes[offset] & 0xFF) << 8 | bytes[offset + 1] & 0xFF;
    }

    static void put16(final byte[] bytes, final int offset, final int value) {
        bytes[offset] = (byte) (value >>> 8);
        bytes[offset + 1] = (byte) value;
    }
}
