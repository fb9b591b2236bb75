package io.penstock.rules.hot;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.IpProtocol;
import java.util.Arrays;

/**
 * The filters of a chain: which of its tuples may hold a rule that takes a packet, a bit each, by one field of the packet or by two. A
 * tuple is worth a probe where all filters have its bit.
 *
 * <pre>
 *  0           1024       2048       3072                                                             ...
 *  +-----------+----------+----------+--------+--------+--------+--------+-------+-------+-------+-------+
 *  | protocol, | in       | out      | source | source | dest.  | dest.  | s., d.| d.,   | s.,   | d.,   |
 *  | ports     |          |          | first  | long   | first  | long   | middle| port  | middle| middle|
 *  |           |          |          | class  | class  | class  | class  |       |       | class | class |
 *  +-----------+----------+----------+--------+--------+--------+--------+-------+-------+-------+-------+
 *   256 places of 4 bytes each         so many places as the chain's size asks: singles  pairs: more of them
 *
 *  and, where the chain asks for more of the context than beginnings of names
 *  +--------------------------------+--------------------------------+
 *  | Ethernet source: so many as of | mark: so many as of            |
 *  | a pair                         | a single                       |
 *  +--------------------------------+--------------------------------+
 * </pre>
 *
 * <p>Of an IPv4 address the first 8 bits count in "first", 16 in "middle", 24 in "long"; of an IPv6 address 16, 48 and 64. A rule that does not count all
 * these bits has its tuple's bit in all places. Ports count in blocks of 1,024, for TCP, UDP, ICMP and what else there is apart, so that ranges of ports
 * count too. The class is of these four, and whether the destination port is below 1,024: addresses are few where many rules name the same ones, and rules
 * about one address differ in what they let it be asked for.
 */
public final class FilterLayout {

    /** Tuples that filters know: bits of a place. */
    public static final int TUPLES = Integer.SIZE;
    /** Bytes of a place. */
    public static final int PLACE_BYTES = Integer.BYTES;
    /** log2 of the places of those filters whose size is fixed. */
    public static final int FIXED_LOG2 = 8;

    /** Offset of the filter of the protocol and the destination port's block. */
    public static final int PORT_BLOCK = 0;
    /** Offset of the filter of the name of the device that packets come in by. */
    public static final int IN = 1024;
    /** Offset of the other device's. */
    public static final int OUT = 2048;
    /** Offset of the filters of one address with the class. */
    public static final int SINGLES = 3072;
    /** Number of these: the source's first and long bits, the destination's. */
    public static final int SINGLE_FILTERS = 4;
    /** Number of larger ones: source and destination, destination and its port, either's middle bits and the class. */
    public static final int PAIR_FILTERS = 4;

    private static final int PORT_BLOCK_SHIFT = 10;
    private static final int PORT_BLOCKS_LOG2 = 6;
    private static final int PORT_BLOCKS = 1 << PORT_BLOCKS_LOG2;
    /** First block of each kind of protocol, by protocol: it is a table because nothing foretells which a packet has. */
    private static final int[] FIRST_BLOCKS = createFirstBlocks();
    /** What is added to a hash for a class: numbers without a pattern. */
    private static final int[] CLASSES = {0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19, 0xCBBB_9D5D, 0x629A_292A};

    private static final int SOURCE_FACTOR = 0x9E37_79B1;
    private static final int DESTINATION_FACTOR = 0x85EB_CA6B;
    private static final int PORT_FACTOR = 0xC2B2_AE35;
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

    /** An IPv4 source's first bits. */
    public static int sourceFirst(final int source) {
        return (source >>> 24) * SOURCE_FACTOR;
    }

    /** An IPv4 destination's first bits. */
    public static int destinationFirst(final int destination) {
        return (destination >>> 24) * DESTINATION_FACTOR;
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

    /** An IPv6 source's first bits. */
    public static int sourceFirst(final long high) {
        return (int) (high >>> 48) * SOURCE_FACTOR;
    }

    /** An IPv6 destination's first bits. */
    public static int destinationFirst(final long high) {
        return (int) (high >>> 48) * DESTINATION_FACTOR;
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
        return FIRST_BLOCKS[protocol & 0xFF] | port >>> PORT_BLOCK_SHIFT & PORT_BLOCKS - 1;
    }

    /** The class of a protocol and a port's block, from its place: two for each kind of protocol. */
    public static int classNumber(final int portBlock) {
        return portBlock >>> PORT_BLOCKS_LOG2 << 1 | (portBlock & PORT_BLOCKS - 1) + PORT_BLOCKS - 1 >>> PORT_BLOCKS_LOG2;
    }

    /** What a class adds to an address's hash. */
    public static int classHash(final int number) {
        return CLASSES[number];
    }

    private static int[] createFirstBlocks() {
        final int[] all = new int[1 << Byte.SIZE];
        Arrays.fill(all, 3 * PORT_BLOCKS);
        all[IpProtocol.TCP] = 0;
        all[IpProtocol.UDP] = PORT_BLOCKS;
        all[IpProtocol.ICMP] = 2 * PORT_BLOCKS;
        all[IpProtocol.ICMPV6] = 2 * PORT_BLOCKS;
        return all;
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

    /** The place of what a field, or the sum of two, comes to, in a filter of a size: products' first bits are their best. */
    public static int place(final int hash, final int shift) {
        return hash >>> shift;
    }

    /** Bytes of a filter whose hashes are shifted so far. */
    public static long bytes(final int shift) {
        return (long) PLACE_BYTES << Integer.SIZE - shift;
    }

    /**
     * What the filters leave of a chain's tuples.
     *
     * @param shift     how far hashes are shifted for filters of one address
     * @param pairShift for larger ones
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
        final int ofClass = classHash(classNumber(portBlock));
        return at(filters + PORT_BLOCK, portBlock)
                & at(singles, place(sourceFirst + ofClass, shift))
                & at(singles + single, place(sourceLong + ofClass, shift))
                & at(singles + 2 * single, place(destinationFirst + ofClass, shift))
                & at(singles + 3 * single, place(destinationLong + ofClass, shift))
                & at(pairs, place(sourceMiddle + destinationMiddle, pairShift))
                & at(pairs + pair, place(destinationMiddle + port, pairShift))
                & at(pairs + 2 * pair, place(sourceMiddle + ofClass, pairShift))
                & at(pairs + 3 * pair, place(destinationMiddle + ofClass, pairShift));
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
