package io.penstock.perf.bench.procedure;

import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.MachineFacts;
import io.penstock.perf.bench.procedure.Rfc2544Settings.Test;
import io.penstock.perf.bench.wire.WireLimit;
import io.penstock.perf.bench.wire.WireLoad;
import io.penstock.perf.bench.wire.WireRig;
import io.penstock.perf.bench.wire.WireStand;
import io.penstock.perf.bench.wire.WireTracking;
import io.penstock.perf.bench.wire.WireTrial;
import io.penstock.perf.wire.SizeMix;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * The order of things in {@code bench rfc2544}: size by size, first what generator and sink can do with it, then all tests of one
 * device, then all of the other; who goes first changes.
 *
 * <p>Threads: one; {@link #soFar} any.
 */
final class Rfc2544Bench implements Rfc2544Command.Procedure {

    /** Over the generator's ceiling: a rate that it cannot reach, so that the highest one is what it does reach. */
    private static final double BEYOND = 1.2;
    /** Of a measurement of a ceiling. Unit: s. A tenth shows the same; with steal about, longer is steadier. */
    private static final double CEILING_SECONDS = 0.3;
    private static final int CEILING_RUNS = 3;
    /** Parts of the throughput at which latencies are measured. RFC 2544 asks for all of it, where queues are full. */
    private static final double[] LATENCY_SHARES = {1.0, 0.9, 0.5};
    private static final double PPS_PER_MPPS = 1e6;

    private final Rfc2544Settings settings;
    private final List<String> penstock;
    private final Consumer<String> progress;
    private volatile Rfc2544Result soFar;

    /**
     * Prepares a measurement; nothing is built yet.
     *
     * @param penstock the command line that stands for {@code penstock}
     * @param progress told what goes on, line by line
     */
    Rfc2544Bench(final Rfc2544Settings settings, final List<String> penstock, final Consumer<String> progress) {
        this.settings = settings;
        this.penstock = penstock;
        this.progress = progress;
    }

    @Override
    public Rfc2544Result run() {
        final List<CeilingRow> generator = new ArrayList<>();
        final List<CeilingRow> sink = new ArrayList<>();
        final List<SizeResult> own = new ArrayList<>();
        final List<SizeResult> peer = new ArrayList<>();
        final MachineFacts machine = MachineFacts.ofThis();
        try (WireStand stand = WireStand.open(
                        settings.setup(penstock), load(settings.sizes().getFirst()), progress);
                Ceilings ceilings = Ceilings.open()) {
            for (int i = 0; i < settings.sizes().size(); i++) {
                final SizeMix sizes = settings.sizes().get(i);
                ceiling(ceilings, sizes, generator, sink);
                if (i % 2 == 0) {
                    turn(stand.own(), sizes, generator.getLast(), sink.getLast(), own);
                    turn(stand.peer(), sizes, generator.getLast(), sink.getLast(), peer);
                } else {
                    turn(stand.peer(), sizes, generator.getLast(), sink.getLast(), peer);
                    turn(stand.own(), sizes, generator.getLast(), sink.getLast(), own);
                }
                soFar = new Rfc2544Result(
                        settings, List.copyOf(own), List.copyOf(peer), List.copyOf(generator), List.copyOf(sink),
                        stand.peer() == null ? List.of() : stand.peer().configuration(), machine);
            }
        }
        return soFar;
    }

    /** The sizes that all devices are done with. */
    @Override
    public Rfc2544Result soFar() {
        return soFar;
    }

    private void ceiling(
            final Ceilings ceilings, final SizeMix sizes, final List<CeilingRow> generator, final List<CeilingRow> sink) {
        final List<Double> made = new ArrayList<>();
        final List<Double> counted = new ArrayList<>();
        for (int i = 0; i < CEILING_RUNS; i++) {
            made.add(ceilings.generatorMpps(load(sizes), true, CEILING_SECONDS));
            counted.add(ceilings.sinkMpps(load(sizes), CEILING_SECONDS));
        }
        generator.add(new CeilingRow(Sizes.text(sizes), "constant", made));
        sink.add(new CeilingRow(Sizes.text(sizes), null, counted));
        progress.accept(String.format(Locale.ROOT, "%s B: the generator makes %.3f Mpps, the sink counts %.3f", Sizes.text(sizes),
                generator.getLast().mpps(), sink.getLast().mpps()));
    }

    private void turn(final WireRig rig, final SizeMix sizes, final CeilingRow generator, final CeilingRow sink,
            final List<SizeResult> results) {
        if (rig == null) {
            return;
        }
        rig.load(load(sizes));
        rig.begin(0);
        final RigDevice device = new RigDevice(rig);
        results.add(measure(device, sizes, generator.mpps() * PPS_PER_MPPS, sink.mpps() * PPS_PER_MPPS));
        if (rig.tracking() != WireTracking.NONE) {
            requireConnections(rig);
        }
        rig.end();
    }

    /** All tests of a device whose turn it is. */
    SizeResult measure(final TrialDevice device, final SizeMix sizes, final double generatorPps, final double sinkPps) {
        final SizeResult result = new SizeResult(sizes);
        final Trials trials = trials(device, sizes);
        if (settings.tests().contains(Test.THROUGHPUT)) {
            throughput(trials, result, generatorPps, sinkPps);
        }
        if (settings.tests().contains(Test.LATENCY) && result.pps() > 0) {
            for (final double share : LATENCY_SHARES) {
                result.latency(share, trials.run(result.pps() * share).trial());
            }
        }
        if (settings.tests().contains(Test.LOSS)) {
            result.losses(new LossSteps(trials, highest(trials, generatorPps)).run());
        }
        if (settings.tests().contains(Test.BACK_TO_BACK)) {
            bursts(trials(device, sizes), result, generatorPps);
        }
        result.late(trials.late());
        return result;
    }

    private void throughput(final Trials trials, final SizeResult result, final double generatorPps, final double sinkPps) {
        final RateSearch search = new RateSearch(trials, generatorPps * BEYOND, settings.resolution());
        RateSearch.Found found = search.search();
        for (int i = 0; i < settings.runs(); i++) {
            if (i > 0) {
                found = found.pps() > 0 && found.failed() != null ? search.searchAround(found.pps()) : search.search();
            }
            final WireLimit limit = WireLimit.of(found.pps(), found.failed(), trials.device().hasWorker(), generatorPps, sinkPps);
            result.throughput(found.pps(), limit);
            progress.accept(String.format(Locale.ROOT, "%-9s %5s B  throughput %.4f Mpps, limit %s", trials.device().name(),
                    result.size(), found.pps() / PPS_PER_MPPS, limit));
        }
        result.throughputTrials(SizeResult.Count.of(trials));
    }

    private void bursts(final Trials trials, final SizeResult result, final double generatorPps) {
        final long most = (long) (generatorPps * settings.seconds());
        for (int i = 0; i < settings.runs(); i++) {
            final long frames = new BurstSearch(trials, most, settings.resolution()).search();
            result.burst(frames, frames == most);
            progress.accept(String.format(Locale.ROOT, "%-9s %5s B  longest burst %,d frames", trials.device().name(),
                    result.size(), frames));
        }
        result.burstTrials(SizeResult.Count.of(trials));
    }

    /** What the generator offers at most with this device behind it, in frames a second. */
    private static double highest(final Trials trials, final double generatorPps) {
        return Math.min(generatorPps * BEYOND, trials.run(generatorPps * BEYOND).trial().offeredPps());
    }

    private Trials trials(final TrialDevice device, final SizeMix sizes) {
        return new Trials(device, Sizes.text(sizes), settings.seconds(), settings.lossPpm(), progress);
    }

    private WireLoad load(final SizeMix sizes) {
        return WireLoad.of(sizes, settings.flows());
    }

    private void requireConnections(final WireRig rig) {
        final long connections = rig.connections();
        if (connections >= 0 && connections != settings.flows()) {
            throw new BenchException("not every flow has its connection: device=" + rig.name() + " connections=" + connections
                    + " flows=" + settings.flows());
        }
    }

    /** A rig whose turn it is. */
    private record RigDevice(WireRig rig) implements TrialDevice {

        @Override
        public String name() {
            return rig.name();
        }

        @Override
        public boolean hasWorker() {
            return rig.hasWorker();
        }

        @Override
        public WireTrial trial(final double ratePps, final double seconds) {
            return rig.trial(ratePps, seconds);
        }

        @Override
        public WireTrial burst(final long frames) {
            return rig.burst(frames);
        }
    }
}
