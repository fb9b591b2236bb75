package io.penstock.dataplane.worker;

import io.penstock.dataplane.hot.publish.Epoch;
import io.penstock.rules.hot.set.Boundaries;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Runs what frees memory once every worker has passed a batch boundary since it was handed in: quiescent-state
 * reclamation.
 *
 * <p>Threads: control, one at a time; {@link Boundaries} any. Never waits: {@link #poll} runs what is due.
 */
public final class Quiescence implements Boundaries {

    private final List<Epoch> epochs = new CopyOnWriteArrayList<>();
    private final Deque<Retired> waiting = new ArrayDeque<>();

    /** Adds a worker. */
    public void add(final Epoch epoch) {
        epochs.add(epoch);
    }

    /** Hands in what is to run when no worker can use any more what was unpublished before this call. */
    public void retire(final Runnable free) {
        final long[] seen = new long[epochs.size()];
        for (int i = 0; i < seen.length; i++) {
            seen[i] = epochs.get(i).observe();
        }
        waiting.add(new Retired(seen, free));
    }

    /** Runs what is due, in order. */
    public void poll() {
        Retired first = waiting.peek();
        while (first != null && hasPassed(first)) {
            waiting.remove();
            first.free.run();
            first = waiting.peek();
        }
    }

    /** How much waits. */
    public int waiting() {
        return waiting.size();
    }

    @Override
    public int workers() {
        return epochs.size();
    }

    @Override
    public long observe(final int worker) {
        return epochs.get(worker).observe();
    }

    @Override
    public boolean hasPassed(final int worker, final long seen) {
        return epochs.get(worker).hasPassed(seen);
    }

    private boolean hasPassed(final Retired retired) {
        for (int i = 0; i < retired.seen.length; i++) {
            if (!epochs.get(i).hasPassed(retired.seen[i])) {
                return false;
            }
        }
        return true;
    }

    private record Retired(long[] seen, Runnable free) {
    }
}
