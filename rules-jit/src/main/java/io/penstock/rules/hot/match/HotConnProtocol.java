package io.penstock.rules.hot.match;

import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/** The protocol of a packet's connection ({@code --ctproto}): of an ICMP error, that of what it is about. Any worker. */
public final class HotConnProtocol implements HotMatch {

    private final int protocol;
    private final boolean inverted;

    /** Takes connections of a protocol. */
    public HotConnProtocol(final int protocol, final boolean inverted) {
        this.protocol = protocol;
        this.inverted = inverted;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        return (ConnLayout.protocol(packet.connection) == protocol) != inverted;
    }
}
