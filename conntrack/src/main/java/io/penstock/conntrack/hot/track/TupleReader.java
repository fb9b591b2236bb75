package io.penstock.conntrack.hot.track;

import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.GreLayout;
import io.penstock.os.hot.packet.IcmpLayout;
import io.penstock.os.hot.packet.Icmpv6Layout;
import io.penstock.os.hot.packet.IpProtocol;

/**
 * Reads a tuple's keys from a transport header and turns them into those of the other direction.
 *
 * <p>Keys are as {@link ConnLayout} has them, here in the low half of a long whose other value is {@link #NONE}.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Nothing behind {@code length} bytes is read.</li>
 *   <li>{@code invert(invert(keys))} is {@code keys}, where there is an inverse.</li>
 * </ol>
 *
 * <p>Source: nf_conntrack_core.c, {@code nf_ct_get_tuple}, {@code nf_ct_invert_tuple}, and the trackers' {@code pkt_to_tuple}. GRE of version 1
 * (PPTP) has its call identifier for the destination; the source's is only known to who has read the call's setup, and 0 here.
 */
public final class TupleReader {

    /** There are no keys: the header is too short, or no packet goes the other way. */
    public static final long NONE = -1;

    private static final int PORTS_BYTES = 4;
    private static final long KEYS_MASK = 0xFFFF_FFFFL;

    private TupleReader() {
    }

    /** The keys of a packet whose transport header is at {@code l4}, with {@code length} bytes from there to its end; or {@link #NONE}. */
    public static long keys(final int protocol, final long l4, final int length) {
        switch (protocol) {
            case IpProtocol.TCP:
            case IpProtocol.UDP:
            case IpProtocol.UDPLITE:
            case IpProtocol.SCTP:
                return length < PORTS_BYTES ? NONE : Memory.getIntBE(l4) & KEYS_MASK;
            case IpProtocol.ICMP:
            case IpProtocol.ICMPV6:
                // Type, code and identifier stand at the same places in both.
                return length < IcmpLayout.HEADER_BYTES ? NONE : icmpKeys(IcmpLayout.id(l4), IcmpLayout.type(l4), IcmpLayout.code(l4));
            case IpProtocol.GRE:
                return greKeys(l4, length);
            default:
                return 0;
        }
    }

    /** The keys of the packets that answer, or {@link #NONE} for an ICMP type that nothing answers. */
    public static long invert(final int protocol, final int keys) {
        switch (protocol) {
            case IpProtocol.ICMP:
                return invertIcmp(keys, answer(icmpType(keys)));
            case IpProtocol.ICMPV6:
                return invertIcmp(keys, answer6(icmpType(keys)));
            default:
                return Integer.rotateLeft(keys, 16) & KEYS_MASK;
        }
    }

    /** The ICMP or ICMPv6 type in keys. */
    public static int icmpType(final int keys) {
        return ConnLayout.destinationKey(keys) >>> 8;
    }

    /** The ICMP or ICMPv6 code in keys. */
    public static int icmpCode(final int keys) {
        return keys & 0xFF;
    }

    /** The ICMP type of the same exchange's other half, or -1. */
    static int answer(final int type) {
        switch (type) {
            case IcmpLayout.ECHO_REQUEST:
                return IcmpLayout.ECHO_REPLY;
            case IcmpLayout.ECHO_REPLY:
                return IcmpLayout.ECHO_REQUEST;
            case IcmpLayout.TIMESTAMP_REQUEST:
                return IcmpLayout.TIMESTAMP_REPLY;
            case IcmpLayout.TIMESTAMP_REPLY:
                return IcmpLayout.TIMESTAMP_REQUEST;
            case IcmpLayout.INFO_REQUEST:
                return IcmpLayout.INFO_REPLY;
            case IcmpLayout.INFO_REPLY:
                return IcmpLayout.INFO_REQUEST;
            case IcmpLayout.MASK_REQUEST:
                return IcmpLayout.MASK_REPLY;
            case IcmpLayout.MASK_REPLY:
                return IcmpLayout.MASK_REQUEST;
            default:
                return -1;
        }
    }

    /** The ICMPv6 type of the same exchange's other half, or -1. */
    static int answer6(final int type) {
        switch (type) {
            case Icmpv6Layout.ECHO_REQUEST:
                return Icmpv6Layout.ECHO_REPLY;
            case Icmpv6Layout.ECHO_REPLY:
                return Icmpv6Layout.ECHO_REQUEST;
            case Icmpv6Tracker.NODE_INFORMATION_QUERY:
                return Icmpv6Tracker.NODE_INFORMATION_REPLY;
            case Icmpv6Tracker.NODE_INFORMATION_REPLY:
                return Icmpv6Tracker.NODE_INFORMATION_QUERY;
            default:
                return -1;
        }
    }

    private static long icmpKeys(final int id, final int type, final int code) {
        return ConnLayout.keys(id, type << 8 | code) & KEYS_MASK;
    }

    private static long invertIcmp(final int keys, final int answer) {
        return answer < 0 ? NONE : icmpKeys(ConnLayout.sourceKey(keys), answer, icmpCode(keys));
    }

    private static long greKeys(final long gre, final int length) {
        if (length < GreLayout.FIXED_BYTES || GreLayout.version(GreLayout.flags(gre)) != GreLayout.VERSION_1 || length < GreLayout.PPTP_FIXED_BYTES) {
            return 0;
        }
        return GreLayout.protocolType(gre) == GreLayout.TYPE_PPP ? GreLayout.pptpCallId(gre) : NONE;
    }
}
