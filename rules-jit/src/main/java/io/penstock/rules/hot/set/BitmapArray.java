package io.penstock.rules.hot.set;

import io.penstock.os.hot.memory.Memory;
import io.penstock.rules.hot.set.table.Extensions;
import io.penstock.rules.set.table.TableBlock;
import io.penstock.rules.set.table.TableMemory;

/**
 * A bit for each possible element, and behind all bits what each element has.
 *
 * <p>Invariants:
 * <ol>
 *   <li>What an element has is written before its bit is set: release, which {@link #isSet}'s acquire pairs with.</li>
 *   <li>What a deleted element had stays, and its next life begins with the counters: as in the kernel.</li>
 * </ol>
 *
 * <p>Threads: one writer at a time; any reader.
 */
final class BitmapArray {

    private static final int BITS = 6;

    private final TableBlock memory;
    private final long bytes;
    private final long bits;
    private final long values;
    private final int stride;
    private final int elements;

    /**
     * All bits clear.
     *
     * @param before bytes of an element before its extensions
     */
    BitmapArray(final int elements, final Extensions extensions, final int before) {
        final long bitBytes = (elements + Long.SIZE - 1L) / Long.SIZE * Long.BYTES;
        this.elements = elements;
        this.stride = before + bytesOf(extensions);
        this.bytes = bitBytes + (long) elements * stride;
        this.memory = TableMemory.allocate(bytes);
        this.bits = memory.address();
        this.values = bits + bitBytes;
    }

    private static int bytesOf(final Extensions extensions) {
        return (extensions.has(Extensions.TIMEOUT) ? Long.BYTES : 0) + (extensions.has(Extensions.COUNTERS) ? 2 * Long.BYTES : 0)
                + (extensions.has(Extensions.SKBINFO) ? 2 * Long.BYTES : 0) + (extensions.has(Extensions.COMMENT) ? Long.BYTES : 0);
    }

    int elements() {
        return elements;
    }

    /** Bytes that all this takes. */
    long bytes() {
        return bytes;
    }

    /** Gives it back; no worker looks in it any more. */
    void free() {
        memory.free();
    }

    boolean isSet(final int element) {
        return (Memory.getLongAcquire(word(element)) >>> element & 1) != 0;
    }

    /** The writer. */
    void set(final int element) {
        final long word = word(element);
        Memory.putLongRelease(word, Memory.getLongOpaque(word) | 1L << element);
    }

    /** The writer. */
    void clear(final int element) {
        final long word = word(element);
        Memory.putLongRelease(word, Memory.getLongOpaque(word) & ~(1L << element));
    }

    /** Where an element's values begin. */
    long values(final int element) {
        return values + (long) element * stride;
    }

    private long word(final int element) {
        return bits + ((long) element >>> BITS) * Long.BYTES;
    }
}
