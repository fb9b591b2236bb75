package io.penstock.conntrack.hot.frag;

import io.penstock.os.hot.memory.Memory;

/**
 * The packets of which fragments wait, found by their key, and in the order of their deadlines.
 *
 * <p>Invariants:
 * <ol>
 *   <li>A queue is free, or in its family's list of deadlines; in the index too, unless it is unlisted.</li>
 *   <li>The lists are in order of deadline. Only where the time-out has been shortened by much, a queue may stand behind
 *       {@value #MAX_STEPS} with later ones, and be given up as late as they.</li>
 * </ol>
 *
 * <p>Threads: the store's.
 */
final class QueueTable {

    /**
     * How far a queue goes ahead of those with later deadlines: more, and a shortened time-out costs time for each new one; fewer, and it takes
     * effect later.
     */
    private static final int MAX_STEPS = 32;

    private final long slots;
    private final int mask;
    private final long limit;
    private long unused;
    private long free;
    private final long[] oldest = new long[2];
    private final long[] newest = new long[2];

    /**
     * Empty.
     *
     * @param memory   {@link #bytes} zeros
     * @param capacity how many queues there can be
     * @param slots    of the index, a power of two
     */
    QueueTable(final long memory, final int capacity, final int slots) {
        this.slots = memory;
        this.mask = slots - 1;
        this.unused = memory + (long) slots * Long.BYTES;
        this.limit = unused + (long) capacity * QueueLayout.BYTES;
    }

    static long bytes(final int capacity, final int slots) {
        return (long) slots * Long.BYTES + (long) capacity * QueueLayout.BYTES;
    }

    /** The queue of a key, or 0. */
    long find(final long hash, final long a0, final long a1, final long a2, final long a3, final long who, final long what) {
        long queue = Memory.getLong(slot((int) hash & mask));
        while (queue != 0 && !QueueLayout.isOf(queue, a0, a1, a2, a3, who, what)) {
            queue = QueueLayout.next(queue);
        }
        return queue;
    }

    /** A new queue of a key, with no deadline yet, or 0 when there is no record free. */
    long create(final long hash, final long a0, final long a1, final long a2, final long a3, final long who, final long what) {
        long queue = free;
        if (queue != 0) {
            free = QueueLayout.next(queue);
        } else if (unused == limit) {
            return 0;
        } else {
            queue = unused;
            unused += QueueLayout.BYTES;
        }
        final int number = (int) hash & mask;
        QueueLayout.init(queue, a0, a1, a2, a3, who, what, number);
        final long slot = slot(number);
        QueueLayout.setNext(queue, Memory.getLong(slot));
        Memory.putLong(slot, queue);
        return queue;
    }

    /** Takes a queue out of the index. */
    void unlist(final long queue) {
        if ((QueueLayout.state(queue) & QueueLayout.UNLISTED) != 0) {
            return;
        }
        QueueLayout.addState(queue, QueueLayout.UNLISTED);
        final long slot = slot(QueueLayout.slot(queue));
        long before = 0;
        for (long at = Memory.getLong(slot); at != queue; at = QueueLayout.next(at)) {
            before = at;
        }
        if (before == 0) {
            Memory.putLong(slot, QueueLayout.next(queue));
        } else {
            QueueLayout.setNext(before, QueueLayout.next(queue));
        }
    }

    /** Gives a deadline to a queue that has none. */
    void schedule(final long queue, final long deadlineNs) {
        final int list = list(queue);
        QueueLayout.setDeadline(queue, deadlineNs);
        long older = newest[list];
        long newer = 0;
        for (int i = 0; i < MAX_STEPS && older != 0 && QueueLayout.deadline(older) - deadlineNs > 0; i++) {
            newer = older;
            older = QueueLayout.older(older);
        }
        link(list, older, queue);
        link(list, queue, newer);
    }

    /** Takes a queue's deadline away. */
    void unschedule(final long queue) {
        link(list(queue), QueueLayout.older(queue), QueueLayout.newer(queue));
    }

    /** The queue of a family that ends first, or 0. */
    long oldest(final int family) {
        return oldest[family == QueueLayout.FAMILY_IPV4 ? 0 : 1];
    }

    /** Gives a record back that is neither in the index nor scheduled. */
    void free(final long queue) {
        QueueLayout.setNext(queue, free);
        free = queue;
    }

    private void link(final int list, final long older, final long newer) {
        if (older == 0) {
            oldest[list] = newer;
        } else {
            QueueLayout.setNewer(older, newer);
        }
        if (newer == 0) {
            newest[list] = older;
        } else {
            QueueLayout.setOlder(newer, older);
        }
    }

    private static int list(final long queue) {
        return QueueLayout.family(queue) == QueueLayout.FAMILY_IPV4 ? 0 : 1;
    }

    private long slot(final int number) {
        return slots + (long) number * Long.BYTES;
    }
}
