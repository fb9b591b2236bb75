package io.penstock.rules.hot.target;

import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;

/** Sets the packet's priority. */
public final class HotClassify implements HotTarget {

    private final int priority;

    /** Sets that one. */
    public HotClassify(final int priority) {
        this.priority = priority;
    }

    @Override
    public int apply(final RulePacket packet) {
        packet.priority = priority;
        return RuleVerdict.CONTINUE;
    }
}
