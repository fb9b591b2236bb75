package io.penstock.dataplane.hot.pipeline;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv6FragmentLayout;
import io.penstock.os.hot.packet.Ipv6Layout;

/**
 * What stands behind a packet's extension headers, as the kernel finds it when it answers: however many there are, and behind a first
 * fragment's header too. Source: net/ipv6/exthdrs_core.c ipv6_skip_exthdr.
 */
final class UpperLayer6 {

    /** {@link #find}: a later fragment, no next header, or the packet ends before. */
    static final long NONE = -1;

    private static final int EXTENSION_BASE_BYTES = 2;
    private static final int FRAGMENT_BASE_BYTES = 4;

    private UpperLayer6() {
    }

    /** Where it begins and what it is; it may begin at the packet's end or behind it. */
    static long find(final long ip, final int bytes) {
        int next = Ipv6Layout.nextHeader(ip);
        int at = Ipv6Layout.HEADER_BYTES;
        // Every header moves on by at least 8 bytes, so the packet's length bounds the walk.
        while (isExtension(next)) {
            if (next == IpProtocol.NO_NEXT_HEADER || bytes - at < EXTENSION_BASE_BYTES) {
                return NONE;
            }
            final long header = ip + at;
            final int units = Memory.getUnsignedByte(header + 1);
            if (next == IpProtocol.FRAGMENT) {
                if (bytes - at < FRAGMENT_BASE_BYTES
                        || (Ipv6FragmentLayout.offsetFlags(header) & Ipv6FragmentLayout.OFFSET_MASK) != 0) {
                    return NONE;
                }
                at += Ipv6FragmentLayout.HEADER_BYTES;
            } else {
                at += next == IpProtocol.AH ? units + 2 << 2 : units + 1 << 3;
            }
            next = Memory.getUnsignedByte(header);
        }
        return (long) next << Integer.SIZE | at;
    }

    /** Bytes from the IPv6 header to it. */
    static int offset(final long found) {
        return (int) found;
    }

    /** Its protocol number. */
    static int protocol(final long found) {
        return (int) (found >>> Integer.SIZE);
    }

    private static boolean isExtension(final int next) {
        return next == IpProtocol.HOP_BY_HOP || next == IpProtocol.ROUTING || next == IpProtocol.FRAGMENT
                || next == IpProtocol.AH || next == IpProtocol.NO_NEXT_HEADER || next == IpProtocol.DESTINATION_OPTIONS;
    }
}
