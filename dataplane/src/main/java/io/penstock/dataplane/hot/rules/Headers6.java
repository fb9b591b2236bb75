package io.penstock.dataplane.hot.rules;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv6Extensions;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.rules.hot.RulePacket;

/**
 * What a rule's {@code -p} means in an IPv6 packet with extension headers.
 *
 * <p>Looser than the walk that routing makes ({@link Ipv6Extensions}): a header is gone past by its first bytes, though the rest of it is
 * missing; any number of them, in any order. A later fragment's protocol is what its header says, unless that is an extension header
 * again.
 *
 * <p>Source: net/ipv6/exthdrs_core.c, {@code ipv6_find_hdr} without a wanted header; net/ipv6/netfilter/ip6_tables.c,
 * {@code ip6_packet_match}.
 */
final class Headers6 {

    /** Bytes that tell the next header and the length. */
    private static final int OPTIONS_BYTES = 2;
    /** Bytes that are looked at of a routing header, and of a fragment header. */
    private static final int FIXED_BYTES = 4;
    private static final int FRAGMENT_BYTES = 8;
    private static final int FRAGMENT_WORD = 2;
    private static final int OFFSET_MASK = 0xFFF8;
    private static final int MORE = 1;

    private Headers6() {
    }

    /** Fills in protocol, transport and fragment of a packet whose network header and length are known. */
    static void find(final RulePacket p) {
        final long end = p.network + p.length;
        long at = p.network + Ipv6Layout.HEADER_BYTES;
        int next = Ipv6Layout.nextHeader(p.network);
        p.fragment = false;
        p.fragmentOffset = 0;
        while (Ipv6Extensions.isWalked(next) && end - at >= needed(next)) {
            final int kind = next;
            final int units = Memory.getUnsignedByte(at + 1);
            next = Memory.getUnsignedByte(at);
            if (kind == IpProtocol.FRAGMENT) {
                final int word = Memory.getUnsignedShortBE(at + FRAGMENT_WORD);
                p.fragment |= (word & (OFFSET_MASK | MORE)) != 0;
                at += FRAGMENT_BYTES;
                if ((word & OFFSET_MASK) != 0) {
                    p.fragmentOffset = Ipv6Extensions.isWalked(next) ? 0 : (word & OFFSET_MASK) >>> 3;
                    break;
                }
            } else {
                at += kind == IpProtocol.AH ? units + 2 << 2 : units + 1 << 3;
            }
        }
        p.protocol = Ipv6Extensions.isWalked(next) ? RulePacket.NO_PROTOCOL : next;
        p.transport = Math.min(at, end);
        p.transportLength = (int) (end - p.transport);
    }

    private static int needed(final int header) {
        return header == IpProtocol.ROUTING || header == IpProtocol.FRAGMENT ? FIXED_BYTES : OPTIONS_BYTES;
    }
}
