package io.penstock.conntrack.hot.track;

import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.IcmpLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.SctpLayout;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.os.hot.packet.UdpLayout;

/**
 * What a packet must be before it is looked up: a transport header that is whole and makes sense, and a checksum that is right. A packet that
 * fails is invalid.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Nothing behind {@code length} bytes is read.</li>
 *   <li>The trackers take packets that have passed.</li>
 * </ol>
 *
 * <p>{@code length} counts from the transport header to the packet's end as the IP header says. {@code checksum} asks for the checksum too: the
 * caller sets it for packets that arrive, while {@code nf_conntrack_checksum} is 1, unless the card has verified it or the sender has left it to
 * its card.
 *
 * <p>Source: {@code tcp_error}, {@code udp_error}, {@code udplite_error}, {@code sctp_error}, {@code nf_conntrack_icmpv4_error} and {@code
 * nf_conntrack_icmpv6_error}. As there, the UDP checksum is taken over all of the IP payload, whatever UDP's length field says, and 0 is none over
 * IPv6 too.
 *
 * <p>Differs from Linux: UDP-Lite's pseudo-header has UDP-Lite's number (RFC 3828, 3.1). The kernel takes UDP's, and so every right checksum for
 * wrong.
 */
public final class PacketCheck {

    /** Flags of TCP that say nothing about a segment's meaning. */
    private static final int INDIFFERENT = TcpLayout.PSH | TcpLayout.ECE | TcpLayout.CWR;
    /** By {@link TcpLayout} flags without {@link #INDIFFERENT}: what a segment may have. RFC 9293, 3.10 gives no other a meaning. */
    private static final long TCP_FLAGS = 1L << TcpLayout.SYN
            | 1L << (TcpLayout.SYN | TcpLayout.URG)
            | 1L << (TcpLayout.SYN | TcpLayout.ACK)
            | 1L << TcpLayout.RST
            | 1L << (TcpLayout.RST | TcpLayout.ACK)
            | 1L << (TcpLayout.FIN | TcpLayout.ACK)
            | 1L << (TcpLayout.FIN | TcpLayout.ACK | TcpLayout.URG)
            | 1L << TcpLayout.ACK
            | 1L << (TcpLayout.ACK | TcpLayout.URG);

    private PacketCheck() {
    }

    /** Whether a packet over IPv4, whose header is at {@code ip}, may be tracked. */
    public static boolean isValid4(final long ip, final int protocol, final long l4, final int length, final boolean checksum) {
        switch (protocol) {
            case IpProtocol.TCP:
                return isTcp(l4, length) && (!checksum || Checksum.verifyTcp4(ip, l4, length));
            case IpProtocol.UDP:
                return isUdp(l4, length) && (!checksum || Checksum.verifyUdp4(ip, l4, length));
            case IpProtocol.ICMP:
                return length >= IcmpLayout.HEADER_BYTES && (!checksum || Checksum.verifyIcmp(l4, length));
            case IpProtocol.ICMPV6:
                return false;
            case IpProtocol.SCTP:
                return isSctp(l4, length, checksum);
            case IpProtocol.UDPLITE:
                return isUdpLite(l4, length)
                        && (!checksum || Checksum.isValid(Checksum.pseudo4(ip, IpProtocol.UDPLITE, length) + Checksum.sum(l4, coverage(l4, length))));
            default:
                return true;
        }
    }

    /** Whether a packet over IPv6, whose fixed header is at {@code ip}, may be tracked. */
    public static boolean isValid6(final long ip, final int protocol, final long l4, final int length, final boolean checksum) {
        switch (protocol) {
            case IpProtocol.TCP:
                return isTcp(l4, length) && (!checksum || Checksum.verifyTcp6(ip, l4, length));
            case IpProtocol.UDP:
                return isUdp(l4, length) && (!checksum || UdpLayout.checksum(l4) == 0 || Checksum.verifyUdp6(ip, l4, length));
            case IpProtocol.ICMPV6:
                return length >= IcmpLayout.HEADER_BYTES && (!checksum || Checksum.verifyIcmpv6(ip, l4, length));
            case IpProtocol.ICMP:
                return false;
            case IpProtocol.SCTP:
                return isSctp(l4, length, checksum);
            case IpProtocol.UDPLITE:
                return isUdpLite(l4, length)
                        && (!checksum || Checksum.isValid(Checksum.pseudo6(ip, IpProtocol.UDPLITE, length) + Checksum.sum(l4, coverage(l4, length))));
            default:
                return true;
        }
    }

    static boolean isTcpSum(final long ip, final boolean isIpv4, final long tcp, final int length) {
        return isIpv4 ? Checksum.verifyTcp4(ip, tcp, length) : Checksum.verifyTcp6(ip, tcp, length);
    }

    private static boolean isTcp(final long tcp, final int length) {
        if (length < TcpLayout.HEADER_BYTES) {
            return false;
        }
        final int headerBytes = TcpLayout.headerBytes(tcp);
        return headerBytes >= TcpLayout.HEADER_BYTES
                && headerBytes <= length
                && (TCP_FLAGS >>> (TcpLayout.flags(tcp) & ~INDIFFERENT) & 1) != 0;
    }

    private static boolean isUdp(final long udp, final int length) {
        if (length < UdpLayout.HEADER_BYTES) {
            return false;
        }
        final int bytes = UdpLayout.length(udp);
        return bytes >= UdpLayout.HEADER_BYTES && bytes <= length;
    }

    /** The length field is the number of bytes that the checksum covers; 0 for all, and there must be one (RFC 3828, 3.1). */
    private static boolean isUdpLite(final long udp, final int length) {
        if (length < UdpLayout.HEADER_BYTES || UdpLayout.checksum(udp) == 0) {
            return false;
        }
        return isCovered(udp, length);
    }

    static boolean isCovered(final long udp, final int length) {
        final int bytes = coverage(udp, length);
        return bytes >= UdpLayout.HEADER_BYTES && bytes <= length;
    }

    private static int coverage(final long udp, final int length) {
        final int bytes = UdpLayout.length(udp);
        return bytes == 0 ? length : bytes;
    }

    private static boolean isSctp(final long sctp, final int length, final boolean checksum) {
        return length >= SctpLayout.HEADER_BYTES && (!checksum || SctpLayout.verifyChecksum(sctp, length));
    }
}
