package io.penstock.rules.hot.target;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.nat.NatRange;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.rules.api.RuleHook;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;

/**
 * Full cones ({@code FULLCONENAT}). At PREROUTING, a UDP packet to the outside of a cone goes to the source inside, and what is not one goes on
 * with the next rule; elsewhere a connection's source is settled as by {@code SNAT} or {@code MASQUERADE}, of UDP as a cone.
 */
public final class HotFullCone implements HotTarget {

    private static final int IPV4 = 4;
    private static final int PREROUTING = RuleHook.PREROUTING.ordinal();

    private final NatRange range;
    private final boolean isGiven;

    /** Chooses from a range, which has the flag {@link NatRange#FULL_CONE}; without addresses, the outgoing device's. */
    public HotFullCone(final NatRange range) {
        this.range = range;
        this.isGiven = range.has(NatRange.MAP_ADDRESSES);
    }

    @Override
    public int apply(final RulePacket packet) {
        final boolean isFirst = FirstPackets.isOne(packet);
        if (packet.hook == PREROUTING) {
            return isFirst && packet.protocol == IpProtocol.UDP ? packet.connections.enterCone(packet) : RuleVerdict.CONTINUE;
        }
        if (!isFirst || packet.version == IPV4 && ConnLayout.source4(packet.connection, ConnDirection.ORIGINAL) == 0) {
            return RuleVerdict.ACCEPT;
        }
        return isGiven ? packet.connections.translate(packet, range, true) : packet.connections.masquerade(packet, range);
    }
}
