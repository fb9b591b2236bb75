package io.penstock.dataplane.hot.ipvs.state;

import io.penstock.os.hot.packet.IpProtocol;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * How long a connection lives after a packet, by protocol and state; in seconds. {@code secure_tcp} changes the states, not the timeouts.
 *
 * <p>Threads: one control thread at a time changes three of them; workers read opaquely and see a change soon.
 *
 * <p>Source: {@code tcp_timeouts}, {@code udp_timeouts}, {@code sctp_timeouts} of ip_vs_proto_*.c; ip_vs_ctl.c, {@code ip_vs_set_timeout}.
 */
public final class ServiceTimeouts {

    /** Unit: s. Of a connection that no packet of its own has changed yet, and of protocols without states. */
    public static final int FIRST_SECONDS = 3;

    /** Unit: s. The longest that can be set: the kernel's ticks, 250 a second, are an int. */
    public static final int LONGEST_SECONDS = Integer.MAX_VALUE / 250;

    /** SCTP's longest retransmission timeout (RFC 9260, 16) and a second for the way. */
    private static final int SCTP_LONGEST_RETRANSMISSION = 61;
    /** SCTP's first retransmission timeout, and a second. */
    private static final int SCTP_FIRST_RETRANSMISSION = 4;

    private static final int TCP = 0;
    private static final int SCTP = 16;
    private static final int UDP = 32;
    private static final int OTHER = 33;
    private static final int PLACES = 64;
    private static final int STATE_MASK = 0xF;

    private static final VarHandle SECONDS = MethodHandles.arrayElementVarHandle(int[].class);

    private final int[] seconds = new int[PLACES];

    /** The kernel's defaults. */
    public ServiceTimeouts() {
        seconds[TCP + ServiceStates.NONE] = 2;
        seconds[TCP + ServiceStates.TCP_ESTABLISHED] = 900;
        seconds[TCP + ServiceStates.TCP_SYN_SENT] = 120;
        seconds[TCP + ServiceStates.TCP_SYN_RECV] = 60;
        seconds[TCP + ServiceStates.TCP_FIN_WAIT] = 120;
        seconds[TCP + ServiceStates.TCP_TIME_WAIT] = 120;
        seconds[TCP + ServiceStates.TCP_CLOSE] = 10;
        seconds[TCP + ServiceStates.TCP_CLOSE_WAIT] = 60;
        seconds[TCP + ServiceStates.TCP_LAST_ACK] = 30;
        seconds[TCP + ServiceStates.TCP_LISTEN] = 120;
        seconds[TCP + ServiceStates.TCP_SYNACK] = 120;
        for (int state = ServiceStates.SCTP_INIT; state <= ServiceStates.SCTP_CLOSED; state++) {
            seconds[SCTP + state] = SCTP_LONGEST_RETRANSMISSION;
        }
        seconds[SCTP + ServiceStates.NONE] = 2;
        seconds[SCTP + ServiceStates.SCTP_INIT1] = SCTP_FIRST_RETRANSMISSION;
        seconds[SCTP + ServiceStates.SCTP_ESTABLISHED] = 900;
        seconds[SCTP + ServiceStates.SCTP_REJECTED] = SCTP_FIRST_RETRANSMISSION;
        seconds[UDP] = 300;
        seconds[OTHER] = FIRST_SECONDS;
    }

    /** How long from now. */
    public int seconds(final int protocol, final int state) {
        final int place;
        if (protocol == IpProtocol.TCP) {
            place = TCP + (state & STATE_MASK);
        } else if (protocol == IpProtocol.UDP) {
            place = UDP;
        } else {
            place = protocol == IpProtocol.SCTP ? SCTP + (state & STATE_MASK) : OTHER;
        }
        return (int) SECONDS.getOpaque(seconds, place);
    }

    /**
     * Changes those of established TCP, of TCP in FIN_WAIT and of UDP; 0 leaves one as it is. Connections that exist have the new one from their next
     * packet on.
     *
     * @return false if one is below 0 or above {@link #LONGEST_SECONDS}; nothing has changed then
     */
    public boolean set(final int tcp, final int tcpFin, final int udp) {
        if (!isValid(tcp) || !isValid(tcpFin) || !isValid(udp)) {
            return false;
        }
        setPlace(TCP + ServiceStates.TCP_ESTABLISHED, tcp);
        setPlace(TCP + ServiceStates.TCP_FIN_WAIT, tcpFin);
        setPlace(UDP, udp);
        return true;
    }

    /** Of established TCP. */
    public int tcp() {
        return seconds(IpProtocol.TCP, ServiceStates.TCP_ESTABLISHED);
    }

    /** Of TCP in FIN_WAIT. */
    public int tcpFin() {
        return seconds(IpProtocol.TCP, ServiceStates.TCP_FIN_WAIT);
    }

    public int udp() {
        return seconds(IpProtocol.UDP, ServiceStates.UDP_NORMAL);
    }

    private void setPlace(final int place, final int value) {
        if (value != 0) {
            SECONDS.setOpaque(seconds, place, value);
        }
    }

    private static boolean isValid(final int value) {
        return value >= 0 && value <= LONGEST_SECONDS;
    }
}
