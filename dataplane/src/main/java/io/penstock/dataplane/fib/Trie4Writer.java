package io.penstock.dataplane.fib;

import io.penstock.dataplane.hot.fib.NodeLayout;
import io.penstock.dataplane.hot.fib.Trie4Layout;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.MappedMemory;

/**
 * Keeps the IPv4 trie: adds, replaces and removes prefixes under the readers of {@code Trie4}.
 *
 * <p>Invariants:
 * <ol>
 *   <li>For each address an update changes the answer by one store at most; a reader sees the old one or the new one.</li>
 *   <li>A node is written aside, then linked by one store in place of the one before, which keeps what it said until the
 *       {@link Reclaimer} has run. Below the root, that store is the update.</li>
 *   <li>A node without a prefix and without a child is no more: its entry becomes the leaf that it had inherited.</li>
 *   <li>The version counts finished updates; it is stored after all of an update's stores and before the next one's.</li>
 *   <li>A refused update (no memory left) has changed nothing.</li>
 * </ol>
 *
 * <p>An update writes one table, whatever lies below or above: at most 256 entries, or 65,536 for a prefix of 16 bits or
 * fewer. Threads: the control thread.
 */
final class Trie4Writer extends Strides implements AutoCloseable {

    private static final int ROOT_BITS_BYTES = 2 * Trie4Layout.ROOT_ENTRIES / 8;
    /** Opening a prefix longer than /24 takes a node of each level. */
    private static final int MOST_NODES = 2;

    private final MappedMemory memory = MappedMemory.reserve(Trie4Layout.BYTES, MappedMemory.Pages.HUGE);
    private final MappedMemory control = MappedMemory.reserve(
            ROOT_BITS_BYTES + (long) Trie4Layout.MAX_NODES * NODE_BITS_BYTES, MappedMemory.Pages.NORMAL);
    private final long base = memory.address();
    private final long rootBits = control.address();
    private final long nodeBits = rootBits + ROOT_BITS_BYTES;
    private final SlotPool ids = new SlotPool(0, Trie4Layout.MAX_NODES);
    private final BlockPool blocks;
    private final PrefixMap prefixes = new PrefixMap();
    private int nodesInUse;

    Trie4Writer(final Reclaimer reclaimer) {
        this.blocks = new BlockPool(reclaimer, Trie4Layout.MAX_LINES, NodeCoder.MOST_LINES);
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

    /** Bytes of the nodes. */
    long nodeBytes() {
        return blocks.linesInUse() << NodeLayout.LINE_SHIFT;
    }

    /** Adds or replaces a prefix; false if there is no memory left for it. */
    boolean put(final int address, final int length, final int adjacency) {
        final int before = prefixes.get(address, 0, length);
        if (before == adjacency) {
            return true;
        }
        if (before == 0 && length > 16 && (ids.available() < MOST_NODES || !blocks.hasRoom())) {
            return false;
        }
        prefixes.put(address, 0, length, adjacency);
        if (length <= 16) {
            final int heap = heap(address, length, length);
            add(rootBits, heap);
            paint(rootBits, null, Trie4Layout.ROOT_ENTRIES, heap, adjacency);
        } else {
            final Node second = node(Memory.getInt(Trie4Layout.rootEntry(base, address)));
            final Node node = length > 24 ? node(second.table[address >>> 8 & 0xFF]) : second;
            final int heap = heap(address, length, relative(length));
            add(bits(node.id), heap);
            paint(bits(node.id), node.table, NodeLayout.ENTRIES, heap, adjacency);
            replace(address, second, node);
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
            paint(rootBits, null, Trie4Layout.ROOT_ENTRIES, heap, coveringLeaf(rootBits, heap, address, 0));
        } else {
            final Node second = node(Memory.getInt(Trie4Layout.rootEntry(base, address)));
            final Node node = length > 24 ? node(second.table[address >>> 8 & 0xFF]) : second;
            final int heap = heap(address, length, relative(length));
            remove(bits(node.id), heap);
            paint(bits(node.id), node.table, NodeLayout.ENTRIES, heap,
                    coveringLeaf(bits(node.id), heap, address, length > 24 ? 24 : 16));
            replace(address, second, node);
        }
        finishUpdate();
        return true;
    }

    @Override
    protected void setLeaf(final int[] table, final int slot, final int leaf) {
        final long address = base + Trie4Layout.ROOT_OFFSET + slot * 4L;
        final int entry = table != null ? table[slot] : Memory.getInt(address);
        if (Trie4Layout.isNode(entry)) {
            Memory.putIntRelease(NodeLayout.beside(base, entry) + NodeLayout.FALLBACK, leaf);
        } else if (table != null) {
            table[slot] = leaf;
        } else {
            Memory.putIntRelease(address, leaf);
        }
    }

    /** Puts a node that has changed, of the second level or below it, in the place of the one before. */
    private void replace(final int address, final Node second, final Node node) {
        if (node != second) {
            final int slot = address >>> 8 & 0xFF;
            final int entry = entryFor(node);
            if (Trie4Layout.isNode(entry) && Trie4Layout.isNode(node.entry)) {
                Memory.putIntRelease(NodeLayout.wideAddress(
                        Trie4Layout.node(base, second.entry), second.entry, slot), entry);
                retire(node);
                return;
            }
            second.table[slot] = entry;
            retire(node);
        }
        Memory.putIntRelease(Trie4Layout.rootEntry(base, address), entryFor(second));
        retire(second);
    }

    /** What an entry leads to; an empty node that does not exist yet, if to a leaf. */
    private Node node(final int entry) {
        if (!Trie4Layout.isNode(entry)) {
            nodesInUse++;
            return new Node(entry, new int[NodeLayout.ENTRIES], ids.take(), entry);
        }
        return new Node(entry, NodeCoder.read(Trie4Layout.node(base, entry), entry, Trie4Layout.isNarrow(entry)),
                NodeCoder.id(NodeLayout.beside(base, entry)), Trie4Layout.fallback(base, entry));
    }

    /** The entry that leads to a new node with these entries, or the leaf that takes its place if it is empty. */
    private int entryFor(final Node node) {
        if (isEmpty(bits(node.id)) && !node.hasChild()) {
            nodesInUse--;
            ids.give(node.id);
            return node.fallback;
        }
        final boolean narrow = NodeCoder.isNarrow(node.table);
        final int shift = NodeCoder.quarterShift(node.table, narrow);
        final int entry = Trie4Layout.entryOf(blocks.take(NodeCoder.lines(shift)), shift, narrow);
        NodeCoder.write(Trie4Layout.node(base, entry), entry, node.table, narrow);
        NodeCoder.writeBeside(NodeLayout.beside(base, entry), node.fallback, node.id, 0);
        return entry;
    }

    private void retire(final Node node) {
        if (Trie4Layout.isNode(node.entry)) {
            blocks.retire(NodeLayout.lineOf(node.entry), NodeCoder.lines(NodeLayout.quarterShift(node.entry)));
        }
    }

    private int coveringLeaf(final long bits, final int heap, final int address, final int tableBits) {
        final int above = covering(bits, heap);
        if (above == 0) {
            return 0;
        }
        final int length = tableBits + lengthOf(above);
        return prefixes.get(address & mask(length), 0, length);
    }

    private long bits(final int id) {
        return nodeBits + (long) id * NODE_BITS_BYTES;
    }

    private void finishUpdate() {
        final long version = base + Trie4Layout.VERSION_OFFSET;
        Memory.putLongRelease(version, Memory.getLong(version) + 1);
        blocks.flush();
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

    /**
     * A node as the update at hand changes it.
     *
     * @param entry    what leads to it until then
     * @param fallback what the level above says where it has no prefix
     */
    private record Node(int entry, int[] table, int id, int fallback) {

        boolean hasChild() {
            for (final int value : table) {
                if (Trie4Layout.isNode(value)) {
                    return true;
                }
            }
            return false;
        }
    }
}
