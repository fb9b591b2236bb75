package io.penstock.rules.hot.set;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.UdpLayout;
import io.penstock.rules.hot.RulePacket;

/**
 * A packet's protocol and port as sets see them ({@code ip_set_get_ip4_port}, {@code ip_set_get_ip6_port}): of ICMP type and code; 0 where a
 * protocol has none. There is no element for a later fragment of what has ports, nor for a packet cut off before them.
 */
final class SetPorts {

    /** The packet has no element. */
    static final int NONE = -1;
    /** Where the protocol stands in what is answered; the port is below. */
    static final int PROTOCOL_SHIFT = 16;
    static final int PORT_MASK = 0xFFFF;

    private static final int DESTINATION = 2;
    /** What must be there of the header before the port is read, though the port stands first in all of them. */
    private static final int TCP_BYTES = 20;
    private static final int SCTP_BYTES = 12;
    private static final int ICMP_BYTES = 8;

    private SetPorts() {
    }

    /** Protocol times 65,536 plus port, or {@link #NONE}. */
    static int of(final RulePacket packet, final boolean source) {
        final int protocol = packet.protocol;
        if (packet.version == 4) {
            if (protocol == IpProtocol.HOP_BY_HOP) {
                return NONE;
            }
            if (packet.fragmentOffset != 0) {
                return hasPorts(protocol) || protocol == IpProtocol.ICMP ? NONE : protocol << PROTOCOL_SHIFT;
            }
        } else if (protocol == RulePacket.NO_PROTOCOL || protocol == IpProtocol.NO_NEXT_HEADER || packet.fragmentOffset != 0) {
            return NONE;
        }
        final int needed = switch (protocol) {
            case IpProtocol.TCP -> TCP_BYTES;
            case IpProtocol.SCTP -> SCTP_BYTES;
            case IpProtocol.UDP, IpProtocol.UDPLITE -> UdpLayout.HEADER_BYTES;
            case IpProtocol.ICMP, IpProtocol.ICMPV6 -> ICMP_BYTES;
            default -> 0;
        };
        if (needed == 0) {
            return protocol << PROTOCOL_SHIFT;
        }
        if (packet.transportLength < needed) {
            return NONE;
        }
        final boolean first = source || protocol == IpProtocol.ICMP || protocol == IpProtocol.ICMPV6;
        return protocol << PROTOCOL_SHIFT | Memory.getUnsignedShortBE(packet.transport + (first ? 0 : DESTINATION));
    }

    /** Whether a protocol has ports. */
    static boolean hasPorts(final int protocol) {
        return protocol == IpProtocol.TCP || protocol == IpProtocol.UDP || protocol == IpProtocol.SCTP || protocol == IpProtocol.UDPLITE;
    }
}
