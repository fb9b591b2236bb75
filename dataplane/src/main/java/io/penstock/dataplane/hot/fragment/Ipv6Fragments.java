package io.penstock.dataplane.hot.fragment;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv6FragmentLayout;
import io.penstock.os.hot.packet.Ipv6Layout;

/**
 * Cuts IPv6 packets that this host sends into fragments; a router never does.
 *
 * <p>What every router on the way looks at stays in front of the fragment header: the fixed header, hop-by-hop options,
 * routing headers, and destination options that come before a routing header or without one.
 *
 * <p>Invariants:
 * <ol>
 *   <li>The packet is not changed, and nothing at or past its end is read.</li>
 *   <li>Every fragment but the last holds the largest multiple of 8 bytes that fits.</li>
 * </ol>
 *
 * <p>Source: RFC 8200, 4.5; net/ipv6/ip6_output.c ip6_fragment; net/ipv6/output_core.c ip6_find_1stfragopt. Differs from
 * Linux: destination options with a home address are no exception, as mobile IPv6 is not supported. Threads: any, on
 * memory that they own.
 */
public final class Ipv6Fragments {

    private static final int FRAGMENT_BYTES = Ipv6FragmentLayout.HEADER_BYTES;
    /** The least payload that fragments are made for. */
    private static final int MIN_PAYLOAD_BYTES = 8;
    private static final int EXTENSION_BASE_BYTES = 2;
    /** In {@link #split}: where the byte is that names the header behind the unfragmentable part. */
    private static final int NEXT_SHIFT = 16;
    private static final int BYTES_MASK = 0xFFFF;
    private static final int MALFORMED = -1;
    /** A payload length's greatest value. */
    private static final int MAX_BYTES = 65_535;

    private Ipv6Fragments() {
    }

    /**
     * How many fragments a packet makes.
     *
     * @param bytes bytes of the packet
     * @param mtu   the most bytes that a fragment may have
     * @return 1 for a packet that fits, 0 for one that cannot be cut: its extension headers are malformed, or leave too
     *         little room
     */
    public static int count(final long ip, final int bytes, final int mtu) {
        if (bytes <= mtu) {
            return 1;
        }
        final int split = split(ip, bytes);
        if (split == MALFORMED) {
            return 0;
        }
        final int headerBytes = split & BYTES_MASK;
        final int room = mtu - headerBytes - FRAGMENT_BYTES;
        return room < MIN_PAYLOAD_BYTES || bytes <= headerBytes ? 0 : Pieces.count(bytes - headerBytes, room);
    }

    /**
     * Writes one fragment of a packet that makes several.
     *
     * @param to             where, in another frame, with room for {@code mtu} bytes
     * @param k              which, from 0 to {@link #count} - 1
     * @param identification the same for all fragments, and not soon again for the same two addresses
     * @return bytes of the fragment
     */
    public static int write(
            final long to, final long ip, final int bytes, final int mtu, final int k, final int identification) {
        final int split = split(ip, bytes);
        final int headerBytes = split & BYTES_MASK;
        final int nextAt = split >>> NEXT_SHIFT;
        final int payload = bytes - headerBytes;
        final int room = mtu - headerBytes - FRAGMENT_BYTES;
        final int offset = Pieces.offset(payload, room, k);
        final int length = Pieces.length(payload, room, k);
        final int more = offset + length < payload ? Ipv6FragmentLayout.MORE_FRAGMENTS : 0;
        Memory.copy(ip, to, headerBytes);
        Memory.putByte(to + nextAt, (byte) IpProtocol.FRAGMENT);
        Ipv6FragmentLayout.set(
                to + headerBytes, Memory.getUnsignedByte(ip + nextAt), offset | more, identification);
        Memory.copy(ip + headerBytes + offset, to + headerBytes + FRAGMENT_BYTES, length);
        final int total = headerBytes + FRAGMENT_BYTES + length;
        Ipv6Layout.setPayloadLength(to, total - Ipv6Layout.HEADER_BYTES);
        return total;
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
            if (at > MAX_BYTES) {
                return MALFORMED;
            }
        }
        return MALFORMED;
    }
}
