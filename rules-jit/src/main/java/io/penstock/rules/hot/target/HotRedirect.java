package io.penstock.rules.hot.target;

import io.penstock.conntrack.hot.nat.NatRange;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;

/** Settles that a connection's destination becomes this host ({@code REDIRECT}); what has no connection passes. */
public final class HotRedirect implements HotTarget {

    private final NatRange range;

    /** Redirects with the flags and ports of a range. */
    public HotRedirect(final NatRange range) {
        this.range = range;
    }

    @Override
    public int apply(final RulePacket packet) {
        return FirstPackets.isOne(packet) ? packet.connections.redirect(packet, range) : RuleVerdict.ACCEPT;
    }
}
