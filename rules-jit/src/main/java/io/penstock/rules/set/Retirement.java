package io.penstock.rules.set;

import io.penstock.rules.hot.set.Boundaries;
import java.util.ArrayDeque;
import java.util.Deque;

/** What is let go of when no worker can be using it any more. Control; one thread at a time. */
final class Retirement {

    private record Waiting(AutoCloseable what, long[] seen) {
    }

    private final Boundaries boundaries;
    private final Deque<Waiting> waiting = new ArrayDeque<>();

    Retirement(final Boundaries boundaries) {
        this.boundaries = boundaries;
    }

    /** Closes something, unpublished before, after every worker's next boundary. */
    void retire(final AutoCloseable what) {
        final long[] seen = new long[boundaries.workers()];
        for (int i = 0; i < seen.length; i++) {
            seen[i] = boundaries.observe(i);
        }
        waiting.add(new Waiting(what, seen));
    }

    /** Closes what can be. */
    void collect() {
        while (!waiting.isEmpty() && hasPassed(waiting.peek().seen)) {
            close(waiting.poll().what);
        }
    }

    /** Closes all: there are no workers any more. */
    void closeAll() {
        waiting.forEach(each -> close(each.what));
        waiting.clear();
    }

    private boolean hasPassed(final long[] seen) {
        for (int i = 0; i < seen.length; i++) {
            if (!boundaries.hasPassed(i, seen[i])) {
                return false;
            }
        }
        return true;
    }

    private static void close(final AutoCloseable what) {
        try {
            what.close();
        } catch (final Exception e) {
            throw new IllegalStateException("memory of a set could not be freed: " + e.getMessage() + "; restart to have it back", e);
        }
    }
}
