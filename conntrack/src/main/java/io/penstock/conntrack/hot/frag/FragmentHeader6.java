package io.penstock.conntrack.hot.frag;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv6FragmentLayout;
import io.penstock.os.hot.packet.Ipv6Layout;

/**
 * Finds the fragment header of an IPv6 packet, and tells whether a first fragment has all its headers.
 *
 * <p>Invariant: no byte at or past the packet's end is read. Each header moves on by 8 bytes or more, so the packet's length bounds the walk.
 *
 * <p>Source: RFC 8200, 4.5; RFC 7112; the kernel's find_prev_fhdr and ipv6frag_thdr_truncated. Differs from Linux: a fragment header more than
 * 255 bytes behind the beginning is found and taken out like others; the kernel (6.18) then writes into the wrong byte, and an address is not
 * what it was.
 */
final class FragmentHeader6 {

    /** There is none. */
    static final int NONE = -1;

    private static final int OPTION_BASE_BYTES = 2;
    /** To the end of a fragment header's offset. */
    private static final int OFFSET_END = 4;
    private static final int NEXT_SHIFT = 16;
    private static final int OFFSET_MASK = 0xFFFF;
    private static final int TCP_BYTES = 20;
    private static final int UDP_BYTES = 8;
    private static final int ICMP_BYTES = 8;

    private FragmentHeader6() {
    }

    /**
     * Where it is.
     *
     * @param bytes bytes of the packet
     * @return for the accessors, or {@link #NONE}
     */
    static int find(final long ip, final int bytes) {
        int nextAt = Ipv6Layout.NEXT_HEADER;
        int at = Ipv6Layout.HEADER_BYTES;
        for (int next = Ipv6Layout.nextHeader(ip); next != IpProtocol.FRAGMENT; next = Memory.getUnsignedByte(ip + nextAt)) {
            if (!isExtension(next) || bytes - at < OPTION_BASE_BYTES) {
                return NONE;
            }
            nextAt = at;
            at += headerBytes(next, ip + at);
        }
        return at <= bytes && at <= OFFSET_MASK ? nextAt << NEXT_SHIFT | at : NONE;
    }

    /** From the packet's beginning to the fragment header. */
    static int offset(final int found) {
        return found & OFFSET_MASK;
    }

    /** From the packet's beginning to the byte that names the fragment header. */
    static int namedAt(final int found) {
        return found >>> NEXT_SHIFT;
    }

    /** Whether it is a first fragment that ends before its transport header does. */
    static boolean isChainCut(final long ip, final int bytes, final int fragment) {
        int next = IpProtocol.FRAGMENT;
        int at = fragment;
        while (isExtension(next) || next == IpProtocol.FRAGMENT) {
            if (bytes - at < (next == IpProtocol.FRAGMENT ? OFFSET_END : OPTION_BASE_BYTES)) {
                return false;
            }
            final int kind = next;
            next = Memory.getUnsignedByte(ip + at);
            if (kind != IpProtocol.FRAGMENT) {
                at += headerBytes(kind, ip + at);
            } else if ((Ipv6FragmentLayout.offsetFlags(ip + at) & Ipv6FragmentLayout.OFFSET_MASK) != 0) {
                return false;
            } else {
                at += Ipv6FragmentLayout.HEADER_BYTES;
            }
        }
        return next != IpProtocol.NO_NEXT_HEADER && at + transportBytes(next) > bytes;
    }

    private static boolean isExtension(final int next) {
        return next == IpProtocol.HOP_BY_HOP || next == IpProtocol.ROUTING || next == IpProtocol.AH || next == IpProtocol.DESTINATION_OPTIONS;
    }

    private static int headerBytes(final int kind, final long at) {
        final int units = Memory.getUnsignedByte(at + 1);
        return kind == IpProtocol.AH ? units + 2 << 2 : units + 1 << 3;
    }

    /** The least that is asked of a transport. */
    private static int transportBytes(final int protocol) {
        return switch (protocol) {
            case IpProtocol.TCP -> TCP_BYTES;
            case IpProtocol.UDP -> UDP_BYTES;
            case IpProtocol.ICMPV6 -> ICMP_BYTES;
            default -> 1;
        };
    }
}
