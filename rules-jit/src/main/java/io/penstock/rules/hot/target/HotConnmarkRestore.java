package io.penstock.rules.hot.target;

import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.PacketConnection;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;

/**
 * Clears bits of the packet's mark, and flips those that its connection's mark has. One that is not tracked yet, though a rule has said how it
 * is to be, has the mark 0.
 */
public final class HotConnmarkRestore implements HotTarget {

    private final int take;
    private final int keep;
    private final int left;
    private final int right;

    /** Takes the bits of a mask from the connection's, shifted to the left or to the right; clears those of the other in the packet's. */
    public HotConnmarkRestore(final int mask, final int packetMask, final int left, final int right) {
        take = mask;
        keep = ~packetMask;
        this.left = left;
        this.right = right;
    }

    @Override
    public int apply(final RulePacket packet) {
        final long entry = PacketConnection.entry(packet);
        if (entry != 0) {
            packet.mark = packet.mark & keep ^ (ConnLayout.mark(entry) & take) << left >>> right;
        } else if (PacketConnection.isPlanned(packet)) {
            packet.mark &= keep;
        }
        return RuleVerdict.CONTINUE;
    }
}
