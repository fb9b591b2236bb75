package io.penstock.rules.hot.target;

import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.PacketConnection;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;

/** Takes a packet out of tracking, unless it is tracked or another rule has said something of it: the first one counts. */
public final class HotUntrack implements HotTarget {

    @Override
    public int apply(final RulePacket packet) {
        if (PacketConnection.isUnknown(packet)) {
            packet.connections.untrack(packet);
        }
        return RuleVerdict.CONTINUE;
    }
}
