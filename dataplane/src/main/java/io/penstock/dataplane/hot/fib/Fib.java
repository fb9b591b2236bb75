package io.penstock.dataplane.hot.fib;

import io.penstock.os.hot.memory.Memory;

/**
 * A network namespace's forwarding table as its workers read it.
 *
 * <p>Invariants:
 * <ol>
 *   <li>A lookup answers with an adjacency that was in force at some instant of its duration; 0 is "no route", and
 *       adjacency 0 exists and says so.</li>
 *   <li>An adjacency's index and address may be used until the worker's batch boundary, not beyond.</li>
 *   <li>Nothing here allocates, waits or writes.</li>
 * </ol>
 *
 * <p>A pipeline stages the loads: {@link #rootEntry4} for all packets of a batch, then one load from each {@link #next4}, in a
 * loop of nothing else, so that their misses overlap, then {@link #resolve4}, then the adjacencies' heads.
 *
 * <p>Threads: any number of workers. Written by {@code io.penstock.dataplane.fib.FibWriter}.
 */
public final class Fib {

    /** {@link #reverse4}: the kind, in the two lowest bits: no route, or one that only drops. */
    public static final int REVERSE_NONE = 0;
    /** {@link #reverse4}: another host. */
    public static final int REVERSE_UNICAST = 1;
    /** {@link #reverse4}: this host. */
    public static final int REVERSE_LOCAL = 2;
    /** {@link #reverse4}: a broadcast address or a multicast group, which cannot send. */
    public static final int REVERSE_OTHER = 3;
    /** {@link #reverse4}: the bits of the kind. */
    public static final int REVERSE_KIND = 3;
    /** {@link #reverse4}: a next hop leaves by the port that was asked about. */
    public static final int REVERSE_PORT = 4;
    /** {@link #reverse4}: the way goes without a gateway. */
    public static final int REVERSE_ON_LINK = 8;

    /** {@link #validateSource4}: may come. */
    public static final int SOURCE_OK = 0;
    /** {@link #validateSource4}: may come, and its sender is on the link: it can be redirected. */
    public static final int SOURCE_ON_LINK = 1;
    /** {@link #validateSource4}: one of this host's own addresses. */
    public static final int SOURCE_OWN = -1;
    /** {@link #validateSource4}: a broadcast address or a multicast group. */
    public static final int SOURCE_INVALID = -2;
    /** {@link #validateSource4}: no way leads back, or by another port. */
    public static final int SOURCE_FILTERED = -3;

    private static final int RP_FILTER_STRICT = 1;

    /** An IPv6 leaf has the length of its route's prefix above the adjacency, of which there are fewer than two million. */
    private static final int LENGTH_SHIFT = 21;
    private static final int ADJACENCY_MASK = (1 << LENGTH_SHIFT) - 1;

    /** A prefix of this length or longer has no subnet-router anycast address (RFC 6164). */
    private static final int POINT_TO_POINT = 127;

    private static final int LINK_LOCAL_PORT_SHIFT = 32;
    private static final long LINK_LOCAL_ZEROS = -1L >>> 10;

    private final Trie4 trie4;
    private final Trie6 trie6;
    private final long adjacencies;
    private final long buckets;
    private final long version;
    private final AddressBook addresses = new AddressBook();

    /** Reads memory laid out as {@link Trie4Layout}, {@link Trie6Layout}, {@link AdjacencyLayout}, {@link BucketLayout}. */
    public Fib(final long trie4, final long trie6, final long adjacencies, final long buckets, final long version) {
        this.trie4 = new Trie4(trie4);
        this.trie6 = new Trie6(trie6);
        this.adjacencies = adjacencies;
        this.buckets = buckets;
        this.version = version;
    }

    /** The adjacency for an IPv4 destination, given as {@code Memory.getIntBE} reads it. */
    public int lookup4(final int address) {
        return trie4.resolve(trie4.rootEntry(address), address);
    }

    /**
     * Counts changes of IPv4 routes that are finished: what {@link #lookup4} gave since this was read is right, from batch to batch, as long as it does not
     * move. An adjacency is used for something else only when every worker has passed a batch boundary since the change.
     */
    public long changes4() {
        return trie4.changes();
    }

    /** First stage of {@link #lookup4}: one load, independent of all others. */
    public int rootEntry4(final int address) {
        return trie4.rootEntry(address);
    }

    /** Address of eight bytes that {@link #resolve4} will need first; always one that can be read. */
    public long next4(final int entry, final int address) {
        return trie4.next(entry, address);
    }

    /** Last stage of {@link #lookup4}, within the same batch. */
    public int resolve4(final int entry, final int address) {
        return trie4.resolve(entry, address);
    }

    /** The adjacency for an IPv6 destination, given as {@code Memory.getLongBE} reads its halves. */
    public int lookup6(final long high, final long low) {
        return trie6.resolve(trie6.rootEntry(high), high, low) & ADJACENCY_MASK;
    }

    /**
     * The adjacency for a link-local IPv6 destination on the link of a port, where another port's link may have the same
     * address.
     */
    public int lookupLinkLocal6(final int port, final long high, final long low) {
        return (high & LINK_LOCAL_ZEROS) != 0 ? 0 : lookup6(onLinkOf(port, high), low);
    }

    /**
     * A link-local IPv6 address's first half as the table has it for a port: its number, from 1, lies in bits that are zeros
     * in all such addresses (RFC 4291 section 2.5.6).
     */
    public static long onLinkOf(final int port, final long high) {
        return high | port + 1L << LINK_LOCAL_PORT_SHIFT;
    }

    /** The length of the prefix that {@link #lookup6} uses; a neighbour that its link's prefix covers counts as that prefix. */
    public int prefixLength6(final long high, final long low) {
        return trie6.resolve(trie6.rootEntry(high), high, low) >>> LENGTH_SHIFT;
    }

    /**
     * True for the first address of a prefix shorter than /127 that is on a link, this host's or not: nobody's own address
     * (RFC 4291 section 2.6.1).
     *
     * <p>Source: include/net/ip6_route.h ipv6_anycast_destination.
     */
    public boolean isSubnetAnycast6(final long high, final long low) {
        final int leaf = trie6.resolve(trie6.rootEntry(high), high, low);
        final int length = leaf >>> LENGTH_SHIFT;
        final long behindHigh = length >= Long.SIZE ? 0 : high << length;
        final long behindLow = length >= Long.SIZE ? length == 2 * Long.SIZE ? 0 : low << length - Long.SIZE : low;
        if (length >= POINT_TO_POINT || (behindHigh | behindLow) != 0) {
            return false;
        }
        final long head = AdjacencyLayout.headAcquire(adjacency(leaf & ADJACENCY_MASK));
        return (AdjacencyLayout.flags(head) & AdjacencyLayout.FLAG_GATEWAY) == 0 && switch (AdjacencyLayout.kind(head)) {
            case AdjacencyKind.KERNEL, AdjacencyKind.FORWARD, AdjacencyKind.UNCONFIRMED, AdjacencyKind.GLEAN -> true;
            default -> false;
        };
    }

    /** An adjacency as the IPv6 table holds it: with the length of its route's prefix. */
    public static int leaf6(final int adjacency, final int length) {
        return adjacency | length << LENGTH_SHIFT;
    }

    /** First stage of {@link #lookup6}: one load, independent of all others. */
    public int rootEntry6(final long high) {
        return trie6.rootEntry(high);
    }

    /** Second stage of {@link #lookup6}, within the same batch. */
    public int resolve6(final int entry, final long high, final long low) {
        return trie6.resolve(entry, high, low) & ADJACENCY_MASK;
    }

    /** Address of an adjacency, to be read through {@link AdjacencyLayout}. */
    public long adjacency(final int adjacency) {
        return AdjacencyLayout.address(adjacencies, adjacency);
    }

    /** The adjacency to use for a flow: of several next hops the one that the hash's top bits choose. */
    public int select(final int adjacency, final int hash) {
        final long address = adjacency(adjacency);
        if (AdjacencyLayout.kind(AdjacencyLayout.headAcquire(address)) != AdjacencyKind.MULTIPATH) {
            return adjacency;
        }
        return Memory.getIntAcquire(BucketLayout.bucket(buckets, AdjacencyLayout.nextHopHigh(address), hash));
    }

    /** This host's own addresses. */
    public AddressBook addresses() {
        return addresses;
    }

    /** Where a source address leads back to: the kind, and {@code REVERSE_} flags. */
    public int reverse4(final int source, final int port) {
        final long adjacency = adjacency(lookup4(source));
        final long head = AdjacencyLayout.headAcquire(adjacency);
        return AdjacencyLayout.kind(head) == AdjacencyKind.MULTIPATH
                ? reverseMultipath(AdjacencyLayout.nextHopHigh(adjacency), port)
                : reverse(head, port);
    }

    /**
     * Whether an IPv4 packet may come from a source address by a port.
     *
     * <p>Differs from Linux: where the way back does not lead by the port but may, whether the sender is on the port's link
     * is told by the port's addresses, not by a second look-up.
     *
     * <p>Source: net/ipv4/fib_frontend.c fib_validate_source, __fib_validate_source; RFC 3704.
     *
     * @param outPort the port that it leaves by, or -1 if it is for this host
     * @param rpFilter what is in force for the port: 0 off, 1 strict, 2 loose
     * @param acceptLocal this host's own addresses may come
     * @param redirects redirects are sent on the port
     * @param always look the source up whatever the others say
     * @return {@code SOURCE_...}; negative if it may not
     */
    public int validateSource4(final int source, final int port, final int outPort, final int rpFilter,
            final boolean acceptLocal, final boolean redirects, final boolean always) {
        if (rpFilter == 0 && !always && (port != outPort || !redirects)) {
            return acceptLocal || !addresses.isOwn4(source) ? SOURCE_OK : SOURCE_OWN;
        }
        final int reverse = reverse4(source, port);
        switch (reverse & REVERSE_KIND) {
            case REVERSE_NONE -> {
                return rpFilter == 0 ? SOURCE_OK : SOURCE_FILTERED;
            }
            case REVERSE_OTHER -> {
                return SOURCE_INVALID;
            }
            case REVERSE_LOCAL -> {
                if (!acceptLocal) {
                    return SOURCE_OWN;
                }
            }
            default -> { }
        }
        if ((reverse & REVERSE_PORT) != 0) {
            return (reverse & REVERSE_ON_LINK) != 0 ? SOURCE_ON_LINK : SOURCE_OK;
        }
        if (!addresses.v4().has(port)) {
            return rpFilter == 0 ? SOURCE_OK : SOURCE_FILTERED;
        }
        if (rpFilter == RP_FILTER_STRICT) {
            return SOURCE_FILTERED;
        }
        return addresses.v4().onLink(port, source, 0) ? SOURCE_ON_LINK : SOURCE_OK;
    }

    private static int reverse(final long head, final int port) {
        final int leavesHere = AdjacencyLayout.port(head) == port ? REVERSE_PORT : 0;
        return switch (AdjacencyLayout.kind(head)) {
            case AdjacencyKind.LOCAL -> REVERSE_LOCAL | leavesHere | REVERSE_ON_LINK;
            case AdjacencyKind.BROADCAST, AdjacencyKind.MULTICAST -> REVERSE_OTHER;
            case AdjacencyKind.KERNEL, AdjacencyKind.FORWARD, AdjacencyKind.UNCONFIRMED, AdjacencyKind.UNRESOLVED_GATEWAY,
                    AdjacencyKind.GLEAN ->
                REVERSE_UNICAST | leavesHere
                        | ((AdjacencyLayout.flags(head) & AdjacencyLayout.FLAG_GATEWAY) == 0 ? REVERSE_ON_LINK : 0);
            default -> REVERSE_NONE;
        };
    }

    /** Any next hop may leave by the port; whether there is a gateway the first one says. */
    private int reverseMultipath(final long block, final int port) {
        final long buckets = BucketLayout.block(this.buckets, block);
        int found = 0;
        int last = 0;
        for (int i = 0; i < BucketLayout.BUCKETS; i++) {
            final int adjacency = Memory.getIntAcquire(buckets + i * 4L);
            if (adjacency != last) {
                last = adjacency;
                final int reverse = reverse(AdjacencyLayout.headAcquire(adjacency(adjacency)), port);
                found |= i == 0 ? reverse : reverse & REVERSE_PORT;
            }
        }
        return found;
    }

    /** Counts changes of routes and neighbours: when it moved, what is parked may have a way now. Starts at 0. */
    public long version() {
        return Memory.getLongAcquire(version);
    }
}
