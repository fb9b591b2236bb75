package io.penstock.rules.hot.target;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;

/**
 * Sets the bits of explicit congestion notification in an IPv4 header and in TCP's flags.
 *
 * <p>Differs from Linux: a later fragment of a segment is left alone; the kernel takes its data for a TCP header.
 */
public final class HotEcn implements HotTarget {

    private static final int ECT_BITS = 3;

    private final int ect;
    private final int keepFlags;
    private final int setFlags;

    /**
     * Sets some of them.
     *
     * @param ece the flag ECE, -1 to keep it
     * @param cwr the flag CWR, -1 to keep it
     * @param ect the code point, -1 to keep it
     */
    public HotEcn(final int ece, final int cwr, final int ect) {
        this.ect = ect;
        this.keepFlags = ~((ece < 0 ? 0 : TcpLayout.ECE) | (cwr < 0 ? 0 : TcpLayout.CWR));
        this.setFlags = (ece > 0 ? TcpLayout.ECE : 0) | (cwr > 0 ? TcpLayout.CWR : 0);
    }

    @Override
    public int apply(final RulePacket packet) {
        final long ip = packet.network;
        if (ect >= 0) {
            HotTos.set4(ip, Ipv4Layout.tos(ip) & ~ECT_BITS | ect);
        }
        if (keepFlags != -1 && packet.protocol == IpProtocol.TCP && packet.fragmentOffset == 0) {
            if (packet.transportLength < TcpLayout.HEADER_BYTES) {
                return RuleVerdict.DROP;
            }
            setFlags(packet);
        }
        return RuleVerdict.CONTINUE;
    }

    private void setFlags(final RulePacket packet) {
        final long tcp = packet.transport;
        final int old = TcpLayout.flags(tcp);
        final int flags = old & keepFlags | setFlags;
        if (flags != old) {
            final int oldWord = Memory.getUnsignedShortBE(tcp + TcpLayout.DATA_OFFSET);
            TcpLayout.setFlags(tcp, flags);
            // A partial checksum covers the pseudo-header only, which has no flags.
            if (!packet.partialChecksum) {
                final int word = Memory.getUnsignedShortBE(tcp + TcpLayout.DATA_OFFSET);
                TcpLayout.setChecksum(tcp, Checksum.update16(TcpLayout.checksum(tcp), oldWord, word));
            }
        }
    }
}
