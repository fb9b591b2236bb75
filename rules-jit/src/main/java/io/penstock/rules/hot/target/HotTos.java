package io.penstock.rules.hot.target;

import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;

/** Clears bits of IPv4's type of service or IPv6's traffic class, then flips bits. */
public final class HotTos implements HotTarget {

    private static final int IPV4 = 4;

    private final int flip;
    private final int keep;

    /** Flips those bits after clearing those of the mask. */
    public HotTos(final int flip, final int mask) {
        this.flip = flip;
        this.keep = ~mask;
    }

    @Override
    public int apply(final RulePacket packet) {
        final long ip = packet.network;
        if (packet.version == IPV4) {
            set4(ip, Ipv4Layout.tos(ip) & keep ^ flip);
        } else {
            final int old = Ipv6Layout.trafficClass(ip);
            final int changed = old & keep ^ flip;
            if (changed != old) {
                Ipv6Layout.setTrafficClass(ip, changed);
            }
        }
        return RuleVerdict.CONTINUE;
    }

    /** Changes IPv4's type of service, and its header's checksum with it. */
    static void set4(final long ip, final int tos) {
        final int old = Ipv4Layout.tos(ip);
        if (tos != old) {
            Ipv4Layout.setTos(ip, tos);
            Ipv4Layout.setChecksum(ip, Checksum.update16(Ipv4Layout.checksum(ip), old, tos));
        }
    }
}
