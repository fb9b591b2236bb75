package io.penstock.os.hot.packet;

import io.penstock.os.hot.memory.Memory;

/**
 * The Ethernet II header.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                          destination                          |
 *  +                               +-------------------------------+
 *  |                               |                               |
 *  +-------------------------------+                               +
 *  |                            source                             |
 *  +-------------------------------+-------------------------------+
 *  |          EtherType            |
 *  +-------------------------------+
 * </pre>
 *
 * <p>A MAC address is a long whose low 48 bits are the address as it is written, 02:00:00:00:00:01 being
 * {@code 0x020000000001L}; the upper 16 bits are 0.
 *
 * <p>Source: IEEE 802.3, clause 3; {@code struct ethhdr}. All bytes must be in the frame; nothing is checked here.
 */
public final class EthernetLayout {

    /** Bytes of the header, without tags. */
    public static final int HEADER_BYTES = 14;
    /** Bytes of an address. */
    public static final int MAC_BYTES = 6;

    public static final int DESTINATION = 0;
    public static final int SOURCE = 6;
    public static final int ETHER_TYPE = 12;

    public static final int TYPE_IPV4 = 0x0800;
    public static final int TYPE_ARP = 0x0806;
    /** An 802.1Q customer tag follows: {@link VlanLayout}. */
    public static final int TYPE_VLAN = 0x8100;
    public static final int TYPE_IPV6 = 0x86DD;
    /** An 802.1ad service tag follows: {@link VlanLayout}. */
    public static final int TYPE_SERVICE_VLAN = 0x88A8;
    /** The smallest type: a smaller value is the length of an 802.3 frame (IEEE 802.3, 3.2.6). */
    public static final int MIN_TYPE = 0x0600;

    /** ff:ff:ff:ff:ff:ff. */
    public static final long BROADCAST = 0xFFFF_FFFF_FFFFL;

    private static final long GROUP_BIT = 1L << 40;

    private EthernetLayout() {
    }

    public static long destination(final long eth) {
        return Memory.getLongBE(eth + DESTINATION) >>> 16;
    }

    public static long source(final long eth) {
        return Memory.getLongBE(eth + SOURCE) >>> 16;
    }

    public static int etherType(final long eth) {
        return Memory.getUnsignedShortBE(eth + ETHER_TYPE);
    }

    public static void setDestination(final long eth, final long mac) {
        Memory.putIntBE(eth + DESTINATION, (int) (mac >>> 16));
        Memory.putShortBE(eth + DESTINATION + 4, (int) mac);
    }

    public static void setSource(final long eth, final long mac) {
        Memory.putShortBE(eth + SOURCE, (int) (mac >>> 32));
        Memory.putIntBE(eth + SOURCE + 2, (int) mac);
    }

    /** Writes both addresses with two stores: what a forwarded frame needs. */
    public static void setAddresses(final long eth, final long destination, final long source) {
        Memory.putLongBE(eth + DESTINATION, destination << 16 | source >>> 32);
        Memory.putIntBE(eth + SOURCE + 2, (int) source);
    }

    public static void setEtherType(final long eth, final int etherType) {
        Memory.putShortBE(eth + ETHER_TYPE, etherType);
    }

    /** True when the frame is for this address. */
    public static boolean isDestination(final long eth, final long mac) {
        return destination(eth) == mac;
    }

    /** True when the frame is from this address. */
    public static boolean isSource(final long eth, final long mac) {
        return source(eth) == mac;
    }

    /** True for a group address, broadcast included. */
    public static boolean isMulticast(final long mac) {
        return (mac & GROUP_BIT) != 0;
    }

    /** True for {@link #BROADCAST}. */
    public static boolean isBroadcast(final long mac) {
        return mac == BROADCAST;
    }
}
