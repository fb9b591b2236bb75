package io.penstock.dataplane.hot.port;

import io.penstock.os.hot.memory.Memory;
import java.lang.invoke.VarHandle;

/**
 * Packets on their way from one worker to another, copied: a ring of fixed slots outside of the heap.
 *
 * <pre>
 *         +-------------------------+-------------------------+
 *       0 | produced, long          | consumed as last seen by the producer, long
 *     128 | consumed, long          | produced as last seen by the consumer, long
 *     256 | the consumer sleeps, int: 0 or 1
 *    4096 | slot 0: length, int; 4 unused; the packet
 *    6144 | slot 1 ...
 *         +-------------------------+-------------------------+
 * </pre>
 *
 * <p>Assumptions and guarantees:
 * <ol>
 *   <li>One thread produces ({@link #reserve}, {@link #put}, {@link #publish}, {@link #consumerSleeps}), one consumes (all
 *       else). Each writes pairs of cache lines of its own; this object has nothing but constants.</li>
 *   <li>Indices count packets from 0 on; index {@code & mask} is the slot.</li>
 *   <li>A packet is written before the release store of {@code produced} that publishes it, which pairs with the consumer's
 *       acquire load. It is read before the release store of {@code consumed} that frees its slot, which pairs with the
 *       producer's acquire load. Either load happens only when what was seen last is not enough.</li>
 *   <li>No wake-up is lost: the consumer stores that it sleeps, fences, and looks whether something was produced; the producer
 *       stores what it produced, fences, and looks whether the consumer sleeps. One of the two sees the other's store: either
 *       the consumer stays awake or the producer knows that it must wake it. A consumer that is awake costs the producer a
 *       fence and a load of a line that nobody writes.</li>
 * </ol>
 */
public final class HandoffRing {

    /**
     * Packets that may wait. Unit: packets, a power of two. The consumer looks once a round, after some 50 us at the most,
     * or some 100 us after it was woken: 512 holds that at 5 Mpps. Lower: bursts to a consumer that just wakes are dropped
     * (tx_ring_full). Higher: more than this megabyte goes round through the caches of both, at any load.
     */
    public static final int CAPACITY = 512;

    /** The longest packet. Unit: bytes; more than fits into a frame of 2 KiB behind its headroom. */
    public static final int MAX_PACKET_BYTES = 2040;

    /** Bytes of a ring in memory. */
    public static final long BYTES = bytes(CAPACITY);

    private static final long PRODUCED = 0;
    private static final long CONSUMED_SEEN = 8;
    private static final long CONSUMED = 128;
    private static final long PRODUCED_SEEN = 136;
    private static final long SLEEPS = 256;
    private static final long SLOTS = 4096;
    private static final int SLOT_SHIFT = 11;
    private static final long SLOT_PACKET = 8;

    private final long base;
    private final int mask;

    /** A ring of {@link #CAPACITY} over {@link #BYTES} bytes of zeros, at an address that is a multiple of 128. */
    public HandoffRing(final long base) {
        this(base, CAPACITY);
    }

    HandoffRing(final long base, final int capacity) {
        if (Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("a ring's capacity must be a power of two: capacity=" + capacity);
        }
        this.base = base;
        this.mask = capacity - 1;
    }

    static long bytes(final int capacity) {
        return SLOTS + ((long) capacity << SLOT_SHIFT);
    }

    /** Producer: how many of the wanted packets there is room for now. */
    public int reserve(final int wanted) {
        final long produced = Memory.getLong(base + PRODUCED);
        long room = Memory.getLong(base + CONSUMED_SEEN) + mask + 1 - produced;
        if (room < wanted) {
            final long consumed = Memory.getLongAcquire(base + CONSUMED);
            Memory.putLong(base + CONSUMED_SEEN, consumed);
            room = consumed + mask + 1 - produced;
        }
        return (int) Math.min(room, wanted);
    }

    /** Producer: copies a packet to a position, from 0, among those reserved. */
    public void put(final int position, final long packet, final int length) {
        final long slot = slot(Memory.getLong(base + PRODUCED) + position);
        Memory.putInt(slot, length);
        Memory.copy(packet, slot + SLOT_PACKET, length);
    }

    /** Producer: shows the first {@code count} reserved positions to the consumer. */
    public void publish(final int count) {
        Memory.putLongRelease(base + PRODUCED, Memory.getLong(base + PRODUCED) + count);
    }

    /** Producer, after {@link #publish}: whether the consumer may not look by itself and must be woken. */
    public boolean consumerSleeps() {
        VarHandle.fullFence();
        return Memory.getIntOpaque(base + SLEEPS) != 0;
    }

    /** Consumer: how many packets, at most {@code max}, may be read by position from 0 on. */
    public int peek(final int max) {
        final long consumed = Memory.getLong(base + CONSUMED);
        long count = Memory.getLong(base + PRODUCED_SEEN) - consumed;
        if (count < max) {
            final long produced = Memory.getLongAcquire(base + PRODUCED);
            Memory.putLong(base + PRODUCED_SEEN, produced);
            count = produced - consumed;
        }
        return (int) Math.min(count, max);
    }

    /** Consumer: the length of the packet at a position. */
    public int length(final int position) {
        return Memory.getInt(slot(Memory.getLong(base + CONSUMED) + position));
    }

    /** Consumer: the address of the packet at a position. */
    public long packet(final int position) {
        return slot(Memory.getLong(base + CONSUMED) + position) + SLOT_PACKET;
    }

    /** Consumer: gives the first {@code count} positions back. */
    public void release(final int count) {
        Memory.putLongRelease(base + CONSUMED, Memory.getLong(base + CONSUMED) + count);
    }

    /** Consumer: announces that it will not look; true when it may sleep, false when something came and it must go on. */
    public boolean fallAsleep() {
        Memory.putIntOpaque(base + SLEEPS, 1);
        VarHandle.fullFence();
        return Memory.getLongAcquire(base + PRODUCED) == Memory.getLong(base + CONSUMED);
    }

    /** Consumer: looks again. */
    public void wakeUp() {
        Memory.putIntOpaque(base + SLEEPS, 0);
    }

    private long slot(final long index) {
        return base + SLOTS + ((index & mask) << SLOT_SHIFT);
    }
}
