package io.penstock.os.netlink;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** Builds messages and attributes byte by byte for tests. */
final class MessageFixture {

    private MessageFixture() {
    }

    static byte[] message(final int type, final int flags, final byte[]... parts) {
        final byte[] body = join(parts);
        final byte[] message = new byte[16 + body.length];
        Bytes.putInt(message, 0, message.length);
        Bytes.putShort(message, 4, type);
        Bytes.putShort(message, 6, flags);
        System.arraycopy(body, 0, message, 16, body.length);
        return message;
    }

    static NetlinkMessage view(final byte[] message) {
        return NetlinkMessage.at(message, 0, message.length);
    }

    static byte[] attribute(final int type, final byte[]... parts) {
        final byte[] value = join(parts);
        final byte[] whole = new byte[Rtnl.align(4 + value.length)];
        Bytes.putShort(whole, 0, 4 + value.length);
        Bytes.putShort(whole, 2, type);
        System.arraycopy(value, 0, whole, 4, value.length);
        return whole;
    }

    static byte[] attribute(final int type, final String ip) {
        return attribute(type, IpAddress.parse(ip).toBytes());
    }

    static byte[] attribute(final int type, final int value) {
        return attribute(type, word(value));
    }

    static byte[] word(final int value) {
        final byte[] four = new byte[4];
        Bytes.putInt(four, 0, value);
        return four;
    }

    static byte[] bytes(final int... values) {
        final byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    static byte[] join(final byte[]... parts) {
        final ByteArrayOutputStream all = new ByteArrayOutputStream();
        Arrays.stream(parts).forEach(all::writeBytes);
        return all.toByteArray();
    }
}
