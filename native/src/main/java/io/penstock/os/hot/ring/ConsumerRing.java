package io.penstock.os.hot.ring;

import io.penstock.os.hot.memory.Memory;

/**
 * The side that Penstock reads, of a ring that the kernel writes.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Indices are free-running 32-bit counters; index {@code & mask} is the slot. Only differences are compared.</li>
 *   <li>A descriptor is read only after an acquire load of the producer index covered it; that load pairs with the
 *       kernel's release store of the producer, and happens only when the cached value does not cover enough.</li>
 *   <li>Descriptors are read before the release store of the consumer index that gives their slots back; that store
 *       pairs with the kernel's acquire load of the consumer.</li>
 * </ol>
 *
 * <p>Use: {@link #peek} says how many descriptors may be read by position 0, 1, ..; {@link #release} gives the first of
 * them back, after which position 0 is the next one.
 *
 * <p>Source: kernel Documentation/networking/af_xdp.rst, "Rings". Threads: one, the socket's worker.
 */
abstract sealed class ConsumerRing permits RxRing, CompletionRing {

    final int mask;
    final long descriptors;
    final long umem;

    private final long producerAddress;
    private final long consumerAddress;
    private int next;
    private int available;

    ConsumerRing(final long mapping, final RingOffsets offsets, final int size, final long umem) {
        if (Integer.bitCount(size) != 1) {
            throw new IllegalArgumentException("a ring's size must be a power of two: size=" + size);
        }
        this.mask = size - 1;
        this.descriptors = mapping + offsets.descriptors();
        this.umem = umem;
        this.producerAddress = mapping + offsets.producer();
        this.consumerAddress = mapping + offsets.consumer();
        this.next = Memory.getIntAcquire(consumerAddress);
        this.available = next;
    }

    /** How many descriptors can be read now, 0 to {@code max}. */
    public final int peek(final int max) {
        int count = available - next;
        if (count < max) {
            available = Memory.getIntAcquire(producerAddress);
            count = available - next;
        }
        return Math.min(count, max);
    }

    /** Gives the first {@code count} descriptors' slots back to the kernel. */
    public final void release(final int count) {
        if (Memory.CHECKED && (count < 0 || count > available - next)) {
            throw new IllegalStateException("release of what was not peeked: count=" + count
                    + " peeked=" + (available - next));
        }
        if (count != 0) {
            next += count;
            Memory.putIntRelease(consumerAddress, next);
        }
    }

    /** The count of descriptors released since the ring began, modulo 2^32. */
    public final int consumed() {
        return next;
    }

    /** How many descriptors the kernel has written that are not released yet. */
    public final int pending() {
        return Memory.getIntAcquire(producerAddress) - next;
    }

    /** The number of slots. */
    public final int size() {
        return mask + 1;
    }

    /** The slot of the descriptor at a position that was peeked. */
    final int slot(final int position) {
        if (Memory.CHECKED && (position < 0 || position >= available - next)) {
            throw new IllegalStateException("read of what was not peeked: position=" + position
                    + " peeked=" + (available - next));
        }
        return (next + position) & mask;
    }
}
