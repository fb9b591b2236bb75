package io.penstock.rules.hot;

/**
 * The packet as rules see it. One object per worker, filled at each hook, moved from packet to packet: never keep it.
 *
 * <p>Invariants:
 * <ol>
 *   <li>The network header is whole and its lengths are right: no rule sees a packet of which that is not known.</li>
 *   <li>{@link #transport} may point to the packet's end: look at {@link #transportLength} before reading.</li>
 *   <li>Device names are kept as the kernel compares them: 16 bytes, filled up with zeros, as two words in native order.</li>
 * </ol>
 *
 * <p>Threads: the worker that owns it.
 */
public final class RulePacket {

    /** {@link #packetType}: to this host's link address. */
    public static final int HOST = 0;
    /** {@link #packetType}: to all on the link. */
    public static final int BROADCAST = 1;
    /** {@link #packetType}: to a group on the link. */
    public static final int MULTICAST = 2;
    /** {@link #packetType}: to somebody else. */
    public static final int OTHERHOST = 3;
    /** {@link #packetType}: looped back to this host's own sockets. */
    public static final int LOOPBACK = 5;

    /** {@link #protocol} of an IPv6 packet whose extension headers lead nowhere: a rule that asks for a protocol drops it. */
    public static final int NO_PROTOCOL = -1;

    /** {@link #uid} and {@link #gid} of a packet that no known socket sent. */
    public static final int NO_SOCKET = -1;

    /** Most keys that a set is asked for at once: a network of each length of IPv4. */
    private static final int MAX_SET_WORDS = 33;

    /** 4 or 6. */
    public int version;
    /** {@code RuleHook.ordinal()}. */
    public int hook;
    /** Address of the Ethernet header, 0 where there is none (this host's packets before they are routed). */
    public long frame;
    /** Address of the network header. */
    public long network;
    /** Bytes from the network header to the packet's end. */
    public int length;
    /** Address behind the IPv4 header with its options, or of IPv6's upper-layer header. */
    public long transport;
    /** Bytes from there to the packet's end. */
    public int transportLength;
    /** The transport protocol: of IPv6, the upper layer's, or {@link #NO_PROTOCOL}. */
    public int protocol;
    /** Where a fragment's data belong. Unit: 8 bytes; 0 for the first fragment and for whole packets. */
    public int fragmentOffset;
    /** Whether it is a fragment, the first one included. */
    public boolean fragment;
    /** Whether the transport checksum holds the pseudo-header's sum only. */
    public boolean partialChecksum;
    /** First 8 bytes of the name of the device that it came in by; 0 for none. */
    public long inName;
    /** The rest of the name. */
    public long inNameRest;
    /** First 8 bytes of the name of the device that it leaves by; 0 for none. */
    public long outName;
    /** The rest of the name. */
    public long outNameRest;
    /** The device that it came in by: its interface index, 0 for none. */
    public int inIndex;
    /** The device that it leaves by: its interface index, 0 for none. */
    public int outIndex;
    /** How it was addressed on the link. */
    public int packetType;
    /** The packet mark. */
    public int mark;
    /** The queueing priority, which CLASSIFY sets. */
    public int priority;
    /** The user id of the socket that sent it, or {@link #NO_SOCKET}. */
    public int uid;
    /** The group id of the socket that sent it, or {@link #NO_SOCKET}. */
    public int gid;
    /** Whether a socket of the kernel's own sent it, as ICMP's answers and errors: one that is nobody's, and there all the same. */
    public boolean kernelSocket;
    /** The worker's clock: monotonic. Unit: ns. */
    public long nowNs;
    /** The time of day, since 1970, UTC. Unit: ns. */
    public long wallNs;
    /** The worker's number. */
    public int worker;
    /** The entry of the packet's connection ({@code ConnLayout}); 0 for none. */
    public long connection;
    /** How it belongs to its connection ({@code ConnInfo}); without one, {@code UNTRACKED} or anything else for invalid. */
    public int connectionInfo;
    /** What the packet's surroundings do for rules about connections. */
    public ConnectionServices connections;
    /** Set by a match: the packet is cut off where a header should be, and dropped at once. */
    public boolean hotdrop;
    /** Set by TRACE: each rule that takes the packet from here on is told to {@link PacketServices#traceRule}. */
    public boolean traced;
    /** What the packet's surroundings do for rules. */
    public PacketServices services;
    /** Set by REJECT: its DROP is told apart from others. */
    public boolean rejected;
    /** Set by the evaluation, which gave the packet up: so is this DROP. */
    public boolean endless;
    /** The packet's place, for {@link #services} alone. */
    public int slot;
    /** What the packet's place is in, for {@link #services} alone. */
    public Object batch;
    /** Whose names {@link #inName} and what follows are; for who fills them in alone. */
    public int inPlace = -1;
    /** The same of {@link #outName}. */
    public int outPlace = -1;
    /** What sets need while they are asked. */
    public final SetScratch sets = new SetScratch();
    /** What keys are looked for by in a set, where several are, by number. */
    public final long[] setWords = new long[MAX_SET_WORDS];
    /** What was loaded ahead of its time: kept, or the loads would be left out. */
    public long touched;
    /** What the evaluation keeps. */
    final RuleScratch scratch = new RuleScratch();
}
