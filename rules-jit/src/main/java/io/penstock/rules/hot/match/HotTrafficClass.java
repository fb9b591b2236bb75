package io.penstock.rules.hot.match;

import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/** Bits of the type of service or traffic class ({@code dscp_mt}, {@code dscp_mt6}, {@code tos_mt}). Any worker. */
public final class HotTrafficClass implements HotMatch {

    private final boolean isV6;
    private final int value;
    private final int mask;
    private final boolean inverted;

    /** A match of the bits of a mask. */
    public HotTrafficClass(final boolean isV6, final int value, final int mask, final boolean inverted) {
        this.isV6 = isV6;
        this.value = value;
        this.mask = mask;
        this.inverted = inverted;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        final int bits = isV6 ? Ipv6Layout.trafficClass(packet.network) : Ipv4Layout.tos(packet.network);
        return ((bits & mask) == value) != inverted;
    }
}
