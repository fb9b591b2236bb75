package io.penstock.rules.hot.match;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv6FragmentLayout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.rules.hot.RulePacket;

/**
 * Finds the first extension header of a kind, all of which is there.
 *
 * <p>Invariants:
 * <ol>
 *   <li>No byte behind the packet is read.</li>
 *   <li>Every step goes forward by at least 8 bytes.</li>
 * </ol>
 *
 * <p>Source: RFC 8200, 4; the kernel's {@code ipv6_find_hdr}. That a header longer than the packet is dropped was asked of Linux 6.18.44;
 * earlier ones let it pass without a match. Threads: any.
 */
final class Ipv6HeaderSearch {

    /** What {@link #find} says when there is none. */
    static final int NONE = -1;

    private static final int SHORTEST_BYTES = 2;
    private static final int ROUTING_BYTES = 4;

    private Ipv6HeaderSearch() {
    }

    /**
     * Where the header begins.
     *
     * @param packet marked for dropping when a header that must be passed, or the one looked for, is cut off
     * @param target a header of {@link #isExtension}
     * @param bytes  how much of it is needed, whatever length it says
     * @return its offset from the network header, or {@link #NONE}
     */
    static int find(final RulePacket packet, final int target, final int bytes) {
        final long ip = packet.network;
        final int length = packet.length;
        int at = Ipv6Layout.HEADER_BYTES;
        int next = Ipv6Layout.nextHeader(ip);
        while (isExtension(next) && next != IpProtocol.NO_NEXT_HEADER) {
            final int left = length - at;
            if (left < shortest(next) || next == target && (left < bytes || left < bytes(ip + at, next))) {
                packet.hotdrop = true;
                return NONE;
            }
            if (next == target) {
                return at;
            }
            if (next == IpProtocol.FRAGMENT
                    && (Ipv6FragmentLayout.offsetFlags(ip + at) & Ipv6FragmentLayout.OFFSET_MASK) != 0) {
                return NONE;
            }
            final int kind = next;
            next = Memory.getUnsignedByte(ip + at);
            at += bytes(ip + at, kind);
        }
        return NONE;
    }

    /** Whether something may follow a header, or it says that nothing does. */
    static boolean isExtension(final int header) {
        return switch (header) {
            case IpProtocol.HOP_BY_HOP, IpProtocol.ROUTING, IpProtocol.FRAGMENT, IpProtocol.AH, IpProtocol.NO_NEXT_HEADER,
                    IpProtocol.DESTINATION_OPTIONS -> true;
            default -> false;
        };
    }

    /** Bytes of an extension header of which the first two are there. */
    static int bytes(final long header, final int kind) {
        final int units = Memory.getUnsignedByte(header + 1);
        return switch (kind) {
            case IpProtocol.FRAGMENT -> Ipv6FragmentLayout.HEADER_BYTES;
            case IpProtocol.AH -> units + 2 << 2;
            default -> units + 1 << 3;
        };
    }

    private static int shortest(final int kind) {
        return kind == IpProtocol.ROUTING || kind == IpProtocol.FRAGMENT ? ROUTING_BYTES : SHORTEST_BYTES;
    }
}
