package io.penstock.os.hot.packet;

import io.penstock.os.hot.memory.Memory;

/**
 * An ARP packet for IPv4 over Ethernet.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-------------------------------+-------------------------------+
 *  |         hardware type         |         protocol type         |
 *  +---------------+---------------+-------------------------------+
 *  |hardware bytes |protocol bytes |           operation           |
 *  +---------------+---------------+-------------------------------+
 *  |                          sender MAC                           |
 *  +                               +-------------------------------+
 *  |                               |     sender IPv4 (upper)       |
 *  +-------------------------------+-------------------------------+
 *  |     sender IPv4 (lower)       |                               |
 *  +-------------------------------+          target MAC           +
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                          target IPv4                          |
 *  +---------------------------------------------------------------+
 * </pre>
 *
 * <p>The first eight bytes say whether the rest has this shape: {@link #isIpv4OverEthernet}. MAC addresses are as in
 * {@link EthernetLayout}.
 *
 * <p>Source: RFC 826; {@code struct arphdr}, arp(7). Nothing is checked here.
 */
public final class ArpLayout {

    /** Bytes of the part that every ARP packet has. */
    public static final int FIXED_BYTES = 8;
    /** Bytes of a packet for IPv4 over Ethernet. */
    public static final int PACKET_BYTES = 28;

    public static final int HARDWARE_TYPE = 0;
    public static final int PROTOCOL_TYPE = 2;
    public static final int HARDWARE_ADDRESS_BYTES = 4;
    public static final int PROTOCOL_ADDRESS_BYTES = 5;
    public static final int OPERATION = 6;
    public static final int SENDER_MAC = 8;
    public static final int SENDER_IP = 14;
    public static final int TARGET_MAC = 18;
    public static final int TARGET_IP = 24;

    /** The hardware type of Ethernet. */
    public static final int HARDWARE_ETHERNET = 1;
    public static final int REQUEST = 1;
    public static final int REPLY = 2;

    /** Hardware type 1, protocol type 0x0800, six and four bytes of address: the upper 48 bits of the packet. */
    private static final long IPV4_OVER_ETHERNET = 0x0001_0800_0604L;

    private ArpLayout() {
    }

    /** True when the types and the address lengths are those of IPv4 over Ethernet. */
    public static boolean isIpv4OverEthernet(final long arp) {
        return Memory.getLongBE(arp) >>> 16 == IPV4_OVER_ETHERNET;
    }

    public static int hardwareType(final long arp) {
        return Memory.getUnsignedShortBE(arp + HARDWARE_TYPE);
    }

    public static int protocolType(final long arp) {
        return Memory.getUnsignedShortBE(arp + PROTOCOL_TYPE);
    }

    public static int hardwareAddressBytes(final long arp) {
        return Memory.getUnsignedByte(arp + HARDWARE_ADDRESS_BYTES);
    }

    public static int protocolAddressBytes(final long arp) {
        return Memory.getUnsignedByte(arp + PROTOCOL_ADDRESS_BYTES);
    }

    public static int operation(final long arp) {
        return Memory.getUnsignedShortBE(arp + OPERATION);
    }

    public static long senderMac(final long arp) {
        return Memory.getLongBE(arp + SENDER_MAC) >>> 16;
    }

    public static int senderIp(final long arp) {
        return Memory.getIntBE(arp + SENDER_IP);
    }

    public static long targetMac(final long arp) {
        return Memory.getLongBE(arp + TARGET_MAC) >>> 16;
    }

    public static int targetIp(final long arp) {
        return Memory.getIntBE(arp + TARGET_IP);
    }

    /** Writes the first eight bytes of a packet for IPv4 over Ethernet. */
    public static void setIpv4OverEthernet(final long arp, final int operation) {
        Memory.putLongBE(arp, IPV4_OVER_ETHERNET << 16 | operation);
    }

    public static void setOperation(final long arp, final int operation) {
        Memory.putShortBE(arp + OPERATION, operation);
    }

    /** Writes the sender's addresses. */
    public static void setSender(final long arp, final long mac, final int ip) {
        Memory.putLongBE(arp + SENDER_MAC, mac << 16 | ip >>> 16);
        Memory.putShortBE(arp + SENDER_IP + 2, ip);
    }

    /** Writes the target's addresses. */
    public static void setTarget(final long arp, final long mac, final int ip) {
        Memory.putLongBE(arp + TARGET_MAC, mac << 16 | ip >>> 16);
        Memory.putShortBE(arp + TARGET_IP + 2, ip);
    }
}
