package io.penstock.dataplane.fib;

import io.penstock.dataplane.hot.fib.Trie6Layout;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.MappedMemory;

/**
 * Keeps the IPv6 trie: adds, replaces and removes prefixes under the readers of {@code Trie6}.
 *
 * <p>Invariants, besides those of {@link Trie4Writer}:
 * <ol>
 *   <li>A prefix of more than 16 bits lives in one place: in a skip that ends exactly where it ends, or in the node that
 *       decides its last bits. Only a node can hold prefixes that own several entries or part of one.</li>
 *   <li>Splitting, joining and collapsing builds the new shape aside and swaps it in by one store of the entry above; it
 *       changes no answer. Leaves are set afterwards, or were cleared before.</li>
 *   <li>A skip's bits never change. Its entry does, like a node's.</li>
 *   <li>The shape depends on the prefixes present, not on the order in which they came: no node has a single used entry
 *       that a skip could hold, no skip without a leaf leads to a skip.</li>
 * </ol>
 *
 * <p>An update touches the tables on the prefix's way, and writes entries in one. Threads: the control thread.
 */
final class Trie6Writer extends Strides implements AutoCloseable {

    private static final int ROOT_BITS_BYTES = 2 * Trie6Layout.ROOT_ENTRIES / 8;
    /** A prefix may need a node where it leaves the others' way, and one for its own last bits. */
    private static final int MOST_NODES = 2;
    /** Before and behind a node in a skip that is cut, and behind it on the new prefix's way. */
    private static final int MOST_SKIPS = 3;
    /** Entries above a prefix: the root's and one for each byte after it. */
    private static final int MOST_STEPS = 15;
    /** Owner of an entry that lies in the root, where children need not be counted. */
    private static final int IN_ROOT = 0;
    /** Owner of an entry that lies in a skip. */
    private static final int IN_SKIP = -1;

    private final Reclaimer reclaimer;
    private final MappedMemory memory = MappedMemory.reserve(Trie6Layout.BYTES, MappedMemory.Pages.HUGE);
    private final MappedMemory control = MappedMemory.reserve(
            ROOT_BITS_BYTES + Trie6Layout.MAX_NODES * (NODE_BITS_BYTES + 4L), MappedMemory.Pages.NORMAL);
    private final long base = memory.address();
    private final long rootBits = control.address();
    private final long nodeBits = rootBits + ROOT_BITS_BYTES;
    private final long childCounts = nodeBits + (long) Trie6Layout.MAX_NODES * NODE_BITS_BYTES;
    // Child 0 means none, so nodes count from 1.
    private final SlotPool nodes = new SlotPool(1, Trie6Layout.MAX_NODES);
    private final SlotPool skips = new SlotPool(0, Trie6Layout.MAX_SKIPS);
    private final PrefixMap prefixes = new PrefixMap();
    /**
     * The way of the update at hand: addresses of entries, the node that each lies in, and the bit that its child starts
     * at.
     */
    private final long[] entries = new long[MOST_STEPS];
    private final int[] owners = new int[MOST_STEPS];
    private final int[] starts = new int[MOST_STEPS];
    private int nodesInUse;
    private int skipsInUse;

    Trie6Writer(final Reclaimer reclaimer) {
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

    int skipsInUse() {
        return skipsInUse;
    }

    /** Adds or replaces a prefix; false if there is no memory left for it. */
    boolean put(final long high, final long low, final int length, final int adjacency) {
        final int before = prefixes.get(high, low, length);
        if (before == adjacency) {
            return true;
        }
        if (before == 0 && (nodes.available() < MOST_NODES || skips.available() < MOST_SKIPS)) {
            return false;
        }
        prefixes.put(high, low, length, adjacency);
        if (length <= Trie6Layout.ROOT_BITS) {
            final int heap = rootHeap(high, length);
            add(rootBits, heap);
            paint(rootBits, base + Trie6Layout.ROOT_OFFSET, Trie6Layout.ROOT_ENTRIES, heap, adjacency);
        } else {
            insert(high, low, length, adjacency);
        }
        finishUpdate();
        return true;
    }

    /** Removes a prefix; false if it was not there. */
    boolean remove(final long high, final long low, final int length) {
        if (prefixes.remove(high, low, length) == 0) {
            return false;
        }
        if (length <= Trie6Layout.ROOT_BITS) {
            final int heap = rootHeap(high, length);
            remove(rootBits, heap);
            paint(rootBits, base + Trie6Layout.ROOT_OFFSET, Trie6Layout.ROOT_ENTRIES, heap,
                    coveringLeaf(rootBits, heap, high, low, 0));
        } else {
            delete(high, low, length);
        }
        finishUpdate();
        return true;
    }

    @Override
    protected void setLeaf(final long table, final int slot, final int leaf) {
        final long address = table + slot * 8L;
        Memory.putLongRelease(address, Trie6Layout.entry(leaf, Trie6Layout.child(Memory.getLong(address))));
    }

    /** Walks down to the place of a prefix, shaping the way where needed, and sets its leaf there. */
    private void insert(final long high, final long low, final int length, final int adjacency) {
        final int table = tableOf(length);
        final boolean endsOnByte = length == table + 8;
        long entry = Trie6Layout.rootEntry(base, high);
        int owner = IN_ROOT;
        int bit = Trie6Layout.ROOT_BITS;
        while (true) {
            int child = Trie6Layout.child(Memory.getLong(entry));
            if (child == 0) {
                child = endsOnByte ? newSkip(high, low, length, 0) : newNodeBehindSkip(high, low, bit, table);
                link(entry, owner, child);
            }
            if (Trie6Layout.isSkip(child)) {
                final long skip = Trie6Layout.skip(base, child);
                final int end = Memory.getInt(skip + Trie6Layout.SKIP_END);
                final int shared = Math.min(sharedBits(skip, high, low, end), endsOnByte ? length : table);
                if (shared < end) {
                    replace(entry, shared == length ? cut(skip, shared) : cutByNode(skip, bit, shared));
                    freeSkip(child);
                    continue;
                }
                entry = skip + Trie6Layout.SKIP_ENTRY;
                owner = IN_SKIP;
                bit = end;
                if (end == length) {
                    setLeaf(entry, 0, adjacency);
                    return;
                }
            } else if (bit == table) {
                final int heap = nodeHeap(high, low, length, table);
                add(bits(child), heap);
                paint(bits(child), Trie6Layout.node(base, child), NODE_ENTRIES, heap, adjacency);
                return;
            } else {
                entry = Trie6Layout.nodeEntry(base, child, high, low, bit);
                owner = child;
                bit += 8;
            }
        }
    }

    /** Walks down to a prefix that is there, takes its leaf away, and tidies the way back up. */
    private void delete(final long high, final long low, final int length) {
        final int table = tableOf(length);
        long entry = Trie6Layout.rootEntry(base, high);
        int owner = IN_ROOT;
        int bit = Trie6Layout.ROOT_BITS;
        int steps = 0;
        while (true) {
            entries[steps] = entry;
            owners[steps] = owner;
            starts[steps++] = bit;
            final int child = Trie6Layout.child(Memory.getLong(entry));
            if (Trie6Layout.isSkip(child)) {
                final long skip = Trie6Layout.skip(base, child);
                entry = skip + Trie6Layout.SKIP_ENTRY;
                owner = IN_SKIP;
                bit = Memory.getInt(skip + Trie6Layout.SKIP_END);
                if (bit == length) {
                    setLeaf(entry, 0, 0);
                    break;
                }
            } else if (bit == table) {
                final int heap = nodeHeap(high, low, length, table);
                remove(bits(child), heap);
                paint(bits(child), Trie6Layout.node(base, child), NODE_ENTRIES, heap,
                        coveringLeaf(bits(child), heap, high, low, table));
                break;
            } else {
                entry = Trie6Layout.nodeEntry(base, child, high, low, bit);
                owner = child;
                bit += 8;
            }
        }
        boolean changed = true;
        while (changed && steps > 0) {
            steps--;
            changed = tidy(entries[steps], owners[steps], starts[steps], high, low);
        }
    }

    /** Frees, joins or collapses what an entry leads to if it can be; whether it was. */
    private boolean tidy(final long entry, final int owner, final int bit, final long high, final long low) {
        final int child = Trie6Layout.child(Memory.getLong(entry));
        if (child == 0) {
            return false;
        }
        return Trie6Layout.isSkip(child) ? tidySkip(entry, owner, child) : tidyNode(entry, owner, child, bit, high, low);
    }

    private boolean tidySkip(final long entry, final int owner, final int child) {
        final long next = Memory.getLong(Trie6Layout.skip(base, child) + Trie6Layout.SKIP_ENTRY);
        if (next == 0) {
            unlink(entry, owner);
            freeSkip(child);
            return true;
        }
        if (Trie6Layout.leaf(next) == 0 && Trie6Layout.isSkip(Trie6Layout.child(next))) {
            // The second skip's bits start with the first one's, and are compared from the address's first bit on.
            replace(entry, Trie6Layout.child(next));
            freeSkip(child);
            return true;
        }
        return false;
    }

    private boolean tidyNode(final long entry, final int owner, final int node, final int bit, final long high,
            final long low) {
        final int ends = count(bits(node));
        final int children = Memory.getInt(childCount(node));
        if (ends == 0 && children == 0) {
            unlink(entry, owner);
            freeNode(node, 0);
            return true;
        }
        if (ends > 1 || children > 1 || skips.available() == 0) {
            return false;
        }
        final int slot = onlySlot(node);
        if (slot < 0) {
            return false;
        }
        final long slotAddress = Trie6Layout.node(base, node) + slot * 8L;
        final long only = Memory.getLong(slotAddress);
        if (Trie6Layout.leaf(only) == 0 && Trie6Layout.isSkip(Trie6Layout.child(only))) {
            replace(entry, Trie6Layout.child(only));
        } else {
            final long ofByte = (long) slot << (56 - bit);
            final long byteMask = ~(0xFFL << (56 - bit));
            replace(entry, newSkip(bit < 64 ? high & byteMask | ofByte : high,
                    bit < 64 ? low : low & byteMask | ofByte, bit + 8, only));
        }
        if (Trie6Layout.leaf(only) != 0) {
            remove(bits(node), NODE_ENTRIES + slot);
        }
        Memory.putInt(childCount(node), 0);
        freeNode(node, slotAddress);
        return true;
    }

    /** The one entry of a node that is not empty, or -1 if there are several. */
    private int onlySlot(final int node) {
        final long table = Trie6Layout.node(base, node);
        int only = -1;
        for (int slot = 0; slot < NODE_ENTRIES; slot++) {
            if (Memory.getLong(table + slot * 8L) != 0) {
                if (only >= 0) {
                    return -1;
                }
                only = slot;
            }
        }
        return only;
    }

    /** Two skips that do what one does, the first of which ends at a bit. */
    private int cut(final long skip, final int at) {
        final long high = Memory.getLong(skip + Trie6Layout.SKIP_HIGH);
        final long low = Memory.getLong(skip + Trie6Layout.SKIP_LOW);
        final int rest = newSkip(high, low, Memory.getInt(skip + Trie6Layout.SKIP_END),
                Memory.getLong(skip + Trie6Layout.SKIP_ENTRY));
        return newSkip(high, low, at, Trie6Layout.entry(0, rest));
    }

    /** A node at a bit, with skips before and behind it as needed, that does what a skip starting at {@code bit} does. */
    private int cutByNode(final long skip, final int bit, final int at) {
        final long high = Memory.getLong(skip + Trie6Layout.SKIP_HIGH);
        final long low = Memory.getLong(skip + Trie6Layout.SKIP_LOW);
        final int end = Memory.getInt(skip + Trie6Layout.SKIP_END);
        final long entry = Memory.getLong(skip + Trie6Layout.SKIP_ENTRY);
        final int child = newNodeBehindSkip(high, low, bit, at);
        final int node = at == bit ? child
                : Trie6Layout.child(Memory.getLong(Trie6Layout.skip(base, child) + Trie6Layout.SKIP_ENTRY));
        final long moved = at + 8 == end ? entry : Trie6Layout.entry(0, newSkip(high, low, end, entry));
        Memory.putLong(Trie6Layout.nodeEntry(base, node, high, low, at), moved);
        if (Trie6Layout.leaf(moved) != 0) {
            add(bits(node), NODE_ENTRIES + Trie6Layout.byteAt(high, low, at));
        }
        Memory.putInt(childCount(node), Trie6Layout.child(moved) == 0 ? 0 : 1);
        return child;
    }

    private int newNodeBehindSkip(final long high, final long low, final int bit, final int at) {
        final int node = nodes.take();
        nodesInUse++;
        return at == bit ? node : newSkip(high, low, at, Trie6Layout.entry(0, node));
    }

    private int newSkip(final long high, final long low, final int end, final long entry) {
        final int child = Trie6Layout.childOfSkip(skips.take());
        skipsInUse++;
        final long skip = Trie6Layout.skip(base, child);
        Memory.putLong(skip + Trie6Layout.SKIP_HIGH, high & highMask(end));
        Memory.putLong(skip + Trie6Layout.SKIP_LOW, low & lowMask(end));
        Memory.putLong(skip + Trie6Layout.SKIP_HIGH_MASK, highMask(end));
        Memory.putLong(skip + Trie6Layout.SKIP_LOW_MASK, lowMask(end));
        Memory.putLong(skip + Trie6Layout.SKIP_ENTRY, entry);
        Memory.putInt(skip + Trie6Layout.SKIP_END, end);
        return child;
    }

    private void link(final long entry, final int owner, final int child) {
        replace(entry, child);
        if (owner > 0) {
            Memory.putInt(childCount(owner), Memory.getInt(childCount(owner)) + 1);
        }
    }

    private void unlink(final long entry, final int owner) {
        replace(entry, 0);
        if (owner > 0) {
            Memory.putInt(childCount(owner), Memory.getInt(childCount(owner)) - 1);
        }
    }

    private void replace(final long entry, final int child) {
        Memory.putLongRelease(entry, Trie6Layout.entry(Trie6Layout.leaf(Memory.getLong(entry)), child));
    }

    private void freeSkip(final int child) {
        skipsInUse--;
        reclaimer.retire(() -> skips.give(Trie6Layout.skipOf(child)));
    }

    /** Retires a node whose entries are zeros but for the one at {@code used}, if that is not 0. */
    private void freeNode(final int node, final long used) {
        nodesInUse--;
        reclaimer.retire(() -> {
            if (used != 0) {
                Memory.putLong(used, 0);
            }
            nodes.give(node);
        });
    }

    private int coveringLeaf(final long bits, final int heap, final long high, final long low, final int tableBits) {
        final int above = covering(bits, heap);
        if (above == 0) {
            return 0;
        }
        final int length = tableBits + lengthOf(above);
        return prefixes.get(high & highMask(length), low & lowMask(length), length);
    }

    private long bits(final int node) {
        return nodeBits + (long) node * NODE_BITS_BYTES;
    }

    private long childCount(final int node) {
        return childCounts + node * 4L;
    }

    private void finishUpdate() {
        final long version = base + Trie6Layout.VERSION_OFFSET;
        Memory.putLongRelease(version, Memory.getLong(version) + 1);
    }

    /** How many bits, in whole bytes, an address has in common with a skip. */
    private static int sharedBits(final long skip, final long high, final long low, final int end) {
        final long highDifference = high ^ Memory.getLong(skip + Trie6Layout.SKIP_HIGH);
        final int bits = highDifference != 0 ? Long.numberOfLeadingZeros(highDifference)
                : 64 + Long.numberOfLeadingZeros(low ^ Memory.getLong(skip + Trie6Layout.SKIP_LOW));
        return Math.min(bits & -8, end);
    }

    /** The first bit of the table that decides a prefix's last bits. */
    private static int tableOf(final int length) {
        return length - 1 & -8;
    }

    private static int rootHeap(final long high, final int length) {
        return 1 << length | (int) (high >>> 48) >>> 16 - length;
    }

    private static int nodeHeap(final long high, final long low, final int length, final int table) {
        final int relative = length - table;
        return 1 << relative | Trie6Layout.byteAt(high, low, table) >>> 8 - relative;
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
