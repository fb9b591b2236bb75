package io.penstock.rules.set.table;

import io.penstock.rules.hot.set.Boundaries;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Blocks of tables that are gone, until all workers have passed a boundary. They are freed by who calls {@link #collect}, outside of the lock here:
 * it takes long to free much, and who hands blocks in may hold up workers.
 *
 * <p>Threads: control, any number.
 */
public final class RetiredBlocks {

    /** By boundaries, the oldest first: what was handed in later is not passed sooner. */
    private static final Map<Boundaries, Deque<Retired>> WAITING = new IdentityHashMap<>();

    private RetiredBlocks() {
    }

    /**
     * Blocks, and where the workers were when nobody could find them any more.
     *
     * @param blocks what is to be freed
     * @param seen   by worker, what was observed
     */
    private record Retired(List<TableBlock> blocks, long[] seen) {

        private boolean isPassed(final Boundaries boundaries) {
            for (int worker = 0; worker < seen.length; worker++) {
                if (!boundaries.hasPassed(worker, seen[worker])) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Takes blocks, which nobody can find any more, to be freed when all workers have passed a boundary. */
    public static synchronized void add(final List<TableBlock> blocks, final Boundaries boundaries) {
        final long[] seen = new long[boundaries.workers()];
        for (int worker = 0; worker < seen.length; worker++) {
            seen[worker] = boundaries.observe(worker);
        }
        WAITING.computeIfAbsent(boundaries, each -> new ArrayDeque<>()).add(new Retired(List.copyOf(blocks), seen));
    }

    /** Frees what may be; whether something waits. */
    public static boolean collect() {
        final List<TableBlock> free = new ArrayList<>();
        final boolean waits = take(free);
        free.forEach(TableBlock::free);
        return waits;
    }

    private static synchronized boolean take(final List<TableBlock> free) {
        for (final Iterator<Map.Entry<Boundaries, Deque<Retired>>> all = WAITING.entrySet().iterator(); all.hasNext();) {
            final Map.Entry<Boundaries, Deque<Retired>> each = all.next();
            final Deque<Retired> waiting = each.getValue();
            while (!waiting.isEmpty() && waiting.peek().isPassed(each.getKey())) {
                free.addAll(waiting.poll().blocks());
            }
            if (waiting.isEmpty()) {
                all.remove();
            }
        }
        return !WAITING.isEmpty();
    }
}
