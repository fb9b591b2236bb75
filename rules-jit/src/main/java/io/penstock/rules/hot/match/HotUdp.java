package io.penstock.rules.hot.match;

import io.penstock.os.hot.packet.UdpLayout;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/**
 * Ports of a UDP or UDP-Lite header. Workers' threads; no state.
 *
 * <p>Source: the kernel's {@code xt_tcpudp}, {@code udp_mt}. A fragment that is not the first one never matches; a packet without a whole
 * header is dropped.
 */
public final class HotUdp implements HotMatch {

    private final int sourceLow;
    private final int sourceHigh;
    private final boolean sourceInverted;
    private final int destinationLow;
    private final int destinationHigh;
    private final boolean destinationInverted;

    /** See {@code UdpMatch} for what each says. */
    public HotUdp(
            final int sourceLow,
            final int sourceHigh,
            final boolean sourceInverted,
            final int destinationLow,
            final int destinationHigh,
            final boolean destinationInverted) {
        this.sourceLow = sourceLow;
        this.sourceHigh = sourceHigh;
        this.sourceInverted = sourceInverted;
        this.destinationLow = destinationLow;
        this.destinationHigh = destinationHigh;
        this.destinationInverted = destinationInverted;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        if (packet.fragmentOffset != 0) {
            return false;
        }
        if (packet.transportLength < UdpLayout.HEADER_BYTES) {
            packet.hotdrop = true;
            return false;
        }
        final long udp = packet.transport;
        return Ranges.holds(UdpLayout.sourcePort(udp), sourceLow, sourceHigh) != sourceInverted
                && Ranges.holds(UdpLayout.destinationPort(udp), destinationLow, destinationHigh) != destinationInverted;
    }
}
