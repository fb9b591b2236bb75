package io.penstock.dataplane.run;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/**
 * Does what threads of other network namespaces ask for, in its own, one after the other: a host's name is looked up in the
 * namespace of the thread that asks for it.
 *
 * <p>Threads: any.
 */
final class NamespaceThread implements AutoCloseable {

    private final ExecutorService thread;

    private NamespaceThread(final ExecutorService thread) {
        this.thread = thread;
    }

    /** In the calling thread's network namespace, as it is now. */
    static NamespaceThread here(final String name) {
        final ExecutorService thread = Executors.newSingleThreadExecutor(Thread.ofPlatform().name(name).daemon().factory());
        // A thread is in the namespace of the one that starts it, so that it has to start now.
        thread.execute(() -> { });
        return new NamespaceThread(thread);
    }

    /**
     * Has something done, and waits for it; what it throws is the caller's.
     *
     * @throws IllegalStateException when this is closed
     */
    void call(final Runnable action) {
        try {
            thread.submit(action).get();
        } catch (final RejectedExecutionException e) {
            throw new IllegalStateException("the data plane is being taken down", e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while another thread acted", e);
        } catch (final ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException unchecked -> throw unchecked;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException(e.getCause());
            }
        }
    }

    /** Takes nothing more; what waits already is done still. */
    @Override
    public void close() {
        thread.shutdown();
    }
}
