package io.penstock.rules.hot.target;

import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;

/** Marks the packet as traced. */
public final class HotTrace implements HotTarget {

    @Override
    public int apply(final RulePacket packet) {
        packet.traced = true;
        return RuleVerdict.CONTINUE;
    }
}
