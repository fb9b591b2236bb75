package io.penstock.rules.hot.match;

import io.penstock.os.hot.memory.Memory;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/**
 * Ports of a list ({@code multiport_mt}). A later fragment is never taken; a packet that ends before its ports is dropped. Any worker.
 */
public final class HotMultiport implements HotMatch {

    /** Both ports stand first in the headers of all protocols that have them. */
    private static final int PORTS_BYTES = 4;
    private static final int DESTINATION = 2;

    private final boolean source;
    private final boolean destination;
    private final int[] lows;
    private final int[] highs;
    private final boolean inverted;

    /** A match of ranges of ports; the arrays are given up. */
    public HotMultiport(
            final boolean source, final boolean destination, final int[] lows, final int[] highs, final boolean inverted) {
        this.source = source;
        this.destination = destination;
        this.lows = lows;
        this.highs = highs;
        this.inverted = inverted;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        if (packet.fragmentOffset != 0) {
            return false;
        }
        if (packet.transportLength < PORTS_BYTES) {
            packet.hotdrop = true;
            return false;
        }
        final long transport = packet.transport;
        return (source && contains(Memory.getUnsignedShortBE(transport))
                || destination && contains(Memory.getUnsignedShortBE(transport + DESTINATION))) != inverted;
    }

    private boolean contains(final int port) {
        for (int i = 0; i < lows.length; i++) {
            if (port >= lows[i] && port <= highs[i]) {
                return true;
            }
        }
        return false;
    }
}
