package io.penstock.rules.hot.target;

import io.penstock.conntrack.hot.nat.NatRange;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.rules.api.RuleHook;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;

/**
 * Settles that the network of a connection's source or destination becomes another, the hosts' part of the address unchanged
 * ({@code NETMAP}); what has no connection passes.
 */
public final class HotNetmap implements HotTarget {

    private static final int IPV4 = 4;
    private static final int DESTINATION_HOOKS = RuleHook.mask(RuleHook.PREROUTING, RuleHook.OUTPUT);

    private final NatRange range;
    private final long high;
    private final long low;
    private final long maskHigh;
    private final long maskLow;

    /**
     * Maps to a network.
     *
     * @param range what else is asked
     * @param high  the network's first half; of IPv4 0
     * @param low   its other half; of IPv4 all, as an unsigned number
     * @param maskHigh which bits are the network's, first half
     * @param maskLow  other half
     */
    public HotNetmap(final NatRange range, final long high, final long low, final long maskHigh, final long maskLow) {
        this.range = range;
        this.high = high;
        this.low = low;
        this.maskHigh = maskHigh;
        this.maskLow = maskLow;
    }

    @Override
    public int apply(final RulePacket packet) {
        if (!FirstPackets.isOne(packet)) {
            return RuleVerdict.ACCEPT;
        }
        final boolean source = (DESTINATION_HOOKS >>> packet.hook & 1) == 0;
        final long ip = packet.network;
        final long hostHigh;
        final long hostLow;
        if (packet.version == IPV4) {
            hostHigh = 0;
            hostLow = Integer.toUnsignedLong(source ? Ipv4Layout.source(ip) : Ipv4Layout.destination(ip));
        } else {
            hostHigh = source ? Ipv6Layout.sourceHigh(ip) : Ipv6Layout.destinationHigh(ip);
            hostLow = source ? Ipv6Layout.sourceLow(ip) : Ipv6Layout.destinationLow(ip);
        }
        return packet.connections.translateTo(packet, range, hostHigh & ~maskHigh | high & maskHigh, hostLow & ~maskLow | low & maskLow,
                source);
    }
}
