package io.penstock.dataplane.fib;

import io.penstock.dataplane.hot.fib.NodeLayout;
import io.penstock.dataplane.hot.fib.Trie6Layout;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.MappedMemory;

/**
 * Keeps the IPv6 trie: adds, replaces and removes prefixes under the readers of {@code Trie6}.
 *
 * <p>A region is what an entry is for: the addresses that begin with certain bits. Its prefixes are those that do, too, and are
 * longer than these bits.
 *
 * <p>Invariants, besides those of {@link Trie4Writer}:
 * <ol>
 *   <li>The shape depends on the prefixes present, not on the order in which they came. A region of few prefixes has one
 *       list, which may have lists below it where prefixes are long. A region of more has a node at the last whole byte
 *       before its prefixes part or end, behind a list that leads nowhere else if bits are skipped.</li>
 *   <li>An update makes the blocks on its prefix's way new, from the lowest up to the first whose place above can be
 *       changed by one store, and that store is the update. Nodes beside the way stay, also when they come under
 *       another one.</li>
 *   <li>A node behind a list has no fallback: the list has. So a node that comes under another one, or loses the one above it,
 *       changes its fallback only by the prefix of the update, and only to what the update makes right.</li>
 * </ol>
 *
 * <p>Threads: the control thread.
 */
final class Trie6Writer extends Strides implements AutoCloseable {

    private static final int ROOT_BITS_BYTES = 2 * Trie6Layout.ROOT_ENTRIES / 8;
    private static final int STRIDE = 8;

    private final MappedMemory memory = MappedMemory.reserve(Trie6Layout.BYTES, MappedMemory.Pages.HUGE);
    private final MappedMemory control = MappedMemory.reserve(
            ROOT_BITS_BYTES + (long) Trie6Layout.MAX_NODES * (NODE_BITS_BYTES + Integer.BYTES), MappedMemory.Pages.NORMAL);
    private final long base = memory.address();
    private final long rootBits = control.address();
    private final long nodeBits = rootBits + ROOT_BITS_BYTES;
    private final long nodeEntries = nodeBits + (long) Trie6Layout.MAX_NODES * NODE_BITS_BYTES;
    private final PrefixTree prefixes = new PrefixTree();
    /** The nodes' numbers, by the bits before them. */
    private final PrefixMap nodes = new PrefixMap();
    // 0 is what the map has for none.
    private final SlotPool ids = new SlotPool(1, Trie6Layout.MAX_NODES);
    private final BlockPool blocks;
    private int listsInUse;

    // The update at hand.
    private long high;
    private long low;
    private int length;
    private boolean removes;

    Trie6Writer(final Reclaimer reclaimer) {
        this.blocks = new BlockPool(reclaimer, Trie6Layout.MAX_LINES, NodeCoder.MOST_LINES);
    }

    long base() {
        return base;
    }

    int size() {
        return prefixes.size();
    }

    int nodesInUse() {
        return nodes.size();
    }

    int listsInUse() {
        return listsInUse;
    }

    /** Bytes of the nodes and lists. */
    long blockBytes() {
        return blocks.linesInUse() << NodeLayout.LINE_SHIFT;
    }

    /** Adds or replaces a prefix; false if there is no memory left for it. */
    boolean put(final long newHigh, final long newLow, final int newLength, final int leaf) {
        final int before = prefixes.get(newHigh, newLow, newLength);
        if (before == leaf) {
            return true;
        }
        if (before == 0 && newLength > Trie6Layout.ROOT_BITS && (ids.available() == 0 || !blocks.hasRoom())) {
            return false;
        }
        prefixes.put(newHigh, newLow, newLength, leaf);
        update(newHigh, newLow, newLength, false, leaf);
        return true;
    }

    /** Removes a prefix; false if it was not there. */
    boolean remove(final long oldHigh, final long oldLow, final int oldLength) {
        if (prefixes.get(oldHigh, oldLow, oldLength) == 0) {
            return false;
        }
        prefixes.remove(oldHigh, oldLow, oldLength);
        update(oldHigh, oldLow, oldLength, true, 0);
        return true;
    }

    private void update(final long ofHigh, final long ofLow, final int ofLength, final boolean removing, final int leaf) {
        high = ofHigh;
        low = ofLow;
        length = ofLength;
        removes = removing;
        final long entry = Trie6Layout.rootEntry(base, high);
        if (length <= Trie6Layout.ROOT_BITS) {
            change(rootBits, null, Trie6Layout.ROOT_ENTRIES, 0, leaf);
        } else {
            final int before = Memory.getInt(entry);
            final int after = renewed(high, low, Trie6Layout.ROOT_BITS, before);
            if (after != before) {
                Memory.putIntRelease(entry, after);
            }
        }
        final long version = base + Trie6Layout.VERSION_OFFSET;
        Memory.putLongRelease(version, Memory.getLong(version) + 1);
        blocks.flush();
    }

    /** Gives the entries of a table, which begins at a bit, what the update's prefix makes of them. */
    private void change(final long bits, final int[] table, final int entries, final int bit, final int leaf) {
        final int heap = heap(high, low, length, bit);
        if (!removes) {
            add(bits, heap);
            paint(bits, table, entries, heap, leaf);
            return;
        }
        remove(bits, heap);
        final int above = covering(bits, heap);
        final int aboveLength = bit + lengthOf(above);
        paint(bits, table, entries, heap, above == 0 ? 0
                : prefixes.get(high & highMask(aboveLength), low & lowMask(aboveLength), aboveLength));
    }

    @Override
    protected void setLeaf(final int[] table, final int slot, final int leaf) {
        final long address = base + Trie6Layout.ROOT_OFFSET + slot * 4L;
        final int entry = table != null ? table[slot] : Memory.getInt(address);
        if (Trie6Layout.isChild(entry)) {
            Memory.putIntRelease(Trie6Layout.fallback(base, entry), leaf);
        } else if (table != null) {
            table[slot] = leaf;
        } else {
            Memory.putIntRelease(address, leaf);
        }
    }

    /** What an entry becomes: the leaf of its level, or a child that has the region's prefixes, new as far as needed. */
    private int renewed(final long regionHigh, final long regionLow, final int bit, final int entry) {
        final int old = Trie6Layout.isChild(entry) ? entry : 0;
        final int leaf = old == 0 ? entry : Memory.getInt(Trie6Layout.fallback(base, old));
        final int top = prefixes.top(regionHigh, regionLow, bit);
        final int count = prefixes.count(top, bit);
        if (count == 0) {
            release(old, 0);
            return leaf;
        }
        if (count <= Trie6Layout.LIST_PREFIXES) {
            final int child = list(top, bit, leaf);
            release(old, 0);
            return child;
        }
        final int oldNode = nodeBehind(old);
        final int nodeBit = nodeBit(top, bit);
        final int id = node(top, nodeBit);
        final int child = entryOf(id);
        setFallback(child, nodeBit == bit ? leaf : 0);
        if (oldNode == child) {
            return old;
        }
        final int way = nodeBit == bit ? child : skip(prefixes.high(top), prefixes.low(top), bit, nodeBit, leaf, child);
        release(old, id);
        return way;
    }

    /** The number of the node at a bit for the prefixes at and below a place of the tree, up to date. */
    private int node(final int top, final int bit) {
        final long nodeHigh = prefixes.high(top) & highMask(bit);
        final long nodeLow = prefixes.low(top) & lowMask(bit);
        final int known = nodes.get(nodeHigh, nodeLow, bit);
        if (known == 0) {
            final int id = ids.take();
            final int[] table = new int[NodeLayout.ENTRIES];
            fill(top, id, bit, table);
            nodes.put(nodeHigh, nodeLow, bit, id);
            link(id, bit, table, 0);
            return id;
        }
        if (length <= bit || ((high ^ nodeHigh) & highMask(bit) | (low ^ nodeLow) & lowMask(bit)) != 0) {
            return known;
        }
        final int child = entryOf(known);
        final long node = Trie6Layout.block(base, child);
        final int[] table;
        if (length <= bit + STRIDE) {
            table = NodeCoder.read(node, child, false);
            change(bits(known), table, NodeLayout.ENTRIES, bit, prefixes.get(high, low, length));
        } else {
            final int slot = Trie6Layout.byteAt(high, low, bit);
            final long address = NodeLayout.wideAddress(node, child, slot);
            final int before = Memory.getInt(address);
            final int after = renewed(high, low, bit + STRIDE, before);
            if (after == before) {
                return known;
            }
            if (Trie6Layout.isChild(before) && Trie6Layout.isChild(after)) {
                Memory.putIntRelease(address, after);
                return known;
            }
            table = NodeCoder.read(node, child, false);
            table[slot] = after;
        }
        link(known, bit, table, Memory.getInt(Trie6Layout.fallback(base, child)));
        retireNode(child);
        return known;
    }

    /** Gives a new node its prefixes, and its entries their children. */
    private void fill(final int at, final int id, final int bit, final int[] table) {
        if (at == 0) {
            return;
        }
        final int end = bit + STRIDE;
        final int atLength = prefixes.length(at);
        if (atLength <= end && prefixes.hasPrefix(at, bit)) {
            final int heap = heap(prefixes.high(at), prefixes.low(at), atLength, bit);
            add(bits(id), heap);
            paint(bits(id), table, NodeLayout.ENTRIES, heap, prefixes.value(at));
        }
        if (atLength < end) {
            fill(prefixes.left(at), id, bit, table);
            fill(prefixes.right(at), id, bit, table);
        } else {
            final int slot = Trie6Layout.byteAt(prefixes.high(at), prefixes.low(at), bit);
            table[slot] = renewed(prefixes.high(at), prefixes.low(at), end, table[slot]);
        }
    }

    /** Writes a node, and remembers what leads to it. */
    private void link(final int id, final int bit, final int[] table, final int fallback) {
        final int shift = NodeCoder.quarterShift(table, false);
        final int child = Trie6Layout.childOfNode(blocks.take(NodeCoder.lines(shift)), shift);
        NodeCoder.write(Trie6Layout.block(base, child), child, table, false);
        NodeCoder.writeBeside(NodeLayout.beside(base, child), fallback, id, bit);
        Memory.putInt(nodeEntries + id * 4L, child);
    }

    /** A list for the few prefixes at and below a place of the tree that are longer than what comes before a bit. */
    private int list(final int top, final int bit, final int fallback) {
        final IntervalList list = new IntervalList(bit, longest(top) > bit + Trie6Layout.SHORT_BITS);
        if (prefixes.length(top) > bit) {
            describe(top, 0, list);
        } else {
            describe(prefixes.left(top), 0, list);
            describe(prefixes.right(top), 0, list);
        }
        return write(list, fallback);
    }

    private void describe(final int at, final int inherited, final IntervalList list) {
        if (at == 0) {
            return;
        }
        final long atHigh = prefixes.high(at);
        final long atLow = prefixes.low(at);
        final int atLength = prefixes.length(at);
        final int leaf = prefixes.value(at) != 0 && atLength <= list.end() ? prefixes.value(at) : inherited;
        final boolean goesOn = atLength > list.end() || atLength == list.end() && (prefixes.left(at) | prefixes.right(at)) != 0;
        if (goesOn) {
            list.from(atHigh, atLow, list(at, list.end(), leaf));
        } else {
            if (leaf != inherited) {
                list.from(atHigh, atLow, leaf);
            }
            describe(prefixes.left(at), leaf, list);
            describe(prefixes.right(at), leaf, list);
        }
        if (goesOn || leaf != inherited) {
            list.behind(atHigh, atLow, atLength, inherited);
        }
    }

    private int longest(final int at) {
        return at == 0 ? 0
                : Math.max(prefixes.length(at), Math.max(longest(prefixes.left(at)), longest(prefixes.right(at))));
    }

    /** A list from one bit to another, or two, that leads to a node from there. */
    private int skip(final long toHigh, final long toLow, final int bit, final int nodeBit, final int fallback,
            final int node) {
        final IntervalList list = new IntervalList(bit, nodeBit > bit + Trie6Layout.SHORT_BITS);
        final long nodeHigh = toHigh & highMask(nodeBit);
        final long nodeLow = toLow & lowMask(nodeBit);
        list.from(nodeHigh, nodeLow, nodeBit > list.end() ? skip(toHigh, toLow, list.end(), nodeBit, 0, node) : node);
        list.behind(nodeHigh, nodeLow, nodeBit, 0);
        return write(list, fallback);
    }

    private int write(final IntervalList list, final int fallback) {
        final int child = Trie6Layout.childOfList(blocks.take(list.lines()), list.isLong(), list.log2());
        list.write(Trie6Layout.block(base, child), fallback);
        listsInUse++;
        return child;
    }

    /** The node that a child is, or that it leads to as a skip; 0 if there is none. */
    private int nodeBehind(final int child) {
        if (child == 0 || Trie6Layout.isNode(child)) {
            return child;
        }
        // A skip leads to one place, and from one of its first two entries.
        final int first = listEntry(child, 0);
        final int only = Trie6Layout.isChild(first) ? first : listEntry(child, 1);
        return Trie6Layout.isChild(only) ? nodeBehind(only) : 0;
    }

    /** Retires what has been replaced, but for nodes that are still wanted, and of these the one with a number in any case. */
    private void release(final int child, final int kept) {
        if (child == 0) {
            return;
        }
        if (!Trie6Layout.isNode(child)) {
            int last = 0;
            for (int i = 0; i < 1 << Trie6Layout.listLog2(child); i++) {
                final int entry = listEntry(child, i);
                // The entries left over are all like the last one.
                if (Trie6Layout.isChild(entry) && entry != last) {
                    release(entry, kept);
                }
                last = entry;
            }
            blocks.retire(NodeLayout.lineOf(child),
                    IntervalList.lines(Trie6Layout.isLong(child), Trie6Layout.listLog2(child)));
            listsInUse--;
            return;
        }
        final long beside = NodeLayout.beside(base, child);
        final int id = NodeCoder.id(beside);
        // One more prefix makes no node needless; one fewer makes those needless that are not where they were.
        if (!removes || id == kept) {
            return;
        }
        for (final int entry : NodeCoder.read(Trie6Layout.block(base, child), child, false)) {
            if (Trie6Layout.isChild(entry)) {
                release(entry, kept);
            }
        }
        final int bit = NodeLayout.bit(beside);
        nodes.remove(high & highMask(bit), low & lowMask(bit), bit);
        clear(bits(id));
        ids.give(id);
        retireNode(child);
    }

    private void retireNode(final int child) {
        blocks.retire(NodeLayout.lineOf(child), NodeCoder.lines(NodeLayout.quarterShift(child)));
    }

    private void setFallback(final int child, final int leaf) {
        final long address = Trie6Layout.fallback(base, child);
        if (Memory.getInt(address) != leaf) {
            Memory.putIntRelease(address, leaf);
        }
    }

    private int listEntry(final int child, final int index) {
        return Memory.getInt(Trie6Layout.listEntry(Trie6Layout.block(base, child), Trie6Layout.isLong(child),
                Trie6Layout.listLog2(child), index));
    }

    private int entryOf(final int id) {
        return Memory.getInt(nodeEntries + id * 4L);
    }

    private long bits(final int id) {
        return nodeBits + (long) id * NODE_BITS_BYTES;
    }

    /** The last whole byte before the prefixes longer than {@code bit} at and below a place of the tree part or end. */
    private int nodeBit(final int top, final int bit) {
        final int last = prefixes.length(top);
        return (prefixes.hasPrefix(top, bit) ? last - 1 : last) & -STRIDE;
    }

    /** The number of a prefix among those of the table that begins at a bit. */
    private static int heap(final long high, final long low, final int length, final int bit) {
        final int relative = length - bit;
        return 1 << relative | (relative == 0 ? 0 : (int) (Trie6Layout.window(high, low, bit) >>> Long.SIZE - relative));
    }

    static long highMask(final int length) {
        return length == 0 ? 0 : length >= 64 ? -1L : -1L << 64 - length;
    }

    static long lowMask(final int length) {
        return length <= 64 ? 0 : -1L << 128 - length;
    }

    @Override
    public void close() {
        memory.close();
        control.close();
    }
}
