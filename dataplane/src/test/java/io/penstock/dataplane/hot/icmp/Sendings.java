package io.penstock.dataplane.hot.icmp;

import io.penstock.dataplane.testkit.TunRouter;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Compares and describes what was sent. */
final class Sendings {

    private static final int ID_AT = 4;
    private static final int CHECKSUM_AT = 10;
    private static final int IPV6_BYTES = 40;

    private Sendings() {
    }

    /** Null when both are the same but for the identification of what the router itself has made. */
    static String difference(final List<TunRouter.Sent> expected, final List<TunRouter.Sent> actual) {
        if (expected.size() != actual.size()) {
            return "kernel sent " + text(expected) + "\nbut we " + text(actual);
        }
        for (int i = 0; i < expected.size(); i++) {
            final byte[] theirs = expected.get(i).packet();
            final byte[] ours = actual.get(i).packet();
            if (ours.length == theirs.length && isError(theirs)) {
                adopt(theirs, ours);
            }
            if (expected.get(i).device() != actual.get(i).device() || !Arrays.equals(theirs, ours)) {
                return "kernel sent " + text(expected) + "\nbut we " + text(actual);
            }
        }
        return null;
    }

    /** As {@link #difference}, for IPv6: everything must be the same. */
    static String difference6(final List<TunRouter.Sent> expected, final List<TunRouter.Sent> actual) {
        return text(expected).equals(text(actual)) ? null : "kernel sent " + text(expected) + "\nbut we " + text(actual);
    }

    /** As {@link #describe}, for IPv6. */
    static String describe6(final List<TunRouter.Sent> sent) {
        if (sent.isEmpty()) {
            return "nothing";
        }
        final byte[] packet = sent.getFirst().packet();
        final ByteBuffer source = ByteBuffer.wrap(packet, 8, 16);
        final long high = source.getLong();
        final boolean made = source.getLong() == Router6Model.OWN
                && (high == Router6Model.NET_0 || high == Router6Model.NET_1 || high == Router6Model.LINK_LOCAL);
        return made ? (packet[IPV6_BYTES] & 0xFF) + "/" + packet[IPV6_BYTES + 1] : "forwarded";
    }

    /** Takes the identification over, and corrects the checksum for it. */
    private static void adopt(final byte[] from, final byte[] to) {
        final ByteBuffer theirs = ByteBuffer.wrap(from);
        final ByteBuffer ours = ByteBuffer.wrap(to);
        int sum = ~ours.getShort(CHECKSUM_AT) & 0xFFFF;
        sum += (theirs.getShort(ID_AT) & 0xFFFF) + (~ours.getShort(ID_AT) & 0xFFFF);
        sum = (sum & 0xFFFF) + (sum >>> 16);
        sum = (sum & 0xFFFF) + (sum >>> 16);
        ours.putShort(ID_AT, theirs.getShort(ID_AT));
        ours.putShort(CHECKSUM_AT, (short) ~sum);
    }

    private static boolean isError(final byte[] packet) {
        final int source = ByteBuffer.wrap(packet).getInt(12);
        return source == Router4Model.OWN_0 || source == Router4Model.OWN_1;
    }

    /** An error's type and code, or what became of the packet. */
    static String describe(final List<TunRouter.Sent> sent) {
        if (sent.isEmpty()) {
            return "nothing";
        }
        final byte[] packet = sent.getFirst().packet();
        if (!isError(packet)) {
            return sent.size() == 1 ? "forwarded" : "fragmented";
        }
        final int headerBytes = (packet[0] & 0xF) << 2;
        return packet[headerBytes] + "/" + packet[headerBytes + 1];
    }

    static String text(final List<TunRouter.Sent> sent) {
        final StringBuilder text = new StringBuilder();
        for (final TunRouter.Sent one : sent) {
            text.append("\n  t").append(one.device()).append(" bytes=").append(one.packet().length).append(' ')
                    .append(HexFormat.of().formatHex(one.packet()));
        }
        return text.isEmpty() ? "nothing" : text.toString();
    }
}
