package io.penstock.dataplane.hot.fib;

import io.penstock.os.hot.memory.Memory;

/**
 * Longest-prefix match over IPv6 as the workers do it: a load for the root and one for each place where the prefixes
 * present branch or end.
 *
 * <p>The invariants are {@link Trie4}'s: a lookup gives what was in force at one instant of its duration, and waits for
 * nobody. The best match so far is carried along instead of being looked up again.
 *
 * <p>Every load of an entry is an acquire; each pairs with a release in {@code io.penstock.dataplane.fib.Trie6Writer}.
 * A skip's bits never change while it is linked. Threads: any number of readers.
 */
final class Trie6 {

    private final long base;

    Trie6(final long base) {
        this.base = base;
    }

    /** The first load: complete when its {@linkplain Trie6Layout#child child} is 0. */
    long rootEntry(final long high) {
        return Memory.getLongAcquire(Trie6Layout.rootEntry(base, high));
    }

    /** What is left to do after the first load. */
    int resolve(final long root, final long high, final long low) {
        return Trie6Layout.child(root) == 0 ? Trie6Layout.leaf(root) : descend(high, low);
    }

    private int descend(final long high, final long low) {
        while (true) {
            final long version = Memory.getLongAcquire(base + Trie6Layout.VERSION_OFFSET);
            long entry = rootEntry(high);
            int leaf = Trie6Layout.leaf(entry);
            int child = Trie6Layout.child(entry);
            int best = leaf;
            int bit = Trie6Layout.ROOT_BITS;
            while (child != 0) {
                if (Trie6Layout.isSkip(child)) {
                    final long skip = Trie6Layout.skip(base, child);
                    if (differs(skip, high, low)) {
                        leaf = 0;
                        break;
                    }
                    entry = Memory.getLongAcquire(skip + Trie6Layout.SKIP_ENTRY);
                    bit = Memory.getInt(skip + Trie6Layout.SKIP_END);
                } else {
                    entry = Memory.getLongAcquire(Trie6Layout.nodeEntry(base, child, high, low, bit));
                    bit += 8;
                }
                leaf = Trie6Layout.leaf(entry);
                child = Trie6Layout.child(entry);
                best = leaf != 0 ? leaf : best;
            }
            // The last load's own leaf stands by itself; anything older holds if no update has finished meanwhile.
            if (leaf != 0 || Memory.getLongAcquire(base + Trie6Layout.VERSION_OFFSET) == version) {
                return best;
            }
        }
    }

    private static boolean differs(final long skip, final long high, final long low) {
        return ((high ^ Memory.getLong(skip + Trie6Layout.SKIP_HIGH)) & Memory.getLong(skip + Trie6Layout.SKIP_HIGH_MASK)
                | (low ^ Memory.getLong(skip + Trie6Layout.SKIP_LOW)) & Memory.getLong(skip + Trie6Layout.SKIP_LOW_MASK))
                != 0;
    }
}
