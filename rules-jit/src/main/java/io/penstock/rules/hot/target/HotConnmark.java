package io.penstock.rules.hot.target;

import io.penstock.conntrack.hot.ConnEvents;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.PacketConnection;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;

/**
 * Clears bits of the mark of the packet's connection, flips bits, and shifts the whole.
 *
 * <p>Source: net/netfilter/xt_connmark.c. Differs from Linux: what is not tracked yet has no mark that could be set, though a rule has said
 * how it is to be tracked; there the mark would be the rule's, and no connection's.
 */
public final class HotConnmark implements HotTarget {

    private final int flip;
    private final int keep;
    private final int left;
    private final int right;

    /** Flips those bits after clearing those of the mask, then shifts to the left or to the right. */
    public HotConnmark(final int flip, final int mask, final int left, final int right) {
        this.flip = flip;
        keep = ~mask;
        this.left = left;
        this.right = right;
    }

    @Override
    public int apply(final RulePacket packet) {
        final long entry = PacketConnection.entry(packet);
        if (entry != 0) {
            set(packet, entry, (ConnLayout.mark(entry) & keep ^ flip) << left >>> right);
        }
        return RuleVerdict.CONTINUE;
    }

    /** Sets a connection's mark; who listens is told when it is another one. */
    static void set(final RulePacket packet, final long entry, final int mark) {
        if (mark != ConnLayout.mark(entry)) {
            ConnLayout.setMark(entry, mark);
            packet.connections.changed(packet, ConnEvents.MARK);
        }
    }
}
