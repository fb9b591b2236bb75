package io.penstock.rules.hot.match;

import io.penstock.conntrack.hot.ConnInfo;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/** The direction of a packet that has a connection ({@code --ctdir}). Any worker. */
public final class HotConnDirection implements HotMatch {

    private final int direction;

    /** Takes packets of a direction: {@link io.penstock.conntrack.hot.ConnDirection}. */
    public HotConnDirection(final int direction) {
        this.direction = direction;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        return ConnInfo.direction(packet.connectionInfo) == direction;
    }
}
