package io.penstock.rules.hot.target;

import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.PacketConnection;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;

/** Says how a packet is to be tracked, unless it is tracked or another rule has said something of it: the first one counts. */
public final class HotTrack implements HotTarget {

    private final long template;

    /** Tracks by a template: {@link io.penstock.conntrack.hot.ConnTemplate}. */
    public HotTrack(final long template) {
        this.template = template;
    }

    @Override
    public int apply(final RulePacket packet) {
        if (PacketConnection.isUnknown(packet)) {
            packet.connections.track(packet, template);
        }
        return RuleVerdict.CONTINUE;
    }
}
