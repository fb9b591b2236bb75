package io.penstock.perf.bench.measure;

import io.penstock.dataplane.run.ThreadPlacement;
import io.penstock.os.sys.CpuAffinity;
import java.util.List;

/**
 * A measurement on a thread of its own, on one CPU. What it throws is thrown here.
 *
 * <p>Threads: the caller's, which waits, and one that measures.
 */
public final class PinnedRun {

    private final int cpu;
    private final Runnable measurement;
    private Throwable failure;

    private PinnedRun(final int cpu, final Runnable measurement) {
        this.cpu = cpu;
        this.measurement = measurement;
    }

    /** Measures, and returns whether the JVM's own threads had another CPU to run on. */
    public static boolean of(final int cpu, final Runnable measurement) {
        final boolean alone = ThreadPlacement.keepOff(List.of(cpu));
        final PinnedRun run = new PinnedRun(cpu, measurement);
        final Thread thread = Thread.ofPlatform().name("measurement").daemon().start(run::measure);
        try {
            thread.join();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
        switch (run.failure) {
            case null -> { }
            case final RuntimeException e -> throw e;
            case final Error e -> throw e;
            default -> throw new IllegalStateException(run.failure);
        }
        return alone;
    }

    private void measure() {
        try {
            CpuAffinity.pin(cpu);
            measurement.run();
        } catch (final Throwable e) {
            // The thread that waits for this one throws it.
            failure = e;
        }
    }
}
