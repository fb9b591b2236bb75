package io.penstock.conntrack.hot.nat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/** Addresses as texts and as two longs, an IPv4 address in the second. */
final class TestAddress {

    private TestAddress() {
    }

    static long[] parse(final String text) {
        if (text.equals("-")) {
            return new long[2];
        }
        try {
            final byte[] bytes = InetAddress.ofLiteral(text).getAddress();
            final ByteBuffer buffer = ByteBuffer.allocate(16).put(16 - bytes.length, bytes);
            return new long[] {buffer.getLong(0), buffer.getLong(8)};
        } catch (final IllegalArgumentException e) {
            throw new AssertionError(text, e);
        }
    }

    static String normal(final String text) {
        final long[] address = parse(text);
        return text(text.indexOf(':') < 0, address[0], address[1]);
    }

    static String text(final boolean ipv4, final long high, final long low) {
        final ByteBuffer buffer = ByteBuffer.allocate(16).putLong(0, high).putLong(8, low);
        final byte[] bytes = new byte[ipv4 ? 4 : 16];
        buffer.get(16 - bytes.length, bytes);
        try {
            return InetAddress.getByAddress(bytes).getHostAddress();
        } catch (final UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
