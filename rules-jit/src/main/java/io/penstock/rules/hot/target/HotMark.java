package io.penstock.rules.hot.target;

import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;

/** Clears bits of the packet's mark, then flips bits. */
public final class HotMark implements HotTarget {

    private final int flip;
    private final int keep;

    /** Flips those bits after clearing those of the mask. */
    public HotMark(final int flip, final int mask) {
        this.flip = flip;
        this.keep = ~mask;
    }

    @Override
    public int apply(final RulePacket packet) {
        packet.mark = packet.mark & keep ^ flip;
        return RuleVerdict.CONTINUE;
    }
}
