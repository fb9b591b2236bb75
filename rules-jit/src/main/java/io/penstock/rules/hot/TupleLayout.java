package io.penstock.rules.hot;

import io.penstock.os.hot.memory.Memory;

/**
 * A tuple: which bits of the fields count, and where its slots lie.
 *
 * <pre>
 *  0              8              16              24        32         40      44      48             56         64         72
 *  +--------------+--------------+---------------+---------+----------+-------+-------+--------------+----------+----------+
 *  | source mask  | destination  | transport     | in      | out      | least | shift | slots'       | source   | dest.    |
 *  | (low half)   | mask (low)   | mask          | mask    | mask     | rule  |       | offset       | high mask| high mask|
 *  +--------------+--------------+---------------+---------+----------+-------+-------+--------------+----------+----------+
 *                                                                                                    IPv6 only
 *  72             80             88              96        104                                       128
 *  +--------------+--------------+---------------+---------+----------------------------------------+
 *  | Ethernet     | mark mask    | in,           | out,    | free                                   |
 *  | source mask  |              | rest's mask   | rest's  |                                        |
 *  +--------------+--------------+---------------+---------+----------------------------------------+
 *  read only where the chain asks for more of the context than beginnings of names
 * </pre>
 *
 * <p>Tuples stand in order of their least rule, so that a search ends where none can be better than what was found.
 */
public final class TupleLayout {

    /** Offset of the mask of the source, of IPv6 of its second half. */
    public static final int SOURCE_MASK = 0;
    /** Offset of the destination's. */
    public static final int DESTINATION_MASK = 8;
    /** Offset of the mask of ports and protocol. */
    public static final int TRANSPORT_MASK = 16;
    /** Offset of the mask of the name of the device that packets come in by. */
    public static final int IN_MASK = 24;
    /** Offset of the other device's. */
    public static final int OUT_MASK = 32;
    /** Offset of the least rule's number. */
    public static final int LEAST = 40;
    /** Offset of how far a fingerprint is shifted to be a place. */
    public static final int SHIFT = 44;
    /** Offset of the slots' offset in the block. */
    public static final int SLOTS_OFFSET = 48;
    /** Offset of the mask of the source's first half. */
    public static final int SOURCE_HIGH_MASK = 56;
    /** Offset of the destination's. */
    public static final int DESTINATION_HIGH_MASK = 64;
    /** Offset of the Ethernet source's mask. */
    public static final int MAC_MASK = 72;
    /** Offset of the mark's, a long. */
    public static final int MARK_MASK = 80;
    /** Offset of the mask of the rest of the name of the device that packets come in by. */
    public static final int IN_REST_MASK = 88;
    /** Offset of the other device's. */
    public static final int OUT_REST_MASK = 96;
    /** Bytes of a tuple: two cache lines, of which most packets read the first. */
    public static final int BYTES = 128;

    private TupleLayout() {
    }

    static int least(final long tuple) {
        return Memory.getInt(tuple + LEAST);
    }

    /** The slot that a fingerprint leads to. */
    static long slot(final long block, final long tuple, final int fingerprint) {
        final long place = fingerprint >>> Memory.getInt(tuple + SHIFT);
        return Memory.getLong(block + Memory.getLong(tuple + SLOTS_OFFSET) + place * IndexLayout.SLOT_BYTES);
    }

    static int fingerprint4(
            final long tuple,
            final int source,
            final int destination,
            final long transport,
            final int context,
            final RulePacket packet) {
        final long from = source & Memory.getLong(tuple + SOURCE_MASK);
        final long to = destination & Memory.getLong(tuple + DESTINATION_MASK);
        final long ports = transport & Memory.getLong(tuple + TRANSPORT_MASK);
        return IndexLayout.fingerprint(from, to, ports, context == ContextLayout.NOTHING ? 0 : context(tuple, context, packet));
    }

    static int fingerprint6(
            final long tuple,
            final long sourceHigh,
            final long sourceLow,
            final long destinationHigh,
            final long destinationLow,
            final long transport,
            final int context,
            final RulePacket packet) {
        final long from = IndexLayout.fold(sourceHigh & Memory.getLong(tuple + SOURCE_HIGH_MASK),
                sourceLow & Memory.getLong(tuple + SOURCE_MASK));
        final long to = IndexLayout.fold(destinationHigh & Memory.getLong(tuple + DESTINATION_HIGH_MASK),
                destinationLow & Memory.getLong(tuple + DESTINATION_MASK));
        final long ports = transport & Memory.getLong(tuple + TRANSPORT_MASK);
        return IndexLayout.fingerprint(from, to, ports, context == ContextLayout.NOTHING ? 0 : context(tuple, context, packet));
    }

    private static long context(final long tuple, final int context, final RulePacket packet) {
        final long names = IndexLayout.names(packet.inName & Memory.getLong(tuple + IN_MASK),
                packet.outName & Memory.getLong(tuple + OUT_MASK));
        return context == ContextLayout.NAMES ? names : names + rest(tuple, packet);
    }

    private static long rest(final long tuple, final RulePacket packet) {
        return IndexLayout.rest(packet.inNameRest & Memory.getLong(tuple + IN_REST_MASK),
                packet.outNameRest & Memory.getLong(tuple + OUT_REST_MASK),
                ContextLayout.mac(packet) & Memory.getLong(tuple + MAC_MASK),
                ContextLayout.mark(packet) & Memory.getLong(tuple + MARK_MASK));
    }
}
