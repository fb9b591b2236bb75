package io.penstock.dataplane.fib;

import java.util.Arrays;

/**
 * The IPv6 prefixes and their values as a binary tree without one-way branches, in which a node stands for a prefix that is
 * present or for a place where such prefixes part, and knows how many are present in and below it.
 *
 * <p>So the writer sees what any part of the table holds: {@link #top} is the place that all prefixes of a region are in or
 * below. Nodes are numbers, 0 is none; 37 bytes each, in parallel arrays, fewer than two for a prefix. Source: Morrison,
 * "PATRICIA", 1968. Threads: the control thread.
 */
final class PrefixTree {

    private static final int FIRST_CAPACITY = 64;

    private long[] highs = new long[FIRST_CAPACITY];
    private long[] lows = new long[FIRST_CAPACITY];
    private byte[] lengths = new byte[FIRST_CAPACITY];
    private int[] values = new int[FIRST_CAPACITY];
    private int[] lefts = new int[FIRST_CAPACITY];
    private int[] rights = new int[FIRST_CAPACITY];
    private int[] counts = new int[FIRST_CAPACITY];
    private int root;
    private int next = 1;
    /** The nodes that are free, by {@link #lefts}. */
    private int free;

    /** How many prefixes are present. */
    int size() {
        return counts[root];
    }

    /** The value of a prefix, or 0. */
    int get(final long high, final long low, final int length) {
        int node = root;
        while (node != 0 && length(node) < length) {
            node = child(node, high, low);
        }
        return node != 0 && length(node) == length && highs[node] == high && lows[node] == low ? values[node] : 0;
    }

    /** Adds or replaces a prefix whose bits behind its length are zeros, with a value other than 0. */
    void put(final long high, final long low, final int length, final int value) {
        final boolean isNew = get(high, low, length) == 0;
        int parent = 0;
        int node = root;
        while (node != 0 && length(node) <= length && covers(node, high, low)) {
            counts[node] += isNew ? 1 : 0;
            if (length(node) == length) {
                values[node] = value;
                return;
            }
            parent = node;
            node = child(node, high, low);
        }
        final int added = make(high, low, length, value, 1);
        int place = added;
        if (node != 0) {
            final int shared = Math.min(shared(node, high, low), Math.min(length, length(node)));
            if (shared == length) {
                adopt(added, node);
                counts[added] += counts[node];
            } else {
                place = make(high & Trie6Writer.highMask(shared), low & Trie6Writer.lowMask(shared), shared, 0,
                        counts[node] + 1);
                adopt(place, node);
                adopt(place, added);
            }
        }
        attach(parent, place);
    }

    /** Removes a prefix that is present. */
    void remove(final long high, final long low, final int length) {
        int above = 0;
        int parent = 0;
        int node = root;
        while (length(node) < length) {
            counts[node]--;
            above = parent;
            parent = node;
            node = child(node, high, low);
        }
        counts[node]--;
        values[node] = 0;
        if (lefts[node] != 0 && rights[node] != 0) {
            return;
        }
        final int below = lefts[node] | rights[node];
        if (below != 0 || parent == 0) {
            replace(parent, node, below);
        } else {
            replace(parent, node, 0);
            if (values[parent] == 0) {
                replace(above, parent, lefts[parent] | rights[parent]);
                release(parent);
            }
        }
        release(node);
    }

    /**
     * The lowest node that all prefixes longer than {@code bits} that begin with an address's first bits are in or below; 0 if
     * there are none. It may stand for these bits themselves, if such prefixes part there.
     */
    int top(final long high, final long low, final int bits) {
        int node = root;
        while (node != 0 && length(node) < bits) {
            node = child(node, high, low);
        }
        if (node == 0 || ((high ^ highs[node]) & Trie6Writer.highMask(bits)
                | (low ^ lows[node]) & Trie6Writer.lowMask(bits)) != 0) {
            return 0;
        }
        return length(node) > bits || lefts[node] != 0 && rights[node] != 0 ? node : lefts[node] | rights[node];
    }

    /** How many prefixes longer than {@code bits} are present in and below a node. */
    int count(final int node, final int bits) {
        return counts[node] - (hasPrefix(node, bits) || values[node] == 0 ? 0 : 1);
    }

    /** True if a node's prefix is present and longer than {@code bits}. */
    boolean hasPrefix(final int node, final int bits) {
        return values[node] != 0 && length(node) > bits;
    }

    /** A node's prefix: its first eight bytes. */
    long high(final int node) {
        return highs[node];
    }

    /** A node's prefix: its last eight bytes. */
    long low(final int node) {
        return lows[node];
    }

    /** The length of a node's prefix. */
    int length(final int node) {
        return lengths[node] & 0xFF;
    }

    /** The value of a node's prefix, or 0 if it is not present. */
    int value(final int node) {
        return values[node];
    }

    /** The node for prefixes below that go on with a 0, or 0. */
    int left(final int node) {
        return lefts[node];
    }

    /** The node for prefixes below that go on with a 1, or 0. */
    int right(final int node) {
        return rights[node];
    }

    private int child(final int node, final long high, final long low) {
        return isRight(length(node), high, low) ? rights[node] : lefts[node];
    }

    private boolean covers(final int node, final long high, final long low) {
        final int length = length(node);
        return ((high ^ highs[node]) & Trie6Writer.highMask(length) | (low ^ lows[node]) & Trie6Writer.lowMask(length)) == 0;
    }

    private int shared(final int node, final long high, final long low) {
        return high != highs[node] ? Long.numberOfLeadingZeros(high ^ highs[node])
                : 64 + Long.numberOfLeadingZeros(low ^ lows[node]);
    }

    private void adopt(final int parent, final int node) {
        if (isRight(length(parent), highs[node], lows[node])) {
            rights[parent] = node;
        } else {
            lefts[parent] = node;
        }
    }

    private void attach(final int parent, final int node) {
        if (parent == 0) {
            root = node;
        } else {
            adopt(parent, node);
        }
    }

    private void replace(final int parent, final int node, final int by) {
        if (parent == 0) {
            root = by;
        } else if (lefts[parent] == node) {
            lefts[parent] = by;
        } else {
            rights[parent] = by;
        }
    }

    private int make(final long high, final long low, final int length, final int value, final int count) {
        int node = free;
        if (node != 0) {
            free = lefts[node];
        } else {
            if (next == highs.length) {
                grow();
            }
            node = next++;
        }
        highs[node] = high;
        lows[node] = low;
        lengths[node] = (byte) length;
        values[node] = value;
        lefts[node] = 0;
        rights[node] = 0;
        counts[node] = count;
        return node;
    }

    private void release(final int node) {
        lefts[node] = free;
        free = node;
    }

    private void grow() {
        final int capacity = Math.multiplyExact(highs.length, 2);
        highs = Arrays.copyOf(highs, capacity);
        lows = Arrays.copyOf(lows, capacity);
        lengths = Arrays.copyOf(lengths, capacity);
        values = Arrays.copyOf(values, capacity);
        lefts = Arrays.copyOf(lefts, capacity);
        rights = Arrays.copyOf(rights, capacity);
        counts = Arrays.copyOf(counts, capacity);
    }

    private static boolean isRight(final int bit, final long high, final long low) {
        return ((bit < 64 ? high : low) << bit) < 0;
    }
}
