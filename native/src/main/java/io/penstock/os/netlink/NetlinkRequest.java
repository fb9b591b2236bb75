package io.penstock.os.netlink;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Builds one request. Fields of the fixed header first, in order; then attributes.
 *
 * <p>Invariant: {@link #encode} yields a complete message whose length covers what was put. Threads: one.
 */
public final class NetlinkRequest {

    /** Enough for every request made here; longer ones grow. */
    private static final int INITIAL_BYTES = 128;

    private byte[] bytes = new byte[INITIAL_BYTES];
    private int length = Rtnl.MESSAGE_HEADER_BYTES;

    /** A request of a type, with flags beyond {@code NLM_F_REQUEST}. */
    public NetlinkRequest(final int type, final int flags) {
        Bytes.putShort(bytes, 4, type);
        Bytes.putShort(bytes, 6, flags | Rtnl.NLM_F_REQUEST);
    }

    /** Appends one byte of the fixed header. */
    public NetlinkRequest put8(final int value) {
        reserve(1);
        bytes[length++] = (byte) value;
        return this;
    }

    /** Appends two bytes of the fixed header. */
    public NetlinkRequest put16(final int value) {
        reserve(2);
        Bytes.putShort(bytes, length, value);
        length += 2;
        return this;
    }

    /** Appends four bytes of the fixed header. */
    public NetlinkRequest put32(final int value) {
        reserve(4);
        Bytes.putInt(bytes, length, value);
        length += 4;
        return this;
    }

    /** Appends an attribute of four bytes. */
    public NetlinkRequest attribute(final int type, final int value) {
        final byte[] four = new byte[4];
        Bytes.putInt(four, 0, value);
        return attribute(type, four);
    }

    /** Appends an attribute of text, ended by a zero byte. */
    public NetlinkRequest attribute(final int type, final String value) {
        final byte[] text = value.getBytes(StandardCharsets.UTF_8);
        return attribute(type, Arrays.copyOf(text, text.length + 1));
    }

    /** Appends an attribute that is an address. */
    public NetlinkRequest attribute(final int type, final IpAddress value) {
        return attribute(type, value.toBytes());
    }

    /** Appends an attribute of bytes. */
    public NetlinkRequest attribute(final int type, final byte[] value) {
        final int whole = Rtnl.ATTRIBUTE_HEADER_BYTES + value.length;
        length = Rtnl.align(length);
        reserve(Rtnl.align(whole));
        Bytes.putShort(bytes, length, whole);
        Bytes.putShort(bytes, length + 2, type);
        System.arraycopy(value, 0, bytes, length + Rtnl.ATTRIBUTE_HEADER_BYTES, value.length);
        length += Rtnl.align(whole);
        return this;
    }

    /** The message with its sequence number. */
    byte[] encode(final int sequence) {
        Bytes.putInt(bytes, 0, length);
        Bytes.putInt(bytes, 8, sequence);
        return Arrays.copyOf(bytes, length);
    }

    private void reserve(final int count) {
        // One alignment more than asked, so that padding stays inside the array and zero.
        if (length + count + 4 > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + count + 4));
        }
    }
}
