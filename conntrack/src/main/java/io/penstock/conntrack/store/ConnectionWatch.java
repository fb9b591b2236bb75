package io.penstock.conntrack.store;

import io.penstock.conntrack.hot.event.ConnEventLog;
import io.penstock.conntrack.model.ConnectionChange;
import io.penstock.conntrack.model.ConnectionEvent;
import io.penstock.conntrack.model.ConnectionStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Hands the workers' events to whoever listens.
 *
 * <p>Invariants:
 * <ol>
 *   <li>While nobody listens, workers write none, and no thread looks for them.</li>
 *   <li>Events of several workers come in the order of their time, as far as they have come when they are looked for.</li>
 *   <li>Workers are told under no lock that {@link #close} waits for: who closes may hold what telling them takes.</li>
 *   <li>A listener that is slow loses events, and is told so; others do not. Events that the workers' rings have no room for are lost to all.</li>
 * </ol>
 *
 * <p>Threads: any; one of its own while somebody listens, and one for each listener.
 */
public final class ConnectionWatch implements AutoCloseable {

    /** From one look to the next. Unit: ns. Shorter costs wake-ups, longer lets bursts overrun {@link ConnEventLog#CAPACITY}. */
    private static final long LOOK_NS = 2_000_000L;

    private final List<ConnEventLog> logs;
    private final Listening listening;
    /** Held from a first or last listener until the workers know. Never asked for with the monitor. */
    private final ReentrantLock turns = new ReentrantLock();
    private final List<Listener> listeners = new ArrayList<>();
    private Thread thread;
    private long lostBefore;
    private boolean isClosed;

    /** Who has workers write events, or not. */
    @FunctionalInterface
    public interface Listening {

        /** Somebody listens from now on, or nobody does any more; workers know when this returns. */
        void set(boolean isListening);
    }

    /**
     * Events of workers.
     *
     * @param logs      a log each, in their order
     * @param listening has the workers write there while somebody listens
     */
    public ConnectionWatch(final List<ConnEventLog> logs, final Listening listening) {
        this.logs = List.copyOf(logs);
        this.listening = listening;
    }

    /** The logs. */
    List<ConnEventLog> logs() {
        return logs;
    }

    /** As {@link ConnectionStore#subscribe(Set, Consumer, Runnable)}; after the end, nothing is told. */
    ConnectionStore.Subscription subscribe(
            final Set<ConnectionChange> changes, final Consumer<ConnectionEvent> sink, final Runnable overrun) {
        final Listener listener = new Listener(changes, sink, overrun);
        turns.lock();
        try {
            if (begin(listener)) {
                listening.set(true);
            }
        } finally {
            turns.unlock();
        }
        return () -> end(listener);
    }

    /** Whether it is the first one. */
    private synchronized boolean begin(final Listener listener) {
        if (isClosed) {
            return false;
        }
        listener.start();
        listeners.add(listener);
        if (listeners.size() > 1) {
            return false;
        }
        for (final ConnEventLog log : logs) {
            // What came while the last listener went.
            while (log.peek() != 0) {
                log.release();
            }
            log.listen(true);
        }
        lostBefore = lost();
        thread = Thread.ofPlatform().daemon().name("conntrack-events").start(this::look);
        return true;
    }

    private void end(final Listener listener) {
        turns.lock();
        try {
            if (remove(listener)) {
                listening.set(false);
            }
        } finally {
            turns.unlock();
        }
        listener.end();
    }

    /** Whether it is the last one. What has happened until now is told. */
    private synchronized boolean remove(final Listener listener) {
        if (!listeners.contains(listener)) {
            return false;
        }
        drain();
        listeners.remove(listener);
        if (listeners.isEmpty()) {
            rest();
            return true;
        }
        return false;
    }

    private void rest() {
        logs.forEach(log -> log.listen(false));
        LockSupport.unpark(thread);
        thread = null;
    }

    private void look() {
        while (true) {
            synchronized (this) {
                if (thread != Thread.currentThread()) {
                    return;
                }
                drain();
            }
            LockSupport.parkNanos(LOOK_NS);
        }
    }

    private void drain() {
        // No more than the logs can hold: workers may write faster than this reads, and others wait for the monitor.
        int left = ConnEventLog.CAPACITY * logs.size();
        for (ConnEventLog log = oldest(); log != null && left > 0; log = oldest()) {
            left--;
            final ConnectionEvent event = EntryReader.event(log.peek());
            log.release();
            listeners.forEach(listener -> listener.offer(event));
        }
        final long lost = lost();
        if (lost != lostBefore) {
            lostBefore = lost;
            listeners.forEach(Listener::lose);
        }
    }

    private ConnEventLog oldest() {
        ConnEventLog oldest = null;
        long oldestNs = 0;
        for (final ConnEventLog log : logs) {
            final long record = log.peek();
            if (record != 0 && (oldest == null || ConnEventLog.timeNs(record) - oldestNs < 0)) {
                oldest = log;
                oldestNs = ConnEventLog.timeNs(record);
            }
        }
        return oldest;
    }

    private long lost() {
        return logs.stream().mapToLong(ConnEventLog::lost).sum();
    }

    /** Ends all listening; what has happened until now is told. {@link Listening} is not asked: the workers are to end. */
    @Override
    public void close() {
        final List<Listener> ended;
        synchronized (this) {
            isClosed = true;
            if (!listeners.isEmpty()) {
                drain();
                rest();
            }
            ended = List.copyOf(listeners);
            listeners.clear();
        }
        ended.forEach(Listener::end);
    }
}
