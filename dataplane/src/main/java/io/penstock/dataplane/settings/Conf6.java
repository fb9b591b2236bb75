package io.penstock.dataplane.settings;

/**
 * The IPv6 settings of a device, {@code net.ipv6.conf.DEVICE.NAME}, that change what happens to packets.
 *
 * <p>Source: Documentation/networking/ip-sysctl.rst; net/ipv6/ip6_output.c ip6_forward, which asks {@code all.forwarding} or
 * the device's {@code force_forwarding} and not the device's {@code forwarding}.
 */
enum Conf6 {
    FORWARDING("forwarding", 0, 1),
    FORCE_FORWARDING("force_forwarding", 0, 1),
    DISABLE_IPV6("disable_ipv6", 0, 1),
    MTU("mtu", 1280, 65_535);

    private static final Conf6[] VALUES = values();

    private final String sysctl;
    private final int min;
    private final int max;

    Conf6(final String sysctl, final int min, final int max) {
        this.sysctl = sysctl;
        this.min = min;
        this.max = max;
    }

    /** The last part of its name. */
    String sysctl() {
        return sysctl;
    }

    /** The least value. */
    int min() {
        return min;
    }

    /** The greatest value that says something of its own. */
    int max() {
        return max;
    }

    /** How many there are. */
    static int count() {
        return VALUES.length;
    }

    /** All of them, not to be changed. */
    static Conf6[] all() {
        return VALUES;
    }
}
