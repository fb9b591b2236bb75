package io.penstock.rules.hot;

import io.penstock.os.hot.memory.Memory;

/**
 * What a rule asks of the fields that all packets have.
 *
 * <pre>
 *  0          8          16       18       20       22       24           28       32
 *  +----------+----------+--------+--------+--------+--------+------------+--------+
 *  | source,  | dest.,   | source ports    | dest. ports     | protocol,  | context|
 *  | mask (4) | mask (4) | first, last     | first, last     | flags      |        |
 *  +----------+----------+--------+--------+--------+--------+------------+--------+
 *
 *  IPv6: the first 16 bytes are free; from 32 on
 *  +-------------------+-------------------+-------------------+-------------------+
 *  | source, 16        | its mask, 16      | destination, 16   | its mask, 16      |
 *  +-------------------+-------------------+-------------------+-------------------+
 *
 *  context   where, in bytes from the record on, its ContextLayout is; 0 where it asks nothing of that
 * </pre>
 *
 * <p>Numbers are in native order, addresses as the numbers that they are. Inverted fields and whatever else a rule asks are not here:
 * the rule's residue asks them.
 */
public final class RecordLayout {

    /** Bytes of an IPv4 record: half a cache line. */
    public static final int BYTES4 = 32;
    /** Bytes of an IPv6 record. */
    public static final int BYTES6 = 96;

    private static final int HAS_PROTOCOL_SHIFT = 8;
    private static final int ALL_CONTEXT_SHIFT = 9;

    public static final int SOURCE4 = 0;
    public static final int SOURCE4_MASK = 4;
    public static final int DESTINATION4 = 8;
    public static final int DESTINATION4_MASK = 12;
    public static final int SOURCE_PORT_FIRST = 16;
    public static final int SOURCE_PORT_LAST = 18;
    public static final int DESTINATION_PORT_FIRST = 20;
    public static final int DESTINATION_PORT_LAST = 22;
    public static final int PROTOCOL_AND_FLAGS = 24;
    public static final int CONTEXT = 28;
    public static final int SOURCE6 = 32;
    public static final int SOURCE6_MASK = 48;
    public static final int DESTINATION6 = 64;
    public static final int DESTINATION6_MASK = 80;

    /** Bits of the protocol. */
    public static final int PROTOCOL = 0xFF;
    /** Flag: the protocol counts. */
    public static final int HAS_PROTOCOL = 1 << HAS_PROTOCOL_SHIFT;
    /** Flag: the context is more than beginnings of names. */
    public static final int ALL_CONTEXT = 1 << ALL_CONTEXT_SHIFT;
    /** Flag: the ports count. The sign, so that it is told without a branch. */
    public static final int HAS_PORTS = 1 << 31;

    /** The port of a packet that has none: no record with ports takes it. */
    static final int NO_PORT = -1;

    private RecordLayout() {
    }

    /**
     * Whether a record takes a packet's fields. Without branches but for the context: which of the fields disagrees, nothing foretells.
     */
    static boolean takes4(
            final long record,
            final int source,
            final int destination,
            final int sourcePort,
            final int destinationPort,
            final int protocol,
            final RulePacket packet) {
        final int addresses = (source ^ Memory.getInt(record + SOURCE4)) & Memory.getInt(record + SOURCE4_MASK)
                | (destination ^ Memory.getInt(record + DESTINATION4)) & Memory.getInt(record + DESTINATION4_MASK);
        return (addresses | others(record, sourcePort, destinationPort, protocol)) == 0 && agreeOnContext(record, packet);
    }

    /** The same for IPv6. */
    static boolean takes6(
            final long record,
            final long sourceHigh,
            final long sourceLow,
            final long destinationHigh,
            final long destinationLow,
            final int sourcePort,
            final int destinationPort,
            final int protocol,
            final RulePacket packet) {
        final long addresses = (sourceHigh ^ Memory.getLong(record + SOURCE6)) & Memory.getLong(record + SOURCE6_MASK)
                | (sourceLow ^ Memory.getLong(record + SOURCE6 + 8)) & Memory.getLong(record + SOURCE6_MASK + 8)
                | (destinationHigh ^ Memory.getLong(record + DESTINATION6)) & Memory.getLong(record + DESTINATION6_MASK)
                | (destinationLow ^ Memory.getLong(record + DESTINATION6 + 8)) & Memory.getLong(record + DESTINATION6_MASK + 8);
        return (addresses | others(record, sourcePort, destinationPort, protocol)) == 0 && agreeOnContext(record, packet);
    }

    /** 0 if protocol and ports agree. A packet's protocol is a byte or, of IPv6, {@link RulePacket#NO_PROTOCOL}, which is no byte. */
    private static int others(final long record, final int sourcePort, final int destinationPort, final int protocol) {
        final int flags = Memory.getInt(record + PROTOCOL_AND_FLAGS);
        final int wanted = -(flags >>> HAS_PROTOCOL_SHIFT & 1);
        final int outside = sourcePort - Memory.getUnsignedShort(record + SOURCE_PORT_FIRST)
                | Memory.getUnsignedShort(record + SOURCE_PORT_LAST) - sourcePort
                | destinationPort - Memory.getUnsignedShort(record + DESTINATION_PORT_FIRST)
                | Memory.getUnsignedShort(record + DESTINATION_PORT_LAST) - destinationPort;
        return (protocol ^ flags & PROTOCOL) & wanted | outside & flags & HAS_PORTS;
    }

    /** Whether a record asks something of a packet's context. */
    static boolean hasContext(final long record) {
        return Memory.getInt(record + CONTEXT) != 0;
    }

    private static boolean agreeOnContext(final long record, final RulePacket packet) {
        final int offset = Memory.getInt(record + CONTEXT);
        if (offset == 0) {
            return true;
        }
        final long context = record + offset;
        return ContextLayout.agreeOnNames(context, packet)
                && ((Memory.getInt(record + PROTOCOL_AND_FLAGS) & ALL_CONTEXT) == 0 || ContextLayout.agreeOnRest(context, packet));
    }
}
