package io.penstock.perf.bench.sets;

import io.penstock.dataplane.worker.Quiescence;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.rules.set.SetRegistry;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks after sets while packets flow, on a thread of its own, as a data plane does: what is over, growth, memory that is free.
 *
 * <p>Threads: its own.
 */
final class SetCare implements AutoCloseable {

    /** Between two rounds, as in a data plane. Unit: ns. */
    private static final long ROUND_NS = 100_000_000;

    private final SetRegistry sets;
    private final Quiescence quiescence;
    private final Thread thread;
    private volatile boolean ended;
    private volatile RuntimeException failure;

    /** Begins. */
    SetCare(final SetRegistry sets, final Quiescence quiescence) {
        this.sets = sets;
        this.quiescence = quiescence;
        this.thread = Thread.ofPlatform().name("sets").daemon().start(this::run);
    }

    private void run() {
        try {
            while (!ended) {
                sets.maintain();
                quiescence.poll();
                LockSupport.parkNanos(ROUND_NS);
            }
        } catch (final RuntimeException e) {
            // Who closes this throws it.
            failure = e;
        }
    }

    @Override
    public void close() {
        ended = true;
        LockSupport.unpark(thread);
        try {
            thread.join();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
        if (failure != null) {
            throw failure;
        }
    }
}
