package io.penstock.rules.hot.match;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/**
 * How it was addressed on the link; what was looped back is multicast by its address, and broadcast otherwise ({@code pkttype_mt}). Any
 * worker.
 */
public final class HotPkttype implements HotMatch {

    private static final int IPV4_MULTICAST = 0xE;
    private static final int IPV6_MULTICAST = 0xFF;

    private final boolean isV6;
    private final int type;
    private final boolean inverted;

    /** A match of one of {@link RulePacket#packetType}. */
    public HotPkttype(final boolean isV6, final int type, final boolean inverted) {
        this.isV6 = isV6;
        this.type = type;
        this.inverted = inverted;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        final int itsType = packet.packetType == RulePacket.LOOPBACK ? looped(packet) : packet.packetType;
        return (itsType == type) != inverted;
    }

    private int looped(final RulePacket packet) {
        final boolean isMulticast = isV6
                ? Memory.getUnsignedByte(packet.network + Ipv6Layout.DESTINATION) == IPV6_MULTICAST
                : Memory.getUnsignedByte(packet.network + Ipv4Layout.DESTINATION) >>> 4 == IPV4_MULTICAST;
        return isMulticast ? RulePacket.MULTICAST : RulePacket.BROADCAST;
    }
}
