package io.penstock.conntrack.hot.track;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.os.hot.memory.Memory;

/**
 * What the TCP tracker keeps in an entry's second line.
 *
 * <pre>
 *    0 original direction, 20 reply direction:
 *        0 end        int   behind the last byte sent
 *        4 max end    int   behind the last byte that may be sent: what the other end has acknowledged and its window
 *        8 max window int   the largest window announced, scaled; 0 until a segment was seen
 *       12 max ack    int   the largest acknowledgment sent
 *       16 scale      u8    window scale, 0 to 14
 *       17 flags      u8
 *   40 last sequence  int   of the last ACK or ignored segment
 *   44 last ack       int
 *   48 last end       int
 *   52 last window    u16   as sent
 *   54 last direction u8
 *   55 last event     u8    of {@link TcpTransitions}; NO_EVENT for none
 *   56 repetitions    u8    of the last ACK, up to 255
 *   57 last scale     u8    of an ignored SYN
 *   58 last flags     u8    of an ignored SYN, and of the connection
 * </pre>
 *
 * <p>Sequence numbers are compared by subtraction. Methods take the entry's address; {@code direction} is a {@link
 * io.penstock.conntrack.hot.ConnDirection}. Nothing is checked here.
 */
public final class TcpRecord {

    /** Of a direction: its SYN offers window scaling. These and the two next are told to user space (ctnetlink's CTA_PROTOINFO_TCP_FLAGS). */
    public static final int WINDOW_SCALE = 0x01;
    /** Of a direction: its SYN permits selective acknowledgments. */
    public static final int SACK_PERMITTED = 0x02;
    /** Of a direction: its FIN came first. */
    public static final int CLOSE_INITIATED = 0x04;
    /** Of a direction: its segments are believed out of the window. */
    public static final int BE_LIBERAL = 0x08;
    /** Of a direction: it has sent data that is not acknowledged. */
    public static final int DATA_UNACKNOWLEDGED = 0x10;
    /** Of a direction: max ack is known. */
    public static final int MAX_ACK_SET = 0x20;
    /** In the last flags: an ACK may answer the SYN that we let pass, not the FIN. */
    public static final int CHALLENGE_EXPECTED = 0x40;
    /** In the last flags: both ends have sent a SYN. */
    public static final int SIMULTANEOUS_OPEN = 0x80;

    private static final int DIRECTION_BYTES = 20;
    private static final int MAX_END = 4;
    private static final int MAX_WINDOW = 8;
    private static final int MAX_ACK = 12;
    private static final int SCALE = 16;
    private static final int FLAGS = 17;

    private static final int LAST_SEQUENCE = ConnLayout.TRACKER + 40;
    private static final int LAST_ACK = ConnLayout.TRACKER + 44;
    private static final int LAST_END = ConnLayout.TRACKER + 48;
    private static final int LAST_WINDOW = ConnLayout.TRACKER + 52;
    private static final int LAST_DIRECTION = ConnLayout.TRACKER + 54;
    private static final int LAST_EVENT = ConnLayout.TRACKER + 55;
    private static final int REPETITIONS = ConnLayout.TRACKER + 56;
    private static final int LAST_SCALE = ConnLayout.TRACKER + 57;
    private static final int LAST_FLAGS = ConnLayout.TRACKER + 58;

    private TcpRecord() {
    }

    /** Whether the original direction of a connection has sent sequence numbers beyond those of another one. */
    public static boolean isBeyond(final long entry, final long other) {
        return TcpWindow.isAfter(end(half(entry, ConnDirection.ORIGINAL)), end(half(other, ConnDirection.ORIGINAL)));
    }

    /** Where a direction's part is. */
    static long half(final long entry, final int direction) {
        return entry + ConnLayout.TRACKER + direction * DIRECTION_BYTES;
    }

    static int end(final long half) {
        return Memory.getInt(half);
    }

    static void setEnd(final long half, final int end) {
        Memory.putInt(half, end);
    }

    static int maxEnd(final long half) {
        return Memory.getInt(half + MAX_END);
    }

    static void setMaxEnd(final long half, final int maxEnd) {
        Memory.putInt(half + MAX_END, maxEnd);
    }

    static int maxWindow(final long half) {
        return Memory.getInt(half + MAX_WINDOW);
    }

    static void setMaxWindow(final long half, final int maxWindow) {
        Memory.putInt(half + MAX_WINDOW, maxWindow);
    }

    static int maxAck(final long half) {
        return Memory.getInt(half + MAX_ACK);
    }

    static void setMaxAck(final long half, final int maxAck) {
        Memory.putInt(half + MAX_ACK, maxAck);
    }

    static int scale(final long half) {
        return Memory.getUnsignedByte(half + SCALE);
    }

    static void setScale(final long half, final int scale) {
        Memory.putByte(half + SCALE, (byte) scale);
    }

    static int flags(final long half) {
        return Memory.getUnsignedByte(half + FLAGS);
    }

    static void setFlags(final long half, final int flags) {
        Memory.putByte(half + FLAGS, (byte) flags);
    }

    /** Forgets a direction. */
    static void clear(final long half) {
        Memory.putLong(half, 0);
        Memory.putLong(half + 8, 0);
        Memory.putInt(half + 16, 0);
    }

    /** A direction's flags, for listings. */
    public static int flags(final long entry, final int direction) {
        return flags(half(entry, direction));
    }

    /** A direction's window scale, for listings. */
    public static int scale(final long entry, final int direction) {
        return scale(half(entry, direction));
    }

    /** Sets the flags of a direction that the mask names, and leaves the others: for commands. */
    public static void setFlags(final long entry, final int direction, final int flags, final int mask) {
        final long half = half(entry, direction);
        setFlags(half, flags(half) & ~mask | flags & mask);
    }

    /** Sets a direction's window scale: for commands. */
    public static void setScale(final long entry, final int direction, final int scale) {
        setScale(half(entry, direction), scale);
    }

    static int lastSequence(final long entry) {
        return Memory.getInt(entry + LAST_SEQUENCE);
    }

    static void setLastSequence(final long entry, final int sequence) {
        Memory.putInt(entry + LAST_SEQUENCE, sequence);
    }

    static int lastAck(final long entry) {
        return Memory.getInt(entry + LAST_ACK);
    }

    static void setLastAck(final long entry, final int ack) {
        Memory.putInt(entry + LAST_ACK, ack);
    }

    static int lastEnd(final long entry) {
        return Memory.getInt(entry + LAST_END);
    }

    static void setLastEnd(final long entry, final int end) {
        Memory.putInt(entry + LAST_END, end);
    }

    static int lastWindow(final long entry) {
        return Memory.getUnsignedShort(entry + LAST_WINDOW);
    }

    static void setLastWindow(final long entry, final int window) {
        Memory.putShort(entry + LAST_WINDOW, window);
    }

    static int lastDirection(final long entry) {
        return Memory.getUnsignedByte(entry + LAST_DIRECTION);
    }

    static void setLastDirection(final long entry, final int direction) {
        Memory.putByte(entry + LAST_DIRECTION, (byte) direction);
    }

    static int lastEvent(final long entry) {
        return Memory.getUnsignedByte(entry + LAST_EVENT);
    }

    static void setLastEvent(final long entry, final int event) {
        Memory.putByte(entry + LAST_EVENT, (byte) event);
    }

    static int repetitions(final long entry) {
        return Memory.getUnsignedByte(entry + REPETITIONS);
    }

    static void setRepetitions(final long entry, final int repetitions) {
        Memory.putByte(entry + REPETITIONS, (byte) repetitions);
    }

    static int lastScale(final long entry) {
        return Memory.getUnsignedByte(entry + LAST_SCALE);
    }

    static void setLastScale(final long entry, final int scale) {
        Memory.putByte(entry + LAST_SCALE, (byte) scale);
    }

    static int lastFlags(final long entry) {
        return Memory.getUnsignedByte(entry + LAST_FLAGS);
    }

    static void setLastFlags(final long entry, final int flags) {
        Memory.putByte(entry + LAST_FLAGS, (byte) flags);
    }
}
