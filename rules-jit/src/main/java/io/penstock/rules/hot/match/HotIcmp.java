package io.penstock.rules.hot.match;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.IcmpLayout;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/**
 * Type and code of an ICMP or ICMPv6 header, which begin alike. Workers' threads; no state.
 *
 * <p>Source: the kernel's {@code xt_tcpudp}, {@code icmp_match} and {@code icmp6_match}. A fragment that is not the first one never
 * matches; a packet without a whole header is dropped.
 */
public final class HotIcmp implements HotMatch {

    private final boolean any;
    private final int type;
    private final int codeLow;
    private final int codeHigh;
    private final boolean inverted;

    /**
     * A match.
     *
     * @param any      whether all types and codes are right
     * @param type     the type
     * @param codeLow  the least code
     * @param codeHigh the largest code
     * @param inverted whether it must be another
     */
    public HotIcmp(final boolean any, final int type, final int codeLow, final int codeHigh, final boolean inverted) {
        this.any = any;
        this.type = type;
        this.codeLow = codeLow;
        this.codeHigh = codeHigh;
        this.inverted = inverted;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        if (packet.fragmentOffset != 0) {
            return false;
        }
        if (packet.transportLength < IcmpLayout.HEADER_BYTES) {
            packet.hotdrop = true;
            return false;
        }
        final long icmp = packet.transport;
        return (any || Memory.getUnsignedByte(icmp + IcmpLayout.TYPE) == type
                && Ranges.holds(Memory.getUnsignedByte(icmp + IcmpLayout.CODE), codeLow, codeHigh)) != inverted;
    }
}
