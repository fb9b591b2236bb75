package io.penstock.rules.hot.target;

import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;

/** Changes IPv6's hop limit, as {@link HotTtl} does IPv4's time to live. */
public final class HotHopLimit implements HotTarget {

    private final boolean relative;
    private final int change;

    /**
     * Changes in one way.
     *
     * @param relative whether it goes up or down, within 0 to 255
     * @param change   by how much, negative for down, or else the new value
     */
    public HotHopLimit(final boolean relative, final int change) {
        this.relative = relative;
        this.change = change;
    }

    @Override
    public int apply(final RulePacket packet) {
        final long ip = packet.network;
        Ipv6Layout.setHopLimit(ip, HotTtl.changed(relative, Ipv6Layout.hopLimit(ip), change));
        return RuleVerdict.CONTINUE;
    }
}
