package io.penstock.rules.hot.match;

import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.rules.hot.RulePacket;

/** What programs of the classic Berkeley packet filter see of a packet. */
public final class BpfPacket {

    /** What {@link #place} says of a place that is not in the packet. */
    public static final long NOWHERE = 0;

    /** {@link RulePacket#hook}. */
    private static final int POSTROUTING = 4;
    private static final int IPV4 = 4;
    /** {@code ARPHRD_ETHER}. */
    private static final int ETHERNET = 1;

    private BpfPacket() {
    }

    /**
     * Where bytes lie: from 0 on they count from the network header; below, from a header that the offset names.
     *
     * @return their address, or {@link #NOWHERE}
     */
    public static long place(final RulePacket packet, final int offset, final int bytes) {
        if (offset >= 0) {
            return (long) offset + bytes <= packet.length ? packet.network + offset : NOWHERE;
        }
        if (offset >= BpfCode.NETWORK) {
            return place(packet, offset - BpfCode.NETWORK, bytes);
        }
        if (offset < BpfCode.LINK || packet.frame == 0) {
            return NOWHERE;
        }
        final long at = packet.frame + (offset - BpfCode.LINK);
        return at + bytes <= packet.network + packet.length ? at : NOWHERE;
    }

    /** Whether an absolute load of something about the packet finds it. */
    public static boolean has(final RulePacket packet, final int k) {
        return k != BpfCode.INTERFACE && k != BpfCode.HARDWARE_TYPE || device(packet) != 0;
    }

    /** Something about the packet, but {@link BpfCode#XOR_X}. */
    public static int about(final RulePacket packet, final int k) {
        return switch (k) {
            case BpfCode.PROTOCOL -> packet.version == IPV4 ? EthernetLayout.TYPE_IPV4 : EthernetLayout.TYPE_IPV6;
            case BpfCode.PACKET_TYPE -> packet.packetType;
            case BpfCode.INTERFACE -> device(packet);
            case BpfCode.MARK -> packet.mark;
            case BpfCode.HARDWARE_TYPE -> ETHERNET;
            case BpfCode.CPU -> packet.worker;
            case BpfCode.RANDOM -> packet.services.random();
            // No queue, hash or VLAN tag is kept beside the packet.
            default -> 0;
        };
    }

    /** The device that it is at: the one that it came in by, until it leaves; none yet where this host sends it. */
    private static int device(final RulePacket packet) {
        return packet.hook == POSTROUTING ? packet.outIndex : packet.inIndex;
    }
}
