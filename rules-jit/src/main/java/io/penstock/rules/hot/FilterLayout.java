package io.penstock.rules.hot;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.IpProtocol;

/**
 * The filters of a chain: which of its tuples may hold a rule that takes a packet, a bit each, by one field of the packet or by two. A
 * tuple is worth a probe where all filters have its bit.
 *
 * <pre>
 *  0          1024          2048        3072       4096       5120                                              ...
 *  +----------+-------------+-----------+----------+----------+--------+--------+--------+--------+--------+-------+-------+-------+
 *  | source,  | dest.,      | protocol, | in       | out      | source | source | dest.  | dest.  | dest.  | s., d.| s.,   | d.,   |
 *  | first    | first       | ports     |          |          | middle | long   | middle | long   | port   | middle| port  | port  |
 *  +----------+-------------+-----------+----------+----------+--------+--------+--------+--------+--------+-------+-------+-------+
 *   256 places of 4 bytes each                                 single: so many places as the chain's size asks     pairs: more of them
 *
 *  and, where the chain asks for more of the context than beginnings of names
 *  +--------------------------------+--------------------------------+
 *  | Ethernet source: so many as of | mark: so many as of            |
 *  | a pair                         | a single field                 |
 *  +--------------------------------+--------------------------------+
 * </pre>
 *
 * <p>Of an IPv4 address the first 8 bits lead to its place in "first", 16 to "middle", 24 to "long"; of an IPv6 address, by a hash, 16, 48 and
 * 64. A rule that does not count all these bits has its tuple's bit in all places. Ports count in blocks of 1,024, for TCP, UDP, ICMP and what
 * else there is apart, so that ranges of ports count too.
 */
public final class FilterLayout {

    /** Tuples that filters know: bits of a place. */
    public static final int TUPLES = Integer.SIZE;
    /** Bytes of a place. */
    public static final int PLACE_BYTES = Integer.BYTES;
    /** log2 of the places of those filters whose size is fixed. */
    public static final int FIXED_LOG2 = 8;

    /** Offset of the filter of the source's first bits. */
    public static final int SOURCE_FIRST = 0;
    /** Offset of the destination's. */
    public static final int DESTINATION_FIRST = 1024;
    /** Offset of the filter of the protocol and the destination port's block. */
    public static final int PORT_BLOCK = 2048;
    /** Offset of the filter of the name of the device that packets come in by. */
    public static final int IN = 3072;
    /** Offset of the other device's. */
    public static final int OUT = 4096;
    /** Offset of the filters of one field. */
    public static final int SINGLES = 5120;
    /** Number of these: the source's middle and long bits, the destination's, the destination port. */
    public static final int SINGLE_FILTERS = 5;
    /** Number of those of two fields: source and destination, source and destination port, destination and its port. */
    public static final int PAIR_FILTERS = 3;

    private static final int PORT_BLOCK_SHIFT = 10;
    private static final int PORT_BLOCKS_LOG2 = 6;
    private static final int OTHER_PROTOCOL = 3 << PORT_BLOCKS_LOG2;

    private static final int SOURCE_FACTOR = 0x9E37_79B1;
    private static final int DESTINATION_FACTOR = 0x85EB_CA6B;
    private static final int PORT_FACTOR = 0xC2B2_AE35;
    private static final int PLACE_FACTOR = 0x2C1B_3C6D;
    private static final long NAME_FACTOR = 0x9E37_79B9_7F4A_7C15L;
    private static final long REST_FACTOR = 0xC2B2_AE3D_27D4_EB4FL;

    private FilterLayout() {
    }

    /** What an IPv4 source's middle bits come to. */
    public static int sourceMiddle(final int source) {
        return (source >>> 16) * SOURCE_FACTOR;
    }

    /** An IPv4 source's long bits. */
    public static int sourceLong(final int source) {
        return (source >>> 8) * SOURCE_FACTOR;
    }

    /** An IPv4 destination's middle bits. */
    public static int destinationMiddle(final int destination) {
        return (destination >>> 16) * DESTINATION_FACTOR;
    }

    /** An IPv4 destination's long bits. */
    public static int destinationLong(final int destination) {
        return (destination >>> 8) * DESTINATION_FACTOR;
    }

    /** An IPv4 address's first bits. */
    public static int first(final int address) {
        return address >>> 24;
    }

    /** An IPv6 source's middle bits. */
    public static int sourceMiddle(final long high) {
        return middle(high) * SOURCE_FACTOR;
    }

    /** An IPv6 source's long bits. */
    public static int sourceLong(final long high) {
        return Long.hashCode(high * NAME_FACTOR);
    }

    /** An IPv6 destination's middle bits. */
    public static int destinationMiddle(final long high) {
        return middle(high) * DESTINATION_FACTOR;
    }

    /** An IPv6 destination's long bits. */
    public static int destinationLong(final long high) {
        return sourceLong(high);
    }

    /** An IPv6 address's first bits. */
    public static int first(final long high) {
        return (int) (high >>> 48) * PORT_FACTOR >>> Integer.SIZE - FIXED_LOG2;
    }

    private static int middle(final long high) {
        return (int) (high >>> 16) + (int) (high >>> 48) * 31;
    }

    /** A destination port. */
    public static int port(final int port) {
        return port * PORT_FACTOR;
    }

    /** The place of a protocol and a port's block; any port will do where there is none. */
    public static int portBlock(final int protocol, final int port) {
        return protocolBits(protocol) | port >>> PORT_BLOCK_SHIFT & (1 << PORT_BLOCKS_LOG2) - 1;
    }

    private static int protocolBits(final int protocol) {
        if (protocol == IpProtocol.TCP) {
            return 0;
        }
        if (protocol == IpProtocol.UDP) {
            return 1 << PORT_BLOCKS_LOG2;
        }
        return protocol == IpProtocol.ICMP || protocol == IpProtocol.ICMPV6 ? 2 << PORT_BLOCKS_LOG2 : OTHER_PROTOCOL;
    }

    /** The place of a device's name. */
    public static int name(final long name) {
        return (int) (name * NAME_FACTOR >>> Long.SIZE - FIXED_LOG2);
    }

    /** What a name of more than eight bytes comes to instead; of others the same. */
    public static long longName(final long name, final long rest) {
        return name + rest * REST_FACTOR;
    }

    /** An Ethernet source. */
    public static int mac(final long mac) {
        return Long.hashCode(mac * NAME_FACTOR);
    }

    /** A mark. */
    public static int mark(final long mark) {
        return (int) mark * SOURCE_FACTOR;
    }

    /** The place of what a field, or the sum of two, comes to, in a filter of a size. */
    public static int place(final int hash, final int shift) {
        return (hash ^ hash >>> 15) * PLACE_FACTOR >>> shift;
    }

    /** Bytes of a filter whose hashes are shifted so far. */
    public static long bytes(final int shift) {
        return (long) PLACE_BYTES << Integer.SIZE - shift;
    }

    /**
     * What the filters leave of a chain's tuples.
     *
     * @param shift     how far hashes are shifted for filters of one field
     * @param pairShift for those of two
     */
    static int candidates(
            final long filters,
            final int shift,
            final int pairShift,
            final int sourceFirst,
            final int sourceMiddle,
            final int sourceLong,
            final int destinationFirst,
            final int destinationMiddle,
            final int destinationLong,
            final int port,
            final int portBlock) {
        final long single = bytes(shift);
        final long singles = filters + SINGLES;
        final long pair = bytes(pairShift);
        final long pairs = singles + SINGLE_FILTERS * single;
        return at(filters + SOURCE_FIRST, sourceFirst)
                & at(filters + DESTINATION_FIRST, destinationFirst)
                & at(filters + PORT_BLOCK, portBlock)
                & at(singles, place(sourceMiddle, shift))
                & at(singles + single, place(sourceLong, shift))
                & at(singles + 2 * single, place(destinationMiddle, shift))
                & at(singles + 3 * single, place(destinationLong, shift))
                & at(singles + 4 * single, place(port, shift))
                & at(pairs, place(sourceMiddle + destinationMiddle, pairShift))
                & at(pairs + pair, place(sourceMiddle + port, pairShift))
                & at(pairs + 2 * pair, place(destinationMiddle + port, pairShift));
    }

    /** The same by the context, of which something counts. */
    static int candidates(final long block, final int context, final RulePacket packet) {
        final long filters = IndexLayout.filters(block);
        if (context == ContextLayout.NAMES) {
            return at(filters + IN, name(packet.inName)) & at(filters + OUT, name(packet.outName));
        }
        final int shift = IndexLayout.filterShift(block);
        final int pairShift = IndexLayout.pairShift(block);
        final long macs = macs(filters, shift, pairShift);
        return at(filters + IN, name(longName(packet.inName, packet.inNameRest)))
                & at(filters + OUT, name(longName(packet.outName, packet.outNameRest)))
                & at(macs, place(mac(ContextLayout.mac(packet)), pairShift))
                & at(macs + bytes(pairShift), place(mark(ContextLayout.mark(packet)), shift));
    }

    /** Where the filter of Ethernet sources is. */
    public static long macs(final long filters, final int shift, final int pairShift) {
        return filters + SINGLES + SINGLE_FILTERS * bytes(shift) + PAIR_FILTERS * bytes(pairShift);
    }

    private static int at(final long filter, final int place) {
        return Memory.getInt(filter + (long) place * PLACE_BYTES);
    }
}
