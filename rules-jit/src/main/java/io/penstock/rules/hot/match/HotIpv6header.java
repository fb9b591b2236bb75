package io.penstock.rules.hot.match;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/**
 * Which extension headers an IPv6 packet has. Workers' threads; no state. Every step goes forward by at least 8 bytes.
 *
 * <p>Source: the kernel's {@code ip6t_ipv6header}. As there, what lies behind the fragment header of a later fragment is taken for
 * headers too, and a header without its first two bytes at the packet's end does not match.
 */
public final class HotIpv6header implements HotMatch {

    /** Hop-by-hop options. */
    public static final int HOP_BY_HOP = 0x80;
    /** Destination options. */
    public static final int DESTINATION_OPTIONS = 0x40;
    /** A routing header. */
    public static final int ROUTING = 0x20;
    /** A fragment header. */
    public static final int FRAGMENT = 0x10;
    /** An authentication header. */
    public static final int AH = 8;
    /** ESP. */
    public static final int ESP = 4;
    /** The word that nothing follows. */
    public static final int NO_NEXT_HEADER = 2;
    /** A payload. */
    public static final int PAYLOAD = 1;

    private static final int SHORTEST_BYTES = 2;

    private final int headers;
    private final boolean inverted;
    private final boolean soft;

    /**
     * A match.
     *
     * @param headers  the headers, a mask
     * @param inverted whether they must be others
     * @param soft     whether there may be more
     */
    public HotIpv6header(final int headers, final boolean inverted, final boolean soft) {
        this.headers = headers;
        this.inverted = inverted;
        this.soft = soft;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        final long ip = packet.network;
        int next = Ipv6Layout.nextHeader(ip);
        int at = Ipv6Layout.HEADER_BYTES;
        int found = 0;
        int bit = bit(next);
        while (bit > NO_NEXT_HEADER && at <= packet.length) {
            if (packet.length - at < SHORTEST_BYTES) {
                return false;
            }
            if (bit == ESP) {
                break;
            }
            found |= bit;
            final int bytes = Ipv6HeaderSearch.bytes(ip + at, next);
            next = Memory.getUnsignedByte(ip + at);
            bit = bit(next);
            at += bytes;
        }
        // A header that leaves the packet ends the walk: what it leads to does not count, but is no payload either.
        final boolean isEnd = bit == ESP || bit == NO_NEXT_HEADER;
        if (!isEnd) {
            found |= PAYLOAD;
        } else if (at <= packet.length) {
            found |= bit;
        }
        if (soft) {
            return ((found ^ headers ^ (inverted ? headers : 0)) & headers) == 0;
        }
        return found == headers != inverted;
    }

    private static int bit(final int header) {
        return switch (header) {
            case IpProtocol.HOP_BY_HOP -> HOP_BY_HOP;
            case IpProtocol.DESTINATION_OPTIONS -> DESTINATION_OPTIONS;
            case IpProtocol.ROUTING -> ROUTING;
            case IpProtocol.FRAGMENT -> FRAGMENT;
            case IpProtocol.AH -> AH;
            case IpProtocol.ESP -> ESP;
            case IpProtocol.NO_NEXT_HEADER -> NO_NEXT_HEADER;
            default -> PAYLOAD;
        };
    }
}
