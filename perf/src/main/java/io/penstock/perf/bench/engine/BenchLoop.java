package io.penstock.perf.bench.engine;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.hot.pipeline.PortIo;
import io.penstock.dataplane.hot.publish.Epoch;
import io.penstock.dataplane.replay.OfflineEngine;
import io.penstock.os.sys.CpuAffinity;
import io.penstock.perf.bench.measure.WorkerGauge;
import java.util.Arrays;

/**
 * What a worker does, between memory ports, timed: a burst from each port that has packets, then the boundary that a worker
 * announces, what others asked for, and one reading of the clock.
 *
 * <p>Invariants:
 * <ol>
 *   <li>A burst is handled in batches of at most {@link Batch#CAPACITY}.</li>
 *   <li>Between the first and the last measured packet nothing happens but this.</li>
 * </ol>
 *
 * <p>Threads: its own, pinned to a CPU; read the results when it has ended.
 */
public final class BenchLoop implements Runnable {

    /** Unit: ns. A slice of warm-up; long enough that a stolen tick or two does not decide over "steady". */
    private static final long WARM_SLICE_NS = 250_000_000;
    /** Slices of warm-up at the least. The last code is compiled about a second after the first packet. */
    private static final int MIN_WARM_SLICES = 8;
    /** So many slices in a row that differ by less than {@link #STEADY} are steady. */
    private static final int STEADY_SLICES = 4;
    /** Share; what one process on a quiet machine differs by from one quarter of a second to the next. */
    private static final double STEADY = 0.02;

    private final OfflineEngine engine;
    private final Lane lane;
    private final PortIo[] ports;
    private final int[] portIndexes;
    private final int burst;
    private final int cpu;
    private final long maxWarmNs;
    private final long sliceNs;
    private final Batch batch = new Batch();
    private final Epoch epoch = new Epoch();
    private double[] mpps;
    private double[] mppsOfCpu;
    private final WorkerGauge gauge;
    private Runnable preparation = () -> { };
    private int minWarmSlices = MIN_WARM_SLICES;
    private long maxPackets = Long.MAX_VALUE;
    private long lastPacket = Long.MAX_VALUE;
    private int warmSlices;
    private boolean steady;
    private LaneTotals before;
    private LaneTotals after;
    private Throwable failure;

    /**
     * A loop over the ports that have packets.
     *
     * @param burst     packets taken from a port in one go
     * @param maxWarmNs how long to warm up at the most: where it never gets steady, the spread of the result tells
     * @param sliceNs   how long each measured slice lasts
     */
    public BenchLoop(
            final OfflineEngine engine, final PortIo[] ports, final int[] portIndexes, final int burst, final int cpu,
            final long maxWarmNs, final long sliceNs, final int slices) {
        this.engine = engine;
        this.lane = engine.lane();
        this.ports = ports;
        this.portIndexes = portIndexes;
        this.burst = burst;
        this.cpu = cpu;
        this.maxWarmNs = maxWarmNs;
        this.sliceNs = sliceNs;
        this.mpps = new double[slices];
        this.mppsOfCpu = new double[slices];
        this.gauge = new WorkerGauge(cpu);
    }

    @Override
    public void run() {
        try {
            CpuAffinity.pin(cpu);
            preparation.run();
            lastPacket = maxPackets == Long.MAX_VALUE ? maxPackets : lane.counters.received + maxPackets;
            warm();
            measure();
        } catch (final Throwable e) {
            // The thread that waits for this one throws it.
            failure = e;
        }
    }

    /** What its thread does before the first packet. */
    void prepareBy(final Runnable value) {
        preparation = value;
    }

    /** How long to warm up at the least, where more has to become steady than code. */
    void warmAtLeast(final double seconds) {
        minWarmSlices = Math.max(MIN_WARM_SLICES, (int) (seconds * 1e9 / WARM_SLICE_NS));
    }

    /** How many packets there are for warming up and measuring, where there is no room for more: slices that this cuts off do not count. */
    void atMost(final long packets) {
        maxPackets = packets;
    }

    /** What ended it before its time, or null. */
    Throwable failure() {
        return failure;
    }

    /** Millions of packets a second, by slice. */
    double[] mpps() {
        return mpps;
    }

    /** The same of the time that the thread had the CPU: what others took from it is not in it. */
    public double[] mppsOfCpu() {
        return mppsOfCpu;
    }

    /** Passes a boundary between bursts. */
    public Epoch epoch() {
        return epoch;
    }

    public WorkerGauge gauge() {
        return gauge;
    }

    double warmSeconds() {
        return warmSlices * (WARM_SLICE_NS / 1e9);
    }

    public boolean steady() {
        return steady;
    }

    /** What the lane counted in the measured time. */
    public LaneTotals totals() {
        return after.minus(before);
    }

    private void warm() {
        final double[] last = new double[STEADY_SLICES];
        while (!isOver() && warmSlices * WARM_SLICE_NS < maxWarmNs && (warmSlices < minWarmSlices || !steady)) {
            last[warmSlices % STEADY_SLICES] = slice(WARM_SLICE_NS);
            warmSlices++;
            final double fastest = Arrays.stream(last).max().orElseThrow();
            steady = Arrays.stream(last).min().orElseThrow() > fastest * (1 - STEADY);
        }
    }

    private void measure() {
        before = LaneTotals.of(lane.counters);
        gauge.start();
        int whole = 0;
        for (int i = 0; i < mpps.length && !isOver(); i++) {
            final long cpuNs = gauge.cpuNs();
            final long packets = lane.counters.received;
            mpps[i] = slice(sliceNs);
            mppsOfCpu[i] = (lane.counters.received - packets) * 1e3 / (gauge.cpuNs() - cpuNs);
            whole += i == 0 || !isOver() ? 1 : 0;
        }
        gauge.stop();
        after = LaneTotals.of(lane.counters);
        mpps = Arrays.copyOf(mpps, whole);
        mppsOfCpu = Arrays.copyOf(mppsOfCpu, whole);
    }

    private boolean isOver() {
        return lane.counters.received >= lastPacket;
    }

    /** Runs for a while and returns the millions of packets a second. */
    private double slice(final long ns) {
        final long packetsBefore = lane.counters.received;
        final long startNs = System.nanoTime();
        long nowNs = startNs;
        while (nowNs - startNs < ns && !isOver()) {
            round(nowNs);
            nowNs = System.nanoTime();
        }
        return (lane.counters.received - packetsBefore) * 1e3 / (nowNs - startNs);
    }

    private void round(final long nowNs) {
        epoch.boundary();
        if (engine.isUpkeepDue(nowNs)) {
            gauge.leaveOut();
            engine.upkeep(nowNs);
            gauge.goOn();
        }
        engine.settle(nowNs);
        for (int i = 0; i < ports.length; i++) {
            burst(ports[i], portIndexes[i], nowNs);
        }
    }

    private void burst(final PortIo port, final int index, final long nowNs) {
        final Batch b = batch;
        b.nowNs = nowNs;
        int left = burst;
        while (left > 0) {
            final int n = port.receive(b, Math.min(left, Batch.CAPACITY));
            if (n == 0) {
                // Hook functions hold all frames.
                return;
            }
            b.count = n;
            Arrays.fill(b.inPort, 0, n, index);
            lane.process(b);
            left -= n;
        }
    }
}
