package io.penstock.perf.bench.wire;

import io.penstock.dataplane.hot.metrics.WorkerCounter;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.metrics.CounterSnapshot;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.PollingThread;
import io.penstock.perf.wire.SinkReport;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * One device under test between its own generator and sink. Two of them can be compared in alternating runs: each keeps its
 * process, compiled code and warm caches' contents while the other runs, and is paused meanwhile: {@link #begin} and
 * {@link #end} are around its turn.
 *
 * <p>Threads: one, and {@link #close} from any.
 */
public final class WireRig implements AutoCloseable {

    /**
     * Traffic before each run that is not measured. Unit: s. Brings back what the other device displaced from the caches; below
     * 0.1 it shows in the tails, above it only costs time.
     */
    private static final double SETTLE_SECONDS = 0.3;
    private static final double NS_PER_SECOND = 1e9;

    private final WireNetwork network;
    private final WireDevice device;
    private final WireSetup setup;
    private WireLoad load;
    private WireTraffic traffic;
    private PollingThread worker;

    WireRig(final WireNetwork network, final WireDevice device, final WireSetup setup) {
        this.network = network;
        this.device = device;
        this.setup = setup;
    }

    /** The device's name in results. */
    public String name() {
        return device.name();
    }

    /** Whether the device is a process with a worker on a CPU of its own: the kernel works on the generator's. */
    public boolean hasWorker() {
        return worker != null;
    }

    /** The device's process, or -1. */
    public long process() {
        return device.pid();
    }

    /** The kernel's number of its worker's thread; with {@link #hasWorker}. */
    public int workerThread() {
        return worker.number();
    }

    /** The generator's thread, and the kernel's number of it. */
    public Thread generator() {
        return traffic.generator();
    }

    public int generatorThread() {
        return traffic.generatorThread();
    }

    /** Connections that the device has now, or -1 when it cannot tell. */
    public long connections() {
        return device.connections();
    }

    /** What it was configured by, line by line. */
    public List<String> configuration() {
        return device.configuration();
    }

    /** What it keeps of flows. */
    public WireTracking tracking() {
        return setup.tracking();
    }

    WireDevice device() {
        return device;
    }

    /** Builds, starts and warms everything, and leaves the device paused. */
    void open(final WireLoad first) {
        network.build(first.replay() != null);
        device.start();
        load(first);
        // As fast as it goes even where the runs are paced: that is what gets the code compiled.
        send(0, setup.warmUpSeconds());
        worker = device.pid() < 0 ? null : PollingThread.find(device.pid(), WireCpus.WORKER);
        // The first reading loads classes: too long between its parts.
        read();
        device.pause();
    }

    /** From now on other traffic is sent; by the thread that opened the rig. */
    public void load(final WireLoad other) {
        closeTraffic();
        load = other;
        traffic = WireTraffic.open(network, other, setup.tracking(), device.routers(), setup.slow());
    }

    /** Lets the device go on, and brings back what the other device displaced from the caches. */
    public void begin(final double ratePps) {
        device.resume();
        send(ratePps, SETTLE_SECONDS);
    }

    /** Its turn is over. */
    public void end() {
        device.pause();
    }

    /** Gets the device used to a rate. */
    void warmUp(final long ratePps) {
        device.resume();
        send(ratePps, setup.warmUpSeconds());
        device.pause();
    }

    /** One trial at a rate, of the device whose turn it is. Every frame that is due in that time is sent, however long it takes. */
    public WireTrial trial(final double ratePps, final double seconds) {
        return trial(ratePps, () -> traffic.send(ratePps, seconds));
    }

    /** One trial of so many frames as fast as they go. */
    public WireTrial burst(final long frames) {
        return trial(0, () -> traffic.burst(frames));
    }

    private WireTrial trial(final double ratePps, final Supplier<SinkReport> sending) {
        final long dropsBefore = network.sinkDrops();
        final CounterSnapshot before = device.counters();
        final Reading from = read();
        final SinkReport end = sending.get();
        final Reading to = read();
        final CounterSnapshot after = device.counters();
        if (traffic.sent() == 0) {
            throw new BenchException("the generator has sent nothing; a program that holds CPU " + WireCpus.GENERATOR
                    + " has to end first");
        }
        return new WireTrial(device.name(), ratePps, traffic.sent(), traffic.busyNs() / NS_PER_SECOND, load.arrived(end),
                end.late(), network.sinkDrops() - dropsBefore,
                after == null ? 0 : after.unaccounted() - before.unaccounted(), to.switches - from.switches,
                traffic.switches(), to.stealTicks - from.stealTicks, load.mismatch(traffic.sent(), end), end.latency());
    }

    /** One measured run at a rate, or with 0 as fast as it goes. */
    WireRun run(final long ratePps, final double seconds) {
        begin(ratePps);
        final long dropsBefore = network.sinkDrops();
        final CounterSnapshot before = device.counters();
        traffic.start(ratePps);
        final Reading from = read();
        sleep(seconds);
        final Reading to = read();
        final SinkReport end = traffic.stop();
        final CounterSnapshot after = device.counters();
        final long sinkDrops = network.sinkDrops() - dropsBefore;
        final long sent = traffic.sent();
        final long connections = setup.tracking() == WireTracking.NONE ? 0 : device.connections();
        end();
        if (load.arrived(end) == 0) {
            throw new BenchException("no frame came through " + device.name() + ": sent=" + sent
                    + (after == null ? "" : " taken=" + taken(before, after, WorkerCounter.PACKETS) + " dropped="
                            + dropped(before, after)) + "; it printed:\n" + device.printed());
        }
        final double ns = to.nowNs - from.nowNs;
        return new WireRun(
                device.name(), ratePps, ns / NS_PER_SECOND, (to.received - from.received) * 1e3 / ns,
                (to.sent - from.sent) * 1e3 / ns, sent, load.arrived(end), end.late(), sinkDrops, end.altered(),
                load.mismatch(sent, end),
                after == null ? -1 : taken(before, after, WorkerCounter.FORWARDED),
                after == null ? -1 : taken(before, after, WorkerCounter.PACKETS),
                after == null ? Map.of() : dropped(before, after), after == null ? 0 : after.unaccounted(),
                connections, worker == null ? -1 : (double) (to.workerNs - from.workerNs) / (to.workerAtNs - from.workerAtNs), to.ticks.kernelShare(from.ticks),
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

    private void send(final double ratePps, final double seconds) {
        traffic.start(ratePps);
        sleep(seconds);
        traffic.stop();
    }

    /** What has happened so far; the clock and the counters of frames are read next to one another. */
    private Reading read() {
        final long workerNs = worker == null ? 0 : worker.cpuNs();
        // Its own: this thread waits for a CPU now and then, also between two readings.
        final long workerAtNs = System.nanoTime();
        final PollingThread.Ticks ticks = worker == null ? PollingThread.Ticks.NONE : worker.ticks();
        final long switches = worker == null ? 0 : worker.involuntarySwitches();
        final long stealTicks = StealTicks.now();
        final long sent = traffic.sent();
        final long received = load.arrived(traffic.received());
        return new Reading(System.nanoTime(), sent, received, workerNs, workerAtNs, ticks, switches, stealTicks);
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
    private record Reading(long nowNs, long sent, long received, long workerNs, long workerAtNs, PollingThread.Ticks ticks, long switches, long stealTicks) {
    }
}
