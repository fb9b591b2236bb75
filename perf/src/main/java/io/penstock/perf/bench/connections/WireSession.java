package io.penstock.perf.bench.connections;

import io.penstock.os.sys.CpuAffinity;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.ShutdownHooks;
import io.penstock.perf.bench.wire.WireCpus;
import io.penstock.perf.bench.wire.WirePriority;

/**
 * A measurement between namespaces: on a thread on the generator's CPU, at the highest priority that is not real-time, and with everything that was made
 * removed when it ends, or when the process is told to end before.
 *
 * <p>Threads: the caller's, which waits; the measurement's; a shutdown hook.
 */
final class WireSession {

    private WireSession() {
    }

    /**
     * Measures.
     *
     * @param measurement on its own thread
     * @param made        closed at the end, from whatever thread
     */
    static void run(final Runnable measurement, final Made made) {
        final WirePriority priority = WirePriority.raise();
        final Thread cleanUp = Thread.ofPlatform().name("bench-clean-up").unstarted(() -> close(priority, made));
        Runtime.getRuntime().addShutdownHook(cleanUp);
        try {
            onGeneratorsCpu(measurement);
        } finally {
            close(priority, made);
            ShutdownHooks.forget(cleanUp);
        }
    }

    /** What is to be removed. */
    interface Made extends AutoCloseable {

        @Override
        void close();
    }

    /** One thread at a time: where this process is told to end, whoever measures cleans up as well, and the process is gone when one of them is done. */
    private static void close(final WirePriority priority, final Made made) {
        synchronized (made) {
            try (priority) {
                made.close();
            }
        }
    }

    /** A thread of its own, because the caller's keeps its CPUs. */
    private static void onGeneratorsCpu(final Runnable action) {
        final Throwable[] failure = new Throwable[1];
        final Thread thread = Thread.ofPlatform().name("ends").daemon().start(() -> {
            try {
                CpuAffinity.pin(WireCpus.GENERATOR);
                action.run();
            } catch (final Throwable e) {
                // The thread that waits for this one throws it.
                failure[0] = e;
            }
        });
        try {
            thread.join();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
        switch (failure[0]) {
            case null -> { }
            case final RuntimeException e -> throw e;
            case final Error e -> throw e;
            default -> throw new IllegalStateException(failure[0]);
        }
    }
}
