package io.penstock.rules.hot;

import io.penstock.os.hot.memory.Memory;

/**
 * What a rule asks of the fields that all packets have.
 *
 * <pre>
 *  0          8          16       18       20       22       24           28      32      40       48      56       64
 *  +----------+----------+--------+--------+--------+--------+------------+-------+-------+--------+-------+--------+
 *  | source,  | dest.,   | source ports    | dest. ports     | protocol,  | (0)   | in    | in     | out   | out    |
 *  | mask (4) | mask (4) | first, last     | first, last     | flags      |       |       | mask   |       | mask   |
 *  +----------+----------+--------+--------+--------+--------+------------+-------+-------+--------+-------+--------+
 *
 *  IPv6: the first 16 bytes are free; from 64 on
 *  +-------------------+-------------------+-------------------+-------------------+
 *  | source, 16        | its mask, 16      | destination, 16   | its mask, 16      |
 *  +-------------------+-------------------+-------------------+-------------------+
 * </pre>
 *
 * <p>Numbers are in native order, addresses as the numbers that they are. A name of eight bytes or more, an inverted field and whatever
 * else a rule asks are not here: the rule's residue asks them.
 */
public final class RecordLayout {

    /** Bytes of an IPv4 record: a cache line. */
    public static final int BYTES4 = 64;
    /** Bytes of an IPv6 record. */
    public static final int BYTES6 = 128;

    public static final int SOURCE4 = 0;
    public static final int SOURCE4_MASK = 4;
    public static final int DESTINATION4 = 8;
    public static final int DESTINATION4_MASK = 12;
    public static final int SOURCE_PORT_FIRST = 16;
    public static final int SOURCE_PORT_LAST = 18;
    public static final int DESTINATION_PORT_FIRST = 20;
    public static final int DESTINATION_PORT_LAST = 22;
    public static final int PROTOCOL_AND_FLAGS = 24;
    public static final int IN = 32;
    public static final int IN_MASK = 40;
    public static final int OUT = 48;
    public static final int OUT_MASK = 56;
    public static final int SOURCE6 = 64;
    public static final int SOURCE6_MASK = 80;
    public static final int DESTINATION6 = 96;
    public static final int DESTINATION6_MASK = 112;

    /** Bits of the protocol. */
    public static final int PROTOCOL = 0xFF;
    /** Flag: the protocol counts. */
    public static final int HAS_PROTOCOL = 1 << 8;
    /** Flag: the ports count. */
    public static final int HAS_PORTS = 1 << 9;

    /** The port of a packet that has none: no record with ports takes it. */
    static final int NO_PORT = -1;

    private RecordLayout() {
    }

    static boolean takes4(
            final long record,
            final int source,
            final int destination,
            final int sourcePort,
            final int destinationPort,
            final int protocol,
            final long in,
            final long out) {
        return ((source ^ Memory.getInt(record + SOURCE4)) & Memory.getInt(record + SOURCE4_MASK)
                | (destination ^ Memory.getInt(record + DESTINATION4)) & Memory.getInt(record + DESTINATION4_MASK)) == 0
                && takes(record, sourcePort, destinationPort, protocol, in, out);
    }

    static boolean takes6(
            final long record,
            final long sourceHigh,
            final long sourceLow,
            final long destinationHigh,
            final long destinationLow,
            final int sourcePort,
            final int destinationPort,
            final int protocol,
            final long in,
            final long out) {
        return ((sourceHigh ^ Memory.getLong(record + SOURCE6)) & Memory.getLong(record + SOURCE6_MASK)
                | (sourceLow ^ Memory.getLong(record + SOURCE6 + 8)) & Memory.getLong(record + SOURCE6_MASK + 8)
                | (destinationHigh ^ Memory.getLong(record + DESTINATION6)) & Memory.getLong(record + DESTINATION6_MASK)
                | (destinationLow ^ Memory.getLong(record + DESTINATION6 + 8)) & Memory.getLong(record + DESTINATION6_MASK + 8)) == 0
                && takes(record, sourcePort, destinationPort, protocol, in, out);
    }

    private static boolean takes(
            final long record,
            final int sourcePort,
            final int destinationPort,
            final int protocol,
            final long in,
            final long out) {
        final int flags = Memory.getInt(record + PROTOCOL_AND_FLAGS);
        if ((flags & HAS_PROTOCOL) != 0 && (flags & PROTOCOL) != protocol) {
            return false;
        }
        if ((flags & HAS_PORTS) != 0 && !(isWithin(record + SOURCE_PORT_FIRST, sourcePort)
                && isWithin(record + DESTINATION_PORT_FIRST, destinationPort))) {
            return false;
        }
        return ((in ^ Memory.getLong(record + IN)) & Memory.getLong(record + IN_MASK)
                | (out ^ Memory.getLong(record + OUT)) & Memory.getLong(record + OUT_MASK)) == 0;
    }

    private static boolean isWithin(final long range, final int port) {
        return port >= Memory.getUnsignedShort(range) && port <= Memory.getUnsignedShort(range + 2);
    }
}
