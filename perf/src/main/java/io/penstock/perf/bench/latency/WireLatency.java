package io.penstock.perf.bench.latency;

import io.penstock.os.sys.Linux;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.MachineFacts;
import io.penstock.perf.bench.wire.WireCpus;
import io.penstock.perf.bench.wire.WireLoad;
import io.penstock.perf.bench.wire.WireRig;
import io.penstock.perf.bench.wire.WireSetup;
import io.penstock.perf.bench.wire.WireStand;
import io.penstock.perf.bench.wire.WireTrial;
import io.penstock.perf.wire.SlowFrames;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/**
 * The order of things in {@code bench latency --mode wire}: Penstock between generator and sink, in a process of its own.
 *
 * <p>Threads: one.
 */
final class WireLatency {

    /** What can be done is measured with so many frames, which takes a second or two. */
    private static final long MAXIMUM_FRAMES = 2_000_000;
    /** Of what was sent; a device that brings less to the other end has too much to do, and its latency is its rings' length. */
    private static final double LEAST_SHARE = 0.99;
    private static final int SIGCONT = 18;
    private static final int SIGSTOP = 19;
    private static final String GENERATOR = "of the generator";

    private final WireSetup setup;
    private final WireLoad load;
    private final long ratePps;
    private final double loadPercent;
    private final double seconds;
    private final List<Fault> faults;
    private final String connections;
    private final Consumer<String> progress;

    /**
     * Nothing is built yet.
     *
     * @param setup       with a log of slow frames
     * @param ratePps     or 0 for a part of what can be done
     * @param connections what the device keeps of flows
     */
    WireLatency(final WireSetup setup, final WireLoad load, final long ratePps, final double loadPercent, final double seconds,
            final List<Fault> faults, final String connections, final Consumer<String> progress) {
        this.setup = setup;
        this.load = load;
        this.ratePps = ratePps;
        this.loadPercent = loadPercent;
        this.seconds = seconds;
        this.faults = faults;
        this.connections = connections;
        this.progress = progress;
    }

    /** Measures. */
    LatencyResult run(final long thresholdNs) {
        final MachineFacts machine = MachineFacts.ofThis();
        try (WireStand stand = WireStand.open(setup, load, progress)) {
            final WireRig rig = stand.own();
            if (!rig.hasWorker()) {
                throw new BenchException("the worker's thread was not found: cpu=" + WireCpus.WORKER + "; let it be the only one of the "
                        + "configuration's workers: cpus");
            }
            rig.begin(0);
            final double maximum = ratePps != 0 ? 0 : rig.burst(MAXIMUM_FRAMES).receivedPps();
            final long rate = ratePps != 0 ? ratePps : Math.max(1, Math.round(maximum * loadPercent / 100));
            progress.accept("warming it up at " + rate + " frames a second");
            rig.trial(rate, setup.warmUpSeconds() / 2);
            return measure(rig, rate, maximum, thresholdNs, machine);
        }
    }

    private LatencyResult measure(
            final WireRig rig, final long rate, final double maximum, final long thresholdNs, final MachineFacts machine) {
        try (JvmLog log = JvmLog.of(rig.process()); JvmLog own = JvmLog.ofThis()) {
            log.start();
            own.start();
            // Of what the command that switched it on did to the caches.
            rig.begin(rate);
            setup.slow().reset();
            final CpuWatch worker = CpuWatch.ofOther("", rig.process(), rig.workerThread(), WireCpus.WORKER);
            final CpuWatch generator = CpuWatch.ofOther(GENERATOR, ProcessHandle.current().pid(), rig.generatorThread(), WireCpus.GENERATOR);
            final List<FaultThread> injected = new ArrayList<>();
            final long startNs = System.nanoTime();
            final WireTrial trial;
            try (worker; generator) {
                faults.forEach(fault -> injected.add(inject(fault, rig.process())));
                trial = rig.trial(rate, seconds);
            } finally {
                injected.forEach(FaultThread::close);
            }
            log.stop();
            own.stop();
            final long tracked = connections == null ? -1 : rig.connections();
            final List<Incident> incidents = new ArrayList<>(log.read(rig.workerThread()));
            // The generator's thread is this JVM's, which may stop it.
            own.read(rig.generatorThread()).forEach(incident -> incidents.add(incident.of(GENERATOR)));
            incidents.addAll(worker.incidents());
            incidents.addAll(generator.incidents());
            final Histogram latencies = LoadSpan.histogram();
            trial.latency().forEach((ns, count) -> latencies.recordValueWithCount(Math.min(ns, LoadSpan.MAX_NS), count));
            final SlowLog slow = new SlowLog(SlowFrames.ENTRIES, SlowFrames.ENTRIES, thresholdNs);
            final long missed = setup.slow().read((receivedNs, ns) -> {
                slow.begin(1);
                slow.add(trial.latency().told(ns));
                slow.end(receivedNs - ns, receivedNs);
            });
            return result(trial, rate, maximum, startNs, latencies, Slowness.of(slow, latencies, incidents).withMissed(missed), tracked,
                    worker.seesSwitches(), machine);
        }
    }

    private LatencyResult result(
            final WireTrial trial, final long rate, final double maximum, final long startNs, final Histogram latencies, final Slowness slowness,
            final long tracked, final boolean seesSwitches, final MachineFacts machine) {
        final String failure;
        if (trial.unaccounted() != 0) {
            failure = "the device lost track of packets, a defect: unaccounted=" + trial.unaccounted();
        } else if (trial.mismatch() != null) {
            failure = trial.mismatch();
        } else if (trial.received() == 0) {
            failure = "no frame came through " + trial.device() + ": sent=" + trial.sent();
        } else if (trial.received() < trial.sent() * LEAST_SHARE) {
            failure = "the load is more than the device can carry: sent=" + trial.sent() + " received=" + trial.received()
                    + "; lower --load or --rate, or see whether others use CPUs " + WireCpus.GENERATOR + " and " + WireCpus.WORKER;
        } else if (trial.offeredPps() < rate * LEAST_SHARE) {
            failure = String.format(Locale.ROOT, "the generator was the limit: rate_pps=%d sent_pps=%.0f; lower --load or --rate", rate,
                    trial.offeredPps());
        } else {
            failure = tracked == 0 ? EngineLatency.NO_CONNECTIONS : null;
        }
        final String input = "over veth, IPv4, UDP, frames of " + load.sizes().longest() + " bytes, " + load.flows() + " flows"
                + (connections == null ? "" : ", connections " + connections);
        return new LatencyResult("wire", input, rate, maximum, load.pattern().toString(), trial.seconds(), trial.sent(), trial.received(),
                trial.lost(), startNs, latencies, null, slowness, tracked, faults.stream().map(Fault::text).toList(), WireCpus.WORKER, true, seesSwitches,
                -1, trial.sinkDrops() == 0 ? Map.of() : Map.of("sink", trial.sinkDrops()), failure, machine);
    }

    private static FaultThread inject(final Fault fault, final long process) {
        return switch (fault.kind()) {
            case PAUSE -> FaultThread.of("injected-stop", () -> {
                Linux.kill((int) process, SIGSTOP);
                try {
                    final long endNs = System.nanoTime() + (long) (fault.ms() * 1e6);
                    for (long left = endNs - System.nanoTime(); left > 0; left = endNs - System.nanoTime()) {
                        LockSupport.parkNanos(left);
                    }
                } finally {
                    Linux.kill((int) process, SIGCONT);
                }
            });
            case GC -> {
                final AttachSocket jvm = new AttachSocket(process);
                yield FaultThread.of("injected-gc", () -> jvm.command("GC.run"));
            }
        };
    }
}
