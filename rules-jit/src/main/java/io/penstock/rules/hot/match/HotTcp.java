package io.penstock.rules.hot.match;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/**
 * Ports, flags and an option of a TCP header. Workers' threads; no state.
 *
 * <p>Source: the kernel's {@code xt_tcpudp}, {@code tcp_mt}. A fragment that is not the first one never matches; one of IPv4 that would
 * write over the flags is dropped (RFC 1858, 4). So is a packet without a whole header.
 */
public final class HotTcp implements HotMatch {

    /** The second fragment's offset when the first one ends before the flags. Unit: 8 bytes. */
    private static final int OVER_FLAGS = 1;
    /** Kinds below have no length. */
    private static final int FIRST_WITH_LENGTH = 2;

    private final int sourceLow;
    private final int sourceHigh;
    private final boolean sourceInverted;
    private final int destinationLow;
    private final int destinationHigh;
    private final boolean destinationInverted;
    private final int option;
    private final boolean optionInverted;
    private final int flagsMask;
    private final int flagsCompare;
    private final boolean flagsInverted;

    /** See {@code TcpMatch} for what each says. */
    public HotTcp(
            final int sourceLow,
            final int sourceHigh,
            final boolean sourceInverted,
            final int destinationLow,
            final int destinationHigh,
            final boolean destinationInverted,
            final int option,
            final boolean optionInverted,
            final int flagsMask,
            final int flagsCompare,
            final boolean flagsInverted) {
        this.sourceLow = sourceLow;
        this.sourceHigh = sourceHigh;
        this.sourceInverted = sourceInverted;
        this.destinationLow = destinationLow;
        this.destinationHigh = destinationHigh;
        this.destinationInverted = destinationInverted;
        this.option = option;
        this.optionInverted = optionInverted;
        this.flagsMask = flagsMask;
        this.flagsCompare = flagsCompare;
        this.flagsInverted = flagsInverted;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        if (packet.fragmentOffset != 0) {
            // The kernel counts IPv6's offset in bytes, so there it never is 1.
            packet.hotdrop |= packet.fragmentOffset == OVER_FLAGS && packet.version == 4;
            return false;
        }
        if (packet.transportLength < TcpLayout.HEADER_BYTES) {
            packet.hotdrop = true;
            return false;
        }
        final long tcp = packet.transport;
        return Ranges.holds(TcpLayout.sourcePort(tcp), sourceLow, sourceHigh) != sourceInverted
                && Ranges.holds(TcpLayout.destinationPort(tcp), destinationLow, destinationHigh) != destinationInverted
                && ((TcpLayout.flags(tcp) & flagsMask) == flagsCompare) != flagsInverted
                && (option == 0 || hasOptionSlow(packet));
    }

    /** The rare rule that asks for an option. */
    private boolean hasOptionSlow(final RulePacket packet) {
        final long tcp = packet.transport;
        final int end = TcpLayout.headerBytes(tcp);
        if (end < TcpLayout.HEADER_BYTES || end > packet.transportLength) {
            packet.hotdrop = true;
            return false;
        }
        int at = TcpLayout.HEADER_BYTES;
        while (at < end) {
            final int kind = Memory.getUnsignedByte(tcp + at);
            if (kind == option) {
                return !optionInverted;
            }
            final boolean hasLength = kind >= FIRST_WITH_LENGTH && at + 1 < end;
            at += hasLength ? Math.max(1, Memory.getUnsignedByte(tcp + at + 1)) : 1;
        }
        return optionInverted;
    }
}
