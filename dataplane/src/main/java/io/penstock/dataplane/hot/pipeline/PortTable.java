package io.penstock.dataplane.hot.pipeline;

import java.util.Arrays;

/**
 * What the path must know of each port, by port index. Written by the control thread with single stores, read by workers
 * as they go: a change of MAC address or of a switch applies from some packet on.
 *
 * <p>Switches are one int for each port, so that the straight way loads one word. They say what is in force: where the
 * kernel combines {@code net.ipv4.conf.all.X} with {@code net.ipv4.conf.DEVICE.X} (include/linux/inetdevice.h,
 * IN_DEV_ANDCONF, IN_DEV_ORCONF, IN_DEV_MAXCONF), the writer has done so.
 */
public final class PortTable {

    /**
     * Ports at the most. Unit: ports. A lane keeps a transmit queue for each and looks at each once a round; more would
     * make the idle round long. Lower saves nothing worth having.
     */
    public static final int CAPACITY = 64;

    /** Accept frames to every unicast address: ports without a kernel device have no address of their own. */
    public static final long ANY_MAC = -1L;

    /** Switch: IPv4 packets from here are forwarded ({@code net.ipv4.conf.DEVICE.forwarding}). */
    public static final int FORWARDING4 = 1;
    /**
     * Switch: IPv6 packets from here are forwarded ({@code net.ipv6.conf.all.forwarding}, or the device's
     * {@code force_forwarding}; the device's own {@code forwarding} does not say so).
     */
    public static final int FORWARDING6 = 1 << 1;
    /** Switch: the source must be reached by this port ({@code rp_filter} 1). */
    public static final int RP_FILTER_STRICT = 1 << 2;
    /** Switch: the source must be reached by some port ({@code rp_filter} 2). */
    public static final int RP_FILTER_LOOSE = 1 << 3;
    /** Switch: packets from this host's own addresses are taken ({@code accept_local}). */
    public static final int ACCEPT_LOCAL = 1 << 4;
    /** Switch: 127/8 is routed like any other ({@code route_localnet}). */
    public static final int ROUTE_LOCALNET = 1 << 5;
    /** Switch: redirects are sent to hosts on this port's link ({@code send_redirects}). */
    public static final int SEND_REDIRECTS = 1 << 6;
    /** Switch: the link may carry several IP networks ({@code shared_media}). */
    public static final int SHARED_MEDIA = 1 << 7;
    /** Switch: IPv4 source routes are followed ({@code accept_source_route}). */
    public static final int ACCEPT_SOURCE_ROUTE = 1 << 8;
    /** Switch: directed broadcasts are forwarded ({@code bc_forwarding}). */
    public static final int BC_FORWARDING = 1 << 9;
    /**
     * Switch: sources are looked up although {@code rp_filter} is 0, as the kernel does once it has policy rules or local
     * routes of the user's own (net/ipv4/fib_frontend.c fib_validate_source).
     */
    public static final int SOURCE_LOOKUP4 = 1 << 10;
    /** Switch: frames from here may carry transport checksums that are only begun. */
    public static final int PARTIAL_CHECKSUMS = 1 << 11;
    /** Switch: IPv6 is off on the device ({@code net.ipv6.conf.DEVICE.disable_ipv6}). */
    public static final int DISABLE_IPV6 = 1 << 12;
    /** Switch: the device has no Ethernet addresses: frames are IP packets with a header of ours in front. */
    public static final int RAW_IP = 1 << 13;

    /** Switch: the device itself is a router for IPv6 ({@code net.ipv6.conf.DEVICE.forwarding}), and in the routers' group. */
    public static final int ROUTER6 = 1 << 14;

    /** What all packets of a family must be looked at for: set by {@link #flags} whenever a switch asks for it. */
    static final int NOT_STRAIGHT4 = 1 << 30;
    /** The same for IPv6. */
    static final int NOT_STRAIGHT6 = 1 << 31;

    private static final int DERIVED = NOT_STRAIGHT4 | NOT_STRAIGHT6;
    private static final int CHECKS4 = RP_FILTER_STRICT | RP_FILTER_LOOSE | SOURCE_LOOKUP4;

    /** What a kernel that nobody has touched has, forwarding aside: redirects are sent, and links are shared. */
    private static final int DEFAULTS = SEND_REDIRECTS | SHARED_MEDIA;

    /** What an Ethernet device has unless somebody changed it. */
    private static final int DEFAULT_MTU_BYTES = 1500;

    private final long[] mac = new long[CAPACITY];
    private final int[] flags = new int[CAPACITY];
    private final int[] mtu = new int[CAPACITY];
    private final int[] mtu6 = new int[CAPACITY];

    /** A table of ports that forward nothing, and a host entry that accepts what the host's own sockets send. */
    public PortTable() {
        Arrays.fill(mtu, DEFAULT_MTU_BYTES);
        Arrays.fill(mtu6, DEFAULT_MTU_BYTES);
        for (int i = 0; i < CAPACITY; i++) {
            flags(i, DEFAULTS);
        }
        mac[Batch.FROM_HOST] = ANY_MAC;
        flags(Batch.FROM_HOST, FORWARDING4 | FORWARDING6 | PARTIAL_CHECKSUMS);
    }

    /** Sets the MAC address in the low 48 bits, or {@link #ANY_MAC}. */
    public void mac(final int port, final long address) {
        mac[port] = address;
    }

    /** Sets all switches of a port at once. */
    public void flags(final int port, final int switches) {
        int derived = 0;
        if ((switches & FORWARDING4) == 0 || (switches & CHECKS4) != 0) {
            derived |= NOT_STRAIGHT4;
        }
        if ((switches & FORWARDING6) == 0) {
            derived |= NOT_STRAIGHT6;
        }
        flags[port] = switches & ~DERIVED | derived;
    }

    /** The switches of a port. */
    public int flags(final int port) {
        return flags[port] & ~DERIVED;
    }

    /** Turns some switches on or off and leaves the others. */
    public void set(final int port, final int switches, final boolean on) {
        flags(port, on ? flags(port) | switches : flags(port) & ~switches);
    }

    /** Says whether frames from here may carry transport checksums that are only begun. */
    public void partialChecksums(final int port, final boolean possible) {
        set(port, PARTIAL_CHECKSUMS, possible);
    }

    /** Says whether packets from here are forwarded. */
    public void forwarding(final int port, final boolean ipv4, final boolean ipv6) {
        set(port, FORWARDING4, ipv4);
        set(port, FORWARDING6, ipv6);
    }

    /**
     * Sets the largest packets that may leave by a port. Unit: bytes.
     *
     * @param ipv4 the device's MTU
     * @param ipv6 {@code net.ipv6.conf.DEVICE.mtu}, at most the device's
     */
    public void mtu(final int port, final int ipv4, final int ipv6) {
        mtu[port] = ipv4;
        mtu6[port] = ipv6;
    }

    /** The device's MTU. */
    public int mtu4(final int port) {
        return mtu[port];
    }

    /** The largest IPv6 packet that may leave. */
    public int mtu6(final int port) {
        return mtu6[port];
    }

    long mac(final int port) {
        return mac[port];
    }

    /** The switches with the bits derived from them. */
    int word(final int port) {
        return flags[port];
    }

    boolean partialChecksums(final int port) {
        return (flags[port] & PARTIAL_CHECKSUMS) != 0;
    }
}
