package io.penstock.perf.bench.wire;

import io.penstock.os.bpf.XdpMode;
import io.penstock.os.netlink.Interfaces;
import io.penstock.os.netns.NetNs;
import io.penstock.os.sys.CpuAffinity;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.PollingThread;
import io.penstock.perf.wire.Generator;
import io.penstock.perf.wire.SinkProgram;
import io.penstock.perf.wire.SinkReport;
import io.penstock.perf.wire.SlowFrames;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * The generator at one end of a {@link WireNetwork} and the sink at the other.
 *
 * <p>Invariants:
 * <ol>
 *   <li>The generator's thread lives in its namespace, on its CPU.</li>
 *   <li>{@link #stop}, {@link #send} and {@link #burst} return when every frame has arrived that will.</li>
 * </ol>
 *
 * <p>Threads: one, beside the generator's own.
 */
final class WireTraffic implements AutoCloseable {

    /** Longer than any run; {@link #stop} ends it. */
    private static final long UNTIL_STOPPED_NS = TimeUnit.DAYS.toNanos(1);
    /** A device holds frames for microseconds; when nothing has come for this long, nothing will. */
    private static final long QUIET_NS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(5);
    private static final long STEP_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final double NS_PER_SECOND = 1e9;
    /** How much longer than it should a paced run may take: enough to make up for a stall. */
    private static final double OVERTIME = 1.1;
    /** Before the first frame and after the last one of a paced run: its start, and waits that have to pass. */
    private static final double LEAD_SECONDS = 0.3;
    private static final Path SELF = Path.of("/proc/thread-self");

    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("generator").daemon().factory());
    private final WireLoad load;
    private final SinkProgram sink;
    private Generator generator;
    private Thread generatorThread;
    private int generatorNumber;
    private Future<Long> sending;
    private long sentBefore;
    private volatile long switches;

    private WireTraffic(final WireLoad load, final WireTracking tracking, final int routers, final SlowFrames slow) {
        this.load = load;
        this.sink = SinkProgram.load(load.check(tracking, routers), slow);
    }

    /** Attaches both; nothing is sent yet. Slow frames are logged unless {@code slow} is null. */
    static WireTraffic open(
            final WireNetwork network, final WireLoad load, final WireTracking tracking, final int routers, final SlowFrames slow) {
        final WireTraffic traffic = new WireTraffic(load, tracking, routers, slow);
        try {
            WireNetwork.within(network.sink(), () -> {
                traffic.sink.attach(Interfaces.byName(WireNetwork.SINK_DEVICE).ifindex(), XdpMode.NATIVE);
                return null;
            });
            traffic.generator = get(traffic.thread.submit(() -> {
                CpuAffinity.pin(WireCpus.GENERATOR);
                traffic.generatorThread = Thread.currentThread();
                traffic.generatorNumber = Integer.parseInt(Files.readSymbolicLink(SELF).getFileName().toString());
                NetNs.enter(network.generator());
                return load.generator(tracking, Interfaces.byName(WireNetwork.GENERATOR_DEVICE).ifindex());
            }));
            return traffic;
        } catch (final RuntimeException e) {
            traffic.close();
            throw e;
        }
    }

    /** Forgets what has arrived and starts to send; returns when the first frames are out. */
    void start(final double ratePps) {
        begin(ratePps == 0 ? () -> generator.saturate(Long.MAX_VALUE) : () -> generator.pace(ratePps, UNTIL_STOPPED_NS));
        final long deadline = System.nanoTime() + PATIENCE_NS;
        while (generator.sent() == sentBefore && !sending.isDone()) {
            if (System.nanoTime() - deadline > 0) {
                throw new BenchException("the generator has sent nothing for 5 s; a program that holds CPU "
                        + WireCpus.GENERATOR + " has to end first");
            }
            LockSupport.parkNanos(STEP_NS);
        }
    }

    /**
     * Forgets what has arrived, sends at a rate for a time, waits for the last frame, and returns what has arrived. A generator that
     * is too slow for the rate sends less, and not much longer.
     */
    SinkReport send(final double ratePps, final double seconds) {
        begin(() -> generator.pace(ratePps, (long) (seconds * NS_PER_SECOND)));
        if (!endsWithin(seconds * OVERTIME + LEAD_SECONDS)) {
            generator.stop();
        }
        get(sending);
        return last();
    }

    /** The same with so many frames as fast as they go. */
    SinkReport burst(final long frames) {
        begin(() -> generator.saturate(frames));
        get(sending);
        return last();
    }

    /** From the start to the last frame of the latest {@link #send} or {@link #burst}. Unit: ns. */
    long busyNs() {
        return generator.busyNs();
    }

    /** How often the generator's thread was taken off its CPU in the latest {@link #send} or {@link #burst}. */
    long switches() {
        return switches;
    }

    /** The thread that sends. */
    Thread generator() {
        return generatorThread;
    }

    /** The kernel's number of it. */
    int generatorThread() {
        return generatorNumber;
    }

    /** Frames sent since {@link #start}. */
    long sent() {
        return generator.sent() - sentBefore;
    }

    /** What has arrived since {@link #start}. */
    SinkReport received() {
        return sink.read();
    }

    /** Stops sending, waits for the last frame, and returns what has arrived. */
    SinkReport stop() {
        generator.stop();
        get(sending);
        return last();
    }

    private boolean endsWithin(final double seconds) {
        try {
            sending.get((long) (seconds * NS_PER_SECOND), TimeUnit.NANOSECONDS);
            return true;
        } catch (final TimeoutException e) {
            return false;
        } catch (final ExecutionException e) {
            return true; // who asks for the result is told
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }

    private void begin(final Callable<Long> run) {
        sink.reset();
        sentBefore = generator.sent();
        sending = thread.submit(() -> {
            final long before = PollingThread.calling().involuntarySwitches();
            final long frames = run.call();
            switches = PollingThread.calling().involuntarySwitches() - before;
            return frames;
        });
    }

    private SinkReport last() {
        SinkReport last = sink.read();
        final long deadline = System.nanoTime() + PATIENCE_NS;
        long changedNs = System.nanoTime();
        while (load.arrived(last) < sent() && System.nanoTime() - changedNs < QUIET_NS && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(STEP_NS);
            final SinkReport next = sink.read();
            if (load.arrived(next) != load.arrived(last)) {
                changedNs = System.nanoTime();
            }
            last = next;
        }
        return last;
    }

    @Override
    public void close() {
        if (generator != null) {
            generator.stop();
            thread.execute(generator::close);
        }
        thread.close();
        sink.close();
    }

    private static <T> T get(final Future<T> future) {
        try {
            return future.get();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        } catch (final ExecutionException e) {
            if (e.getCause() instanceof final RuntimeException cause) {
                throw cause;
            }
            throw new BenchException("the generator failed: " + e.getCause());
        }
    }
}
