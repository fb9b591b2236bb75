package io.penstock.perf.bench.latency;

import io.penstock.perf.bench.engine.LaneTotals;
import io.penstock.perf.bench.measure.MachineFacts;
import java.util.ArrayList;
import java.util.List;

/**
 * The order of things in {@code bench latency --mode engine}.
 *
 * <p>Threads: one.
 */
final class EngineLatency {

    /** Slow batches that are kept, and packets of them: some 20 MB. */
    private static final int LOG_BATCHES = 1 << 16;
    private static final int LOG_PACKETS = 1 << 22;
    /** From when it is watched until it counts, so that a worker that was off its CPU when the watch began has come back. Unit: s. */
    private static final double SETTLE_SECONDS = 0.2;
    /** Of what was due; a worker that gets less has too much to do, and its latency is the ring's length. */
    private static final double LEAST_SHARE = 0.99;

    static final String NO_CONNECTIONS = "no connection is left, so this measures no tracking; let flows come more often: a higher --rate, fewer "
            + "--flows";

    private final LoadOptions options;
    private final double seconds;
    private final long thresholdNs;
    private final List<Fault> faults;

    EngineLatency(final LoadOptions options, final double seconds, final long thresholdNs, final List<Fault> faults) {
        this.options = options;
        this.seconds = seconds;
        this.thresholdNs = thresholdNs;
        this.faults = faults;
    }

    /** Measures. */
    LatencyResult run() {
        // While this thread still has every CPU.
        final MachineFacts machine = MachineFacts.ofThis();
        try (EngineLoad load = new EngineLoad(options); JvmLog log = JvmLog.ofThis()) {
            load.warmUp();
            final OpenLoop loop = load.loop();
            log.start();
            final List<FaultThread> injected = new ArrayList<>();
            final SlowLog slow = new SlowLog(LOG_BATCHES, LOG_PACKETS, thresholdNs);
            final LoadSpan span = load.span(slow);
            final LoadSpan measured;
            final CpuWatch watch = CpuWatch.of(loop.thread(), loop.number(), loop.cpu());
            try (watch) {
                load.pass(SETTLE_SECONDS);
                for (int i = 0; i < faults.size(); i++) {
                    injected.add(inject(faults.get(i)));
                    // So that they do not come at the same time.
                    load.pass(SETTLE_SECONDS);
                }
                load.exchange(span);
                load.pass(seconds);
                measured = load.finish();
            } finally {
                injected.forEach(FaultThread::close);
            }
            log.stop();
            final List<Incident> incidents = new ArrayList<>(log.read(loop.number()));
            incidents.addAll(watch.incidents());
            return result(load, measured, Slowness.of(slow, measured.corrected, incidents), watch.seesSwitches(), machine);
        }
    }

    private FaultThread inject(final Fault fault) {
        return switch (fault.kind()) {
            case PAUSE -> FaultThread.hog(options.cpu(), fault.ms());
            case GC -> FaultThread.of("injected-gc", System::gc);
        };
    }

    private LatencyResult result(
            final EngineLoad load, final LoadSpan measured, final Slowness slowness, final boolean seesSwitches, final MachineFacts machine) {
        final LaneTotals totals = load.totals();
        final long connections = options.connections() == null ? -1 : load.connections();
        final String failure;
        if (totals.unaccounted() != 0) {
            failure = "the engine lost track of packets, a defect: unaccounted=" + totals.unaccounted();
        } else if (measured.received + measured.lost != measured.offered) {
            failure = "packets are not accounted for, a defect: offered=" + measured.offered + " received=" + measured.received + " lost="
                    + measured.lost;
        } else if (measured.received == 0) {
            failure = "nothing was received: rate_pps=" + load.ratePps() + "; measure for longer, or with a higher --rate";
        } else if (measured.received < measured.offered * LEAST_SHARE) {
            failure = "the load is more than the worker can carry: offered=" + measured.offered + " lost=" + measured.lost
                    + "; lower --load or --rate, or see whether others use CPU " + options.cpu();
        } else if (connections == 0) {
            failure = NO_CONNECTIONS;
        } else {
            failure = options.loss(totals);
        }
        return new LatencyResult("engine", options.text(), load.ratePps(), load.maximumPps(), options.arrivals().toString(), measured.seconds(),
                measured.offered, measured.received, measured.lost, measured.startNs, measured.corrected, measured.uncorrected, slowness,
                connections, faults.stream().map(Fault::text).toList(), options.cpu(), load.isAlone(), seesSwitches,
                (double) measured.allocatedBytes / Math.max(1, measured.received), totals.droppedByReason(), failure, machine);
    }
}
