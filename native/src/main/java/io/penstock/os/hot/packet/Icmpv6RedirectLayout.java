package io.penstock.os.hot.packet;

import io.penstock.os.hot.memory.Memory;

/**
 * The redirect of IPv6's neighbour discovery, from its ICMPv6 header on.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------+---------------+-------------------------------+
 *  |   type 137    |    code 0     |           checksum            |
 *  +---------------+---------------+-------------------------------+
 *  |                           reserved                            |
 *  +---------------------------------------------------------------+
 *  |                  target: the better first hop                 |
 *  +                           (128 bits)                          +
 *  +---------------------------------------------------------------+
 *  |                 destination that is redirected                |
 *  +                           (128 bits)                          +
 *  +---------------+---------------+-------------------------------+
 *  |  option type  | 8-byte units  |  option's data, more options  |
 *  +---------------+---------------+-------------------------------+
 * </pre>
 *
 * <p>The options are the target's link-layer address, where it is known, and as much of the packet that was redirected
 * as fits, behind 6 reserved bytes.
 *
 * <p>Source: RFC 4861, 4.5, 4.6.1 and 4.6.3; {@code struct rd_msg}. Nothing is checked here.
 */
public final class Icmpv6RedirectLayout {

    /** Bytes before the options. */
    public static final int HEADER_BYTES = 40;
    public static final int TARGET = 8;
    public static final int DESTINATION = 24;

    /** The option with the target's link-layer address. */
    public static final int OPTION_TARGET_ADDRESS = 2;
    /** The option with the packet that was redirected. */
    public static final int OPTION_REDIRECTED = 4;
    /** Bytes of the first option for a MAC address. */
    public static final int TARGET_ADDRESS_BYTES = 8;
    /** Bytes of the second option before the packet. */
    public static final int REDIRECTED_HEADER_BYTES = 8;
    /** An option's length counts these. */
    public static final int UNIT_BYTES = 8;

    private static final int OPTION_TYPE_SHIFT = 56;
    private static final int OPTION_UNITS_SHIFT = 48;

    private Icmpv6RedirectLayout() {
    }

    public static void setTarget(final long icmp, final long high, final long low) {
        Memory.putLongBE(icmp + TARGET, high);
        Memory.putLongBE(icmp + TARGET + Long.BYTES, low);
    }

    public static void setDestination(final long icmp, final long high, final long low) {
        Memory.putLongBE(icmp + DESTINATION, high);
        Memory.putLongBE(icmp + DESTINATION + Long.BYTES, low);
    }

    /** Writes the first eight bytes of an option: its type, its length in units of 8 bytes, and six bytes of data. */
    public static void setOption(final long option, final int type, final int units, final long data) {
        Memory.putLongBE(option, (long) type << OPTION_TYPE_SHIFT | (long) units << OPTION_UNITS_SHIFT | data);
    }
}
