package io.penstock.perf.bench.latency;

import io.penstock.os.sys.CpuAffinity;
import io.penstock.os.sys.RealTime;
import io.penstock.os.sys.SysException;
import io.penstock.perf.bench.measure.BenchException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;

/**
 * Does something to the worker, once a second.
 *
 * <p>Threads: its own; {@link #close} from another.
 */
final class FaultThread implements AutoCloseable {

    private static final long PERIOD_NS = 1_000_000_000;

    private final Thread thread;
    private volatile boolean ended;
    private volatile RuntimeException failure;

    private FaultThread(final String name, final Runnable before, final Runnable fault) {
        final CompletableFuture<Void> ready = new CompletableFuture<>();
        thread = Thread.ofPlatform().name(name).daemon().start(() -> {
            try {
                before.run();
                ready.complete(null);
            } catch (final SysException e) {
                ready.completeExceptionally(e);
                return;
            }
            run(fault);
        });
        try {
            ready.get();
        } catch (final ExecutionException e) {
            throw (SysException) e.getCause();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }

    /** Anything. */
    static FaultThread of(final String name, final Runnable fault) {
        return new FaultThread(name, () -> { }, fault);
    }

    /**
     * Takes a CPU from the usual threads on it: a thread of a higher scheduling class runs there meanwhile.
     *
     * @throws SysException when it is not allowed to
     */
    static FaultThread hog(final int cpu, final double ms) {
        return new FaultThread("injected-hog", () -> {
            CpuAffinity.pin(cpu);
            RealTime.begin();
        }, () -> {
            final long startNs = System.nanoTime();
            while (System.nanoTime() - startNs < ms * 1e6) {
                Thread.onSpinWait();
            }
        });
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

    private void run(final Runnable fault) {
        long dueNs = System.nanoTime() + PERIOD_NS / 2;
        while (!ended) {
            final long leftNs = dueNs - System.nanoTime();
            if (leftNs > 0) {
                LockSupport.parkNanos(leftNs);
            } else {
                try {
                    fault.run();
                } catch (final RuntimeException e) {
                    // Whoever ends this throws it.
                    failure = e;
                    return;
                }
                dueNs += PERIOD_NS;
            }
        }
    }
}
