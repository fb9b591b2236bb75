package io.penstock.rules.hot.match;

import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/** An address in one of the tuples of a packet's IPv6 connection ({@code --ctorigsrc} and the like). Any worker. */
public final class HotConnAddress6 implements HotMatch {

    private final int direction;
    private final boolean destination;
    private final long high;
    private final long low;
    private final long maskHigh;
    private final long maskLow;
    private final boolean inverted;

    /** Takes the source or destination of a direction's tuple that agrees with an address in the bits of a mask. */
    public HotConnAddress6(
            final int direction,
            final boolean destination,
            final long high,
            final long low,
            final long maskHigh,
            final long maskLow,
            final boolean inverted) {
        this.direction = direction;
        this.destination = destination;
        this.high = high;
        this.low = low;
        this.maskHigh = maskHigh;
        this.maskLow = maskLow;
        this.inverted = inverted;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        final long entry = packet.connection;
        final long itsHigh = destination
                ? ConnLayout.destination6High(entry, direction) : ConnLayout.source6High(entry, direction);
        final long itsLow = destination ? ConnLayout.destination6Low(entry, direction) : ConnLayout.source6Low(entry, direction);
        return (((itsHigh ^ high) & maskHigh | (itsLow ^ low) & maskLow) == 0) != inverted;
    }
}
