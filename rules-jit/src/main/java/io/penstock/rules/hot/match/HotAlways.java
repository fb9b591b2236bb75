package io.penstock.rules.hot.match;

import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/** Takes every packet. Any worker. */
public final class HotAlways implements HotMatch {

    /** It has no state. */
    public static final HotAlways INSTANCE = new HotAlways();

    private HotAlways() {
    }

    @Override
    public boolean matches(final RulePacket packet) {
        return true;
    }
}
