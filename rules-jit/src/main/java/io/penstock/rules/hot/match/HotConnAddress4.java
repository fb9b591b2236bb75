package io.penstock.rules.hot.match;

import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/** An address in one of the tuples of a packet's IPv4 connection ({@code --ctorigsrc} and the like). Any worker. */
public final class HotConnAddress4 implements HotMatch {

    private final int direction;
    private final boolean destination;
    private final int address;
    private final int mask;
    private final boolean inverted;

    /** Takes the source or destination of a direction's tuple that agrees with an address in the bits of a mask. */
    public HotConnAddress4(
            final int direction, final boolean destination, final int address, final int mask, final boolean inverted) {
        this.direction = direction;
        this.destination = destination;
        this.address = address;
        this.mask = mask;
        this.inverted = inverted;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        final long entry = packet.connection;
        final int its = destination ? ConnLayout.destination4(entry, direction) : ConnLayout.source4(entry, direction);
        return (((its ^ address) & mask) == 0) != inverted;
    }
}
