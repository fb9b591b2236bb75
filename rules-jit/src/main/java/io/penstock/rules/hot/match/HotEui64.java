package io.penstock.rules.hot.match;

import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/**
 * Whether an IPv6 source's last 64 bits were made of the sender's link address: its two halves with ff:fe between them, and the
 * universal bit turned over. Workers' threads; no state.
 *
 * <p>Source: RFC 4291, appendix A; the kernel's {@code ip6t_eui64}. A packet without a link address does not match.
 */
public final class HotEui64 implements HotMatch {

    private static final int HALF_BITS = 24;
    private static final long HALF_MASK = 0xFF_FFFFL;
    private static final int FIRST_HALF_SHIFT = 40;
    private static final long BETWEEN = 0xFFFEL << HALF_BITS;
    private static final long UNIVERSAL = 1L << 57;

    /** A match. */
    public HotEui64() {
        // Nothing to keep.
    }

    @Override
    public boolean matches(final RulePacket packet) {
        if (packet.frame == 0) {
            return false;
        }
        final long mac = EthernetLayout.source(packet.frame);
        final long identifier = (mac >>> HALF_BITS << FIRST_HALF_SHIFT | BETWEEN | mac & HALF_MASK) ^ UNIVERSAL;
        return Ipv6Layout.sourceLow(packet.network) == identifier;
    }
}
