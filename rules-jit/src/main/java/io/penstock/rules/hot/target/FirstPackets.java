package io.penstock.rules.hot.target;

import io.penstock.conntrack.hot.ConnInfo;
import io.penstock.rules.hot.PacketConnection;
import io.penstock.rules.hot.RulePacket;

/** Whose packets translation is settled by: no connection is translated otherwise once it has been answered. */
final class FirstPackets {

    private FirstPackets() {
    }

    /** Whether a packet may be its connection's first one. */
    static boolean isOne(final RulePacket packet) {
        final int info = packet.connectionInfo;
        return PacketConnection.entry(packet) != 0
                && (info == ConnInfo.NEW || info == ConnInfo.RELATED || info == ConnInfo.RELATED_REPLY);
    }
}
