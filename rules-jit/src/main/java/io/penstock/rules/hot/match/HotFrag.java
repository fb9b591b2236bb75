package io.penstock.rules.hot.match;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv6FragmentLayout;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/**
 * The fragment header of an IPv6 packet. Workers' threads; no state.
 *
 * <p>Source: the kernel's {@code ip6t_frag}. A packet without a whole header is dropped.
 */
public final class HotFrag implements HotMatch {

    /** The two bits between offset and flag. */
    private static final int RESERVED_BITS = 6;

    private final long idLow;
    private final long idHigh;
    private final boolean inverted;
    private final boolean reserved;
    private final boolean first;
    private final boolean more;
    private final boolean last;

    /**
     * A match.
     *
     * @param idLow    the least identification
     * @param idHigh   the largest identification
     * @param inverted whether it must lie outside
     * @param reserved whether the reserved fields must be 0
     * @param first    whether it must be the first fragment
     * @param more     whether more fragments must follow
     * @param last     whether none may follow
     */
    public HotFrag(
            final long idLow, final long idHigh, final boolean inverted, final boolean reserved, final boolean first, final boolean more,
            final boolean last) {
        this.idLow = idLow;
        this.idHigh = idHigh;
        this.inverted = inverted;
        this.reserved = reserved;
        this.first = first;
        this.more = more;
        this.last = last;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        final int at = Ipv6HeaderSearch.find(packet, IpProtocol.FRAGMENT, Ipv6FragmentLayout.HEADER_BYTES);
        if (at < 0) {
            return false;
        }
        final long header = packet.network + at;
        final int word = Ipv6FragmentLayout.offsetFlags(header);
        final boolean hasMore = (word & Ipv6FragmentLayout.MORE_FRAGMENTS) != 0;
        return Ranges.holds(Integer.toUnsignedLong(Ipv6FragmentLayout.identification(header)), idLow, idHigh) != inverted
                && !(reserved && ((word & RESERVED_BITS) != 0 || Memory.getByte(header + Ipv6FragmentLayout.RESERVED) != 0))
                && !(first && (word & Ipv6FragmentLayout.OFFSET_MASK) != 0)
                && !(more && !hasMore)
                && !(last && hasMore);
    }
}
