package io.penstock.rules.hot.target;

import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;

/** Changes IPv4's time to live, and its header's checksum with it. What it is then is not looked at: forwarding does that. */
public final class HotTtl implements HotTarget {

    private static final int MAX = 0xFF;

    private final boolean relative;
    private final int change;

    /**
     * Changes in one way.
     *
     * @param relative whether it goes up or down, within 0 to 255
     * @param change   by how much, negative for down, or else the new value
     */
    public HotTtl(final boolean relative, final int change) {
        this.relative = relative;
        this.change = change;
    }

    @Override
    public int apply(final RulePacket packet) {
        final long ip = packet.network;
        final int old = Ipv4Layout.ttl(ip);
        final int ttl = changed(relative, old, change);
        if (ttl != old) {
            Ipv4Layout.setTtl(ip, ttl);
            Ipv4Layout.setChecksum(ip, Checksum.update16(Ipv4Layout.checksum(ip), old << 8, ttl << 8));
        }
        return RuleVerdict.CONTINUE;
    }

    static int changed(final boolean relative, final int old, final int change) {
        return relative ? Math.clamp(old + change, 0, MAX) : change;
    }
}
