package io.penstock.dataplane.hot.fib;

import io.penstock.os.hot.memory.Memory;

/**
 * Longest-prefix match over IPv6 as the workers do it: a load for the root, then a cache line of a node for each
 * byte that many prefixes differ in, then a list of intervals, which a search of five steps decides.
 *
 * <p>The invariants are {@link Trie4}'s: a lookup gives what was in force at one instant of its duration, and waits for
 * nobody.
 *
 * <p>Every load of an entry that may change is an acquire; each pairs with a release in
 * {@code io.penstock.dataplane.fib.Trie6Writer}. Source: intervals as in Lampson, Srinivasan and Varghese, "IP lookups using
 * multiway and multicolumn search", 1999. Threads: any number of readers.
 */
final class Trie6 {

    private final long base;

    Trie6(final long base) {
        this.base = base;
    }

    /** The first load: complete when it is not negative. */
    int rootEntry(final long high) {
        return Memory.getIntAcquire(Trie6Layout.rootEntry(base, high));
    }

    /** What is left to do after the first load. */
    int resolve(final int root, final long high, final long low) {
        int entry = root;
        int bit = Trie6Layout.ROOT_BITS;
        while (entry < 0) {
            final long block = Trie6Layout.block(base, entry);
            if (Trie6Layout.isNode(entry)) {
                bit = NodeLayout.bit(NodeLayout.beside(base, entry));
                entry = NodeLayout.wide(block, entry, Trie6Layout.byteAt(high, low, bit));
                bit += 8;
            } else if (Trie6Layout.isLong(entry)) {
                entry = Trie6Layout.findLong(block, entry, Trie6Layout.window(high, low, bit));
                bit += Trie6Layout.LONG_BITS;
            } else {
                entry = Trie6Layout.findShort(block, entry, Trie6Layout.window(high, low, bit));
                bit += Trie6Layout.SHORT_BITS;
            }
        }
        return entry != 0 || root == 0 ? entry : resolveSlow(high, low);
    }

    /** A shorter prefix than the last block could hold applies, or none. */
    private int resolveSlow(final long high, final long low) {
        while (true) {
            final long version = Memory.getLongAcquire(base + Trie6Layout.VERSION_OFFSET);
            int entry = rootEntry(high);
            int best = 0;
            int bit = Trie6Layout.ROOT_BITS;
            while (entry < 0) {
                final long block = Trie6Layout.block(base, entry);
                final int fallback = Memory.getIntAcquire(Trie6Layout.fallback(base, entry));
                best = fallback != 0 ? fallback : best;
                if (Trie6Layout.isNode(entry)) {
                    bit = NodeLayout.bit(NodeLayout.beside(base, entry));
                    entry = NodeLayout.wide(block, entry, Trie6Layout.byteAt(high, low, bit));
                    bit += 8;
                } else if (Trie6Layout.isLong(entry)) {
                    entry = Trie6Layout.findLong(block, entry, Trie6Layout.window(high, low, bit));
                    bit += Trie6Layout.LONG_BITS;
                } else {
                    entry = Trie6Layout.findShort(block, entry, Trie6Layout.window(high, low, bit));
                    bit += Trie6Layout.SHORT_BITS;
                }
            }
            // The last load's own leaf stands by itself; anything older holds if no update has finished meanwhile.
            if (entry != 0) {
                return entry;
            }
            if (Memory.getLongAcquire(base + Trie6Layout.VERSION_OFFSET) == version) {
                return best;
            }
        }
    }
}
