package io.penstock.conntrack.hot.nat;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.MappedMemory;

/**
 * The cones' memory, and which of them are free for any worker to take.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Cones have numbers from 1; number 0 is always free, so that a look-up may touch it. Memory is never unmapped while workers run.</li>
 *   <li>Workers take and give back chains of {@value #CHAIN} numbers. What was never used comes from the end of what was, so that memory is
 *       touched only when needed.</li>
 *   <li>The head of the chains has a tag that changes with each take, so that a chain that was taken and given back is not mistaken.</li>
 * </ol>
 *
 * <p>Threads: workers.
 */
final class ConePool implements AutoCloseable {

    /** Numbers that change hands at once: more, and workers keep more from each other; fewer, and they meet here more often. */
    static final int CHAIN = 64;

    private static final int HEAD = 0;
    private static final int USED = 64;
    private static final int CONTROL_BYTES = 128;
    private static final int TAG_SHIFT = 32;
    private static final long NUMBER_MASK = 0xFFFF_FFFFL;

    private final MappedMemory memory;
    private final long control;
    private final long cones;
    private final int capacity;

    /** Nothing given out. Address space is reserved for all; memory is taken by first touch. */
    ConePool(final int capacity) {
        this.capacity = capacity;
        memory = MappedMemory.reserve(CONTROL_BYTES + (capacity + 1L) * ConeLayout.BYTES, MappedMemory.Pages.NORMAL);
        control = memory.address();
        cones = control + CONTROL_BYTES;
    }

    @Override
    public void close() {
        memory.close();
    }

    long address(final int number) {
        return cones + (long) number * ConeLayout.BYTES;
    }

    /** Takes a chain of at most {@link #CHAIN} numbers, linked by {@link ConeLayout#next}; its first, or 0 when there is none. */
    int takeChain() {
        long head = Memory.getLongAcquire(control + HEAD);
        while ((head & NUMBER_MASK) != 0) {
            final int first = (int) head;
            // What is read here is of use only if nobody has taken the chain since: the tag tells.
            final long after = (head >>> TAG_SHIFT) + 1 << TAG_SHIFT | ConeLayout.nextChain(address(first)) & NUMBER_MASK;
            if (Memory.compareAndSetLong(control + HEAD, head, after)) {
                return first;
            }
            head = Memory.getLongAcquire(control + HEAD);
        }
        return takeUnused();
    }

    /** Gives a chain back. */
    void giveChain(final int first) {
        long head;
        do {
            head = Memory.getLongAcquire(control + HEAD);
            ConeLayout.setNextChain(address(first), (int) head);
        } while (!Memory.compareAndSetLong(control + HEAD, head, head & ~NUMBER_MASK | first));
    }

    private int takeUnused() {
        if (Memory.getLongOpaque(control + USED) >= capacity) {
            return 0;
        }
        final long before = Memory.getAndAddLong(control + USED, CHAIN);
        if (before >= capacity) {
            return 0;
        }
        final int first = (int) before + 1;
        final int last = Math.min(first + CHAIN - 1, capacity);
        for (int number = first; number < last; number++) {
            ConeLayout.setNext(address(number), number + 1);
        }
        return first;
    }
}
