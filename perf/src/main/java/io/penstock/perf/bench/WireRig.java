package io.penstock.perf.bench;

import io.penstock.dataplane.hot.metrics.WorkerCounter;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.metrics.CounterSnapshot;
import io.penstock.perf.wire.SinkReport;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * One device under test between its own generator and sink. Two of them can be compared in alternating runs: each keeps its
 * process, compiled code and warm caches' contents while the other runs, and is paused meanwhile.
 *
 * <p>Threads: one, and {@link #close} from any.
 */
final class WireRig implements AutoCloseable {

    /**
     * Traffic before each run that is not measured. Unit: s. Brings back what the other device displaced from the caches; below
     * 0.1 it shows in the tails, above it only costs time.
     */
    private static final double SETTLE_SECONDS = 0.3;
    private static final double NS_PER_SECOND = 1e9;

    private final WireNetwork network;
    private final WireDevice device;
    private final WireSettings settings;
    private WireTraffic traffic;
    private WorkerStat worker;

    WireRig(final WireNetwork network, final WireDevice device, final WireSettings settings) {
        this.network = network;
        this.device = device;
        this.settings = settings;
    }

    WireDevice device() {
        return device;
    }

    /** Builds, starts and warms everything, and leaves the device paused. */
    void open() {
        network.build();
        device.start();
        traffic = WireTraffic.open(network, settings.flows(), settings.frameBytes());
        // As fast as it goes even where the runs are paced: that is what gets the code compiled.
        send(0, settings.warmUpSeconds());
        worker = device.pid() < 0 ? null : WorkerStat.find(device.pid(), WireCpus.WORKER);
        // The first reading loads classes: too long between its parts.
        read();
        device.pause();
    }

    /** Gets the device used to a rate. */
    void warmUp(final long ratePps) {
        device.resume();
        send(ratePps, settings.warmUpSeconds());
        device.pause();
    }

    /** One measured run at a rate, or with 0 as fast as it goes. */
    WireRun run(final long ratePps) {
        device.resume();
        send(ratePps, SETTLE_SECONDS);
        final CounterSnapshot before = device.counters();
        traffic.start(ratePps);
        final Reading from = read();
        sleep(settings.seconds());
        final Reading to = read();
        final SinkReport end = traffic.stop();
        final CounterSnapshot after = device.counters();
        final long sent = traffic.sent();
        final long connections = settings.tracking() == WireTracking.NONE ? 0 : device.connections();
        device.pause();
        if (end.frames() == 0) {
            throw new BenchException("no frame came through " + device.name() + ": sent=" + sent
                    + (after == null ? "" : " taken=" + taken(before, after, WorkerCounter.PACKETS) + " dropped="
                            + dropped(before, after)) + "; it printed:\n" + device.printed());
        }
        final double ns = to.nowNs - from.nowNs;
        return new WireRun(
                device.name(), ratePps, ns / NS_PER_SECOND, (to.received - from.received) * 1e3 / ns,
                (to.sent - from.sent) * 1e3 / ns, sent, end.frames(), end.late(),
                after == null ? -1 : taken(before, after, WorkerCounter.FORWARDED),
                after == null ? -1 : taken(before, after, WorkerCounter.PACKETS),
                after == null ? Map.of() : dropped(before, after), after == null ? 0 : after.unaccounted(),
                connections, worker == null ? -1 : (to.workerNs - from.workerNs) / ns,
                to.switches - from.switches, to.stealTicks - from.stealTicks, end.latency());
    }

    @Override
    public void close() {
        device.close();
        network.close();
    }

    /** Ends the generator and the sink; by the thread that opened them. */
    void closeTraffic() {
        if (traffic != null) {
            traffic.close();
            traffic = null;
        }
    }

    private void send(final long ratePps, final double seconds) {
        traffic.start(ratePps);
        sleep(seconds);
        traffic.stop();
    }

    /** What has happened so far; the clock and the counters of frames are read next to one another. */
    private Reading read() {
        final long workerNs = worker == null ? 0 : worker.cpuNs();
        final long switches = worker == null ? 0 : worker.involuntarySwitches();
        final long stealTicks = WorkerStat.stealTicks();
        final long sent = traffic.sent();
        final long received = traffic.received().frames();
        return new Reading(System.nanoTime(), sent, received, workerNs, switches, stealTicks);
    }

    private static long taken(final CounterSnapshot before, final CounterSnapshot after, final WorkerCounter counter) {
        return after.sum(counter) - before.sum(counter);
    }

    private static Map<String, Long> dropped(final CounterSnapshot before, final CounterSnapshot after) {
        final Map<String, Long> dropped = new LinkedHashMap<>();
        for (final Map.Entry<DropReason, Long> entry : after.dropped().entrySet()) {
            final long count = entry.getValue() - before.dropped(entry.getKey());
            if (count != 0) {
                dropped.put(entry.getKey().metric(), count);
            }
        }
        return dropped;
    }

    private static void sleep(final double seconds) {
        final long end = System.nanoTime() + (long) (seconds * NS_PER_SECOND);
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
            if (Thread.interrupted()) {
                throw new BenchException("interrupted");
            }
        }
    }

    /** What had happened by a moment. */
    private record Reading(long nowNs, long sent, long received, long workerNs, long switches, long stealTicks) {
    }
}
