package io.penstock.dataplane.hot.fib;

import io.penstock.os.hot.memory.Memory;

/**
 * One adjacency: all that the path needs to send a packet on, in one cache line.
 *
 * <pre>
 *   0      1       2        3      4                8                12               16
 *  +------+-------+--------+------+----------------+----------------+----------------+
 *  | kind | flags | family |  0   | port           | mtu            | ifindex        |
 *  +------+-------+--------+------+----------------+----------------+----------------+  16
 *  | next hop, high 8 bytes (or bucket block)      | next hop, low 8 bytes           |
 *  +----------------------------------+------------+----------------------+----------+  32
 *  | destination MAC (6)              | 0 (2)      | source MAC (6)       | type (2) |
 *  +----------------------------------+------------+----------------------+----------+  48
 *  | source, high 8 bytes (IPv4: source (4), 0 (4))  | source, low 8 bytes           |
 *  +---------------------------------------------------------------------------------+  64
 * </pre>
 *
 * <p>Invariants:
 * <ol>
 *   <li>Kind, flags, family and port share one aligned word, written by one release store: a reader that sees FORWARD
 *       or UNCONFIRMED sees a complete rewrite.</li>
 *   <li>Workers write nothing but UNCONFIRMED and FORWARD, each in the place of the other ({@link #changeKind}).</li>
 *   <li>The rewrite is two aligned words, the destination MAC in one, the source MAC and type in the other. The path
 *       stores the first where the frame starts and the second six bytes later, over the first one's last two bytes. So
 *       each is changed in place by one 8-byte store, and no frame leaves with half a MAC. (The 14 bytes as they are on
 *       the wire would not do: the source MAC would lie in both words.)</li>
 *   <li>A neighbour that gives out keeps its old rewrite in memory: whoever has just read FORWARD sends to the address
 *       that was right a moment ago.</li>
 *   <li>The MTU and an IPv4 source are one aligned int each, and change in place.</li>
 *   <li>Anything else that changes needs a fresh adjacency; the old one is reused after quiescence.</li>
 * </ol>
 *
 * <p>Addresses of IPv4 lie in the low word as an unsigned number, high word 0. Threads: written by the control thread, but
 * for what is said above.
 */
public final class AdjacencyLayout {

    /** log2 of the bytes of an adjacency. */
    public static final int SHIFT = 6;

    /** Adjacencies that the address space is reserved for: a million neighbours and some routes of their own. */
    public static final int MAX_ADJACENCIES = (1 << 20) + (1 << 17);

    /** Bytes to reserve. */
    public static final long BYTES = (long) MAX_ADJACENCIES << SHIFT;

    /** Offset of the word of kind, flags, family and port. */
    public static final int HEAD = 0;

    /** Offset of the largest IP packet that may leave, an int. */
    public static final int MTU = 8;

    /** Offset of the kernel's index of the output device, an int. */
    public static final int IFINDEX = 12;

    /** Offset of the next hop's first eight bytes. */
    public static final int NEXT_HOP_HIGH = 16;

    /** Offset of the next hop's last eight bytes. */
    public static final int NEXT_HOP_LOW = 24;

    /** Offset of the destination MAC's word. */
    public static final int DESTINATION_MAC = 32;

    /** Offset of the word of the source MAC and the type. */
    public static final int SOURCE_MAC_AND_TYPE = 40;

    /** Offset of the first eight bytes of the source address of what this host sends this way; of IPv4 all, an int. */
    public static final int SOURCE_HIGH = 48;

    /** Offset of the last eight bytes of an IPv6 source address. */
    public static final int SOURCE_LOW = 56;

    /** Flag: the next hop is a gateway and not the packet's destination. */
    public static final int FLAG_GATEWAY = 1;

    /** Flag: the route's MTU is locked ({@code mtu lock}). */
    public static final int FLAG_MTU_LOCKED = 1 << 1;

    /** Flag of a LOCAL adjacency: an anycast address of IPv6. */
    public static final int FLAG_ANYCAST = 1 << 2;

    /** The port of an adjacency that leaves through none. */
    public static final int NO_PORT = -1;

    private static final int MAC_BYTES = 6;
    private static final int FLAGS_SHIFT = 8;
    private static final int FAMILY_SHIFT = 16;
    private static final int PORT_SHIFT = 32;

    private AdjacencyLayout() {
    }

    /** Address of an adjacency. */
    public static long address(final long base, final int adjacency) {
        return base + ((long) adjacency << SHIFT);
    }

    /** Kind, flags, family and port in one word; pairs with {@link #publishHeadRelease}. */
    public static long headAcquire(final long adjacency) {
        return Memory.getLongAcquire(adjacency + HEAD);
    }

    /** Puts kind, flags, family and port in force, after everything else was written; pairs with {@link #headAcquire}. */
    public static void publishHeadRelease(final long adjacency, final long head) {
        Memory.putLongRelease(adjacency + HEAD, head);
    }

    /** Gives an adjacency another kind if its head is still this one; false, and nothing changed, if not. */
    public static boolean changeKind(final long adjacency, final long head, final int kind) {
        return Memory.compareAndSetLong(adjacency + HEAD, head, withKind(head, kind));
    }

    /** A head with another kind. */
    public static long withKind(final long head, final int kind) {
        return head(kind, flags(head), family(head), port(head));
    }

    /** The word of kind, flags, family (4 or 6) and port. */
    public static long head(final int kind, final int flags, final int family, final int port) {
        return (long) port << PORT_SHIFT | (long) family << FAMILY_SHIFT | (long) flags << FLAGS_SHIFT | kind;
    }

    /** The {@link AdjacencyKind} in a head. */
    public static int kind(final long head) {
        return (int) head & 0xFF;
    }

    /** The flags in a head. */
    public static int flags(final long head) {
        return (int) head >>> FLAGS_SHIFT & 0xFF;
    }

    /** The family of the packets, 4 or 6, in a head; 0 where it does not matter. */
    public static int family(final long head) {
        return (int) head >>> FAMILY_SHIFT & 0xFF;
    }

    /** The output port's index in a head, or {@link #NO_PORT}. */
    public static int port(final long head) {
        return (int) (head >> PORT_SHIFT);
    }

    /** The largest IP packet that may be forwarded: the device's MTU, or the route's where that counts. */
    public static int mtu(final long adjacency) {
        return Memory.getInt(adjacency + MTU);
    }

    /** The kernel's index of the output device; 0 if there is none. */
    public static int ifindex(final long adjacency) {
        return Memory.getInt(adjacency + IFINDEX);
    }

    /** The next hop's first eight bytes. */
    public static long nextHopHigh(final long adjacency) {
        return Memory.getLong(adjacency + NEXT_HOP_HIGH);
    }

    /** The next hop's last eight bytes; all of an IPv4 address. */
    public static long nextHopLow(final long adjacency) {
        return Memory.getLong(adjacency + NEXT_HOP_LOW);
    }

    /**
     * The IPv4 source address of what this host itself sends this way: the route's preferred one, or what the output
     * device's addresses give; 0 if there is none.
     */
    public static int source4(final long adjacency) {
        return Memory.getIntOpaque(adjacency + SOURCE_HIGH);
    }

    /** The first eight bytes of an IPv6 route's preferred source address; zeros if it has none. */
    public static long source6High(final long adjacency) {
        return Memory.getLong(adjacency + SOURCE_HIGH);
    }

    /** The last eight bytes of an IPv6 route's preferred source address. */
    public static long source6Low(final long adjacency) {
        return Memory.getLong(adjacency + SOURCE_LOW);
    }

    /** Writes the 14 bytes of the Ethernet header where a frame starts. */
    public static void writeEthernet(final long adjacency, final long frame) {
        final long first = Memory.getLongOpaque(adjacency + DESTINATION_MAC);
        final long second = Memory.getLongOpaque(adjacency + SOURCE_MAC_AND_TYPE);
        Memory.putLong(frame, first);
        Memory.putLong(frame + MAC_BYTES, second);
    }
}
