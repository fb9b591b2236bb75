package io.penstock.rules.hot.target;

import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.PacketConnection;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;

/** Clears bits of the mark of the packet's connection, and flips those that the packet's mark has. */
public final class HotConnmarkSave implements HotTarget {

    private final int take;
    private final int keep;
    private final int left;
    private final int right;

    /** Takes the bits of a mask from the packet's, shifted to the left or to the right; clears those of the other in the connection's. */
    public HotConnmarkSave(final int packetMask, final int mask, final int left, final int right) {
        take = packetMask;
        keep = ~mask;
        this.left = left;
        this.right = right;
    }

    @Override
    public int apply(final RulePacket packet) {
        final long entry = PacketConnection.entry(packet);
        if (entry != 0) {
            HotConnmark.set(packet, entry, ConnLayout.mark(entry) & keep ^ (packet.mark & take) << left >>> right);
        }
        return RuleVerdict.CONTINUE;
    }
}
