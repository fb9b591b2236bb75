package io.penstock.rules.hot.match;

import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.PacketConnection;
import io.penstock.rules.hot.RulePacket;

/** The mark of the packet's connection; a packet without one is not taken, inverted or not ({@code connmark_mt}). Any worker. */
public final class HotConnmark implements HotMatch {

    private final int mark;
    private final int mask;
    private final boolean inverted;

    /** A match of a mark's bits. */
    public HotConnmark(final int mark, final int mask, final boolean inverted) {
        this.mark = mark;
        this.mask = mask;
        this.inverted = inverted;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        final long entry = PacketConnection.entry(packet);
        if (entry == 0) {
            return PacketConnection.isPlanned(packet) && (mark == 0) != inverted;
        }
        return ((ConnLayout.mark(entry) & mask) == mark) != inverted;
    }
}
