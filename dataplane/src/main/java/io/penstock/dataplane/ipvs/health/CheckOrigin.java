package io.penstock.dataplane.ipvs.health;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Where checks come from: the network namespace of the thread that made this, or that it was in then.
 *
 * <p>A socket, or a program, belongs to the namespace of the thread that opens it. Checks run on virtual threads, whose carriers are in whatever
 * namespace they were started in; so all of them have their sockets opened by one thread here, which does not wait for anything.
 *
 * <p>Threads: any.
 */
public final class CheckOrigin implements AutoCloseable {

    private final ExecutorService opener;
    private final ScheduledThreadPoolExecutor watch;

    private CheckOrigin() {
        opener = Executors.newSingleThreadExecutor(Thread.ofPlatform().name("penstock-health-open").daemon().factory());
        watch = new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().name("penstock-health-watch").daemon().factory());
        watch.setRemoveOnCancelPolicy(true);
    }

    /** The calling thread's network namespace. */
    public static CheckOrigin here() {
        final CheckOrigin origin = new CheckOrigin();
        // A thread is in the namespace of the one that starts it, so that it has to start now.
        origin.opener.execute(() -> { });
        return origin;
    }

    /** Opens something there. It does not take long; who is interrupted meanwhile gets it nevertheless, and closes it. */
    <T> T open(final Callable<T> opening) throws IOException, InterruptedException {
        final Future<T> future;
        try {
            future = opener.submit(opening);
        } catch (final RejectedExecutionException e) {
            throw new InterruptedException("the checks end");
        }
        boolean interrupted = false;
        try {
            for (;;) {
                try {
                    return future.get();
                } catch (final InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (final ExecutionException e) {
            switch (e.getCause()) {
                case IOException io -> throw io;
                case RuntimeException unchecked -> throw unchecked;
                case null, default -> throw new IllegalStateException(e.getCause());
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Calls back when so much time has passed, unless cancelled. */
    Future<?> after(final long ns, final Runnable action) throws InterruptedException {
        try {
            return watch.schedule(action, ns, TimeUnit.NANOSECONDS);
        } catch (final RejectedExecutionException e) {
            throw new InterruptedException("the checks end");
        }
    }

    @Override
    public void close() {
        // What is to be opened still is, so that nobody waits for it in vain.
        opener.shutdown();
        watch.shutdownNow();
    }
}
