package io.penstock.conntrack.hot.frag;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv6FragmentLayout;
import io.penstock.os.hot.packet.Ipv6Layout;

/**
 * Cuts a gathered IPv6 packet into fragments again, when it leaves.
 *
 * <p>What every router on the way looks at stays in front of the fragment header: the fixed header, hop-by-hop options, routing headers, and
 * destination options that come before a routing header or without one. So the fragment header may stand elsewhere than it stood.
 *
 * <p>Invariants:
 * <ol>
 *   <li>The packet is not changed, and nothing at or past its end is read.</li>
 *   <li>No fragment is larger than the largest that came in, or than 1,280 bytes if that is more. Where the fragments that came in fit, they are
 *       those that leave.</li>
 * </ol>
 *
 * <p>Source: RFC 8200, 4.5; net/ipv6/ip6_output.c ip6_finish_output, ip6_fragment; net/ipv6/output_core.c ip6_find_1stfragopt. Differs from Linux:
 * the caller may give the fragments the identification that they came with, where the kernel draws a new one; destination options with a home address
 * are no exception, as mobile IPv6 is not supported. Threads: any, on memory that they own.
 */
public final class Gathered6 {

    /** {@link #count}: the sender must be told the MTU (ICMPv6 2, 0), and the packet dropped. */
    public static final int TOO_BIG = -1;
    /** {@link #count}: the packet is not cut, but leaves as it is. */
    public static final int AS_IT_IS = -2;

    private static final int FRAGMENT_BYTES = Ipv6FragmentLayout.HEADER_BYTES;
    /** What every link carries (RFC 8200, 5). */
    private static final int MIN_MTU = 1280;
    private static final int EXTENSION_BASE_BYTES = 2;
    /** In {@link #split}: where the byte is that names the header behind the unfragmentable part. */
    private static final int NEXT_SHIFT = 16;
    private static final int BYTES_MASK = 0xFFFF;
    private static final int MALFORMED = -1;

    private Gathered6() {
    }

    /**
     * How many fragments a packet leaves in.
     *
     * @param plan  what {@link FragmentStore#copyTo} has written
     * @param ip    the packet
     * @param bytes bytes of the packet
     * @param mtu   the most bytes that a packet may have on the way out
     * @return 1 and more; {@link #AS_IT_IS}, {@link #TOO_BIG}; or 0 for a packet that cannot be cut: its extension headers are malformed
     */
    public static int count(final long plan, final long ip, final int bytes, final int mtu) {
        final int largest = GatheredPlan.largest(plan);
        if (bytes <= mtu && bytes <= largest) {
            return AS_IT_IS;
        }
        if (largest > mtu) {
            return TOO_BIG;
        }
        final int split = split(ip, bytes);
        if (split == MALFORMED) {
            return 0;
        }
        final int headerBytes = split & BYTES_MASK;
        return GatheredCut.count(plan, bytes, headerBytes, room(plan, headerBytes));
    }

    /**
     * Writes one fragment of a packet that is cut.
     *
     * @param to             where, with room for {@code mtu} bytes outside of the packet
     * @param k              which, from 0 to {@link #count} - 1
     * @param identification the same for all fragments; {@link GatheredPlan#identification} unless the addresses are no more the same
     * @return bytes of the fragment
     */
    public static int write(final long to, final long plan, final long ip, final int bytes, final int k, final int identification) {
        final int split = split(ip, bytes);
        final int headerBytes = split & BYTES_MASK;
        final int nextAt = split >>> NEXT_SHIFT;
        final int room = room(plan, headerBytes);
        final int from = GatheredCut.offset(plan, bytes, headerBytes, room, k);
        final int end = GatheredCut.end(plan, bytes, headerBytes, room, k);
        final int more = headerBytes + end < bytes ? Ipv6FragmentLayout.MORE_FRAGMENTS : 0;
        Memory.copy(ip, to, headerBytes);
        Memory.putByte(to + nextAt, (byte) IpProtocol.FRAGMENT);
        Ipv6FragmentLayout.set(to + headerBytes, Memory.getUnsignedByte(ip + nextAt), from | more, identification);
        Memory.copy(ip + headerBytes + from, to + headerBytes + FRAGMENT_BYTES, end - from);
        final int total = headerBytes + FRAGMENT_BYTES + end - from;
        Ipv6Layout.setPayloadLength(to, total - Ipv6Layout.HEADER_BYTES);
        return total;
    }

    private static int room(final long plan, final int headerBytes) {
        return Math.max(GatheredPlan.largest(plan), MIN_MTU) - headerBytes - FRAGMENT_BYTES;
    }

    /** Bytes of the unfragmentable part, and above {@link #NEXT_SHIFT} where its last next-header byte is. */
    private static int split(final long ip, final int bytes) {
        int at = Ipv6Layout.HEADER_BYTES;
        int nextAt = Ipv6Layout.NEXT_HEADER;
        boolean routed = false;
        // Every header moves on by at least 8 bytes, so the packet's length bounds the walk.
        while (at <= bytes) {
            final int next = Memory.getUnsignedByte(ip + nextAt);
            if (next == IpProtocol.ROUTING) {
                routed = true;
            } else if (next != IpProtocol.HOP_BY_HOP && (next != IpProtocol.DESTINATION_OPTIONS || routed)) {
                return nextAt << NEXT_SHIFT | at;
            }
            if (at + EXTENSION_BASE_BYTES > bytes) {
                return MALFORMED;
            }
            nextAt = at;
            at += Memory.getUnsignedByte(ip + at + 1) + 1 << 3;
            if (at > BYTES_MASK) {
                return MALFORMED;
            }
        }
        return MALFORMED;
    }
}
