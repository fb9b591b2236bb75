package io.penstock.dataplane.demo;

import io.penstock.os.hot.packet.TcpLayout;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/**
 * A TCP connection as a capture beside the router would show it, a segment at a time: handshake, data from one end with an
 * acknowledgment for every second segment, and the goodbye of both.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Every data segment starts with its number, so that one lost, repeated or in the wrong place changes the sum.</li>
 *   <li>Sequence numbers pass 2^32 on the way when there are enough segments.</li>
 * </ol>
 *
 * <p>Source: RFC 9293, 3.5 and 3.6; RFC 1122, 4.2.3.2 (an acknowledgment for every second segment). Threads: one.
 */
final class Connection {

    /** Data in a full segment: small, so that 100,000 of them make captures of no more than 60 MB. */
    static final int PAYLOAD_BYTES = 512;

    /** Near the end of the numbers. */
    private static final int SENDER_SEQUENCE = -1_000_000;
    private static final int RECEIVER_SEQUENCE = 1_000;

    private static final int DATA_FLAGS = TcpLayout.ACK | TcpLayout.PSH;
    private static final int FIN_FLAGS = TcpLayout.ACK | TcpLayout.FIN;

    /** Where the script is. */
    private enum Phase { SYN, SYN_ACK, HANDSHAKE_ACK, DATA, FIN, FIN_ACK, LAST_ACK, OVER }

    /**
     * What a host sends next.
     *
     * @param from           who
     * @param sequence       of its first byte
     * @param acknowledgment what it expects next; 0 in the very first
     * @param flags          TCP's
     * @param payloadBytes   0 but in data segments
     */
    record Segment(Side from, int sequence, int acknowledgment, int flags, int payloadBytes) {
    }

    private final boolean isIpv6;
    private final Direction direction;
    private final int clientPort;
    private final long segments;
    private final byte[] payload = new byte[PAYLOAD_BYTES];
    private final CRC32C sum = new CRC32C();
    private final long[] sent = new long[Side.values().length];
    /** By {@code Side.ordinal()}. */
    private final int[] sequence = new int[Side.values().length];
    private Phase phase = Phase.SYN;
    private long sentSegments;
    private boolean acknowledgmentDue;

    /** A connection that will carry so many data segments. */
    Connection(final boolean isIpv6, final Direction direction, final int clientPort, final long segments) {
        this.isIpv6 = isIpv6;
        this.direction = direction;
        this.clientPort = clientPort;
        this.segments = segments;
        for (final Side side : Side.values()) {
            sequence[side.ordinal()] = firstSequence(side);
        }
        new SplittableRandom(clientPort).nextBytes(payload);
    }

    boolean isIpv6() {
        return isIpv6;
    }

    Direction direction() {
        return direction;
    }

    /** Tells the connection from the others. */
    int clientPort() {
        return clientPort;
    }

    /** What {@link #next} sends, if it carries any. */
    byte[] payload() {
        return payload;
    }

    /** The number of a host's SYN. */
    int firstSequence(final Side side) {
        return side == direction.sender() ? SENDER_SEQUENCE : RECEIVER_SEQUENCE;
    }

    /** Bytes of data that were sent so far. */
    long bytes() {
        return sentSegments * PAYLOAD_BYTES;
    }

    /** Data segments that were sent so far. */
    long segments() {
        return sentSegments;
    }

    /** CRC-32C of the data. */
    long sum() {
        return sum.getValue();
    }

    /** Packets that a host sent so far. */
    long packets(final Side side) {
        return sent[side.ordinal()];
    }

    /** The next segment, or null when the connection is over. */
    Segment next() {
        final Side sender = direction.sender();
        final Side receiver = sender.other();
        return switch (phase) {
            case SYN -> then(Phase.SYN_ACK, segment(Side.CLIENT, TcpLayout.SYN, 0));
            case SYN_ACK -> then(Phase.HANDSHAKE_ACK, segment(Side.SERVER, TcpLayout.SYN | TcpLayout.ACK, 0));
            case HANDSHAKE_ACK -> then(segments == 0 ? Phase.FIN : Phase.DATA, segment(Side.CLIENT, TcpLayout.ACK, 0));
            case DATA -> data(sender, receiver);
            case FIN -> then(Phase.FIN_ACK, segment(sender, FIN_FLAGS, 0));
            case FIN_ACK -> then(Phase.LAST_ACK, segment(receiver, FIN_FLAGS, 0));
            case LAST_ACK -> then(Phase.OVER, segment(sender, TcpLayout.ACK, 0));
            case OVER -> null;
        };
    }

    private Segment data(final Side sender, final Side receiver) {
        if (acknowledgmentDue) {
            acknowledgmentDue = false;
            return then(sentSegments == segments ? Phase.FIN : Phase.DATA, segment(receiver, TcpLayout.ACK, 0));
        }
        ByteBuffer.wrap(payload).putLong(sentSegments);
        sum.update(payload);
        sentSegments++;
        acknowledgmentDue = sentSegments % 2 == 0 || sentSegments == segments;
        return segment(sender, DATA_FLAGS, PAYLOAD_BYTES);
    }

    private Segment then(final Phase next, final Segment segment) {
        phase = next;
        return segment;
    }

    private Segment segment(final Side from, final int flags, final int payloadBytes) {
        final int acknowledgment = (flags & TcpLayout.ACK) == 0 ? 0 : sequence[from.other().ordinal()];
        final Segment segment = new Segment(from, sequence[from.ordinal()], acknowledgment, flags, payloadBytes);
        sequence[from.ordinal()] += sequenceLength(flags, payloadBytes);
        sent[from.ordinal()]++;
        return segment;
    }

    /** How many numbers a segment takes: SYN and FIN take one each. */
    static int sequenceLength(final int flags, final int payloadBytes) {
        return payloadBytes + Integer.bitCount(flags & (TcpLayout.SYN | TcpLayout.FIN));
    }
}
