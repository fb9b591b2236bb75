package io.penstock.dataplane.hot.pipeline;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Ipv6Layout;

/**
 * The IPv6 hop-by-hop options, which every node on the way looks at when their header comes first.
 *
 * <p>Known are padding, the router alert, IOAM (not taken part in), the jumbo payload, of which none fits into a frame, and
 * CALIPSO, which is refused as by a kernel without a domain of interpretation.
 *
 * <p>Source: RFC 8200 section 4.2 and 4.3, RFC 2675, RFC 2711; net/ipv6/exthdrs.c ipv6_parse_hopopts, ip6_parse_tlv.
 */
final class HopByHop {

    /** The packet goes on. */
    static final long PASS = 0;
    /** The packet is dropped without a word. */
    static final long DROP = 1;

    private static final int FIXED_BYTES = 2;
    private static final int MIN_BYTES = 8;
    private static final int UNIT_SHIFT = 3;

    private static final int PAD1 = 0;
    private static final int PADN = 1;
    private static final int ROUTER_ALERT = 5;
    private static final int CALIPSO = 7;
    private static final int IOAM = 0x31;
    private static final int JUMBO = 0xC2;

    private static final int MAX_PADDING_BYTES = 7;
    private static final int ROUTER_ALERT_BYTES = 4;
    private static final int IOAM_ALIGNMENT_MASK = 3;
    private static final int JUMBO_DATA_BYTES = 4;
    private static final int JUMBO_ALIGNMENT_MASK = 3;
    private static final int JUMBO_OFFSET = 2;
    private static final int MAX_PAYLOAD_BYTES = 65_535;
    private static final int MULTICAST_BYTE = 0xFF;

    /** What a node does that does not know an option, in its two upper bits. */
    private static final int ACTION_SHIFT = 6;
    private static final int ACTION_SKIP = 0;
    private static final int ACTION_DROP = 1;
    private static final int ACTION_TELL = 2;

    /** A problem: its code in the upper half and its place in the lower, and never {@link #PASS} or {@link #DROP}. */
    private static final int CODE_SHIFT = 32;
    private static final int CODE_HEADER_FIELD = 0;
    private static final int CODE_UNKNOWN_OPTION = 2;

    private HopByHop() {
    }

    /**
     * Judges the header that follows the fixed one.
     *
     * @param bytes      bytes of the packet from the fixed header on
     * @param maxOptions options at the most; of a negative number, and unknown ones are not skipped
     * @param maxBytes   bytes of the header at the most
     * @return {@link #PASS}, {@link #DROP}, or a problem to tell the sender of
     */
    static long judge(final long ip, final int bytes, final int maxOptions, final int maxBytes) {
        if (bytes < Ipv6Layout.HEADER_BYTES + MIN_BYTES) {
            return DROP;
        }
        final int headerBytes = Memory.getUnsignedByte(ip + Ipv6Layout.HEADER_BYTES + 1) + 1 << UNIT_SHIFT;
        if (bytes < Ipv6Layout.HEADER_BYTES + headerBytes || headerBytes > maxBytes) {
            return DROP;
        }
        final int end = Ipv6Layout.HEADER_BYTES + headerBytes;
        int at = Ipv6Layout.HEADER_BYTES + FIXED_BYTES;
        int padding = 0;
        int options = 0;
        while (at < end) {
            final int kind = Memory.getUnsignedByte(ip + at);
            if (kind == PAD1) {
                if (++padding > MAX_PADDING_BYTES) {
                    return DROP;
                }
                at++;
                continue;
            }
            if (end - at < FIXED_BYTES) {
                return DROP;
            }
            final int optionBytes = FIXED_BYTES + Memory.getUnsignedByte(ip + at + 1);
            if (optionBytes > end - at) {
                return DROP;
            }
            if (kind == PADN) {
                padding += optionBytes;
                if (padding > MAX_PADDING_BYTES || !isZero(ip + at + FIXED_BYTES, optionBytes - FIXED_BYTES)) {
                    return DROP;
                }
            } else {
                if (++options > Math.abs(maxOptions)) {
                    return DROP;
                }
                final long verdict = option(ip, at, kind, bytes, maxOptions < 0);
                if (verdict != PASS) {
                    return verdict;
                }
                padding = 0;
            }
            at += optionBytes;
        }
        return PASS;
    }

    /** The ICMPv6 code of a problem. */
    static int code(final long problem) {
        return (int) (problem >>> CODE_SHIFT);
    }

    /** Where the problem is, in bytes from the fixed header. */
    static int pointer(final long problem) {
        return (int) problem;
    }

    private static long option(final long ip, final int at, final int kind, final int bytes, final boolean strict) {
        return switch (kind) {
            case ROUTER_ALERT -> Memory.getUnsignedByte(ip + at + 1) + FIXED_BYTES == ROUTER_ALERT_BYTES ? PASS : DROP;
            case IOAM -> (at & IOAM_ALIGNMENT_MASK) == 0 ? PASS : DROP;
            case JUMBO -> jumbo(ip, at, bytes);
            case CALIPSO -> DROP;
            default -> strict ? DROP : unknown(ip, at, kind);
        };
    }

    private static long jumbo(final long ip, final int at, final int bytes) {
        if (Memory.getUnsignedByte(ip + at + 1) != JUMBO_DATA_BYTES || (at & JUMBO_ALIGNMENT_MASK) != JUMBO_OFFSET) {
            return DROP;
        }
        final int payload = Memory.getIntBE(ip + at + FIXED_BYTES);
        if (payload >= 0 && payload <= MAX_PAYLOAD_BYTES) {
            return problem(CODE_HEADER_FIELD, at + FIXED_BYTES);
        }
        if (Ipv6Layout.payloadLength(ip) != 0) {
            return problem(CODE_HEADER_FIELD, at);
        }
        return Integer.compareUnsigned(payload, bytes - Ipv6Layout.HEADER_BYTES) > 0 ? DROP : PASS;
    }

    private static long unknown(final long ip, final int at, final int kind) {
        final int action = kind >>> ACTION_SHIFT;
        if (action == ACTION_SKIP) {
            return PASS;
        }
        final boolean toGroup = Ipv6Layout.destinationHigh(ip) >>> Long.SIZE - Byte.SIZE == MULTICAST_BYTE;
        return action == ACTION_DROP || action != ACTION_TELL && toGroup ? DROP : problem(CODE_UNKNOWN_OPTION, at);
    }

    private static long problem(final int code, final int pointer) {
        return (long) code << CODE_SHIFT | pointer;
    }

    private static boolean isZero(final long address, final int bytes) {
        for (int i = 0; i < bytes; i++) {
            if (Memory.getByte(address + i) != 0) {
                return false;
            }
        }
        return true;
    }
}
