package io.penstock.dataplane.hot.ipvs.state;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.SctpLayout;
import io.penstock.os.hot.packet.TcpLayout;

/**
 * The states of virtual services' connections, in the kernel's numbers, and how packets change them.
 *
 * <p>For each packet of a connection that exists:
 * <ol>
 *   <li>{@link #direction} of the packet and of the connection's mark <em>no output</em>. A connection begins with that mark unless its server is reached by
 *       NAT, as the answers of others do not come by; the first packet of {@link #OUTPUT} takes it away, for good.</li>
 *   <li>{@link #tcp}, {@link #udp} or {@link #sctp}: the next state. Without its header (TCP) or a first chunk (SCTP: {@link #NO_CHUNK}) a packet changes
 *       neither state nor timeout.</li>
 *   <li>The server's count of active connections follows {@link #isActive}; a connection begins as an inactive one ({@link #NONE}). The kernel counts anew when
 *       the state changes, and only then.</li>
 *   <li>{@link #assures}: the persistence that the connection belongs to has proved useful.</li>
 *   <li>The timeout is {@link ServiceTimeouts#seconds} of the next state, also if it is the same.</li>
 * </ol>
 *
 * <p>Threads: any; stateless. Source: ip_vs.h (the states); ip_vs_proto_tcp.c, {@code set_tcp_state}; ip_vs_proto_udp.c, {@code udp_state_transition};
 * ip_vs_proto_sctp.c, {@code set_sctp_state}; ip_vs_core.c, {@code is_new_conn_expected}.
 */
public final class ServiceStates {

    /** From the client, of a connection whose answers pass here. */
    public static final int INPUT = 0;
    /** From the server. */
    public static final int OUTPUT = 1;
    /** From the client, of a connection whose answers do not pass here. */
    public static final int INPUT_ONLY = 2;

    /** No packet has been judged yet; of UDP this is the only state ({@link #UDP_NORMAL}). */
    public static final int NONE = 0;

    public static final int TCP_ESTABLISHED = 1;
    public static final int TCP_SYN_SENT = 2;
    public static final int TCP_SYN_RECV = 3;
    public static final int TCP_FIN_WAIT = 4;
    public static final int TCP_TIME_WAIT = 5;
    public static final int TCP_CLOSE = 6;
    public static final int TCP_CLOSE_WAIT = 7;
    public static final int TCP_LAST_ACK = 8;
    /** Waits for a client that was announced: FTP's data connections. */
    public static final int TCP_LISTEN = 9;
    /** Only with {@code secure_tcp}: opened, and not believed yet. */
    public static final int TCP_SYNACK = 10;
    /** The number of TCP's states. */
    public static final int TCP_COUNT = 11;

    public static final int UDP_NORMAL = 0;
    /** The number of UDP's states. */
    public static final int UDP_COUNT = 1;

    /** A client's first INIT. */
    public static final int SCTP_INIT1 = 1;
    /** A client's second INIT. */
    public static final int SCTP_INIT = 2;
    public static final int SCTP_COOKIE_SENT = 3;
    public static final int SCTP_COOKIE_REPLIED = 4;
    public static final int SCTP_COOKIE_WAIT = 5;
    public static final int SCTP_COOKIE = 6;
    public static final int SCTP_COOKIE_ECHOED = 7;
    public static final int SCTP_ESTABLISHED = 8;
    public static final int SCTP_SHUTDOWN_SENT = 9;
    public static final int SCTP_SHUTDOWN_RECEIVED = 10;
    public static final int SCTP_SHUTDOWN_ACK_SENT = 11;
    /** An INIT that was answered with ABORT. */
    public static final int SCTP_REJECTED = 12;
    public static final int SCTP_CLOSED = 13;
    /** The number of SCTP's states. */
    public static final int SCTP_COUNT = 14;

    /** Of a persistence: one of its connections was established, or answered. Before, it is {@link #NONE}. */
    public static final int PERSISTENCE_ASSURED = 1;

    /** In place of a chunk's type: the packet has none. */
    public static final int NO_CHUNK = -1;

    /** {@code conn_reuse_mode}: also what a client alone has ended. */
    private static final int REUSE_FIN_WAIT = 2;

    private static final int TCP_ACTIVE = 1 << TCP_ESTABLISHED | 1 << TCP_SYN_SENT | 1 << TCP_SYN_RECV | 1 << TCP_SYNACK;

    private static final String[] TCP_NAMES = {
        "NONE", "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT", "TIME_WAIT", "CLOSE", "CLOSE_WAIT", "LAST_ACK", "LISTEN", "SYNACK"
    };
    private static final String[] SCTP_NAMES = {
        "NONE", "INIT1", "INIT", "C-SENT", "C-REPLIED", "C-WAIT", "COOKIE", "C-ECHOED", "ESTABLISHED", "S-SENT", "S-RECEIVED", "S-ACK-SENT", "REJECTED",
        "CLOSED"
    };
    private static final String[] UDP_NAMES = {"UDP"};
    private static final String[] PERSISTENCE_NAMES = {"NONE", "ASSURED"};
    /** IP: a persistence for all protocols. */
    private static final int ANY_PROTOCOL = 0;
    /** A state that the protocol does not have, or a protocol without states. */
    private static final String ERROR_NAME = "ERR!";

    private ServiceStates() {
    }

    /** The direction that counts for the next state. */
    public static int direction(final int direction, final boolean hasNoOutput) {
        return hasNoOutput && direction == INPUT ? INPUT_ONLY : direction;
    }

    /**
     * The next state of a TCP connection.
     *
     * @param tcpFlags the header's byte of flags; without RST, SYN, FIN and ACK the connection is closed
     * @param isSecure {@code secure_tcp} is in force
     */
    public static int tcp(final int state, final int direction, final int tcpFlags, final boolean isSecure) {
        return TcpTable.next(state, direction, tcpFlags, isSecure);
    }

    /** The next state of UDP, which has only one. */
    public static int udp() {
        return UDP_NORMAL;
    }

    /** The next state of an SCTP association, with the chunk that {@link #sctpChunk} gives. */
    public static int sctp(final int state, final int direction, final int chunkType) {
        return chunkType == NO_CHUNK ? state : SctpTable.next(state, direction, chunkType);
    }

    /** The type of a packet's first chunk, or {@link #NO_CHUNK}: it says whether an association begins. */
    public static int sctpFirstChunk(final long sctp, final int sctpBytes) {
        return chunkAt(sctp, SctpLayout.HEADER_BYTES, sctpBytes);
    }

    /** The type of the chunk that decides about the next state: the first, or an ABORT behind a first that is a cookie's. {@link #NO_CHUNK}: there is none. */
    public static int sctpChunk(final long sctp, final int sctpBytes) {
        final int first = sctpFirstChunk(sctp, sctpBytes);
        if (first == SctpLayout.COOKIE_ECHO || first == SctpLayout.COOKIE_ACK) {
            final int length = SctpLayout.chunkLength(sctp, SctpLayout.HEADER_BYTES);
            if (length >= SctpLayout.CHUNK_HEADER_BYTES
                    && chunkAt(sctp, SctpLayout.HEADER_BYTES + (length + 3 & -4), sctpBytes) == SctpLayout.ABORT) {
                return SctpLayout.ABORT;
            }
        }
        return first;
    }

    /** Whether a segment that belongs to no connection may begin one; sloppy: any without RST. */
    public static boolean tcpBegins(final int tcpFlags, final boolean isSloppy) {
        return (tcpFlags & TcpLayout.RST) == 0 && (isSloppy || (tcpFlags & TcpLayout.SYN) != 0);
    }

    /** Whether a packet that belongs to no association may begin one, by {@link #sctpFirstChunk}; sloppy: any without ABORT. */
    public static boolean sctpBegins(final int firstChunk, final boolean isSloppy) {
        return firstChunk == SctpLayout.INIT || isSloppy && firstChunk != SctpLayout.ABORT && firstChunk != NO_CHUNK;
    }

    /**
     * Whether a connection's ports may be used anew: a SYN, or an INIT, is then for a connection of its own.
     *
     * @param reuseMode   {@code conn_reuse_mode}; 0 is never
     * @param hasNoOutput the connection's mark
     */
    public static boolean isReusable(final int protocol, final int state, final int reuseMode, final boolean hasNoOutput) {
        if (reuseMode == 0) {
            return false;
        }
        if (protocol == IpProtocol.TCP) {
            return state == TCP_TIME_WAIT || state == TCP_CLOSE || state == TCP_FIN_WAIT && hasNoOutput && (reuseMode & REUSE_FIN_WAIT) != 0;
        }
        return protocol == IpProtocol.SCTP && state == SCTP_CLOSED;
    }

    /** Whether schedulers count the connection as an active one. UDP never is. */
    public static boolean isActive(final int protocol, final int state) {
        if (protocol == IpProtocol.TCP) {
            return (TCP_ACTIVE >>> state & 1) != 0;
        }
        return protocol == IpProtocol.SCTP && state == SCTP_ESTABLISHED;
    }

    /** Whether both ends have closed the connection, which is remembered for a while. UDP never is closed. */
    public static boolean isClosed(final int protocol, final int state) {
        return protocol == IpProtocol.TCP ? state == TCP_TIME_WAIT || state == TCP_CLOSE : protocol == IpProtocol.SCTP && state == SCTP_CLOSED;
    }

    /** Whether a packet assures the persistence that its connection belongs to: the connection becomes established, or UDP is answered. */
    public static boolean assures(final int protocol, final int direction, final int stateBefore, final int stateAfter) {
        if (protocol == IpProtocol.UDP) {
            return direction == OUTPUT;
        }
        return stateAfter != stateBefore
                && (protocol == IpProtocol.TCP && stateAfter == TCP_ESTABLISHED || protocol == IpProtocol.SCTP && stateAfter == SCTP_ESTABLISHED);
    }

    /** What /proc/net/ip_vs_conn calls a connection's state. */
    public static String name(final int protocol, final int state) {
        switch (protocol) {
            case IpProtocol.TCP:
                return name(TCP_NAMES, state);
            case IpProtocol.UDP:
                return name(UDP_NAMES, state);
            case IpProtocol.SCTP:
                return name(SCTP_NAMES, state);
            case ANY_PROTOCOL:
                return TCP_NAMES[NONE];
            default:
                return ERROR_NAME;
        }
    }

    /** What /proc/net/ip_vs_conn calls a persistence's state. */
    public static String persistenceName(final int state) {
        return name(PERSISTENCE_NAMES, state);
    }

    private static String name(final String[] names, final int state) {
        return state >= 0 && state < names.length ? names[state] : ERROR_NAME;
    }

    private static int chunkAt(final long sctp, final int offset, final int sctpBytes) {
        return sctpBytes - offset < SctpLayout.CHUNK_HEADER_BYTES ? NO_CHUNK : SctpLayout.chunkType(sctp, offset);
    }
}
