package io.penstock.perf.bench.wire;

import io.penstock.dataplane.demo.DemoException;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.JvmStat;
import io.penstock.perf.bench.measure.MachineFacts;
import io.penstock.perf.bench.measure.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * The order of things in {@code bench wire}: both devices are built and warmed, then they take turns, run by run.
 *
 * <p>Threads: one.
 */
final class WireBench {

    /** Below this a run of usual length has too few frames to say anything. */
    private static final long LEAST_RECORDED_PPS = 10;

    private final WireSettings settings;
    private final List<String> penstock;
    private final Consumer<String> progress;

    /**
     * Prepares a measurement; nothing is built yet.
     *
     * @param penstock the command line that stands for {@code penstock}
     * @param progress told what goes on, line by line
     */
    WireBench(final WireSettings settings, final List<String> penstock, final Consumer<String> progress) {
        this.settings = settings;
        this.penstock = penstock;
        this.progress = progress;
    }

    /** Measures. */
    WireResult run() {
        final String loadAverage = loadAverage();
        try (WireLoad load = settings.load()) {
            final WireSettings actual = settings.replayFactor() == 0 ? settings : settings.withRatePps(recordedRate(load));
            try (WireStand stand = WireStand.open(actual.setup(penstock), load, progress)) {
                return new Turns(actual, load, stand, progress).measure(loadAverage);
            }
        }
    }

    private long recordedRate(final WireLoad load) {
        final double rate = load.replay().recordedPps() / settings.replayFactor();
        if (rate < LEAST_RECORDED_PPS) {
            throw new BenchException(String.format(Locale.ROOT, "%s has %.3g frames a second at the factor %s; least=%d; give a "
                    + "smaller factor", settings.replay(), rate, settings.replayFactor(), LEAST_RECORDED_PPS));
        }
        return Math.round(rate);
    }

    private static String loadAverage() {
        try {
            return Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
        } catch (final IOException e) {
            throw new DemoException("the load average cannot be read: " + e.getMessage(), e);
        }
    }

    /** Both devices, run by run. */
    private record Turns(WireSettings settings, WireLoad load, WireStand stand, Consumer<String> progress) {

        WireResult measure(final String loadAverage) {
            final JvmStat before = jvm();
            final List<WireRun> ownRuns = new ArrayList<>();
            final List<WireRun> peerRuns = new ArrayList<>();
            turns(ownRuns, settings.ratePps(), peerRuns, settings.ratePps());
            final List<WireRun> ownPaced = settings.paced() ? ownRuns : new ArrayList<>();
            final List<WireRun> peerPaced = settings.paced() ? peerRuns : new ArrayList<>();
            if (settings.latency() && !settings.paced()) {
                final long ownRate = latencyRate(ownRuns);
                final long peerRate = latencyRate(peerRuns);
                stand.own().warmUp(ownRate);
                if (stand.peer() != null) {
                    stand.peer().warmUp(peerRate);
                }
                turns(ownPaced, ownRate, peerPaced, peerRate);
            }
            final JvmStat after = jvm();
            final boolean known = before != null && after != null;
            return new WireResult(settings, load.text(settings.tracking()), load::write, ownRuns, peerRuns, ownPaced, peerPaced,
                    stand.own().configuration(), stand.peer() == null ? List.of() : stand.peer().configuration(),
                    known ? after.allocatedBytes() - before.allocatedBytes() : -1,
                    known ? after.collections() - before.collections() : -1, loadAverage, MachineFacts.ofThis());
        }

        private void turns(
                final List<WireRun> ownRuns, final long ownRate, final List<WireRun> peerRuns, final long peerRate) {
            for (int i = 0; i < settings.runs(); i++) {
                // Who goes first changes, so that a machine that gets slower or faster favours nobody.
                if (i % 2 == 0) {
                    turn(stand.own(), ownRate, ownRuns);
                    turn(stand.peer(), peerRate, peerRuns);
                } else {
                    turn(stand.peer(), peerRate, peerRuns);
                    turn(stand.own(), ownRate, ownRuns);
                }
            }
        }

        private void turn(final WireRig rig, final long ratePps, final List<WireRun> runs) {
            if (rig != null) {
                final WireRun run = rig.run(ratePps, settings.seconds());
                progress.accept(run.toString());
                runs.add(run);
            }
        }

        private static long latencyRate(final List<WireRun> runs) {
            return runs.isEmpty() ? 0 : Math.max(1, (long) (WireSettings.LATENCY_LOAD * 1e6
                    * Samples.of(runs.stream().mapToDouble(WireRun::mpps).toArray()).median()));
        }

        /** Of Penstock's process; it has to run to answer. */
        private JvmStat jvm() {
            final WireDevice device = stand.own().device();
            device.resume();
            try {
                return JvmStat.of(device.pid());
            } finally {
                device.pause();
            }
        }
    }
}
