package io.penstock.dataplane.fib;

/**
 * The prefixes of one trie and their adjacencies, for the writer to find what covers a prefix that goes away.
 *
 * <p>Open addressing with linear probing in parallel arrays, at most two thirds full; removal shifts back, so that there
 * are no tombstones to clean up however long a feed runs. 21 bytes a slot, no object per prefix. A value of 0 marks a
 * free slot. Threads: the control thread.
 */
final class PrefixMap {

    private static final int FIRST_CAPACITY = 64;

    private long[] highs = new long[FIRST_CAPACITY];
    private long[] lows = new long[FIRST_CAPACITY];
    private byte[] lengths = new byte[FIRST_CAPACITY];
    private int[] values = new int[FIRST_CAPACITY];
    private int size;

    /** The value, or 0. */
    int get(final long high, final long low, final int length) {
        return values[slotOf(high, low, length)];
    }

    /** Sets a value other than 0 and returns the one before, or 0. */
    int put(final long high, final long low, final int length, final int value) {
        final int slot = slotOf(high, low, length);
        final int before = values[slot];
        values[slot] = value;
        if (before == 0) {
            highs[slot] = high;
            lows[slot] = low;
            lengths[slot] = (byte) length;
            size++;
            if (3L * size > 2L * values.length) {
                grow();
            }
        }
        return before;
    }

    /** Removes and returns the value, or 0 if there was none. */
    int remove(final long high, final long low, final int length) {
        int hole = slotOf(high, low, length);
        final int before = values[hole];
        if (before == 0) {
            return 0;
        }
        size--;
        final int mask = values.length - 1;
        int slot = hole;
        while (true) {
            slot = slot + 1 & mask;
            if (values[slot] == 0) {
                break;
            }
            final int home = hash(highs[slot], lows[slot], lengths[slot] & 0xFF) & mask;
            // Moves back whatever could be found no longer with the hole before it.
            if ((slot - home & mask) >= (slot - hole & mask)) {
                move(slot, hole);
                hole = slot;
            }
        }
        values[hole] = 0;
        return before;
    }

    int size() {
        return size;
    }

    private int slotOf(final long high, final long low, final int length) {
        final int mask = values.length - 1;
        int slot = hash(high, low, length) & mask;
        while (values[slot] != 0
                && (highs[slot] != high || lows[slot] != low || (lengths[slot] & 0xFF) != length)) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void move(final int from, final int to) {
        highs[to] = highs[from];
        lows[to] = lows[from];
        lengths[to] = lengths[from];
        values[to] = values[from];
    }

    private void grow() {
        final long[] oldHighs = highs;
        final long[] oldLows = lows;
        final byte[] oldLengths = lengths;
        final int[] oldValues = values;
        final int capacity = Math.multiplyExact(oldValues.length, 2);
        highs = new long[capacity];
        lows = new long[capacity];
        lengths = new byte[capacity];
        values = new int[capacity];
        for (int i = 0; i < oldValues.length; i++) {
            if (oldValues[i] != 0) {
                final int slot = slotOf(oldHighs[i], oldLows[i], oldLengths[i] & 0xFF);
                highs[slot] = oldHighs[i];
                lows[slot] = oldLows[i];
                lengths[slot] = oldLengths[i];
                values[slot] = oldValues[i];
            }
        }
    }

    private static int hash(final long high, final long low, final int length) {
        // Fibonacci hashing of each half: neighbouring prefixes differ in middle bits, the product's top bits see them all.
        final long mixed = (high + length) * 0x9E3779B97F4A7C15L ^ Long.rotateLeft(low * 0xC2B2AE3D27D4EB4FL, 32);
        return (int) ((mixed ^ mixed >>> 29) * 0xBF58476D1CE4E5B9L >>> 32);
    }
}
