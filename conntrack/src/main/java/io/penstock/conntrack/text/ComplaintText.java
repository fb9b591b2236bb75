package io.penstock.conntrack.text;

import io.penstock.conntrack.hot.track.Complaint;
import io.penstock.conntrack.model.ConnTuple;
import io.penstock.os.hot.packet.IpProtocol;

/**
 * What is logged in front of a packet that is invalid or ignored, in the kernel's words.
 *
 * <p>Source: what Linux 6.18 logs with {@code net.netfilter.nf_conntrack_log_invalid}, observed. Times are its ticks at 250 Hz, as
 * distributions build it.
 */
public final class ComplaintText {

    private static final int TICKS_IN_SECOND = 250;

    private ComplaintText() {
    }

    /**
     * The line's begin.
     *
     * @param protocol  the packet's
     * @param outerHigh the first 8 bytes of the address that the packet goes to; 0 of IPv4
     * @param outerLow  the last 8 bytes of it
     */
    public static String of(final int protocol, final Complaint complaint, final long outerHigh, final long outerLow) {
        return "nf_ct_proto_" + protocol + ": " + sentence(protocol, complaint, outerHigh, outerLow) + ' ';
    }

    private static String sentence(final int protocol, final Complaint said, final long outerHigh, final long outerLow) {
        final String bound = Integer.toUnsignedString((int) said.first);
        return switch (said.reason) {
            case Complaint.SHORT -> protocol == IpProtocol.SCTP ? "nf_ct_sctp: short packet " : "short packet";
            case Complaint.TRUNCATED -> "truncated packet";
            case Complaint.MALFORMED -> "truncated/malformed packet";
            case Complaint.CHECKSUM -> checksum(protocol);
            case Complaint.TCP_FLAGS -> "invalid tcp flag combination";
            case Complaint.TCP_NEW -> "invalid new";
            case Complaint.TCP_INVALID -> segment(said, "invalid");
            case Complaint.TCP_IGNORED -> segment(said, "ignored");
            case Complaint.TCP_RST -> "invalid rst";
            case Complaint.TCP_CHALLENGE -> "challenge-ack ignored";
            case Complaint.TCP_OVERSHOT -> bound + " bytes more than expected";
            case Complaint.TCP_AHEAD -> "SEQ is over upper bound " + bound + " (over the window of the receiver)";
            case Complaint.TCP_ACK_AHEAD -> "ACK is over upper bound " + bound + " (ACKed data not seen yet)";
            case Complaint.TCP_BEHIND -> "SEQ is under lower bound " + bound + " (already ACKed data retransmitted)";
            case Complaint.TCP_ACK_BEHIND -> "ignored ACK under lower bound " + bound + " (possible overly delayed)";
            case Complaint.TCP_ENDS -> "packet (index " + said.first + ", dir " + said.second + ") response for index " + said.third
                    + " lower timeout to " + Integer.toUnsignedString(said.fourth * TICKS_IN_SECOND);
            case Complaint.ICMP_TYPE -> "invalid icmp type";
            case Complaint.ICMP_DESTINATION -> "outer daddr " + address(protocol, outerHigh, outerLow) + " != inner "
                    + address(protocol, said.first, said.second);
            case Complaint.COVERAGE -> "invalid checksum coverage";
            case Complaint.NO_CHECKSUM -> "checksum missing";
            // Length and tags as a little-endian machine takes them, and the line end: the kernel's.
            case Complaint.SCTP_CHUNKS -> "do_basic_checks failed. chunk num " + said.first + ", type " + said.second + ", len "
                    + (Short.reverseBytes((short) said.third) & 0xFFFF) + " flag " + said.fourth + '\n';
            case Complaint.SCTP_TAG -> "verification tag check failed " + tag(said.first) + " vs "
                    + tag(said.second) + " for dir " + said.third;
            case Complaint.SCTP_STATE -> "Invalid, old_state " + said.first + ", dir " + said.second + ", type " + said.third;
            case Complaint.REDIRECT_SHORT -> "short redirect";
            case Complaint.REDIRECT_OPTIONS -> "redirect without options";
            case Complaint.REDIRECT_SOURCE -> "invalid saddr or hoplimit for redirect";
            default -> throw new IllegalArgumentException("no such complaint: reason=" + said.reason);
        };
    }

    private static String tag(final long tag) {
        return Integer.toHexString(Integer.reverseBytes((int) tag));
    }

    private static String checksum(final int protocol) {
        return switch (protocol) {
            case IpProtocol.ICMP -> "bad hw icmp checksum";
            case IpProtocol.ICMPV6 -> "ICMPv6 checksum failed";
            case IpProtocol.SCTP -> "nf_ct_sctp: bad CRC ";
            default -> "bad checksum";
        };
    }

    private static String segment(final Complaint said, final String what) {
        return "packet (index " + said.first + ") in dir " + said.second + ' ' + what + ", state " + Protocol.TCP.state(said.third);
    }

    private static String address(final int protocol, final long high, final long low) {
        return AddressText.whole(protocol == IpProtocol.ICMP ? ConnTuple.IPV4 : ConnTuple.IPV6, high, low);
    }
}
