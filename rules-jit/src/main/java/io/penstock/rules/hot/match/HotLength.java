package io.penstock.rules.hot.match;

import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/**
 * The length that the header says, itself included, of IPv4; how long it is, of IPv6, where a header may leave it open ({@code length_mt},
 * {@code length_mt6}). Any worker.
 */
public final class HotLength implements HotMatch {

    private final boolean isV6;
    private final int low;
    private final int high;
    private final boolean inverted;

    /** A match of lengths from one to another. */
    public HotLength(final boolean isV6, final int low, final int high, final boolean inverted) {
        this.isV6 = isV6;
        this.low = low;
        this.high = high;
        this.inverted = inverted;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        final int length = isV6 ? packet.length : Ipv4Layout.totalLength(packet.network);
        return (length >= low && length <= high) != inverted;
    }
}
