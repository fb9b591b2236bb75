package io.penstock.perf.bench.latency;

import io.penstock.dataplane.run.ThreadPlacement;
import io.penstock.perf.bench.engine.EngineFixture;
import io.penstock.perf.bench.engine.LaneTotals;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * The engine under a load, which control changes from span to span.
 *
 * <p>Threads: control's, and the worker's.
 */
final class EngineLoad implements AutoCloseable {

    private static final double NS_PER_SECOND = 1e9;
    private static final long LOOK_NS = 50_000;
    private static final long PATIENCE_NS = 10_000_000_000L;
    /** Slices of the time in which the maximum is measured; the median of the last half counts. Unit: s. */
    private static final double SLICE_SECONDS = 0.1;
    private static final int MIN_SLICES = 6;
    /** Twice what it can, so that what happens when the ring is full has run before it is measured. Unit: s. */
    private static final double OVERLOAD_SECONDS = 0.2;
    private static final int SCRATCH = 1 << 12;
    /** What waits is gone after so long, or after some times so long. Unit: s. */
    private static final double DRAIN_SECONDS = 0.001;

    private final LoadOptions options;
    private final EngineFixture fixture;
    private final OpenLoop loop;
    private final Thread thread;
    private final boolean alone;
    private final LaneTotals before;
    private double maximumPps;
    private long ratePps;
    private long[] gaps;

    /** Builds the engine and starts its worker; nothing is due yet. */
    EngineLoad(final LoadOptions options) {
        this.options = options;
        fixture = new EngineFixture(options.flows(), options.frameBytes(), options.ipv6(), options.rules(), options.injections());
        loop = new OpenLoop(fixture.engine(), fixture.input(), fixture.inputPort(), options.ringPackets(), options.cpu());
        before = LaneTotals.of(fixture.lane().counters);
        alone = ThreadPlacement.keepOff(List.of(options.cpu()));
        thread = Thread.ofPlatform().name("worker-0").daemon().start(loop);
        await(() -> loop.thread() != null);
    }

    /** Warms up, finds out what the engine can, and leaves it with the load that is to be measured. */
    void warmUp() {
        maximumPps = maximum(options.warmUpSeconds() / 2);
        ratePps = options.ratePps() != 0 ? options.ratePps() : Math.max(1, Math.round(maximumPps * options.loadPercent() / 100));
        final long[] twice = gaps(2 * Math.max(maximumPps, ratePps));
        gaps = gaps(ratePps);
        exchange(LoadSpan.paced(twice, new SlowLog(SCRATCH, SCRATCH, 1)));
        pass(OVERLOAD_SECONDS);
        final double slice = options.warmUpSeconds() / 2 / MIN_SLICES;
        for (int i = 0; i < MIN_SLICES; i++) {
            exchange(LoadSpan.paced(gaps, new SlowLog(SCRATCH, SCRATCH, 1)));
            pass(slice);
        }
    }

    /** The load that is to be measured, with a log. */
    LoadSpan span(final SlowLog log) {
        return LoadSpan.paced(gaps, log);
    }

    /** The same without a log. */
    LoadSpan span() {
        return LoadSpan.paced(gaps);
    }

    /** Lets a span begin and returns the one before. */
    LoadSpan exchange(final LoadSpan span) {
        loop.offer(span);
        await(() -> loop.handedBack() != null);
        return loop.handedBack();
    }

    /** Ends the last span: nothing more is due; what waits is taken, and counts for it. */
    LoadSpan finish() {
        final LoadSpan last = exchange(LoadSpan.quiet());
        LoadSpan rest;
        do {
            pass(DRAIN_SECONDS);
            rest = exchange(LoadSpan.quiet());
            last.add(rest);
        } while (rest.offered != 0 || rest.received != 0);
        return last;
    }

    /** Lets some time pass. */
    void pass(final double seconds) {
        passUntil(System.nanoTime() + (long) (seconds * NS_PER_SECOND));
    }

    void passUntil(final long untilNs) {
        for (long left = untilNs - System.nanoTime(); left > 0; left = untilNs - System.nanoTime()) {
            pause(Math.min(left, 1_000_000));
        }
    }

    /** What it can, with the clock and the histograms. Unit: packets a second. */
    double maximumPps() {
        return maximumPps;
    }

    long ratePps() {
        return ratePps;
    }

    /** Whether the JVM's own threads have another CPU to run on. */
    boolean isAlone() {
        return alone;
    }

    OpenLoop loop() {
        return loop;
    }

    /** Tracked now. */
    long connections() {
        return fixture.connections();
    }

    /** What the lane has counted. After {@link #finish}. */
    LaneTotals totals() {
        return LaneTotals.of(fixture.lane().counters).minus(before);
    }

    @Override
    public void close() {
        loop.stop();
        try {
            thread.join();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            // The engine's memory stays, for the worker that still runs.
            return;
        }
        fixture.close();
    }

    private double maximum(final double seconds) {
        exchange(LoadSpan.saturated());
        final List<Double> rates = new ArrayList<>();
        final int slices = Math.max(MIN_SLICES, (int) (seconds / SLICE_SECONDS));
        for (int i = 0; i < slices; i++) {
            pass(SLICE_SECONDS);
            rates.add(exchange(LoadSpan.saturated()).receivedPerSecond());
        }
        return Samples.of(rates.subList(slices / 2, slices).stream().mapToDouble(Double::doubleValue).toArray()).median();
    }

    private long[] gaps(final double pps) {
        final double mean = NS_PER_SECOND * (1 << LoadSpan.GAP_SHIFT) / pps;
        return options.arrivals().isConstant() ? new long[] {Math.round(mean)} : options.arrivals().gaps(mean);
    }

    private void await(final Condition condition) {
        final long deadlineNs = System.nanoTime() + PATIENCE_NS;
        while (!condition.holds()) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw new BenchException("the worker does not answer: cpu=" + options.cpu() + "; see what else runs there");
            }
            pause(LOOK_NS);
        }
    }

    private void pause(final long ns) {
        LockSupport.parkNanos(ns);
        if (Thread.interrupted()) {
            throw new BenchException("interrupted");
        }
        if (loop.failure() != null) {
            throw new BenchException("the worker has ended: " + loop.failure());
        }
    }

    /** Something that will hold. */
    @FunctionalInterface
    private interface Condition {

        boolean holds();
    }
}
