package io.penstock.rules.hot.match;

import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/** The Ethernet source; nothing without an Ethernet header is taken ({@code mac_mt}). Any worker. */
public final class HotMac implements HotMatch {

    private final long source;
    private final boolean inverted;

    /** A match of an address, as {@link EthernetLayout} has it. */
    public HotMac(final long source, final boolean inverted) {
        this.source = source;
        this.inverted = inverted;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        return packet.frame != 0 && EthernetLayout.isSource(packet.frame, source) != inverted;
    }
}
