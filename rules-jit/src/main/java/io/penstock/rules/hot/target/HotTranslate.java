package io.penstock.rules.hot.target;

import io.penstock.conntrack.hot.nat.NatRange;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;

/** Settles what a connection's source or destination becomes ({@code SNAT}, {@code DNAT}); what has no connection passes. */
public final class HotTranslate implements HotTarget {

    private final NatRange range;
    private final boolean source;

    /** Translates the source, or the destination. */
    public HotTranslate(final NatRange range, final boolean source) {
        this.range = range;
        this.source = source;
    }

    @Override
    public int apply(final RulePacket packet) {
        return FirstPackets.isOne(packet) ? packet.connections.translate(packet, range, source) : RuleVerdict.ACCEPT;
    }
}
