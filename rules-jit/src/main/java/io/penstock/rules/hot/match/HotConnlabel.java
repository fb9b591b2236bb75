package io.penstock.rules.hot.match;

import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.PacketConnection;
import io.penstock.rules.hot.RulePacket;

/** A label of the packet's connection; one without room for labels has none ({@code connlabel_mt}). Any worker. */
public final class HotConnlabel implements HotMatch {

    private static final int HALF_SHIFT = 6;

    private final int half;
    private final long bit;
    private final boolean inverted;

    /** A match of a label, 0 to 127. */
    public HotConnlabel(final int label, final boolean inverted) {
        half = label >>> HALF_SHIFT;
        bit = 1L << label;
        this.inverted = inverted;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        final long entry = PacketConnection.entry(packet);
        return (entry != 0 && (ConnLayout.flags(entry) & ConnLayout.FLAG_LABELS) != 0
                && (ConnLayout.labels(entry, half) & bit) != 0) != inverted;
    }
}
