package io.penstock.rules.hot.match;

import io.penstock.conntrack.hot.ConnInfo;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.PacketConnection;
import io.penstock.rules.hot.RulePacket;

/**
 * How the packet belongs to its connection, and whether that one is translated ({@code --ctstate}, {@code --state}). Any worker.
 *
 * <p>Source: net/netfilter/xt_conntrack.c; the bits are linux/netfilter/xt_conntrack.h's.
 */
public final class HotConnState implements HotMatch {

    public static final int INVALID = 1;
    public static final int ESTABLISHED = 1 << 1;
    public static final int RELATED = 1 << 2;
    public static final int NEW = 1 << 3;
    /** Of a connection whose source is rewritten. */
    public static final int SNAT = 1 << 6;
    /** Of a connection whose destination is rewritten. */
    public static final int DNAT = 1 << 7;
    public static final int UNTRACKED = 1 << 8;

    private static final int INFOS = Integer.SIZE;

    /** A bit for each {@link ConnInfo}: whether such packets are taken, translated or not. */
    private final int infos;
    /** The status bits of connections whose packets are taken. */
    private final int translated;
    private final boolean inverted;

    /** Takes packets in one of some states, the bits of this class. */
    public HotConnState(final int states, final boolean inverted) {
        int taken = 0;
        for (int info = 0; info < INFOS; info++) {
            taken |= (states & state(info)) != 0 ? 1 << info : 0;
        }
        infos = taken;
        translated = ((states & SNAT) != 0 ? ConnStatus.SRC_NAT : 0) | ((states & DNAT) != 0 ? ConnStatus.DST_NAT : 0);
        this.inverted = inverted;
    }

    /** A bit for each {@link ConnInfo} whose packets it takes; 0 if that is not all that it asks. */
    public int infos() {
        return translated != 0 ? 0 : inverted ? ~infos : infos;
    }

    private static int state(final int info) {
        return switch (info) {
            case ConnInfo.ESTABLISHED, ConnInfo.ESTABLISHED_REPLY -> ESTABLISHED;
            case ConnInfo.RELATED, ConnInfo.RELATED_REPLY -> RELATED;
            case ConnInfo.NEW, ConnInfo.TEMPLATE -> NEW;
            case ConnInfo.UNTRACKED -> UNTRACKED;
            default -> INVALID;
        };
    }

    @Override
    public boolean matches(final RulePacket packet) {
        final boolean taken = (infos >>> PacketConnection.info(packet) & 1) != 0;
        return (taken || translated != 0 && isTranslated(packet)) != inverted;
    }

    private boolean isTranslated(final RulePacket packet) {
        final long entry = PacketConnection.entry(packet);
        return entry != 0 && ConnLayout.hasStatus(entry, translated);
    }
}
