package io.penstock.dataplane.testkit;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/** IPv6 packets with random chains of extension headers, some of which lie about their length or end early. */
public final class RandomPacket6 {

    private static final int FIXED_BYTES = 40;
    private static final int ROOM = 2048;
    private static final int FRAGMENT = 44;
    private static final int AUTHENTICATION = 51;
    private static final int[] CHAINED = {43, FRAGMENT, FRAGMENT, AUTHENTICATION, 60, 60};
    private static final int[] LAST = {6, 17, 58, 58, 58, 58, 59, 253, 44, 60};

    private RandomPacket6() {
    }

    /** A packet whose payload length is right. */
    public static byte[] packet(
            final int word, final int next, final int hopLimit, final byte[] source, final byte[] destination,
            final byte[] payload) {
        final ByteBuffer b = ByteBuffer.allocate(FIXED_BYTES + payload.length);
        b.putInt(6 << 28 | word & 0x0FFF_FFFF).putShort((short) payload.length);
        b.put((byte) next).put((byte) hopLimit).put(source).put(destination).put(payload);
        return b.array();
    }

    /**
     * Extension headers, and something behind them. The first byte of the result is the first header's number; the rest is the
     * payload.
     */
    public static byte[] chain(final Random random, final int bytes) {
        final ByteBuffer b = ByteBuffer.allocate(ROOM);
        final int headers = random.nextInt(4);
        final int[] kinds = new int[headers + 1];
        for (int i = 0; i < headers; i++) {
            kinds[i] = CHAINED[random.nextInt(CHAINED.length)];
        }
        kinds[headers] = LAST[random.nextInt(LAST.length)];
        b.put((byte) kinds[0]);
        for (int i = 0; i < headers; i++) {
            b.put((byte) kinds[i + 1]).put(rest(random, kinds[i]));
        }
        b.put(RandomPacket4.bytes(random, bytes));
        final int length = random.nextInt(5) == 0 ? 1 + random.nextInt(b.position()) : b.position();
        return Arrays.copyOf(b.array(), length);
    }

    /** A header without its first byte; its length is wrong now and then. */
    private static byte[] rest(final Random random, final int kind) {
        final int units = random.nextInt(3);
        final int length = switch (kind) {
            case FRAGMENT -> 8;
            case AUTHENTICATION -> units + 2 << 2;
            default -> units + 1 << 3;
        };
        final byte[] rest = RandomPacket4.bytes(random, length - 1);
        rest[0] = (byte) (random.nextInt(12) == 0 ? random.nextInt(256) : units);
        if (kind == FRAGMENT && random.nextBoolean()) {
            rest[1] = 0;
            rest[2] &= 7;
        }
        return rest;
    }
}
