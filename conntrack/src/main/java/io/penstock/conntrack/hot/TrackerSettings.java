package io.penstock.conntrack.hot;

/**
 * What decides how the trackers judge and how long connections live: one per namespace, and one per time-out policy.
 *
 * <p>Each field is the sysctl {@code net.netfilter.nf_conntrack_*} of its name ({@code tcpTimeoutSynSent} is {@code tcp_timeout_syn_sent}), with
 * the kernel's default. Time-outs are seconds, switches 0 or 1. {@link #tcpTimeoutSynSent2} has no sysctl; time-out policies have it.
 *
 * <p>Threads: control threads write, workers read plain; a change is seen by the next batch or the one after.
 *
 * <p>Source: the kernel's Documentation/networking/nf_conntrack-sysctl.rst.
 */
public final class TrackerSettings {

    /** {@link #logInvalid}: of all protocols. */
    public static final int LOG_ALL = 255;

    /** L4 checksums are verified on arrival. */
    public int checksum = 1;

    /** Of which protocol packets are logged that make no sense: 0 for none, {@link #LOG_ALL} for all. */
    public int logInvalid;

    public int tcpTimeoutSynSent = 120;
    public int tcpTimeoutSynRecv = 60;
    /** Five days. */
    public int tcpTimeoutEstablished = 432_000;
    public int tcpTimeoutFinWait = 120;
    public int tcpTimeoutCloseWait = 60;
    public int tcpTimeoutLastAck = 30;
    public int tcpTimeoutTimeWait = 120;
    public int tcpTimeoutClose = 10;
    /** Both ends have sent a SYN. */
    public int tcpTimeoutSynSent2 = 120;
    /** At the most, after {@link #tcpMaxRetrans} repetitions or with a closed window. */
    public int tcpTimeoutMaxRetrans = 300;
    /** At the most, while data is not acknowledged, or nobody has answered. */
    public int tcpTimeoutUnacknowledged = 300;
    /** Connections whose beginning was not seen are picked up. */
    public int tcpLoose = 1;
    /** Packets out of the window are believed, RSTs before what was acknowledged apart. */
    public int tcpBeLiberal;
    /** An RST before what was acknowledged goes on to the window's check, instead of being invalid. */
    public int tcpIgnoreInvalidRst;
    /** The same ACK this often again is a sign of trouble. */
    public int tcpMaxRetrans = 3;

    /** UDP and UDP-Lite. */
    public int udpTimeout = 30;
    /** UDP and UDP-Lite with traffic both ways, two seconds after the start. */
    public int udpTimeoutStream = 120;

    public int icmpTimeout = 30;
    public int icmpv6Timeout = 30;

    public int greTimeout = 30;
    /** With traffic both ways. */
    public int greTimeoutStream = 180;

    /** Protocols without a tracker. */
    public int genericTimeout = 600;

    public int sctpTimeoutClosed = 10;
    public int sctpTimeoutCookieWait = 3;
    public int sctpTimeoutCookieEchoed = 3;
    public int sctpTimeoutEstablished = 210;
    public int sctpTimeoutShutdownSent = 3;
    public int sctpTimeoutShutdownRecd = 3;
    public int sctpTimeoutShutdownAckSent = 3;
    public int sctpTimeoutHeartbeatSent = 30;

    public TrackerSettings() {
    }
}
