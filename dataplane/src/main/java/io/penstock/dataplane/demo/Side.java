package io.penstock.dataplane.demo;

import io.penstock.os.netlink.IpAddress;

/**
 * The two hosts of the demonstration and the router's port to each.
 *
 * <pre>
 *  client  c0 ------ d0  router  d1 ------ s0  server
 *  198.51.100.2      .1          203.0.113.1       .2
 *  2001:db8:1::2    ::1        2001:db8:2::1      ::2
 * </pre>
 *
 * <p>Source: addresses from RFC 5737 and RFC 3849, which nobody else uses.
 */
enum Side {

    CLIENT("client", "c0", "d0", "198.51.100.", "2001:db8:1::", 0x0200_0000_00C0L),
    SERVER("server", "s0", "d1", "203.0.113.", "2001:db8:2::", 0x0200_0000_0050L);

    /** The length of every IPv4 prefix, as it is written. */
    static final String LENGTH_IPV4 = "/24";
    /** The length of every IPv6 prefix, as it is written. */
    static final String LENGTH_IPV6 = "/64";

    private static final long DERIVED_MAC = 0x0200_0000_0000L;
    private static final long DERIVED_BITS = 0xFFFF_FFFFL;

    private final String text;
    private final String device;
    private final String port;
    private final String netIpv4;
    private final String netIpv6;
    private final IpAddress address4;
    private final IpAddress address6;
    private final long mac;

    Side(final String text, final String device, final String port, final String netIpv4, final String netIpv6,
            final long mac) {
        this.text = text;
        this.device = device;
        this.port = port;
        this.netIpv4 = netIpv4;
        this.netIpv6 = netIpv6;
        this.mac = mac;
        this.address4 = IpAddress.parse(ipv4());
        this.address6 = IpAddress.parse(ipv6());
    }

    /** What the host is called. */
    String text() {
        return text;
    }

    /** The host's device. */
    String device() {
        return device;
    }

    /** The router's port to the host. */
    String port() {
        return port;
    }

    /** The host's address. */
    String ipv4() {
        return netIpv4 + 2;
    }

    /** The host's address. */
    String ipv6() {
        return netIpv6 + 2;
    }

    /** The host's address of a family. */
    IpAddress address(final boolean isIpv6) {
        return isIpv6 ? address6 : address4;
    }

    /** The router's address on this side. */
    String routerIpv4() {
        return netIpv4 + 1;
    }

    /** The router's address on this side. */
    String routerIpv6() {
        return netIpv6 + 1;
    }

    /** The host's Ethernet address where no device gives it one. */
    long mac() {
        return mac;
    }

    /** The router's Ethernet address on this side in a replay, which makes it of the port's first address. */
    long routerMac() {
        return DERIVED_MAC | IpAddress.parse(routerIpv4()).low() & DERIVED_BITS;
    }

    /** The opposite side. */
    Side other() {
        return this == CLIENT ? SERVER : CLIENT;
    }
}
