package io.penstock.rules.hot.match;

import io.penstock.conntrack.hot.ConnEvents;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.os.hot.memory.Memory;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.PacketConnection;
import io.penstock.rules.hot.RulePacket;

/** Sets a label of the packet's connection, if that has room for labels ({@code connlabel_mt} with {@code --set}). Any worker. */
public final class HotConnlabelSet implements HotMatch {

    private static final int HALF_SHIFT = 6;

    private final long word;
    private final long bit;
    private final boolean inverted;

    /** A match that sets a label, 0 to 127. */
    public HotConnlabelSet(final int label, final boolean inverted) {
        word = ConnLayout.LABELS + (long) Long.BYTES * (label >>> HALF_SHIFT);
        bit = 1L << label;
        this.inverted = inverted;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        final long entry = PacketConnection.entry(packet);
        if (entry == 0 || (ConnLayout.flags(entry) & ConnLayout.FLAG_LABELS) == 0) {
            return inverted;
        }
        if (sets(entry + word)) {
            packet.connections.changed(packet, ConnEvents.LABEL);
        }
        return !inverted;
    }

    /** Whether this call has set the bit. A try that fails is another label's that went well: there are 128 in all. */
    private boolean sets(final long labels) {
        long was = Memory.getLongOpaque(labels);
        while ((was & bit) == 0) {
            if (Memory.compareAndSetLong(labels, was, was | bit)) {
                return true;
            }
            was = Memory.getLongOpaque(labels);
        }
        return false;
    }
}
