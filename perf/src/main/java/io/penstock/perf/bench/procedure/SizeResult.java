package io.penstock.perf.bench.procedure;

import io.penstock.dataplane.cli.Json;
import io.penstock.perf.bench.measure.Samples;
import io.penstock.perf.bench.wire.WireLimit;
import io.penstock.perf.bench.wire.WireTrial;
import io.penstock.perf.wire.LatencyHistogram;
import io.penstock.perf.wire.SizeMix;
import java.util.ArrayList;
import java.util.List;

/** What one device did with frames of one size. Written while it is measured, then only read. Threads: one. */
final class SizeResult {

    private static final double PPS_PER_MPPS = 1e6;
    private static final double NS_PER_US = 1e3;
    private static final double HIGHEST_PERCENTILE = 99.999;

    private final SizeMix sizes;
    private final List<Double> throughputs = new ArrayList<>();
    private final List<WireLimit> limits = new ArrayList<>();
    private final List<Latency> latencies = new ArrayList<>();
    private final List<Long> bursts = new ArrayList<>();
    private List<LossSteps.Step> losses = List.of();
    private Count throughputCount = new Count(0, 0, 0);
    private Count burstCount = new Count(0, 0, 0);
    private boolean burstsReachedMost;
    private long late;

    SizeResult(final SizeMix sizes) {
        this.sizes = sizes;
    }

    /**
     * Trials of a kind.
     *
     * @param trials   all, repeats too
     * @param spoilt   by the machine
     * @param repeated how many are repeats of these
     */
    record Count(int trials, int spoilt, int repeated) {

        static Count of(final Trials trials) {
            return new Count(trials.count(), trials.spoilt(), trials.repeated());
        }
    }

    /** Latencies at a part of the throughput. */
    record Latency(double share, WireTrial trial) {
    }

    String size() {
        return Sizes.text(sizes);
    }

    void throughput(final double pps, final WireLimit limit) {
        throughputs.add(pps);
        limits.add(limit);
    }

    void throughputTrials(final Count count) {
        throughputCount = count;
    }

    void latency(final double share, final WireTrial trial) {
        latencies.add(new Latency(share, trial));
    }

    void losses(final List<LossSteps.Step> steps) {
        losses = steps;
    }

    void burst(final long frames, final boolean most) {
        bursts.add(frames);
        burstsReachedMost |= most;
    }

    void burstTrials(final Count count) {
        burstCount = count;
    }

    void late(final long frames) {
        late = frames;
    }

    /** The median in frames a second. */
    double pps() {
        return samples().median();
    }

    Samples samples() {
        return Samples.of(throughputs.stream().mapToDouble(Double::doubleValue).toArray());
    }

    List<Double> throughputs() {
        return throughputs;
    }

    /** Of the search whose result is the median or nearest to it. */
    WireLimit limit() {
        final double median = pps();
        int nearest = 0;
        for (int i = 1; i < throughputs.size(); i++) {
            if (Math.abs(throughputs.get(i) - median) < Math.abs(throughputs.get(nearest) - median)) {
                nearest = i;
            }
        }
        return limits.get(nearest);
    }

    double lineMbps() {
        return Sizes.lineMbps(sizes, pps());
    }

    Count throughputTrials() {
        return throughputCount;
    }

    Count burstTrials() {
        return burstCount;
    }

    List<Latency> latencies() {
        return latencies;
    }

    List<LossSteps.Step> losses() {
        return losses;
    }

    List<Long> bursts() {
        return bursts;
    }

    long burst() {
        return Math.round(Samples.of(bursts.stream().mapToDouble(Long::doubleValue).toArray()).median());
    }

    /** Whether a burst of the longest length that was tried came through: there may be longer ones. */
    boolean burstsReachedMost() {
        return burstsReachedMost;
    }

    long late() {
        return late;
    }

    void writeThroughput(final Json json) {
        json.object();
        Sizes.write(json, size());
        json.field("mpps", pps() / PPS_PER_MPPS).name("mpps_runs").array();
        throughputs.forEach(pps -> json.value(pps / PPS_PER_MPPS));
        json.end().field("line_mbps", lineMbps()).field("trials", throughputCount.trials)
                .field("spoilt", throughputCount.spoilt).field("repeated", throughputCount.repeated).field("late", late).field("limit", limit().toString()).end();
    }

    void writeLatencies(final Json json) {
        for (final Latency latency : latencies) {
            final LatencyHistogram histogram = latency.trial.latency();
            json.object();
            Sizes.write(json, size());
            json.field("share", latency.share).field("rate_pps", Math.round(latency.trial.askedPps()))
                    .field("p50", us(histogram.p50())).field("p99", us(histogram.p99())).field("p99_9", us(histogram.p999()))
                    .field("p99_99", us(histogram.p9999())).field("p99_999", us(highest(histogram)))
                    .field("max", us(histogram.max())).field("count", histogram.count()).field("lost", latency.trial.lost());
            writeDisturbances(json, latency.trial);
            json.end();
        }
    }

    void writeLosses(final Json json) {
        for (final LossSteps.Step step : losses) {
            json.object();
            Sizes.write(json, size());
            json.field("offered_share", step.share()).field("offered_mpps", step.trial().offeredPps() / PPS_PER_MPPS)
                    .field("loss", step.loss()).field("lost", step.trial().lost()).field("sent", step.trial().sent())
                    .field("sink_drops", step.trial().sinkDrops());
            writeDisturbances(json, step.trial());
            json.end();
        }
    }

    void writeBursts(final Json json) {
        json.object();
        Sizes.write(json, size());
        json.field("frames", burst()).name("frames_runs").array();
        bursts.forEach(json::value);
        json.end().field("trials", burstCount.trials).field("spoilt", burstCount.spoilt).field("repeated", burstCount.repeated)
                .field("is_longest_tried", burstsReachedMost).end();
    }

    static double us(final long ns) {
        return ns / NS_PER_US;
    }

    static long highest(final LatencyHistogram histogram) {
        return histogram.percentile(HIGHEST_PERCENTILE);
    }

    private static void writeDisturbances(final Json json, final WireTrial trial) {
        json.field("involuntary_context_switches", trial.switches())
                .field("generator_involuntary_context_switches", trial.generatorSwitches())
                .field("steal_ticks", trial.stealTicks());
    }
}
