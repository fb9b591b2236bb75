package io.penstock.rules.hot;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.os.hot.packet.UdpLayout;

/** Which packets are looked at rule by rule: which rule comes first decides there, whether its other fields fit or not. */
final class CutHeaders {

    private CutHeaders() {
    }

    /** Whether a packet's transport header is cut off, forged to be overwritten, or missing; or the packet is traced. */
    static boolean areUnusual(final RulePacket packet) {
        final int protocol = packet.protocol;
        if (protocol == IpProtocol.TCP) {
            return packet.fragmentOffset == 0 ? packet.transportLength < TcpLayout.HEADER_BYTES || packet.traced
                    : packet.fragmentOffset == 1 || packet.traced;
        }
        return protocol == IpProtocol.UDP && packet.fragmentOffset == 0 && packet.transportLength < UdpLayout.HEADER_BYTES
                || protocol == RulePacket.NO_PROTOCOL || packet.traced;
    }
}
