package io.penstock.rules.target;

import io.penstock.conntrack.hot.nat.NatRange;
import io.penstock.rules.hot.ConnectionServices;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;

/** Surroundings that do nothing, and allocate nothing. */
enum Nothing implements ConnectionServices {

    INSTANCE;

    @Override
    public void untrack(final RulePacket packet) {
    }

    @Override
    public void track(final RulePacket packet, final long template) {
    }

    @Override
    public int translate(final RulePacket packet, final NatRange range, final boolean source) {
        return RuleVerdict.ACCEPT;
    }

    @Override
    public int translateTo(final RulePacket packet, final NatRange range, final long high, final long low, final boolean source) {
        return RuleVerdict.ACCEPT;
    }

    @Override
    public int masquerade(final RulePacket packet, final NatRange range) {
        return RuleVerdict.ACCEPT;
    }

    @Override
    public int redirect(final RulePacket packet, final NatRange range) {
        return RuleVerdict.ACCEPT;
    }

    @Override
    public int enterCone(final RulePacket packet) {
        return RuleVerdict.CONTINUE;
    }

    @Override
    public void close(final RulePacket packet) {
    }

    @Override
    public void changed(final RulePacket packet, final int events) {
    }

    @Override
    public int number(final RulePacket packet) {
        return 0;
    }

    @Override
    public long entry(final RulePacket packet, final int number, final int generation) {
        return 0;
    }
}
