package io.penstock.dataplane.fib;

import io.penstock.dataplane.hot.fib.Fib;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.MappedMemory;

/**
 * A network namespace's forwarding table as the control thread writes it.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Everything changes in place, with release stores, under running readers; what they may still hold goes through
 *       the {@link Reclaimer}.</li>
 *   <li>All memory is reserved at its maximum when the table is made, and touched as it fills: nothing ever moves.</li>
 *   <li>A prefix's bits behind its length are ignored. Adjacency 0 is not put: remove the prefix instead.</li>
 * </ol>
 *
 * <p>Threads: the control thread. Close it when no worker uses the {@link Fib} any more.
 */
public final class FibWriter implements AutoCloseable {

    private final Trie4Writer trie4;
    private final Trie6Writer trie6;
    private final Adjacencies adjacencies;
    private final MappedMemory versionMemory = MappedMemory.reserve(Long.BYTES, MappedMemory.Pages.NORMAL);
    private final Fib fib;

    /** An empty table: every lookup answers 0. */
    public FibWriter(final Reclaimer reclaimer) {
        this.trie4 = new Trie4Writer(reclaimer);
        this.trie6 = new Trie6Writer(reclaimer);
        this.adjacencies = new Adjacencies(reclaimer);
        this.fib = new Fib(trie4.base(), trie6.base(), adjacencies.base(), adjacencies.bucketBase(),
                versionMemory.address());
    }

    /** What the workers read. */
    public Fib fib() {
        return fib;
    }

    /** The adjacencies that prefixes may be given. */
    public Adjacencies adjacencies() {
        return adjacencies;
    }

    /** Adds or replaces an IPv4 prefix; false, and nothing changed, if there is no memory left for it. */
    public boolean put4(final int address, final int length, final int adjacency) {
        return trie4.put(masked4(address, length), length, adjacency);
    }

    /** Removes an IPv4 prefix; false if it was not there. */
    public boolean remove4(final int address, final int length) {
        return trie4.remove(masked4(address, length), length);
    }

    /** Adds or replaces an IPv6 prefix; false, and nothing changed, if there is no memory left for it. */
    public boolean put6(final long high, final long low, final int length, final int adjacency) {
        return put6(high, low, length, adjacency, length);
    }

    /** The same for a host that the route of another length covers. */
    public boolean put6(final long high, final long low, final int length, final int adjacency, final int routeLength) {
        return trie6.put(high & Trie6Writer.highMask(length), low & Trie6Writer.lowMask(length), length,
                Fib.leaf6(adjacency, routeLength));
    }

    /** Removes an IPv6 prefix; false if it was not there. */
    public boolean remove6(final long high, final long low, final int length) {
        return trie6.remove(high & Trie6Writer.highMask(length), low & Trie6Writer.lowMask(length), length);
    }

    /** Tells the workers that something changed; pairs with {@link Fib#version}. */
    public void bumpVersion() {
        Memory.putLongRelease(versionMemory.address(), Memory.getLong(versionMemory.address()) + 1);
    }

    /** What the table holds and what that takes. */
    public Usage usage() {
        return new Usage(trie4.size(), trie4.nodesInUse(), trie6.size(), trie6.nodesInUse(), trie6.listsInUse(),
                adjacencies.inUse());
    }

    /** Bytes of the nodes and lists below the roots, which are 256 KiB each. */
    public long trieBytes() {
        return trie4.nodeBytes() + trie6.blockBytes();
    }

    private static int masked4(final int address, final int length) {
        return length == 0 ? 0 : address & -1 << 32 - length;
    }

    @Override
    public void close() {
        trie4.close();
        trie6.close();
        adjacencies.close();
        versionMemory.close();
    }

    /**
     * How full the table is.
     *
     * @param prefixes4 IPv4 prefixes
     * @param nodes4 nodes below the IPv4 root
     * @param prefixes6 IPv6 prefixes
     * @param nodes6 nodes below the IPv6 root
     * @param lists6 interval lists below the IPv6 root
     * @param adjacencies adjacencies of 64 bytes
     */
    public record Usage(int prefixes4, int nodes4, int prefixes6, int nodes6, int lists6, int adjacencies) {
    }
}
