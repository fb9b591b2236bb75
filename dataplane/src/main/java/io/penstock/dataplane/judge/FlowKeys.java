package io.penstock.dataplane.judge;

import java.util.Arrays;

/**
 * What tells flows between two hosts apart, and which of the packets that leave is the one that came. Source: RFC 768, 792, 793, 4443, 9260.
 */
public final class FlowKeys {

    /** No keys: another protocol, or a packet that is too short. */
    public static final long NONE = -1;

    private static final int UDPLITE = 136;
    private static final int SCTP = 132;
    private static final int KEY_BITS = 16;
    private static final int KEY_MASK = 0xFFFF;
    private static final int FRAGMENT_OFFSET = 0x1FFF;
    /** Extension headers of IPv6: hop by hop, routing, destination. */
    private static final int HOP_BY_HOP = 0;
    private static final int ROUTING = 43;
    private static final int DESTINATION = 60;

    private static final int ERRORS4 = 1 << 3 | 1 << 4 | 1 << 5 | 1 << 11 | 1 << 12;
    private static final int FIRST_INFORMATIONAL6 = 128;

    private FlowKeys() {
    }

    /** A packet's protocol; of IPv6 behind extension headers. */
    public static int protocol(final byte... packet) {
        return Wire.isIpv4(packet) ? Wire.u8(packet, 9) : Wire.u8(packet, typeAt(packet));
    }

    /** Where a packet's transport header begins. */
    public static int transport(final byte... packet) {
        if (Wire.isIpv4(packet)) {
            return Wire.ipv4HeaderBytes(packet);
        }
        int at = Wire.IPV6_BYTES;
        int next = Wire.u8(packet, 6);
        while (isExtension(next) && at + 8 <= packet.length) {
            next = Wire.u8(packet, at);
            at += (Wire.u8(packet, at + 1) + 1) * 8;
        }
        return Math.min(at, packet.length);
    }

    /** Where a packet of IPv6 says what its transport protocol is. */
    static int typeAt(final byte... packet) {
        int type = 6;
        int at = Wire.IPV6_BYTES;
        while (isExtension(Wire.u8(packet, type)) && at + 8 <= packet.length) {
            type = at;
            at += (Wire.u8(packet, at + 1) + 1) * 8;
        }
        return type;
    }

    private static boolean isExtension(final int type) {
        return type == HOP_BY_HOP || type == ROUTING || type == DESTINATION;
    }

    /** A packet's keys: ports; of ICMP the identifier, as source; or {@link #NONE}. */
    public static long of(final byte... packet) {
        final int at = transport(packet);
        if (Wire.isIpv4(packet) && (Wire.u16(packet, 6) & FRAGMENT_OFFSET) != 0) {
            return NONE;
        }
        return switch (protocol(packet)) {
            case Wire.TCP, Wire.UDP, UDPLITE, SCTP -> packet.length < at + 4 ? NONE
                    : (long) Wire.u16(packet, at) << KEY_BITS | Wire.u16(packet, at + 2);
            case Wire.ICMP, Wire.ICMPV6 -> packet.length < at + 8 ? NONE : (long) Wire.u16(packet, at + 4) << KEY_BITS;
            default -> NONE;
        };
    }

    /** The source's key. */
    public static int source(final long keys) {
        return (int) (keys >>> KEY_BITS);
    }

    /** The destination's key. */
    public static int destination(final long keys) {
        return (int) keys & KEY_MASK;
    }

    /** What became of a packet where it passed, whatever was rewritten: as it left, else as this host got it; null where it did not. */
    public static byte[] passed(final byte[] packet, final Reaction reaction) {
        final int port = passedBy(packet, reaction);
        if (port >= 0) {
            return reaction.sent().get(port).bytes();
        }
        return reaction.delivered().stream().filter(one -> isSame(packet, one)).findFirst().orElse(null);
    }

    /** Which of the packets that left is the one that came, or its first part; negative for none. */
    public static int passedBy(final byte[] packet, final Reaction reaction) {
        for (int i = 0; i < reaction.sent().size(); i++) {
            if (isSame(packet, reaction.sent().get(i).bytes())) {
                return i;
            }
        }
        return -1;
    }

    /** Whether a packet is an ICMP error. */
    static boolean isError(final byte... packet) {
        if (!Wire.isIpv4(packet) && !Wire.isIpv6(packet)) {
            return false;
        }
        final int at = transport(packet);
        if (packet.length <= at) {
            return false;
        }
        return Wire.isIpv4(packet) ? protocol(packet) == Wire.ICMP && Wire.u8(packet, at) < Integer.SIZE && (ERRORS4 >>> Wire.u8(packet, at) & 1) == 1
                : protocol(packet) == Wire.ICMPV6 && Wire.u8(packet, at) < FIRST_INFORMATIONAL6;
    }

    private static boolean isSame(final byte[] packet, final byte... other) {
        if (Wire.version(packet) != Wire.version(other) || packet.length < Wire.IPV4_BYTES || protocol(packet) != protocol(other)) {
            return false;
        }
        final int at = transport(packet);
        final int otherAt = transport(other);
        final int protocol = protocol(packet);
        final int length = Math.min(packet.length - at, other.length - otherAt);
        if (protocol == Wire.ICMP || protocol == Wire.ICMPV6) {
            // An error quotes others, in which addresses are rewritten.
            return length >= 2 && Wire.u16(packet, at) == Wire.u16(other, otherAt) && packet.length - at == other.length - otherAt;
        }
        // Behind ports, and for the most part before checksums.
        final int from = Math.min(length, 4);
        final int to = Math.min(length, protocol == Wire.TCP ? 14 : protocol == SCTP ? 8 : 6);
        return Arrays.equals(packet, at + from, at + to, other, otherAt + from, otherAt + to);
    }
}
