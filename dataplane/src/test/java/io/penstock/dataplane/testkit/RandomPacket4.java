package io.penstock.dataplane.testkit;

import java.nio.ByteBuffer;
import java.util.Random;

/** IPv4 packets with random options, valid, nearly valid and not, and right header checksums. */
public final class RandomPacket4 {

    private static final int FIXED_BYTES = 20;
    private static final int MAX_OPTION_BYTES = 40;
    private static final int[] KINDS = {7, 7, 68, 68, 131, 137, 148, 130, 134, 136, 1, 0, 25, 82, 200};

    private RandomPacket4() {
    }

    /** A list of options of any length up to 40 bytes, not padded; addresses in it are some of those given. */
    public static byte[] options(final Random random, final int... addresses) {
        final ByteBuffer buffer = ByteBuffer.allocate(MAX_OPTION_BYTES);
        final int count = random.nextInt(4);
        for (int i = 0; i < count && buffer.hasRemaining(); i++) {
            final byte[] option = option(random, addresses);
            buffer.put(option, 0, Math.min(option.length, buffer.remaining()));
        }
        final byte[] bytes = new byte[buffer.position()];
        buffer.flip().get(bytes);
        return bytes;
    }

    /** A packet: options are padded with no-operations to whole words, and total length and checksum are right. */
    public static byte[] packet(
            final int tos,
            final int id,
            final int fragmentWord,
            final int ttl,
            final int protocol,
            final int source,
            final int destination,
            final byte[] options,
            final byte[] payload) {
        final int headerBytes = FIXED_BYTES + (options.length + 3 & -4);
        final ByteBuffer b = ByteBuffer.allocate(headerBytes + payload.length);
        b.put((byte) (0x40 | headerBytes >>> 2)).put((byte) tos).putShort((short) b.capacity());
        b.putShort((short) id).putShort((short) fragmentWord);
        b.put((byte) ttl).put((byte) protocol).putShort((short) 0).putInt(source).putInt(destination).put(options);
        while (b.position() < headerBytes) {
            b.put((byte) 1);
        }
        b.put(payload);
        int sum = 0;
        for (int i = 0; i < headerBytes; i += 2) {
            sum += b.getShort(i) & 0xFFFF;
        }
        sum = (sum & 0xFFFF) + (sum >>> 16);
        sum = (sum & 0xFFFF) + (sum >>> 16);
        b.putShort(10, (short) ~sum);
        return b.array();
    }

    /** Random bytes. */
    public static byte[] bytes(final Random random, final int length) {
        final byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] option(final Random random, final int... addresses) {
        final int kind = random.nextInt(20) == 0 ? random.nextInt(256) : KINDS[random.nextInt(KINDS.length)];
        if (kind <= 1) {
            return new byte[] {(byte) kind};
        }
        final int slots = 1 + random.nextInt(4);
        final int first = kind == 68 ? 5 : 4;
        final boolean wide = kind == 68 && random.nextInt(3) != 0;
        final ByteBuffer b = ByteBuffer.allocate(first - 1 + slots * (wide ? 8 : 4));
        b.put((byte) kind).put((byte) b.capacity());
        final int step = wide ? 8 : 4;
        b.put((byte) (first + step * random.nextInt(slots + 1)));
        if (kind == 68) {
            b.put((byte) (random.nextInt(16) << 4 & (random.nextInt(3) == 0 ? 0xF0 : 0)
                    | (wide ? 1 + 2 * random.nextInt(2) : random.nextInt(8) == 0 ? random.nextInt(16) : 0)));
        }
        while (b.hasRemaining()) {
            b.putInt(addresses[random.nextInt(addresses.length)]);
        }
        if (kind == 148) {
            b.putShort(2, (short) random.nextInt(2));
        }
        if (random.nextInt(6) == 0) {
            b.put(1, (byte) (random.nextBoolean() ? random.nextInt(12) : b.capacity() + random.nextInt(3) - 1));
        }
        if (random.nextInt(6) == 0) {
            b.put(2, (byte) (random.nextBoolean() ? random.nextInt(48) : first + random.nextInt(4) - 2));
        }
        return b.array();
    }
}
