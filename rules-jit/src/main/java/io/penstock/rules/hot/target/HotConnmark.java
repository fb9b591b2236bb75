package io.penstock.rules.hot.target;

import io.penstock.conntrack.hot.ConnEvents;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.PacketConnection;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;

/**
 * Sets the mark of the packet's connection.
 *
 * <p>Source: net/netfilter/xt_connmark.c. Differs from Linux: what is not tracked yet has no mark that could be set, though a rule has said
 * how it is to be tracked; there the mark would be the rule's, and no connection's.
 */
public final class HotConnmark implements HotTarget {

    private final int keep;
    private final int flip;
    private final int take;
    private final int left;
    private final int right;
    private final boolean shiftsAll;

    private HotConnmark(final int keep, final int flip, final int take, final boolean shiftsAll, final int left, final int right) {
        this.keep = keep;
        this.flip = flip;
        this.take = take;
        this.shiftsAll = shiftsAll;
        this.left = left;
        this.right = right;
    }

    /** Clears the bits of a mask, flips some, and then shifts the whole to the left or to the right. */
    public static HotConnmark set(final int flip, final int mask, final int left, final int right) {
        return new HotConnmark(~mask, flip, 0, true, left, right);
    }

    /** Clears the bits of a mask, and flips those that the packet's mark has, under a mask of its own and shifted to the left or to the right. */
    public static HotConnmark save(final int mask, final int packetMask, final int left, final int right) {
        return new HotConnmark(~mask, 0, packetMask, false, left, right);
    }

    @Override
    public int apply(final RulePacket packet) {
        final long entry = PacketConnection.entry(packet);
        if (entry != 0) {
            final int was = ConnLayout.mark(entry);
            final int mark = shiftsAll ? (was & keep ^ flip) << left >>> right : was & keep ^ (packet.mark & take) << left >>> right;
            if (mark != was) {
                ConnLayout.setMark(entry, mark);
                packet.connections.changed(packet, ConnEvents.MARK);
            }
        }
        return RuleVerdict.CONTINUE;
    }
}
