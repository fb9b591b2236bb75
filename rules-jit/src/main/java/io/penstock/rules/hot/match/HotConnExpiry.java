package io.penstock.rules.hot.match;

import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.conntrack.hot.Deadline;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/**
 * The whole seconds that a packet's connection has still to live ({@code --ctexpire}): none until it is confirmed. Any worker.
 *
 * <p>Differs from Linux: there an unconfirmed connection has some, more than it ever will, in the first minutes after the machine's start.
 */
public final class HotConnExpiry implements HotMatch {

    private final long firstS;
    private final long lastS;
    private final boolean inverted;

    /** Takes connections with so many seconds, from the first to the last number. */
    public HotConnExpiry(final long firstS, final long lastS, final boolean inverted) {
        this.firstS = firstS;
        this.lastS = lastS;
        this.inverted = inverted;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        final long entry = packet.connection;
        final long leftS = ConnLayout.hasStatus(entry, ConnStatus.CONFIRMED)
                ? Deadline.left(entry, packet.nowNs) / Deadline.SECOND_NS : 0;
        return (leftS >= firstS && leftS <= lastS) != inverted;
    }
}
