package io.penstock.conntrack.hot.table;

import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.os.hot.memory.Memory;

/**
 * The entries' memory, and which of them are free for any worker to take.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Entries have numbers from 1; number 0's memory is never given out and never findable, so that a look-up may touch it.</li>
 *   <li>Workers take and give back chains of {@value #CHAIN} numbers; a chain is linked through the links, and chains among each other through
 *       the second half of their first link. What was never used comes from the end of what was, so memory is touched only when needed.</li>
 *   <li>The head of the chains has a tag that changes with each take, so that a chain that was taken and given back is not mistaken.</li>
 * </ol>
 *
 * <p>Threads: workers.
 */
final class EntryPool {

    /** Numbers that change hands at once: more, and workers keep more from each other; fewer, and they meet here more often. */
    static final int CHAIN = 64;

    /** A number's link: the next number of its chain, and of the first of a chain the next chain. */
    private static final int LINK_BYTES = 8;
    /** Where the control words lie, on lines of their own. */
    private static final int HEAD = 0;
    private static final int USED = 64;
    static final int CONTROL_BYTES = 128;
    private static final int TAG_SHIFT = 32;
    private static final long NUMBER_MASK = 0xFFFF_FFFFL;

    private final long base;
    private final long links;
    private final long control;
    private final int entryBytes;
    private final int capacity;

    /**
     * Nothing given out.
     *
     * @param base     the entries, zeros, number 0 included
     * @param links    {@link #linksBytes} zeros
     * @param control  {@value #CONTROL_BYTES} zeros
     * @param capacity the highest number
     */
    EntryPool(final long base, final long links, final long control, final int entryBytes, final int capacity) {
        this.base = base;
        this.links = links;
        this.control = control;
        this.entryBytes = entryBytes;
        this.capacity = capacity;
    }

    static long linksBytes(final int capacity) {
        return (capacity + 1L) * LINK_BYTES;
    }

    long base() {
        return base;
    }

    int entryBytes() {
        return entryBytes;
    }

    int capacity() {
        return capacity;
    }

    /** An entry's address. */
    long address(final int number) {
        return base + (long) number * entryBytes;
    }

    /** An entry's number. */
    int number(final long entry) {
        final long lines = entry - base >>> BucketLayout.SHIFT;
        // Four lines an entry, or three: a division by three as a multiplication, exact for 32 bits.
        return (int) (entryBytes == ConnLayout.IPV6_BYTES ? lines >>> 2 : lines * 0xAAAA_AAABL >>> 33);
    }

    /** The highest number that may ever have been given out. */
    int used() {
        return (int) Math.min(Memory.getLongOpaque(control + USED), capacity);
    }

    /** The number after one in its chain; 0 at the end. */
    int next(final int number) {
        return Memory.getIntOpaque(links + (long) number * LINK_BYTES);
    }

    /** Makes one number come after another in a chain; only by the owner of the first. */
    void link(final int number, final int next) {
        Memory.putIntOpaque(links + (long) number * LINK_BYTES, next);
    }

    /** Takes a chain of at most {@link #CHAIN} numbers; its first, or 0 when there is none. */
    int takeChain() {
        long head = Memory.getLongAcquire(control + HEAD);
        while ((head & NUMBER_MASK) != 0) {
            final int first = (int) head;
            // What is read here is of use only if nobody has taken the chain since: the tag tells.
            final int nextChain = Memory.getIntOpaque(links + (long) first * LINK_BYTES + 4);
            final long after = (head >>> TAG_SHIFT) + 1 << TAG_SHIFT | nextChain & NUMBER_MASK;
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
            Memory.putIntOpaque(links + (long) first * LINK_BYTES + 4, (int) head);
        } while (!Memory.compareAndSetLong(control + HEAD, head, head & ~NUMBER_MASK | first));
    }

    private int takeUnused() {
        final long before = Memory.getLongOpaque(control + USED);
        if (before >= capacity) {
            return 0;
        }
        final int first = (int) Memory.getAndAddLong(control + USED, Math.min(CHAIN, capacity - before)) + 1;
        final int last = Math.min(first + CHAIN - 1, capacity);
        for (int number = first; number < last; number++) {
            link(number, number + 1);
        }
        return first <= capacity ? first : 0;
    }
}
