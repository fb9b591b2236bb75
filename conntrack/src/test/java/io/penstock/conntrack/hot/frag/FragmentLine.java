package io.penstock.conntrack.hot.frag;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.CRC32;

/** The packets of the tables of {@link FragmentTablesTest}: built from words, and described in the kernel's output's words. */
final class FragmentLine {

    private static final int FRAGMENT = 44;
    private static final int GENERIC = 253;

    private FragmentLine() {
    }

    /** The IP packet of a line's words: family, identification, offset, length, and what it has besides. */
    static byte[] packet(final String[] words) {
        final Map<String, String> had = new HashMap<>();
        for (int i = 4; i < words.length; i++) {
            final int equals = words[i].indexOf('=');
            had.put(equals < 0 ? words[i] : words[i].substring(0, equals), equals < 0 ? "" : words[i].substring(equals + 1));
        }
        final int id = Integer.parseInt(words[1]);
        final int offset = Integer.parseInt(words[2]);
        final byte[] payload = new byte[Integer.parseInt(words[3])];
        for (int i = 0; i < payload.length; i++) {
            final int p = offset + i;
            payload[i] = (byte) (31 * p + 7 * (p >> 8));
        }
        final byte[] data = hex(had, "data");
        System.arraycopy(data, 0, payload, 0, Math.min(data.length, payload.length));
        return "4".equals(words[0]) ? packet4(had, id, offset, payload) : packet6(had, id, offset, payload);
    }

    /** What a packet is like that leaves. */
    static String describe(final byte[] packet, final int idThatCame) {
        final ByteBuffer b = ByteBuffer.wrap(packet);
        if (packet[0] >>> 4 == 4) {
            final int word = b.getShort(6);
            return (word & 0x1FFF) * 8 + "+" + (packet.length - (packet[0] & 15) * 4) + ((word & 0x2000) != 0 ? "M" : "")
                    + ((word & 0x4000) != 0 ? "D" : "") + crc(packet);
        }
        int at = 40;
        int next = packet[6];
        while ((next == 0 || next == 43 || next == 60) && at + 8 <= packet.length) {
            next = packet[at];
            at += (Byte.toUnsignedInt(packet[at + 1]) + 1) * 8;
        }
        if (next != FRAGMENT) {
            return "0+" + (packet.length - at) + crc(packet);
        }
        final int word = b.getShort(at + 2) & 0xFFFF;
        final boolean isKept = b.getInt(at + 4) == idThatCame;
        b.putInt(at + 4, 0);
        return (word & 0xFFF8) + "+" + (packet.length - at - 8) + "F" + ((word & 1) != 0 ? "M" : "") + (isKept ? "K" : "") + crc(packet);
    }

    /** The Internet checksum of a header whose field is 0. */
    private static int checksum(final byte[] header) {
        int sum = 0;
        for (int i = 0; i < header.length; i += 2) {
            sum += (header[i] & 0xFF) << 8 | header[i + 1] & 0xFF;
        }
        sum = (sum & 0xFFFF) + (sum >>> 16);
        return ~((sum & 0xFFFF) + (sum >>> 16));
    }

    private static byte[] packet4(final Map<String, String> had, final int id, final int offset, final byte[] payload) {
        final byte[] options = hex(had, "opt");
        final int word = offset >> 3 | (had.containsKey("mf") ? 0x2000 : 0) | (had.containsKey("df") ? 0x4000 : 0)
                | (had.containsKey("rf") ? 0x8000 : 0);
        final ByteBuffer b = ByteBuffer.allocate(20 + options.length + payload.length);
        b.put((byte) (0x45 + options.length / 4)).put((byte) number(had, "tos", 0)).putShort((short) b.capacity());
        b.putShort((short) id).putShort((short) word).put((byte) number(had, "ttl", 64)).put((byte) number(had, "proto", GENERIC));
        b.putShort((short) 0).put(new byte[] {10, 0, 0, (byte) number(had, "src", 2), 10, 0, 1, (byte) number(had, "dst", 2)});
        b.put(options);
        b.putShort(10, (short) checksum(Arrays.copyOf(b.array(), b.position())));
        return b.put(payload).array();
    }

    private static byte[] packet6(final Map<String, String> had, final int id, final int offset, final byte[] payload) {
        final ByteArrayOutputStream before = new ByteArrayOutputStream();
        before.writeBytes(hex(had, "pre"));
        if (!had.containsKey("plain")) {
            before.writeBytes(ByteBuffer.allocate(8).put((byte) number(had, "next", GENERIC)).put((byte) 0)
                    .putShort((short) (offset | (had.containsKey("mf") ? 1 : 0) | (had.containsKey("rf") ? 2 : 0))).putInt(id).array());
        }
        final ByteBuffer b = ByteBuffer.allocate(40 + before.size() + payload.length);
        b.putInt(6 << 28 | number(had, "tos", 0) << 20).putShort((short) (b.capacity() - 40));
        b.put((byte) number(had, "first", FRAGMENT)).put((byte) number(had, "ttl", 64));
        b.putShort((short) 0xFD00).putShort((short) 0).position(23);
        b.put((byte) number(had, "src", 2)).putShort((short) 0xFD00).putShort((short) 1).position(39);
        return b.put((byte) number(had, "dst", 2)).put(before.toByteArray()).put(payload).array();
    }

    private static int number(final Map<String, String> had, final String word, final int otherwise) {
        return had.containsKey(word) ? Integer.parseInt(had.get(word)) : otherwise;
    }

    private static byte[] hex(final Map<String, String> had, final String word) {
        return HexFormat.of().parseHex(had.getOrDefault(word, ""));
    }

    private static String crc(final byte[] packet) {
        final CRC32 crc = new CRC32();
        crc.update(packet);
        return String.format("/%08x", crc.getValue());
    }
}
