package io.penstock.rules.hot.match;

import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/** Looks at the worker's number. */
public final class HotCpu implements HotMatch {

    private final int number;
    private final boolean inverted;

    /** A worker, or all others. */
    public HotCpu(final int number, final boolean inverted) {
        this.number = number;
        this.inverted = inverted;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        return packet.worker == number != inverted;
    }
}
