package io.penstock.rules.hot;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.EthernetLayout;

/**
 * What a rule asks of a packet besides its headers from the network's on: devices' names, the Ethernet source, the mark.
 *
 * <pre>
 *  0           8           16          24          32          40     44     48          56          64          72          80
 *  +-----------+-----------+-----------+-----------+-----------+------+------+-----------+-----------+-----------+-----------+
 *  | in,       | its mask  | out,      | its mask  | Ethernet  | mark | its  | in,       | its mask  | out,      | its mask  |
 *  | 8 bytes   |           | 8 bytes   |           | source    |      | mask | the rest  |           | the rest  |           |
 *  +-----------+-----------+-----------+-----------+-----------+------+------+-----------+-----------+-----------+-----------+
 *  always                                          where more is asked than beginnings of names
 * </pre>
 *
 * <p>The mark is read anew for each search: targets between two of them change it.
 */
public final class ContextLayout {

    /** Nothing is asked. */
    public static final int NOTHING = 0;
    /** Only the first eight bytes of names are asked for. */
    public static final int NAMES = 1;
    /** All of it counts. */
    public static final int ALL = 2;

    /** Bytes where beginnings of names are all that is asked. */
    public static final int NAMES_BYTES = 32;
    /** Bytes of all. */
    public static final int BYTES = 80;

    public static final int IN = 0;
    public static final int IN_MASK = 8;
    public static final int OUT = 16;
    public static final int OUT_MASK = 24;
    /** Offset of the Ethernet source, with {@link #HAS_MAC} if it is asked. */
    public static final int MAC = 32;
    public static final int MARK = 40;
    public static final int MARK_MASK = 44;
    public static final int IN_REST = 48;
    public static final int IN_REST_MASK = 56;
    public static final int OUT_REST = 64;
    public static final int OUT_REST_MASK = 72;

    /** Flag: the Ethernet source counts. The sign, so that it becomes a mask without a branch. */
    public static final long HAS_MAC = 1L << 63;
    /** Bits of an Ethernet source that counts: one more than addresses have, for {@link #NO_MAC}. */
    public static final long MAC_BITS = (1L << 49) - 1;

    /** The Ethernet source of a packet without an Ethernet header: nobody's. */
    private static final long NO_MAC = 1L << 48;
    private static final long LOW_32 = 0xFFFF_FFFFL;

    private ContextLayout() {
    }

    /** A packet's Ethernet source. */
    static long mac(final RulePacket packet) {
        return packet.frame == 0 ? NO_MAC : EthernetLayout.source(packet.frame);
    }

    /** A packet's mark. */
    static long mark(final RulePacket packet) {
        return packet.mark & LOW_32;
    }

    /** Whether a packet's names begin as is asked. */
    static boolean agreeOnNames(final long context, final RulePacket packet) {
        return ((packet.inName ^ Memory.getLong(context + IN)) & Memory.getLong(context + IN_MASK)
                | (packet.outName ^ Memory.getLong(context + OUT)) & Memory.getLong(context + OUT_MASK)) == 0;
    }

    /** Whether the rest is as is asked. */
    static boolean agreeOnRest(final long context, final RulePacket packet) {
        final long mac = Memory.getLong(context + MAC);
        return ((mac(packet) ^ mac) & mac >> Long.SIZE - 1 & MAC_BITS
                | (packet.mark ^ Memory.getInt(context + MARK)) & Memory.getInt(context + MARK_MASK)
                | (packet.inNameRest ^ Memory.getLong(context + IN_REST)) & Memory.getLong(context + IN_REST_MASK)
                | (packet.outNameRest ^ Memory.getLong(context + OUT_REST)) & Memory.getLong(context + OUT_REST_MASK)) == 0;
    }
}
