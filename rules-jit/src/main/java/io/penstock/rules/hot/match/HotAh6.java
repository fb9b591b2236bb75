package io.penstock.rules.hot.match;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/**
 * The authentication header of an IPv6 packet. Workers' threads; no state.
 *
 * <p>Source: RFC 4302, 2; the kernel's {@code ip6t_ah}. A packet without a whole header is dropped.
 */
public final class HotAh6 implements HotMatch {

    private static final int HEADER_BYTES = 12;
    private static final int RESERVED = 2;
    private static final int SPI = 4;

    private final long low;
    private final long high;
    private final boolean inverted;
    private final long bytes;
    private final boolean bytesInverted;
    private final boolean reserved;

    /** See {@code Ah6Match} for what each says. */
    public HotAh6(
            final long low, final long high, final boolean inverted, final long bytes, final boolean bytesInverted,
            final boolean reserved) {
        this.low = low;
        this.high = high;
        this.inverted = inverted;
        this.bytes = bytes;
        this.bytesInverted = bytesInverted;
        this.reserved = reserved;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        final int at = Ipv6HeaderSearch.find(packet, IpProtocol.AH, HEADER_BYTES);
        if (at < 0) {
            return false;
        }
        final long ah = packet.network + at;
        return Ranges.holds(Integer.toUnsignedLong(Memory.getIntBE(ah + SPI)), low, high) != inverted
                && (bytes == 0 || (bytes == Ipv6HeaderSearch.bytes(ah, IpProtocol.AH)) != bytesInverted)
                && !(reserved && Memory.getUnsignedShortBE(ah + RESERVED) != 0);
    }
}
