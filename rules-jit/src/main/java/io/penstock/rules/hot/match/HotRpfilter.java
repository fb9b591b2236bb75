package io.penstock.rules.hot.match;

import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/**
 * Whether a reply would go back the way the packet came. Source: the behaviour of the kernel's {@code ipt_rpfilter} and
 * {@code ip6t_rpfilter}: what was looped back, and what has no source yet, is not looked up.
 */
public final class HotRpfilter implements HotMatch {

    private static final int IPV4 = 4;
    private static final int BROADCAST = 0xFFFF_FFFF;
    /** Of 224.0.0.0/24, the upper 24 bits. */
    private static final int LOCAL_MULTICAST = 0xE0_0000;

    private final boolean loose;
    private final boolean useMark;
    private final boolean acceptLocal;
    private final boolean inverted;

    /** See {@link io.penstock.rules.hot.PacketServices#reversePath}. */
    public HotRpfilter(final boolean loose, final boolean useMark, final boolean acceptLocal, final boolean inverted) {
        this.loose = loose;
        this.useMark = useMark;
        this.acceptLocal = acceptLocal;
        this.inverted = inverted;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        return isRight(packet) != inverted;
    }

    private boolean isRight(final RulePacket packet) {
        final long ip = packet.network;
        if (packet.packetType == RulePacket.LOOPBACK) {
            return true;
        }
        if (packet.version == IPV4) {
            final int target = Ipv4Layout.destination(ip);
            if (Ipv4Layout.source(ip) == 0 && (target == BROADCAST || target >>> 8 == LOCAL_MULTICAST)) {
                return true;
            }
        } else if (Ipv6Layout.sourceHigh(ip) == 0 && Ipv6Layout.sourceLow(ip) == 0) {
            return true;
        }
        return packet.services.reversePath(packet, loose, useMark, acceptLocal);
    }
}
