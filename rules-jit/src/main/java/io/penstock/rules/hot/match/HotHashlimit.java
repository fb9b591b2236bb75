package io.penstock.rules.hot.match;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6FragmentLayout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/**
 * Charges a packet to its flow ({@code hashlimit_mt}). What a flow is and how it is counted is the list's; whether packets within or above
 * the limit are taken is the rule's. A packet that ends before its ports, or a new flow when there are too many, is dropped. Any worker.
 */
public final class HotHashlimit implements HotMatch {

    private static final int PORTS_BYTES = 4;
    /** Where AH has what is taken for ports. */
    private static final int AH_SPI = 4;
    private static final int NO_PORTS = -1;
    private static final long SOURCE_PORT = 0xFFFF_0000L;
    private static final long DESTINATION_PORT = 0xFFFFL;
    /** Bytes that are needed of a header to go past it, and of a fragment header. */
    private static final int SHORTEST_BYTES = 2;
    private static final int FRAGMENT_BYTES = 4;
    private static final long UNSIGNED_32 = 0xFFFF_FFFFL;

    private final HashlimitTable table;
    private final boolean above;
    private final boolean isV6;
    private final long sourceMask;
    private final long sourceMaskLow;
    private final long destinationMask;
    private final long destinationMaskLow;
    private final long portMask;

    /** A match of a rule. */
    public HotHashlimit(final HashlimitTable table, final int mode) {
        this.table = table;
        above = (mode & HashlimitSettings.INVERT) != 0;
        final HashlimitSettings settings = table.settings();
        isV6 = settings.isV6();
        final int source = settings.has(HashlimitSettings.SOURCE) ? settings.sourceBits() : 0;
        final int destination = settings.has(HashlimitSettings.DESTINATION) ? settings.destinationBits() : 0;
        // An IPv4 address is the lower half's lower half.
        final int before = isV6 ? 0 : 2 * Long.SIZE - Integer.SIZE;
        sourceMask = ones(before + source);
        sourceMaskLow = ones(before + source - Long.SIZE);
        destinationMask = ones(before + destination);
        destinationMaskLow = ones(before + destination - Long.SIZE);
        portMask = (settings.has(HashlimitSettings.SOURCE_PORT) ? SOURCE_PORT : 0)
                | (settings.has(HashlimitSettings.DESTINATION_PORT) ? DESTINATION_PORT : 0);
    }

    private static long ones(final int bits) {
        return bits <= 0 ? 0 : bits >= Long.SIZE ? -1 : -1L << Long.SIZE - bits;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        final long ports = portMask == 0 ? 0 : ports(packet);
        if (ports == NO_PORTS) {
            packet.hotdrop = true;
            return false;
        }
        final long ip = packet.network;
        final int charged = isV6
                ? table.charge(Ipv6Layout.sourceHigh(ip) & sourceMask, Ipv6Layout.sourceLow(ip) & sourceMaskLow,
                        Ipv6Layout.destinationHigh(ip) & destinationMask, Ipv6Layout.destinationLow(ip) & destinationMaskLow,
                        ports, packet.length, packet.nowNs)
                : table.charge(0, Memory.getIntBE(ip + Ipv4Layout.SOURCE) & sourceMaskLow & UNSIGNED_32,
                        0, Memory.getIntBE(ip + Ipv4Layout.DESTINATION) & destinationMaskLow & UNSIGNED_32,
                        ports, packet.length, packet.nowNs);
        if (charged == HashlimitTable.FULL) {
            packet.hotdrop = true;
            return false;
        }
        // What was not charged is neither within the limit nor above it.
        return charged != HashlimitTable.BUSY && (charged == HashlimitTable.ABOVE) == above;
    }

    /** Both ports, 0 where there are none, or {@link #NO_PORTS} where they are cut off. */
    private long ports(final RulePacket packet) {
        if (isV6 && packet.fragmentOffset != 0) {
            return 0;
        }
        final int offset;
        switch (packet.protocol) {
            case IpProtocol.TCP, IpProtocol.UDP, IpProtocol.UDPLITE, IpProtocol.SCTP, IpProtocol.DCCP, IpProtocol.ESP -> offset = 0;
            case IpProtocol.AH -> offset = AH_SPI;
            case RulePacket.NO_PROTOCOL, IpProtocol.NO_NEXT_HEADER -> {
                return isV6 ? portsSlow(packet) : 0;
            }
            default -> {
                return 0;
            }
        }
        return packet.transportLength < offset + PORTS_BYTES ? NO_PORTS
                : Memory.getIntBE(packet.transport + offset) & portMask;
    }

    /**
     * The same where the headers lead nowhere, or say so: goes on behind headers of which only the first bytes are there, and finds none in
     * a later fragment, whatever it is of ({@code ipv6_skip_exthdr}).
     */
    private long portsSlow(final RulePacket packet) {
        final long end = packet.network + packet.length;
        long at = packet.network + Ipv6Layout.HEADER_BYTES;
        int next = Ipv6Layout.nextHeader(packet.network);
        while (Ipv6HeaderSearch.isExtension(next)) {
            if (next == IpProtocol.NO_NEXT_HEADER || end - at < SHORTEST_BYTES
                    || next == IpProtocol.FRAGMENT && end - at < FRAGMENT_BYTES) {
                return NO_PORTS;
            }
            if (next == IpProtocol.FRAGMENT && (Ipv6FragmentLayout.offsetFlags(at) & Ipv6FragmentLayout.OFFSET_MASK) != 0) {
                return 0;
            }
            final int kind = next;
            next = Memory.getUnsignedByte(at);
            at += Ipv6HeaderSearch.bytes(at, kind);
        }
        return switch (next) {
            case IpProtocol.TCP, IpProtocol.UDP, IpProtocol.UDPLITE, IpProtocol.SCTP, IpProtocol.DCCP, IpProtocol.ESP ->
                    end - at < PORTS_BYTES ? NO_PORTS : Memory.getIntBE(at) & portMask;
            default -> 0;
        };
    }
}
