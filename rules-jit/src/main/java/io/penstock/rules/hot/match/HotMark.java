package io.penstock.rules.hot.match;

import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/** The packet's mark ({@code mark_mt}). Any worker. */
public final class HotMark implements HotMatch {

    private final int mark;
    private final int mask;
    private final boolean inverted;

    /** A match of a mark's bits. */
    public HotMark(final int mark, final int mask, final boolean inverted) {
        this.mark = mark;
        this.mask = mask;
        this.inverted = inverted;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        return ((packet.mark & mask) == mark) != inverted;
    }
}
