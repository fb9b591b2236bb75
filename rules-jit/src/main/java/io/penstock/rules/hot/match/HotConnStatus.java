package io.penstock.rules.hot.match;

import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/** The status bits of a packet's connection ({@code --ctstatus}); none of no bits is ever set. Any worker. */
public final class HotConnStatus implements HotMatch {

    private final int bits;
    private final boolean inverted;

    /** Takes connections with one of some bits: {@link io.penstock.conntrack.hot.ConnStatus}. */
    public HotConnStatus(final int bits, final boolean inverted) {
        this.bits = bits;
        this.inverted = inverted;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        return ConnLayout.hasStatus(packet.connection, bits) != inverted;
    }
}
