package io.penstock.perf.bench;

import io.penstock.dataplane.demo.DemoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The order of things in {@code bench wire}: both devices are built and warmed, then they take turns, run by run.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Nothing is left when {@link #run} returns, or when the process is told to end meanwhile.</li>
 *   <li>Only the device whose turn it is runs.</li>
 * </ol>
 *
 * <p>Threads: one, and the shutdown hook that it registers.
 */
final class WireBench {

    private final WireSettings settings;
    private final WireRig own;
    private final WireRig peer;
    private final Consumer<String> progress;

    /**
     * Prepares a measurement; nothing is built yet.
     *
     * @param penstock the command line that stands for {@code penstock}
     * @param progress told what goes on, line by line
     */
    WireBench(final WireSettings settings, final List<String> penstock, final Consumer<String> progress) {
        this.settings = settings;
        this.progress = progress;
        final WireNetwork ownNetwork = new WireNetwork("penstock");
        own = new WireRig(ownNetwork, new PenstockDevice(
                ownNetwork.dut(), penstock, settings.config(), settings.tracking()), settings);
        final WireNetwork peerNetwork = new WireNetwork("peer");
        peer = switch (settings.peer()) {
            case NONE -> null;
            case TESTPMD -> new WireRig(peerNetwork, new TestpmdDevice(peerNetwork.dut()), settings);
            case KERNEL -> new WireRig(peerNetwork, new KernelDevice(peerNetwork.dut(), settings.tracking()), settings);
            case OVS -> new WireRig(peerNetwork, new OvsDevice(peerNetwork.dut(), settings.tracking()), settings);
        };
    }

    /** Measures. */
    WireResult run() {
        final String loadAverage = loadAverage();
        final WirePriority priority = WirePriority.raise();
        final Thread cleanUp = Thread.ofPlatform().name("bench-clean-up").unstarted(() -> close(priority));
        Runtime.getRuntime().addShutdownHook(cleanUp);
        try {
            open(own);
            open(peer);
            return measure(loadAverage);
        } finally {
            closeTraffic(own);
            closeTraffic(peer);
            close(priority);
            ShutdownHooks.forget(cleanUp);
        }
    }

    private WireResult measure(final String loadAverage) {
        final JvmStat before = jvm();
        final List<WireRun> ownRuns = new ArrayList<>();
        final List<WireRun> peerRuns = new ArrayList<>();
        turns(ownRuns, settings.ratePps(), peerRuns, settings.ratePps());
        final List<WireRun> ownPaced = settings.paced() ? ownRuns : new ArrayList<>();
        final List<WireRun> peerPaced = settings.paced() ? peerRuns : new ArrayList<>();
        if (settings.latency() && !settings.paced()) {
            final long ownRate = latencyRate(ownRuns);
            final long peerRate = latencyRate(peerRuns);
            own.warmUp(ownRate);
            if (peer != null) {
                peer.warmUp(peerRate);
            }
            turns(ownPaced, ownRate, peerPaced, peerRate);
        }
        final JvmStat after = jvm();
        final boolean known = before != null && after != null;
        return new WireResult(settings, ownRuns, peerRuns, ownPaced, peerPaced,
                known ? after.allocatedBytes() - before.allocatedBytes() : -1,
                known ? after.collections() - before.collections() : -1, loadAverage, MachineFacts.ofThis());
    }

    private void open(final WireRig rig) {
        if (rig != null) {
            progress.accept("starting " + rig.device().name() + " and warming it up");
            rig.open();
        }
    }

    private void turns(
            final List<WireRun> ownRuns, final long ownRate, final List<WireRun> peerRuns, final long peerRate) {
        for (int i = 0; i < settings.runs(); i++) {
            // Who goes first changes, so that a machine that gets slower or faster favours nobody.
            if (i % 2 == 0) {
                turn(own, ownRate, ownRuns);
                turn(peer, peerRate, peerRuns);
            } else {
                turn(peer, peerRate, peerRuns);
                turn(own, ownRate, ownRuns);
            }
        }
    }

    private void turn(final WireRig rig, final long ratePps, final List<WireRun> runs) {
        if (rig != null) {
            final WireRun run = rig.run(ratePps);
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
        own.device().resume();
        try {
            return JvmStat.of(own.device().pid());
        } finally {
            own.device().pause();
        }
    }

    private void close(final WirePriority priority) {
        try (priority; own) {
            if (peer != null) {
                peer.close();
            }
        }
    }

    private static void closeTraffic(final WireRig rig) {
        if (rig != null) {
            rig.closeTraffic();
        }
    }

    private static String loadAverage() {
        try {
            return Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
        } catch (final IOException e) {
            throw new DemoException("the load average cannot be read: " + e.getMessage(), e);
        }
    }
}
