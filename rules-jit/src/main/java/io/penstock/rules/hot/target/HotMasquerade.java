package io.penstock.rules.hot.target;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.nat.NatRange;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;

/**
 * Settles that a connection's source becomes the outgoing device's address ({@code MASQUERADE}); what has no connection passes, and of IPv4
 * what has no source.
 */
public final class HotMasquerade implements HotTarget {

    private static final int IPV4 = 4;

    private final NatRange range;

    /** Masquerades with the flags and ports of a range. */
    public HotMasquerade(final NatRange range) {
        this.range = range;
    }

    @Override
    public int apply(final RulePacket packet) {
        if (!FirstPackets.isOne(packet)
                || packet.version == IPV4 && ConnLayout.source4(packet.connection, ConnDirection.ORIGINAL) == 0) {
            return RuleVerdict.ACCEPT;
        }
        return packet.connections.masquerade(packet, range);
    }
}
