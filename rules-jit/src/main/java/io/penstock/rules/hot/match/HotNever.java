package io.penstock.rules.hot.match;

import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/** Takes no packet. Any worker. */
public final class HotNever implements HotMatch {

    /** It has no state. */
    public static final HotNever INSTANCE = new HotNever();

    private HotNever() {
    }

    @Override
    public boolean matches(final RulePacket packet) {
        return false;
    }
}
