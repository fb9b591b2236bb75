package io.penstock.dataplane.settings;

/**
 * The IPv4 settings of a device, {@code net.ipv4.conf.DEVICE.NAME}, that change what happens to packets.
 *
 * <p>Source: Documentation/networking/ip-sysctl.rst; include/linux/inetdevice.h, which combines a device's with those of
 * {@code all}; net/ipv4/devinet.c ipv4_devconf, ipv4_devconf_dflt.
 */
enum Conf4 {
    FORWARDING("forwarding", Combination.DEVICE, 1, 0, 0),
    RP_FILTER("rp_filter", Combination.GREATER, 2, 0, 0),
    ACCEPT_LOCAL("accept_local", Combination.EITHER, 1, 0, 0),
    ROUTE_LOCALNET("route_localnet", Combination.EITHER, 1, 0, 0),
    SEND_REDIRECTS("send_redirects", Combination.EITHER, 1, 1, 1),
    SHARED_MEDIA("shared_media", Combination.EITHER, 1, 1, 1),
    ACCEPT_SOURCE_ROUTE("accept_source_route", Combination.BOTH, 1, 0, 1),
    BC_FORWARDING("bc_forwarding", Combination.BOTH, 1, 0, 0);

    /** How a device's value and that of {@code all} make the one in force. */
    private enum Combination {
        /** The device's own. */
        DEVICE,
        /** On where both are. */
        BOTH,
        /** On where one is. */
        EITHER,
        /** The greater number. */
        GREATER
    }

    private static final Conf4[] VALUES = values();

    private final String sysctl;
    private final Combination combination;
    private final int max;
    private final int usualOfAll;
    private final int usualOfDevice;

    Conf4(final String sysctl, final Combination combination, final int max, final int usualOfAll,
            final int usualOfDevice) {
        this.sysctl = sysctl;
        this.combination = combination;
        this.max = max;
        this.usualOfAll = usualOfAll;
        this.usualOfDevice = usualOfDevice;
    }

    /** The last part of its name. */
    String sysctl() {
        return sysctl;
    }

    /** The greatest value that says something of its own. */
    int max() {
        return max;
    }

    /** True if devices that exist take over what is written to {@code default}. */
    boolean isCopied() {
        return this != FORWARDING && this != ROUTE_LOCALNET;
    }

    /** What is in force, by the values of {@code all} and of a device. */
    int inForce(final long[] all, final long[] device) {
        final int own = (int) device[ordinal()];
        final int common = (int) all[ordinal()];
        return switch (combination) {
            case DEVICE -> own;
            case BOTH -> own != 0 && common != 0 ? 1 : 0;
            case EITHER -> own != 0 || common != 0 ? 1 : 0;
            case GREATER -> Math.max(own, common);
        };
    }

    /** What {@code all} has if nobody has changed it. */
    static long[] usualOfAll() {
        final long[] values = new long[VALUES.length];
        for (final Conf4 conf : VALUES) {
            values[conf.ordinal()] = conf.usualOfAll;
        }
        return values;
    }

    /** What a device has if nobody has changed it. */
    static long[] usualOfDevice() {
        final long[] values = new long[VALUES.length];
        for (final Conf4 conf : VALUES) {
            values[conf.ordinal()] = conf.usualOfDevice;
        }
        return values;
    }

    /** How many there are. */
    static int count() {
        return VALUES.length;
    }

    /** All of them, not to be changed. */
    static Conf4[] all() {
        return VALUES;
    }
}
