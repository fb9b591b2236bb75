package io.penstock.perf.bench.engine;

import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.JitWatch;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The thread of a {@link BenchLoop}. Threads: the caller's, which waits. */
public final class WorkerThread {

    private WorkerThread() {
    }

    /**
     * Runs a loop to its end.
     *
     * @param meanwhile what this thread does then; it is told whether the loop still runs
     */
    public static void run(final BenchLoop loop, final Consumer<BooleanSupplier> meanwhile) {
        final Thread worker = new Thread(loop, "worker-0");
        worker.setDaemon(true);
        try (JitWatch watch = JitWatch.begin()) {
            worker.start();
            meanwhile.accept(worker::isAlive);
            worker.join();
            loop.gauge().watched(watch, worker.getName());
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
        switch (loop.failure()) {
            case null -> { }
            case final RuntimeException e -> throw e;
            case final Error e -> throw e;
            default -> throw new IllegalStateException(loop.failure());
        }
    }
}
