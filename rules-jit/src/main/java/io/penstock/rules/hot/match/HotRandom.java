package io.penstock.rules.hot.match;

import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/** A share of the packets, by chance ({@code statistic_mt}, random). Any worker. */
public final class HotRandom implements HotMatch {

    private final long share;
    private final boolean inverted;

    /**
     * A match by chance.
     *
     * @param share the packets to take. Unit: 1/2^31
     */
    public HotRandom(final long share, final boolean inverted) {
        this.share = share;
        this.inverted = inverted;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        return (packet.services.random() >>> 1 < share) != inverted;
    }
}
