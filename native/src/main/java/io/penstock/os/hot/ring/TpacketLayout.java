package io.penstock.os.hot.ring;

/**
 * A slot of an AF_PACKET receive ring of version TPACKET_V2.
 *
 * <pre>
 *   0        4       8           12        14        16       20        24         26          28      32
 *   +--------+-------+-----------+---------+---------+--------+---------+----------+-----------+-------+---
 *   | status | len   | snaplen   | mac     | net     | sec    | nsec    | vlan tci | vlan tpid | pad   | address,
 *   +--------+-------+-----------+---------+---------+--------+---------+----------+-----------+-------+ packet at mac
 * </pre>
 *
 * <p>Source: {@code struct tpacket2_hdr} of linux/if_packet.h, packet(7).
 */
public final class TpacketLayout {

    /** TPACKET_V2 as a value of PACKET_VERSION. */
    public static final int VERSION_2 = 1;

    /**
     * Bytes in a slot before the packet: header 32 and sockaddr_ll 20, room for a link header of at least 16, rounded up
     * to 16 so that the network header is aligned, less the Ethernet header's 14.
     */
    public static final int HEADROOM_BYTES = 66;

    static final int STATUS = 0;
    static final int LENGTH = 4;
    static final int CAPTURED = 8;
    static final int MAC = 12;
    static final int VLAN_TCI = 24;
    static final int VLAN_TPID = 26;

    static final int STATUS_KERNEL = 0;
    static final int STATUS_USER = 1;
    static final int STATUS_VLAN_VALID = 1 << 4;
    static final int STATUS_VLAN_TPID_VALID = 1 << 6;

    private TpacketLayout() {
    }
}
