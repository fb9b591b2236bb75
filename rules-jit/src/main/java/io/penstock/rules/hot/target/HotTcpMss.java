package io.penstock.rules.hot.target;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.PartialChecksum;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;

/**
 * Lowers the maximum segment size that a SYN announces, and announces one where there is none.
 *
 * <p>Invariants, as in the kernel (net/netfilter/xt_TCPMSS.c):
 * <ol>
 *   <li>A size never goes up. A SYN without one means the protocol's default, so the option that is added says no more than that.</li>
 *   <li>Nothing is added to a segment with data, or when the header is as long as can be.</li>
 *   <li>A packet without a whole TCP header, and one without a path whose MTU leaves room, is dropped; a later fragment passes.</li>
 *   <li>A checksum that was right is right; one that was partial is partial.</li>
 * </ol>
 */
public final class HotTcpMss implements HotTarget {

    private static final int OPTION_BYTES = 4;
    /** What a SYN without the option means over IPv4 (RFC 1122, 4.2.2.6). */
    private static final int DEFAULT4 = 536;
    /** What a SYN without the option means over IPv6 (RFC 8200, 8.3). */
    private static final int DEFAULT6 = 1220;
    private static final int MAX_MSS = 0xFFFF;

    private final int mss;
    private final boolean clamp;
    private final int headersBytes;
    private final boolean six;

    /**
     * Lowers to a size, or to what the path's MTU leaves.
     *
     * @param mss           the size
     * @param clamp         whether the MTU decides
     * @param ipHeaderBytes bytes of an IP header without options: 20 over IPv4, 40 over IPv6
     */
    public HotTcpMss(final int mss, final boolean clamp, final int ipHeaderBytes) {
        this.mss = mss;
        this.clamp = clamp;
        this.headersBytes = ipHeaderBytes + TcpLayout.HEADER_BYTES;
        this.six = ipHeaderBytes == Ipv6Layout.HEADER_BYTES;
    }

    @Override
    public int apply(final RulePacket packet) {
        if (packet.fragmentOffset != 0) {
            return RuleVerdict.CONTINUE;
        }
        final long tcp = packet.transport;
        if (packet.transportLength < TcpLayout.HEADER_BYTES) {
            return RuleVerdict.DROP;
        }
        final int headerBytes = TcpLayout.headerBytes(tcp);
        if (packet.transportLength < headerBytes || headerBytes < TcpLayout.HEADER_BYTES) {
            return RuleVerdict.DROP;
        }
        int size = mss;
        if (clamp) {
            final int mtu = packet.services.pathMtu(packet);
            if (mtu <= headersBytes) {
                return RuleVerdict.DROP;
            }
            size = mtu - headersBytes & MAX_MSS;
        }
        for (int at = TcpLayout.HEADER_BYTES; at <= headerBytes - OPTION_BYTES; at += TcpOptions.bytes(tcp, at)) {
            if (Memory.getUnsignedByte(tcp + at) == TcpLayout.OPTION_MSS
                    && Memory.getUnsignedByte(tcp + at + 1) == OPTION_BYTES) {
                lower(packet, tcp + at + 2, size);
                return RuleVerdict.CONTINUE;
            }
        }
        if (packet.transportLength > headerBytes || headerBytes >= TcpLayout.MAX_HEADER_BYTES) {
            return RuleVerdict.CONTINUE;
        }
        return addSlow(packet, Math.min(size, six ? DEFAULT6 : DEFAULT4));
    }

    private static void lower(final RulePacket packet, final long field, final int size) {
        final int old = Memory.getUnsignedShortBE(field);
        if (old > size) {
            Memory.putShortBE(field, size);
            if (!packet.partialChecksum) {
                final long tcp = packet.transport;
                TcpLayout.setChecksum(tcp, Checksum.update16(TcpLayout.checksum(tcp), old, size));
            }
        }
    }

    private int addSlow(final RulePacket packet, final int size) {
        final int oldBytes = packet.transportLength;
        final int oldOffset = Memory.getUnsignedShortBE(packet.transport + TcpLayout.DATA_OFFSET);
        if (!packet.services.insert(packet, packet.transport + TcpLayout.HEADER_BYTES, OPTION_BYTES)) {
            return RuleVerdict.DROP;
        }
        final long tcp = packet.transport;
        final int option = TcpLayout.OPTION_MSS << 24 | OPTION_BYTES << 16 | size;
        Memory.putIntBE(tcp + TcpLayout.HEADER_BYTES, option);
        // The data offset counts words in its upper four bits; the other twelve stay.
        final int offset = oldOffset + (OPTION_BYTES / Integer.BYTES << 12);
        Memory.putShortBE(tcp + TcpLayout.DATA_OFFSET, offset);
        final long lengthChange = Checksum.change16(oldBytes, oldBytes + OPTION_BYTES);
        final int checksum = TcpLayout.checksum(tcp);
        TcpLayout.setChecksum(tcp, packet.partialChecksum
                ? PartialChecksum.apply(checksum, lengthChange)
                : Checksum.apply(checksum, lengthChange + Checksum.change32(0, option) + Checksum.change16(oldOffset, offset)));
        lengthen(packet.network);
        return RuleVerdict.CONTINUE;
    }

    private void lengthen(final long ip) {
        if (six) {
            Ipv6Layout.setPayloadLength(ip, Ipv6Layout.payloadLength(ip) + OPTION_BYTES);
        } else {
            final int old = Ipv4Layout.totalLength(ip);
            Ipv4Layout.setTotalLength(ip, old + OPTION_BYTES);
            Ipv4Layout.setChecksum(ip, Checksum.update16(Ipv4Layout.checksum(ip), old, old + OPTION_BYTES));
        }
    }
}
