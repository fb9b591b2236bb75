package io.penstock.conntrack.store;

import io.penstock.conntrack.model.ConnectionChange;
import io.penstock.conntrack.model.ConnectionEvent;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;

/** Somebody who is told of events, on a thread of his own. Threads: {@link ConnectionWatch}'s for what is told; any ends it. */
final class Listener {

    /** Events that can wait for a slow reader. Unit: events; some 700 bytes each. */
    private static final int CAPACITY = 16_384;

    private final Set<ConnectionChange> changes;
    private final Consumer<ConnectionEvent> sink;
    private final Runnable overrun;
    private final BlockingQueue<ConnectionEvent> queue = new ArrayBlockingQueue<>(CAPACITY);
    /** Stands in the queue for the end. */
    private final ConnectionEvent end = new ConnectionEvent(null, null, 0, null);
    private final Thread thread;
    private volatile boolean hasLost;

    Listener(final Set<ConnectionChange> changes, final Consumer<ConnectionEvent> sink, final Runnable overrun) {
        this.changes = Set.copyOf(changes);
        this.sink = sink;
        this.overrun = overrun;
        thread = Thread.ofPlatform().daemon().name("conntrack-listener").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Tells of an event, later. */
    void offer(final ConnectionEvent event) {
        if (changes.contains(event.change()) && !queue.offer(event)) {
            hasLost = true;
        }
    }

    /** Events were lost. */
    void lose() {
        hasLost = true;
    }

    /** Waits until what was offered is told; then no more is. */
    void end() {
        boolean isInterrupted = false;
        while (true) {
            try {
                queue.put(end);
                thread.join();
                break;
            } catch (final InterruptedException e) {
                isInterrupted = true;
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            for (ConnectionEvent event = queue.take(); event != end; event = queue.take()) {
                tellLoss();
                sink.accept(event);
            }
            tellLoss();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tellLoss() {
        if (hasLost) {
            hasLost = false;
            overrun.run();
        }
    }
}
