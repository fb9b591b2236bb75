package io.penstock.dataplane.hot.pipeline;

/**
 * Up to 64 frames on their way, as dense arrays by slot.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Slots 0 to {@code count - 1} are in order of arrival.</li>
 *   <li>A slot's frame is owned by the batch until its {@code outcome} is set; then by whom the outcome names.</li>
 *   <li>{@code network} is set once the frame is known to hold the whole network header; {@code transport} may point to
 *       the packet's end.</li>
 * </ol>
 *
 * <p>Threads: the worker that owns it.
 */
public final class Batch {

    /**
     * Frames in a batch at the most. Unit: frames. 64 is where per-batch costs are spread thin and the headers still lie
     * in the first-level cache; smaller makes ring and call overheads show, larger evicts headers between stages.
     */
    public static final int CAPACITY = 64;

    /** {@link #inPort} of a packet that this host sends: the last port number, which no device gets. */
    public static final int FROM_HOST = PortTable.CAPACITY - 1;

    /** {@link #outPort} of a packet that this host sends and that is still to be routed. */
    public static final int NO_PORT = -1;

    /** Flag: the transport checksum holds only the pseudo-header's sum and is completed before transmission. */
    public static final int PARTIAL_CHECKSUM = 1;
    /** Flag: a second or later fragment, which has no transport header. */
    public static final int LATER_FRAGMENT = 2;
    /** Flag: the packet was rerouted and skips POST_ROUTING. */
    public static final int REROUTED = 4;

    /** Flag: a fragment, the first one included. */
    public static final int FRAGMENT = 8;
    /** Flag: the IPv4 header has options; then {@link #options} is the packet's. */
    public static final int OPTIONS = 16;
    /** Flag: the frame was broadcast or multicast on its link. */
    public static final int LINK_MULTICAST = 32;
    /** Flag: the extension headers do not lead to a transport header. */
    public static final int NO_TRANSPORT = 64;
    /** Flag: larger than the next hop's MTU, and may be fragmented. */
    public static final int TOO_LARGE = 128;
    /** Flag: the sender is to be told a better way. */
    public static final int REDIRECT = 256;
    /** Flag: the kernel has routed it, and its Ethernet header is complete; {@link #adjacency} says nothing. */
    public static final int HOST_ROUTED = 512;
    /** Flag: the time to live was decremented. */
    public static final int DECREMENTED = 1024;

    /** Flag: rules that take the packet are told about (TRACE). */
    public static final int TRACED = 2048;
    /** Flag: put together of fragments, in a large frame ({@link GatheredPackets}). */
    public static final int GATHERED = 8192;
    /** Flag: virtual services have seen to it: they have sent it on, or it is an answer that they have translated. */
    public static final int SERVED = 16384;
    /** Flag: it goes to {@link #gatewayLow}, whatever its destination: a copy (TEE), or with {@link #SERVED} what is routed directly to a server. */
    static final int TO_GATEWAY = 4096;

    public int count;
    /** The clock, read once for the batch. */
    public long nowNs;
    /** Address of the Ethernet header. */
    public final long[] frame = new long[CAPACITY];
    /** Bytes from the Ethernet header to the packet's end. */
    public final int[] length = new int[CAPACITY];
    /** Bytes from the Ethernet to the network header. */
    public final int[] network = new int[CAPACITY];
    /** Bytes from the Ethernet to the transport header. */
    public final int[] transport = new int[CAPACITY];
    /** {@code Family.number()} of the packet, 0 until parsed or where the parser dropped it, or {@link ParseStep#REFUSED}. */
    public final int[] family = new int[CAPACITY];
    /** Transport protocol. */
    public final int[] protocol = new int[CAPACITY];
    /** The port that a packet came in by, or {@link #FROM_HOST}. Set for every batch: a packet that is put into a tunnel changes its own. */
    public final int[] inPort = new int[CAPACITY];
    public final int[] outPort = new int[CAPACITY];
    public final int[] flags = new int[CAPACITY];
    public final int[] mark = new int[CAPACITY];
    /** How a packet belongs to its connection: {@code ConnInfo}. */
    public final int[] connectionInfo = new int[CAPACITY];
    /** The entry of a packet's connection, if {@link #connectionInfo} says that it has one; or the template that it says a rule gave it. */
    public final long[] connection = new long[CAPACITY];
    /** Of packets with IPv4 options, the options as they came, and the destination: {@link PacketOptions#WORDS} a slot. */
    final int[] cameWith = new int[CAPACITY * PacketOptions.WORDS];
    /** The user id of the socket that sent it, or -1; of this host's packets only. */
    public final int[] uid = new int[CAPACITY];
    /** What the IPv4 options ask for ({@code OptionState}); of packets with {@link #OPTIONS} only. */
    public final long[] options = new long[CAPACITY];
    /** Of a packet {@link #TO_GATEWAY}, the first half of the gateway as the table has it; of IPv4 0. */
    final long[] gatewayHigh = new long[CAPACITY];
    /** Of a packet {@link #TO_GATEWAY}, the gateway's other half; of IPv4 all. */
    final long[] gatewayLow = new long[CAPACITY];
    /** Of an IPv4 packet, while destinations are looked up. */
    public final int[] destination = new int[CAPACITY];
    /** Where the look-up of a destination goes on. */
    public final long[] next = new long[CAPACITY];
    /** What loading ahead came to: it says nothing, but the compiler leaves loads out that nobody uses. */
    public long loaded;
    /** Index of the adjacency that routing chose. */
    public final int[] adjacency = new int[CAPACITY];
    /** What became of the packet: one of {@link Outcome}'s numbers, with the drop reason or queue above. */
    public final int[] outcome = new int[CAPACITY];

    /** Whether flags are a copy's (TEE). */
    static boolean isCopy(final int flags) {
        return (flags & (TO_GATEWAY | SERVED)) == TO_GATEWAY;
    }
}
