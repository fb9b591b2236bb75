package io.penstock.perf.bench.latency;

import io.penstock.perf.bench.engine.LaneTotals;
import io.penstock.perf.bench.measure.MachineFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/**
 * The order of things in {@code bench soak}.
 *
 * <p>Threads: one; {@link #interrupted} is asked on it.
 */
final class SoakBench {

    private static final double NS_PER_SECOND = 1e9;
    private static final double MPPS = 1e6;
    /** How soon an interruption is seen. Unit: ns. */
    private static final long LOOK_NS = 100_000_000;

    private final LoadOptions options;
    private final double seconds;
    private final double everySeconds;
    private final Consumer<SoakPoint> progress;
    private final BooleanSupplier interrupted;
    private final SoakGauge gauge = new SoakGauge();
    private final List<SoakPoint> points = new ArrayList<>();
    private final Histogram latencies = LoadSpan.histogram();
    private long offered;
    private long received;
    private long lost;

    /**
     * Nothing runs yet.
     *
     * @param everySeconds from point to point
     * @param progress     told each point
     * @param interrupted  whether to end before the time
     */
    SoakBench(final LoadOptions options, final double seconds, final double everySeconds, final Consumer<SoakPoint> progress,
            final BooleanSupplier interrupted) {
        this.options = options;
        this.seconds = seconds;
        this.everySeconds = everySeconds;
        this.progress = progress;
        this.interrupted = interrupted;
    }

    /** Measures. */
    SoakResult run() {
        // While this thread still has every CPU.
        final MachineFacts machine = MachineFacts.ofThis();
        try (EngineLoad load = new EngineLoad(options)) {
            load.warmUp();
            gauge.fillHeap();
            // So that there is a collection to compare later ones with.
            System.gc();
            // Two that take turns: what is allocated here would be what drifts.
            LoadSpan next = load.span();
            load.exchange(next);
            next = load.span();
            final long startNs = System.nanoTime();
            final long endNs = startNs + (long) (seconds * NS_PER_SECOND);
            long nextNs = startNs;
            while (nextNs - endNs < 0 && !interrupted.getAsBoolean()) {
                nextNs += (long) Math.min(everySeconds * NS_PER_SECOND, endNs - nextNs);
                while (System.nanoTime() - nextNs < 0 && !interrupted.getAsBoolean()) {
                    load.passUntil(Math.min(nextNs, System.nanoTime() + LOOK_NS));
                }
                final LoadSpan past = load.exchange(next);
                point(past, startNs, load.connections());
                past.reset();
                next = past;
            }
            final double lasted = (System.nanoTime() - startNs) / NS_PER_SECOND;
            add(load.finish());
            final LaneTotals totals = load.totals();
            System.gc();
            return new SoakResult(options.text(), load.ratePps(), load.maximumPps(), lasted, interrupted.getAsBoolean(), points, latencies,
                    offered, received, lost, totals.unaccounted(), totals.droppedByReason(), options.loss(totals), gauge.heapKib(),
                    options.cpu(), load.isAlone(), machine);
        }
    }

    private void point(final LoadSpan span, final long startNs, final long connections) {
        add(span);
        final Histogram now = span.corrected;
        final SoakPoint point = new SoakPoint((span.endNs - startNs) / NS_PER_SECOND, span.receivedPerSecond() / MPPS,
                span.received == 0 ? 0 : (double) span.busyNs / span.received, Percentiles.us(now, 50), Percentiles.us(now, 99),
                Percentiles.us(now, 99.99), Percentiles.us(now.getMaxValue()), span.lost, gauge.rssKib(), gauge.heapKib(), gauge.mappedKib(),
                gauge.nativeKib(), gauge.gcCount(), connections);
        points.add(point);
        progress.accept(point);
    }

    private void add(final LoadSpan span) {
        latencies.add(span.corrected);
        offered += span.offered;
        received += span.received;
        lost += span.lost;
    }
}
