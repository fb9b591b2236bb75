package io.penstock.rules.hot.match;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/** Time to live or hop limit from one number to another ({@code ttl_mt}, {@code hl_mt6}). Any worker. */
public final class HotHops implements HotMatch {

    private final int offset;
    private final int low;
    private final int high;
    private final boolean inverted;

    /** A match of numbers; none if the first is above the last. */
    public HotHops(final boolean isV6, final int low, final int high, final boolean inverted) {
        offset = isV6 ? Ipv6Layout.HOP_LIMIT : Ipv4Layout.TTL;
        this.low = low;
        this.high = high;
        this.inverted = inverted;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        final int hops = Memory.getUnsignedByte(packet.network + offset);
        return (hops >= low && hops <= high) != inverted;
    }
}
