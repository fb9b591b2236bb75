package io.penstock.rules.hot.match;

import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/**
 * A port, or what stands for one, in one of the tuples of a packet's connection ({@code --ctorigsrcport} and the like): of ICMP, the
 * identifier and the type with the code. Any worker.
 */
public final class HotConnKey implements HotMatch {

    private final int direction;
    private final boolean destination;
    private final int first;
    private final int last;
    private final boolean inverted;

    /** Takes the source's or destination's of a direction's tuple, from the first to the last one. */
    public HotConnKey(final int direction, final boolean destination, final int first, final int last, final boolean inverted) {
        this.direction = direction;
        this.destination = destination;
        this.first = first;
        this.last = last;
        this.inverted = inverted;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        final int keys = ConnLayout.keysOf(packet.connection, direction);
        final int key = destination ? ConnLayout.destinationKey(keys) : ConnLayout.sourceKey(keys);
        return (key >= first && key <= last) != inverted;
    }
}
