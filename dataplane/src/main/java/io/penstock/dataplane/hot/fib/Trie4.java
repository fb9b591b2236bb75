package io.penstock.dataplane.hot.fib;

import io.penstock.os.hot.memory.Memory;

/**
 * Longest-prefix match over IPv4 as the workers do it: one load where no prefix longer than /16 is near, a cache line
 * of a node to /24, another one to /32.
 *
 * <p>Invariants:
 * <ol>
 *   <li>A lookup gives the adjacency that was in force at some instant between its call and its return; adding a covering
 *       prefix and then withdrawing the specific one never shows "no route" in between.</li>
 *   <li>An answer found in the last node visited stands by itself: a node that was replaced keeps saying what it said at that
 *       instant, and whoever came upon it had begun before. An answer taken from a
 *       shorter prefix needs several loads; then the count of finished updates must not have moved, so that at most one
 *       update overlapped, and one update changes one level only. Otherwise the lookup starts again. The writer is never
 *       waited for.</li>
 *   <li>A node that was unlinked is used again only when every worker has passed a batch boundary, so entries loaded by
 *       {@link #rootEntry} may be resolved until the batch ends.</li>
 * </ol>
 *
 * <p>Every load that leads to a node is an acquire; each pairs with a release in
 * {@code io.penstock.dataplane.fib.Trie4Writer}. Source: the
 * leaf-pushed multibit trie of Srinivasan and Varghese, "Fast address lookups using controlled prefix expansion", 1999;
 * the strides are DIR-24-8's idea cut so that the root fits the L2 cache. Threads: any number of readers.
 */
final class Trie4 {

    private final long base;

    Trie4(final long base) {
        this.base = base;
    }

    /** Changes that are finished: what was looked up is right as long as there is no other. */
    long changes() {
        return Memory.getLongAcquire(base + Trie4Layout.VERSION_OFFSET);
    }

    /** The first load: an adjacency when it is not negative. */
    int rootEntry(final int address) {
        return Memory.getIntAcquire(Trie4Layout.rootEntry(base, address));
    }

    /** Address of what {@link #resolve} loads first; the root if it loads nothing. */
    long next(final int entry, final int address) {
        return entry >= 0 ? base
                : NodeLayout.quarter(Trie4Layout.node(base, entry), entry, address >>> 8 & 0xFF);
    }

    /** What is left to do after the first load. */
    int resolve(final int entry, final int address) {
        if (entry >= 0) {
            return entry;
        }
        final int second = Trie4Layout.second(base, entry, address);
        if (second > 0) {
            return second;
        }
        if (second < 0) {
            final int third = Trie4Layout.third(base, second, address);
            if (third > 0) {
                return third;
            }
        }
        return resolveSlow(address);
    }

    /** A shorter prefix than the tables visited could hold applies, or none. */
    private int resolveSlow(final int address) {
        while (true) {
            final long version = Memory.getLongAcquire(base + Trie4Layout.VERSION_OFFSET);
            final int first = rootEntry(address);
            if (first >= 0) {
                return first;
            }
            int result = 0;
            final int second = Trie4Layout.second(base, first, address);
            if (second > 0) {
                return second;
            }
            if (second < 0) {
                final int third = Trie4Layout.third(base, second, address);
                if (third > 0) {
                    return third;
                }
                result = Trie4Layout.fallback(base, second);
            }
            if (result == 0) {
                result = Trie4Layout.fallback(base, first);
            }
            if (Memory.getLongAcquire(base + Trie4Layout.VERSION_OFFSET) == version) {
                return result;
            }
        }
    }
}
