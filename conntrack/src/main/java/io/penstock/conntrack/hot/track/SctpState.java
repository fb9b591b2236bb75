package io.penstock.conntrack.hot.track;

import io.penstock.conntrack.hot.TrackerSettings;

/**
 * The states of an SCTP association as one sees them who stands between its ends, in the kernel's numbers: an entry's tracker state.
 * Source: {@code enum sctp_conntrack}, nf_conntrack_sctp.h.
 */
public final class SctpState {

    /** No chunk has been judged yet. */
    public static final int NONE = 0;
    /** An INIT, or the end. */
    public static final int CLOSED = 1;
    /** An INIT ACK. */
    public static final int COOKIE_WAIT = 2;
    /** A COOKIE ECHO. */
    public static final int COOKIE_ECHOED = 3;
    /** A COOKIE ACK, or a HEARTBEAT ACK on a path whose beginning was elsewhere. */
    public static final int ESTABLISHED = 4;
    /** A SHUTDOWN of the original direction. */
    public static final int SHUTDOWN_SENT = 5;
    /** A SHUTDOWN of the reply direction. */
    public static final int SHUTDOWN_RECD = 6;
    /** A SHUTDOWN ACK. */
    public static final int SHUTDOWN_ACK_SENT = 7;
    /** A HEARTBEAT out of nothing: another path of an association (RFC 9260, 6.4). */
    public static final int HEARTBEAT_SENT = 8;

    /** The number of states. */
    public static final int COUNT = 9;

    private SctpState() {
    }

    /** How long an association in a state lives, in seconds. */
    static int timeout(final int state, final TrackerSettings settings) {
        switch (state) {
            case COOKIE_WAIT:
                return settings.sctpTimeoutCookieWait;
            case COOKIE_ECHOED:
                return settings.sctpTimeoutCookieEchoed;
            case ESTABLISHED:
                return settings.sctpTimeoutEstablished;
            case SHUTDOWN_SENT:
                return settings.sctpTimeoutShutdownSent;
            case SHUTDOWN_RECD:
                return settings.sctpTimeoutShutdownRecd;
            case SHUTDOWN_ACK_SENT:
                return settings.sctpTimeoutShutdownAckSent;
            case HEARTBEAT_SENT:
                return settings.sctpTimeoutHeartbeatSent;
            default:
                return settings.sctpTimeoutClosed;
        }
    }
}
