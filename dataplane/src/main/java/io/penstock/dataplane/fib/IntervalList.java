package io.penstock.dataplane.fib;

import io.penstock.dataplane.hot.fib.NodeLayout;
import io.penstock.dataplane.hot.fib.Trie6Layout;
import io.penstock.os.hot.memory.Memory;

/**
 * An interval list as {@link Trie6Layout} has it, while it is made: from its first bound to its last.
 *
 * <p>Threads: the control thread.
 */
final class IntervalList {

    private final int bit;
    private final boolean isLong;
    private final long[] bounds = new long[Trie6Layout.MAX_BOUNDS];
    private final int[] entries = new int[Trie6Layout.MAX_BOUNDS + 1];
    private int count;

    /** A list that begins at a bit and says nothing. */
    IntervalList(final int bit, final boolean isLong) {
        this.bit = bit;
        this.isLong = isLong;
    }

    /** The bit behind those that it decides. */
    int end() {
        return bit + (isLong ? Trie6Layout.LONG_BITS : Trie6Layout.SHORT_BITS);
    }

    /** From a prefix's first address on, an entry holds. */
    void from(final long high, final long low, final int entry) {
        add(key(high, low), entry);
    }

    /** Behind a prefix's last address, an entry holds; a prefix longer than what the list decides ends where that does. */
    void behind(final long high, final long low, final int length, final int entry) {
        final long next = key(high, low) + (1L << end() - Math.min(length, end()));
        if (isLong ? next != 0 : next >>> Trie6Layout.SHORT_BITS == 0) {
            add(next, entry);
        }
    }

    /** N. */
    int log2() {
        final int least = isLong ? Trie6Layout.LEAST_LONG : Trie6Layout.LEAST_SHORT;
        return Math.max(least, Integer.SIZE - Integer.numberOfLeadingZeros(count));
    }

    /** The cache lines that it takes. */
    int lines() {
        return lines(isLong, log2());
    }

    /** The cache lines that a list takes. */
    static int lines(final boolean isLong, final int log2) {
        return ((isLong ? Long.BYTES : Integer.BYTES) + Integer.BYTES << log2) + (1 << NodeLayout.LINE_SHIFT) - 1
                >>> NodeLayout.LINE_SHIFT;
    }

    boolean isLong() {
        return isLong;
    }

    /** Fills a block that nothing leads to yet. */
    void write(final long list, final int fallback) {
        Memory.putInt(list, fallback);
        final int log2 = log2();
        for (int i = 0; i < 1 << log2; i++) {
            Memory.putInt(Trie6Layout.listEntry(list, isLong, log2, i), entries[Math.min(i, count)]);
            if (i + 1 < 1 << log2) {
                final long bound = i < count ? bounds[i] : -1L;
                if (isLong) {
                    Memory.putLong(Trie6Layout.bound(list, true, i), bound);
                } else {
                    Memory.putInt(Trie6Layout.bound(list, false, i), (int) bound);
                }
            }
        }
    }

    private void add(final long bound, final int entry) {
        if (bound == 0) {
            entries[0] = entry;
        } else if (count > 0 && bounds[count - 1] == bound) {
            entries[count] = entry;
            if (entries[count - 1] == entry) {
                count--;
            }
        } else if (entries[count] != entry) {
            bounds[count++] = bound;
            entries[count] = entry;
        }
    }

    private long key(final long high, final long low) {
        final long window = Trie6Layout.window(high, low, bit);
        return isLong ? window : window >>> Long.SIZE - Trie6Layout.SHORT_BITS;
    }
}
