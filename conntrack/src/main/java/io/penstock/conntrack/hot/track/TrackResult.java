package io.penstock.conntrack.hot.track;

/**
 * What a tracker makes of a packet: a verdict, and what has happened to the connection, in one int.
 *
 * <pre>
 *   31            8 7         6          0
 *  +---------------+-----------+----------+
 *  |  ConnEvents   | uncounted | verdict  |
 *  +---------------+-----------+----------+
 * </pre>
 *
 * <p>Of packets that are invalid or ignored, for the log, a reason ({@link Complaint}) stands in place of events.
 */
public final class TrackResult {

    /** The packet belongs to the connection. */
    public static final int ACCEPT = 0;
    /** The packet goes on without a connection. An entry that was made for it is given back. */
    public static final int INVALID = 1;
    /** The packet begins a connection where an ended one stands: kill the entry and look up anew; drop the packet if another has killed it. */
    public static final int REPEAT = 2;
    /** The packet belongs to the connection and ends it: kill the entry, of which the packet stays part. */
    public static final int ACCEPT_AND_KILL = 3;
    /** The packet belongs to the connection, neither counts nor prolongs, and there is something to say about it. */
    public static final int IGNORED = 4;

    /** {@link #ACCEPT}, of a packet that neither counts nor prolongs: a SYN that is sent again. */
    static final int PASS = 1 << 7;
    /** Beside a reason: both ends insist that the connection is over, and its time-out is shorter now. */
    static final int ENDS = 1 << 8;

    private static final int DETAIL_SHIFT = 16;
    private static final int REASON_MASK = (1 << DETAIL_SHIFT) - 1;
    private static final int VERDICT_MASK = 0x7F;
    private static final int EVENTS_SHIFT = 8;

    /** {@link #ACCEPT}, of a packet that no tracker has seen: it does not count. */
    public static final int UNJUDGED = PASS;

    private TrackResult() {
    }

    /** One of the constants above. */
    public static int verdict(final int result) {
        return result & VERDICT_MASK;
    }

    /** {@link io.penstock.conntrack.hot.ConnEvents} bits, 0 for nothing; of what is accepted. */
    public static int events(final int result) {
        return result >>> EVENTS_SHIFT;
    }

    /** Whether an accepted packet counts in the connection's accounting. */
    public static boolean isCounted(final int result) {
        return (result & PASS) == 0;
    }

    /** Of {@link #INVALID} and {@link #IGNORED}: a reason of {@link Complaint}, perhaps with {@link #ENDS}. */
    static int reason(final int result) {
        return result >>> EVENTS_SHIFT & REASON_MASK;
    }

    /** The number that came with the reason. */
    static int detail(final int result) {
        return result >>> EVENTS_SHIFT + DETAIL_SHIFT;
    }

    /** {@link #INVALID} for a reason, with a number from 0 to 255. */
    static int invalid(final int reason, final int detail) {
        return detail << EVENTS_SHIFT + DETAIL_SHIFT | invalid(reason);
    }

    /** {@link #INVALID} for a reason. */
    static int invalid(final int reason) {
        return reason << EVENTS_SHIFT | INVALID;
    }

    /** {@link #IGNORED} for a reason. */
    static int ignored(final int reason) {
        return reason << EVENTS_SHIFT | PASS | IGNORED;
    }

    static int of(final int verdict, final int events) {
        return events << EVENTS_SHIFT | verdict;
    }
}
