package io.penstock.conntrack.hot.track;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.TrackerSettings;
import io.penstock.os.hot.packet.IcmpLayout;
import io.penstock.os.hot.packet.Icmpv6Layout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.SctpLayout;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.os.hot.packet.UdpLayout;

/**
 * Finds what there is to say about a packet that has already been judged: only where it is to be logged, so that the judgement itself does no
 * more than it must.
 *
 * <p>Source: what Linux 6.18 logs with {@code net.netfilter.nf_conntrack_log_invalid}, observed.
 *
 * <p>Threads: workers; what it keeps is the caller's.
 */
public final class Complaints {

    /** Of ICMP, those above are unknown: an address mask reply. */
    private static final int LAST_ICMP_TYPE = 18;
    private static final int PORTS_BYTES = 4;

    private Complaints() {
    }

    /** Whether packets of a protocol are logged. */
    public static boolean isWanted(final TrackerSettings settings, final int protocol) {
        final int wanted = settings.logInvalid;
        return wanted == TrackerSettings.LOG_ALL || wanted == protocol;
    }

    /**
     * Of a packet that {@link PacketCheck} did not let pass.
     *
     * @param isIpv4   whether the header at {@code ip} is IPv4's
     * @param checksum as there
     */
    public static void unchecked(
            final long ip, final boolean isIpv4, final int protocol, final long l4, final int length, final boolean checksum, final Complaint into) {
        into.set(reason(ip, isIpv4, protocol, l4, length, checksum), 0, 0, 0, 0);
    }

    private static int reason(
            final long ip, final boolean isIpv4, final int protocol, final long l4, final int length, final boolean checksum) {
        switch (protocol) {
            case IpProtocol.TCP:
                return tcp(ip, isIpv4, l4, length, checksum);
            case IpProtocol.UDP:
                return length < UdpLayout.HEADER_BYTES ? shorter(length)
                        : UdpLayout.length(l4) < UdpLayout.HEADER_BYTES || UdpLayout.length(l4) > length ? Complaint.MALFORMED : Complaint.CHECKSUM;
            case IpProtocol.UDPLITE:
                return length < UdpLayout.HEADER_BYTES ? shorter(length)
                        : !PacketCheck.isCovered(l4, length) ? Complaint.COVERAGE
                        : UdpLayout.checksum(l4) == 0 ? Complaint.NO_CHECKSUM : Complaint.CHECKSUM;
            case IpProtocol.ICMP:
                return !isIpv4 ? Complaint.NONE : length < IcmpLayout.HEADER_BYTES ? Complaint.SHORT : Complaint.CHECKSUM;
            case IpProtocol.ICMPV6:
                return isIpv4 ? Complaint.NONE : length < IcmpLayout.HEADER_BYTES ? Complaint.SHORT : Complaint.CHECKSUM;
            case IpProtocol.SCTP:
                return length < SctpLayout.HEADER_BYTES ? shorter(length) : Complaint.CHECKSUM;
            default:
                return Complaint.NONE;
        }
    }

    /** Nothing is said of what has not even got ports. */
    private static int shorter(final int length) {
        return length < PORTS_BYTES ? Complaint.NONE : Complaint.SHORT;
    }

    private static int tcp(final long ip, final boolean isIpv4, final long tcp, final int length, final boolean checksum) {
        if (length < TcpLayout.HEADER_BYTES) {
            return Complaint.NONE;
        }
        if (TcpLayout.headerBytes(tcp) < TcpLayout.HEADER_BYTES || TcpLayout.headerBytes(tcp) > length) {
            return Complaint.TRUNCATED;
        }
        return checksum && !PacketCheck.isTcpSum(ip, isIpv4, tcp, length) ? Complaint.CHECKSUM : Complaint.TCP_FLAGS;
    }

    /** Of an ICMP message that is neither half of an exchange nor an error. */
    public static void icmp(final long ip, final boolean isIpv4, final long icmp, final int length, final Complaint into) {
        final int type = IcmpLayout.type(icmp);
        int reason = Complaint.NONE;
        if (isIpv4) {
            reason = type > LAST_ICMP_TYPE ? Complaint.ICMP_TYPE : Complaint.NONE;
        } else if (type == Icmpv6Layout.REDIRECT) {
            reason = Icmpv6Tracker.complaint(ip, icmp, length);
        }
        into.set(reason, 0, 0, 0, 0);
    }

    /** Of an ICMP error that goes somewhere else than the connection that it is about, in the direction that was found. */
    public static void misdirected(final boolean isIpv4, final long entry, final int direction, final Complaint into) {
        if (isIpv4) {
            into.set(Complaint.ICMP_DESTINATION, 0, ConnLayout.destination4(entry, direction), 0, 0);
        } else {
            into.set(Complaint.ICMP_DESTINATION, ConnLayout.destination6High(entry, direction), ConnLayout.destination6Low(entry, direction), 0, 0);
        }
    }

    /**
     * Of a packet with a verdict of {@link TrackResult#INVALID} or {@link TrackResult#IGNORED}, at once after it.
     *
     * @param result the tracker's
     */
    public static void judged(
            final int result, final long entry, final int direction, final int protocol, final long l4, final int length, final Complaint into) {
        final int reason = TrackResult.reason(result) & ~TrackResult.ENDS;
        into.set(reason, 0, 0, 0, 0);
        if (reason == Complaint.NONE) {
            return;
        }
        switch (protocol) {
            case IpProtocol.TCP:
                tcp(reason, entry, direction, l4, length, into);
                break;
            case IpProtocol.SCTP:
                if (reason == Complaint.SCTP_TAG) {
                    into.first = SctpLayout.verificationTag(l4);
                    into.second = SctpTracker.tag(entry, direction);
                    into.third = direction;
                } else if (reason == Complaint.SCTP_STATE) {
                    into.first = ConnLayout.trackerState(entry);
                    into.second = direction;
                    into.third = TrackResult.detail(result);
                } else {
                    SctpTracker.complain(l4, length, into);
                }
                break;
            default:
                break;
        }
    }

    private static void tcp(final int reason, final long entry, final int direction, final long tcp, final int length, final Complaint into) {
        final long sender = TcpRecord.half(entry, direction);
        final long receiver = TcpRecord.half(entry, ConnDirection.opposite(direction));
        switch (reason) {
            case Complaint.TCP_INVALID:
            case Complaint.TCP_IGNORED:
                into.first = TcpTransitions.event(TcpLayout.flags(tcp));
                into.second = direction;
                into.third = ConnLayout.trackerState(entry);
                break;
            case Complaint.TCP_OVERSHOT:
                into.first = TcpWindow.end(tcp, length, TcpLayout.flags(tcp)) - TcpRecord.maxEnd(sender) + 1;
                break;
            case Complaint.TCP_AHEAD:
                into.first = TcpRecord.maxEnd(sender) + 1;
                break;
            case Complaint.TCP_ACK_AHEAD:
                into.first = TcpRecord.end(receiver) + 1;
                break;
            case Complaint.TCP_BEHIND:
                into.first = TcpRecord.end(sender) - TcpRecord.maxWindow(receiver) - 1;
                break;
            case Complaint.TCP_ACK_BEHIND:
                into.first = TcpWindow.lateAck(sender, receiver);
                break;
            default:
                break;
        }
    }

    /** Whether there is more to say of a segment after what {@link #judged} has said: both ends insist that the connection is over. */
    public static boolean hasEnded(
            final int result, final long entry, final int direction, final long tcp, final TrackerSettings settings, final Complaint into) {
        if ((TrackResult.reason(result) & TrackResult.ENDS) == 0) {
            return false;
        }
        into.set(Complaint.TCP_ENDS, TcpTransitions.event(TcpLayout.flags(tcp)), direction, TcpRecord.lastEvent(entry),
                settings.tcpTimeoutUnacknowledged);
        return true;
    }
}
