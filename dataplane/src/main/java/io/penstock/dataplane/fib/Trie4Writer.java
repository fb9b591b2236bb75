package io.penstock.dataplane.fib;

import io.penstock.dataplane.hot.fib.Trie4Layout;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.MappedMemory;

/**
 * Keeps the IPv4 trie: adds, replaces and removes prefixes under the readers of {@code Trie4}.
 *
 * <p>Invariants:
 * <ol>
 *   <li>For each address an update changes the answer by one store at most; a reader sees the old one or the new one.</li>
 *   <li>A node is linked empty and unlinked empty: neither changes an answer. An unlinked node is cleared and used again
 *       only after the {@link Reclaimer} has run.</li>
 *   <li>The version counts finished updates; it is stored after all of an update's stores and before the next one's.</li>
 *   <li>A refused update (no nodes left) has changed nothing.</li>
 * </ol>
 *
 * <p>An update writes one table, whatever lies below or above: at most 256 entries, or 65,536 for a prefix of 16 bits or
 * fewer. Threads: the control thread.
 */
final class Trie4Writer extends Strides implements AutoCloseable {

    private static final int ROOT_BITS_BYTES = 2 * Trie4Layout.ROOT_ENTRIES / 8;
    /** Opening a prefix longer than /24 takes a node of each level. */
    private static final int MOST_NODES = 2;

    private final Reclaimer reclaimer;
    private final MappedMemory memory = MappedMemory.reserve(Trie4Layout.BYTES, MappedMemory.Pages.HUGE);
    private final MappedMemory control = MappedMemory.reserve(
            ROOT_BITS_BYTES + Trie4Layout.MAX_NODES * (NODE_BITS_BYTES + 4L), MappedMemory.Pages.NORMAL);
    private final long base = memory.address();
    private final long rootBits = control.address();
    private final long nodeBits = rootBits + ROOT_BITS_BYTES;
    private final long childCounts = nodeBits + (long) Trie4Layout.MAX_NODES * NODE_BITS_BYTES;
    private final SlotPool nodes = new SlotPool(0, Trie4Layout.MAX_NODES);
    private final PrefixMap prefixes = new PrefixMap();
    private int nodesInUse;

    Trie4Writer(final Reclaimer reclaimer) {
        this.reclaimer = reclaimer;
    }

    long base() {
        return base;
    }

    int size() {
        return prefixes.size();
    }

    int nodesInUse() {
        return nodesInUse;
    }

    /** Adds or replaces a prefix; false if there is no memory left for it. */
    boolean put(final int address, final int length, final int adjacency) {
        final int before = prefixes.get(address, 0, length);
        if (before == adjacency) {
            return true;
        }
        if (before == 0 && length > 16 && nodes.available() < MOST_NODES) {
            return false;
        }
        prefixes.put(address, 0, length, adjacency);
        if (length <= 16) {
            final int heap = heap(address, length, length);
            add(rootBits, heap);
            paint(rootBits, base + Trie4Layout.ROOT_OFFSET, Trie4Layout.ROOT_ENTRIES, heap, adjacency);
        } else {
            int node = open(Trie4Layout.rootEntry(base, address), -1);
            if (length > 24) {
                node = open(Trie4Layout.node(base, node) + (address >>> 8 & 0xFF) * 4, node);
            }
            final int heap = heap(address, length, relative(length));
            add(bits(node), heap);
            paint(bits(node), Trie4Layout.node(base, node), NODE_ENTRIES, heap, adjacency);
        }
        finishUpdate();
        return true;
    }

    /** Removes a prefix; false if it was not there. */
    boolean remove(final int address, final int length) {
        if (prefixes.remove(address, 0, length) == 0) {
            return false;
        }
        if (length <= 16) {
            final int heap = heap(address, length, length);
            remove(rootBits, heap);
            paint(rootBits, base + Trie4Layout.ROOT_OFFSET, Trie4Layout.ROOT_ENTRIES, heap,
                    coveringLeaf(rootBits, heap, address, 0));
            finishUpdate();
            return true;
        }
        final long first = Trie4Layout.rootEntry(base, address);
        final int second = Trie4Layout.nodeOf(Memory.getInt(first));
        final long secondEntry = Trie4Layout.node(base, second) + (address >>> 8 & 0xFF) * 4;
        final int node = length > 24 ? Trie4Layout.nodeOf(Memory.getInt(secondEntry)) : second;
        final int heap = heap(address, length, relative(length));
        remove(bits(node), heap);
        paint(bits(node), Trie4Layout.node(base, node), NODE_ENTRIES, heap,
                coveringLeaf(bits(node), heap, address, length > 24 ? 24 : 16));
        if (node != second && isEmpty(bits(node))) {
            close(secondEntry, node);
            Memory.putInt(childCount(second), Memory.getInt(childCount(second)) - 1);
        }
        if (isEmpty(bits(second)) && Memory.getInt(childCount(second)) == 0) {
            close(first, second);
        }
        finishUpdate();
        return true;
    }

    @Override
    protected void setLeaf(final long table, final int slot, final int leaf) {
        final long address = table + slot * 4L;
        final int entry = Memory.getInt(address);
        Memory.putIntRelease(
                Trie4Layout.isNode(entry) ? Trie4Layout.fallback(base, Trie4Layout.nodeOf(entry)) : address, leaf);
    }

    /** The node under an entry, made if there is none; {@code parent} is the node that the entry is in, or -1. */
    private int open(final long entryAddress, final int parent) {
        final int entry = Memory.getInt(entryAddress);
        if (Trie4Layout.isNode(entry)) {
            return Trie4Layout.nodeOf(entry);
        }
        final int node = nodes.take();
        nodesInUse++;
        Memory.putIntRelease(Trie4Layout.fallback(base, node), entry);
        Memory.putIntRelease(entryAddress, Trie4Layout.entryOf(node));
        if (parent >= 0) {
            Memory.putInt(childCount(parent), Memory.getInt(childCount(parent)) + 1);
        }
        return node;
    }

    /** Unlinks an empty node: its entry becomes the leaf that it had inherited. */
    private void close(final long entryAddress, final int node) {
        Memory.putIntRelease(entryAddress, Memory.getInt(Trie4Layout.fallback(base, node)));
        nodesInUse--;
        // Empty tables are all zeros, and so is what the bits and counts beside it hold: nothing needs clearing.
        reclaimer.retire(() -> nodes.give(node));
    }

    private int coveringLeaf(final long bits, final int heap, final int address, final int tableBits) {
        final int above = covering(bits, heap);
        if (above == 0) {
            return 0;
        }
        final int length = tableBits + lengthOf(above);
        return prefixes.get(address & mask(length), 0, length);
    }

    private long bits(final int node) {
        return nodeBits + (long) node * NODE_BITS_BYTES;
    }

    private long childCount(final int node) {
        return childCounts + node * 4L;
    }

    private void finishUpdate() {
        final long version = base + Trie4Layout.VERSION_OFFSET;
        Memory.putLongRelease(version, Memory.getLong(version) + 1);
    }

    private static int relative(final int length) {
        return length > 24 ? length - 24 : length - 16;
    }

    /** The number of a prefix among those of its table. */
    private static int heap(final int address, final int length, final int relative) {
        return 1 << relative | (int) ((address & 0xFFFF_FFFFL) >>> 32 - length) & (1 << relative) - 1;
    }

    private static int mask(final int length) {
        return length == 0 ? 0 : -1 << 32 - length;
    }

    @Override
    public void close() {
        memory.close();
        control.close();
    }
}
