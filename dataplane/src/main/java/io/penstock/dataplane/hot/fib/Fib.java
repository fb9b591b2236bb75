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
 * <p>A pipeline stages the loads: {@link #rootEntry4} for all packets of a batch, then {@link #resolve4}, which is a
 * comparison for most, then the adjacencies' heads.
 *
 * <p>Threads: any number of workers. Written by {@code io.penstock.dataplane.fib.FibWriter}.
 */
public final class Fib {

    private final Trie4 trie4;
    private final Trie6 trie6;
    private final long adjacencies;
    private final long buckets;
    private final long version;

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

    /** First stage of {@link #lookup4}: one load, independent of all others. */
    public int rootEntry4(final int address) {
        return trie4.rootEntry(address);
    }

    /** Second stage of {@link #lookup4}, within the same batch. */
    public int resolve4(final int entry, final int address) {
        return trie4.resolve(entry, address);
    }

    /** The adjacency for an IPv6 destination, given as {@code Memory.getLongBE} reads its halves. */
    public int lookup6(final long high, final long low) {
        return trie6.resolve(trie6.rootEntry(high), high, low);
    }

    /** First stage of {@link #lookup6}: one load, independent of all others. */
    public long rootEntry6(final long high) {
        return trie6.rootEntry(high);
    }

    /** Second stage of {@link #lookup6}, within the same batch. */
    public int resolve6(final long entry, final long high, final long low) {
        return trie6.resolve(entry, high, low);
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

    /** Counts changes of routes and neighbours: when it moved, what is parked may have a way now. Starts at 0. */
    public long version() {
        return Memory.getLongAcquire(version);
    }
}
