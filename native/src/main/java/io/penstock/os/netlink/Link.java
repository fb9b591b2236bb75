package io.penstock.os.netlink;

/**
 * A network device.
 *
 * @param ifindex     its number in this namespace
 * @param name        its name
 * @param mac         its Ethernet address in the low 48 bits, first byte highest; 0 if it has none of 6 bytes
 * @param mtu         the largest L3 packet in bytes
 * @param flags       {@code IFF_*}
 * @param numRxQueues receive queues that it was made with; how many are in use, {@link Ethtool#channels} tells
 * @param numTxQueues transmit queues that it was made with
 * @param kind        "veth", "tun", "bridge", ...; empty for hardware
 * @param type        {@code ARPHRD_*}: 1 is Ethernet, 772 loopback, 65534 none
 * @param master      the bridge, bond or VRF that it belongs to, or 0
 * @param peer        the ifindex of the device at its other end (veth) or below it (VLAN), or 0
 * @param peerNetNs   the number that this namespace has for the peer's namespace, or -1 if it is this one
 */
public record Link(
        int ifindex,
        String name,
        long mac,
        int mtu,
        int flags,
        int numRxQueues,
        int numTxQueues,
        String kind,
        int type,
        int master,
        int peer,
        int peerNetNs) {

    /** ARPHRD_ETHER. */
    public static final int TYPE_ETHERNET = 1;
    /** ARPHRD_LOOPBACK. */
    public static final int TYPE_LOOPBACK = 772;
    /** ARPHRD_NONE, a TUN's. */
    public static final int TYPE_NONE = 0xFFFE;

    private static final int IFF_UP = 0x1;
    private static final int IFF_LOOPBACK = 0x8;
    private static final int IFF_RUNNING = 0x40;
    private static final int IFF_NOARP = 0x80;
    private static final int IFF_LOWER_UP = 0x10000;

    /** The flags whose change makes the kernel change routes without saying so. */
    static final int ROUTING_FLAGS = IFF_UP | IFF_RUNNING | IFF_LOWER_UP;

    /** True if the administrator has put it up. */
    public boolean up() {
        return (flags & IFF_UP) != 0;
    }

    /** True if it is up and its carrier is there. */
    public boolean running() {
        return (flags & IFF_RUNNING) != 0;
    }

    /** True for {@code lo}. */
    public boolean loopback() {
        return (flags & IFF_LOOPBACK) != 0;
    }

    /** True if neighbours on it need no resolution. */
    public boolean noArp() {
        return (flags & IFF_NOARP) != 0;
    }
}
