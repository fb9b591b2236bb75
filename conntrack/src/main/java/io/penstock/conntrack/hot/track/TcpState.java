package io.penstock.conntrack.hot.track;

import io.penstock.conntrack.hot.TrackerSettings;

/**
 * The states of a TCP connection as one sees them who stands between its ends, in the kernel's numbers: an entry's tracker state.
 * Source: {@code enum tcp_conntrack}, nf_conntrack_tcp.h.
 */
public final class TcpState {

    /** No packet has been judged yet. */
    public static final int NONE = 0;
    /** A SYN of the original direction. */
    public static final int SYN_SENT = 1;
    /** A SYN/ACK. */
    public static final int SYN_RECV = 2;
    /** An ACK of the original direction after that, or a connection that was picked up. */
    public static final int ESTABLISHED = 3;
    /** A FIN. */
    public static final int FIN_WAIT = 4;
    /** An ACK after the first FIN. */
    public static final int CLOSE_WAIT = 5;
    /** A second FIN. */
    public static final int LAST_ACK = 6;
    /** An ACK after the second FIN. */
    public static final int TIME_WAIT = 7;
    /** An RST. */
    public static final int CLOSE = 8;
    /** A SYN of the reply direction too: a simultaneous open (RFC 9293, 3.5). */
    public static final int SYN_SENT2 = 9;

    /** The number of states. */
    public static final int COUNT = 10;

    private static final int CLOSING = 1 << FIN_WAIT | 1 << CLOSE_WAIT | 1 << LAST_ACK | 1 << TIME_WAIT | 1 << CLOSE;

    private TcpState() {
    }

    /** Whether a connection in this state is ending, so that it may be dropped early though it is assured. */
    public static boolean isClosing(final int state) {
        return (CLOSING >>> state & 1) != 0;
    }

    /** How long a connection in a state lives, in seconds. */
    static int timeout(final int state, final TrackerSettings settings) {
        switch (state) {
            case SYN_SENT:
                return settings.tcpTimeoutSynSent;
            case SYN_RECV:
                return settings.tcpTimeoutSynRecv;
            case ESTABLISHED:
                return settings.tcpTimeoutEstablished;
            case FIN_WAIT:
                return settings.tcpTimeoutFinWait;
            case CLOSE_WAIT:
                return settings.tcpTimeoutCloseWait;
            case LAST_ACK:
                return settings.tcpTimeoutLastAck;
            case TIME_WAIT:
                return settings.tcpTimeoutTimeWait;
            case SYN_SENT2:
                return settings.tcpTimeoutSynSent2;
            default:
                return settings.tcpTimeoutClose;
        }
    }
}
