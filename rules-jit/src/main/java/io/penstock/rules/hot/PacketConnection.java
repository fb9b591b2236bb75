package io.penstock.rules.hot;

import io.penstock.conntrack.hot.ConnInfo;

/** What a packet says of its connection. Any worker. */
public final class PacketConnection {

    private PacketConnection() {
    }

    /** The entry of its connection; 0 when it has none, whatever has been said of it. */
    public static long entry(final RulePacket packet) {
        return ConnInfo.hasConnection(packet.connectionInfo) ? packet.connection : 0;
    }

    /** How it belongs to its connection: {@link ConnInfo#NONE} when it has none, unless something has been said of it. */
    public static int info(final RulePacket packet) {
        final int info = packet.connectionInfo;
        return ConnInfo.hasConnection(info) && packet.connection == 0 ? ConnInfo.NONE : info;
    }

    /**
     * Whether a rule has said how it is to be tracked, and it is not tracked yet. The kernel shows such a packet's rules a connection of which
     * nothing is known: all zero, its first packet.
     */
    public static boolean isPlanned(final RulePacket packet) {
        return packet.connectionInfo == ConnInfo.TEMPLATE;
    }

    /** Whether nothing has been said or found out about its connection. */
    public static boolean isUnknown(final RulePacket packet) {
        return info(packet) == ConnInfo.NONE;
    }
}
