package io.penstock.os.hot.ring;

import io.penstock.os.hot.memory.Memory;

/**
 * The side that Penstock writes, of a ring that the kernel reads.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Indices are free-running 32-bit counters; index {@code & mask} is the slot. Only differences are compared.</li>
 *   <li>A descriptor is written before the release store of the producer index that publishes it; that store pairs with
 *       the kernel's acquire load of the producer.</li>
 *   <li>A slot is written only after an acquire load of the consumer index showed that the kernel is done with it; that
 *       load pairs with the kernel's release store of the consumer, and happens only when the cached value does not show
 *       enough room.</li>
 *   <li>{@code published <= next <= limit}, as differences.</li>
 * </ol>
 *
 * <p>Use: {@link #reserve} says how many puts there is room for, as many puts as that may follow, {@link #submit}
 * publishes them. What was put and not submitted is not seen by the kernel.
 *
 * <p>Source: kernel Documentation/networking/af_xdp.rst, "Rings". Threads: one, the socket's worker.
 */
abstract sealed class ProducerRing permits FillRing, TxRing {

    private static final int NEED_WAKEUP = 1;

    final int mask;
    final long descriptors;
    final long umem;

    private final long producerAddress;
    private final long consumerAddress;
    private final long flagsAddress;
    private int next;
    private int published;
    private int limit;

    ProducerRing(final long mapping, final RingOffsets offsets, final int size, final long umem) {
        if (Integer.bitCount(size) != 1) {
            throw new IllegalArgumentException("a ring's size must be a power of two: size=" + size);
        }
        this.mask = size - 1;
        this.descriptors = mapping + offsets.descriptors();
        this.umem = umem;
        this.producerAddress = mapping + offsets.producer();
        this.consumerAddress = mapping + offsets.consumer();
        this.flagsAddress = mapping + offsets.flags();
        this.next = Memory.getIntAcquire(producerAddress);
        this.published = next;
        this.limit = Memory.getIntAcquire(consumerAddress) + size;
    }

    /** How many of the wanted puts there is room for now, 0 to {@code wanted}. */
    public final int reserve(final int wanted) {
        int room = limit - next;
        if (room < wanted) {
            limit = Memory.getIntAcquire(consumerAddress) + mask + 1;
            room = limit - next;
        }
        return Math.min(room, wanted);
    }

    /** Publishes all that was put; nothing when nothing was. */
    public final void submit() {
        final int end = next;
        if (end != published) {
            published = end;
            Memory.putIntRelease(producerAddress, end);
        }
    }

    /**
     * Whether the kernel sleeps on this ring and wants a system call ({@link Doorbell}) to go on.
     *
     * <p>A load of the flag may overtake the store that published the last put, and drivers set the flag with no barrier
     * of their own, so one reading may miss a flag set in that instant. Ask again in every round while frames are
     * outstanding, not only after a submit: then a missed flag costs one round.
     */
    public final boolean needsWakeup() {
        return (Memory.getIntOpaque(flagsAddress) & NEED_WAKEUP) != 0;
    }

    /** The count of descriptors put since the ring began, modulo 2^32. */
    public final int produced() {
        return next;
    }

    /** How many descriptors the kernel has not taken yet, those put and not submitted included. */
    public final int pending() {
        return next - Memory.getIntAcquire(consumerAddress);
    }

    /** The slot of the descriptor that the kernel would take after {@code position} others. */
    final int untaken(final int position) {
        return next - pending() + position & mask;
    }

    /** The number of slots. */
    public final int size() {
        return mask + 1;
    }

    /** The slot of the next put. */
    final int claim() {
        final int slot = next;
        if (Memory.CHECKED && limit - slot <= 0) {
            throw new IllegalStateException("put without room: size=" + size() + " produced=" + slot);
        }
        next = slot + 1;
        return slot & mask;
    }
}
