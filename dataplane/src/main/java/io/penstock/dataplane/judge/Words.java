package io.penstock.dataplane.judge;

import java.util.ArrayList;
import java.util.List;

/** Says in few words what a side did with a packet. Threads: any. */
final class Words {

    private static final int ICMP_ERRORS4 = 1 << 3 | 1 << 4 | 1 << 5 | 1 << 11 | 1 << 12;
    private static final int FIRST_INFORMATIONAL6 = 128;
    private static final int REDIRECT6 = 137;
    private static final int FRAGMENT_HEADER = 44;

    private Words() {
    }

    /** Such as {@code forward}, {@code icmp 3/1}, {@code local}, {@code drop (no_route)}. */
    static String of(final Arrival arrival, final Reaction reaction) {
        if (reaction.isDrop()) {
            return reaction.reason().isEmpty() ? "drop" : "drop (" + reaction.reason() + ')';
        }
        final List<String> words = new ArrayList<>();
        int fragments = 0;
        for (final Reaction.Sent sent : reaction.sent()) {
            if (isOwnError(arrival.bytes(), sent.bytes())) {
                final boolean ipv4 = Wire.version(sent.bytes()) == 4;
                final int at = icmpOffset(sent.bytes());
                words.add((ipv4 ? "icmp " : "icmpv6 ") + Wire.u8(sent.bytes(), at) + '/' + Wire.u8(sent.bytes(), at + 1));
            } else if (reaction.sent().size() > 1 && isFragment(sent.bytes())) {
                fragments++;
            } else {
                words.add("forward");
            }
        }
        if (fragments > 0) {
            words.add("fragments");
        }
        reaction.delivered().forEach(packet -> words.add(isOwnError(arrival.bytes(), packet) ? "own error" : "local"));
        return String.join(" + ", words);
    }

    /** True when the packet that left is an ICMP error that the router made about the packet that came. */
    static boolean isOwnError(final byte[] in, final byte... out) {
        // Where addresses are rewritten the sender need not be quoted as it was.
        if (FlowKeys.isError(out) && !FlowKeys.isError(in) && !Joined.isIcmpFragment(in)) {
            return true;
        }
        if (Wire.isIpv4(out) && Wire.u8(out, 9) == Wire.ICMP) {
            final int at = icmpOffset(out);
            if (out.length < at + 8 + Math.min(in.length, Wire.IPV4_BYTES)) {
                return false;
            }
            final int type = Wire.u8(out, at);
            return type < Integer.SIZE && (ICMP_ERRORS4 >>> type & 1) == 1 && quotesSource(in, out, at + 8, 12, 4);
        }
        if (Wire.isIpv6(out) && Wire.u8(out, 6) == Wire.ICMPV6 && out.length >= Wire.IPV6_BYTES + 8) {
            final int type = Wire.u8(out, Wire.IPV6_BYTES);
            return type < FIRST_INFORMATIONAL6 && quotesSource(in, out, Wire.IPV6_BYTES + 8, 8, 16)
                    || type == REDIRECT6 && Wire.u8(out, 7) == 255;
        }
        return false;
    }

    /** Where the ICMP header of an ICMP packet is. */
    static int icmpOffset(final byte... packet) {
        return Wire.version(packet) == 4 ? Wire.ipv4HeaderBytes(packet) : Wire.IPV6_BYTES;
    }

    /** True when the sender of the packet is quoted. The destination is not asked: a source route rewrites it. */
    private static boolean quotesSource(final byte[] in, final byte[] out, final int quote, final int field, final int bytes) {
        for (int i = field; i < field + bytes; i++) {
            if (i >= in.length || quote + i >= out.length || in[i] != out[quote + i]) {
                return false;
            }
        }
        return true;
    }

    private static boolean isFragment(final byte... packet) {
        return Wire.isIpv4(packet) ? (Wire.u16(packet, 6) & 0x3FFF) != 0
                : Wire.isIpv6(packet) && Wire.u8(packet, 6) == FRAGMENT_HEADER;
    }
}
