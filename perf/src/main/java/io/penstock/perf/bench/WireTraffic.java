package io.penstock.perf.bench;

import io.penstock.os.bpf.XdpMode;
import io.penstock.os.netlink.Interfaces;
import io.penstock.os.netns.NetNs;
import io.penstock.os.sys.CpuAffinity;
import io.penstock.perf.wire.Generator;
import io.penstock.perf.wire.SinkProgram;
import io.penstock.perf.wire.SinkReport;
import io.penstock.perf.wire.TrafficProfile;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The generator at one end of a {@link WireNetwork} and the sink at the other.
 *
 * <p>Invariants:
 * <ol>
 *   <li>The generator's thread lives in its namespace, on its CPU.</li>
 *   <li>{@link #stop} returns when every frame has arrived that will.</li>
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

    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("generator").daemon().factory());
    private final SinkProgram sink;
    private Generator generator;
    private Future<Long> sending;
    private long sentBefore;

    private WireTraffic(final int flows) {
        sink = SinkProgram.load(1, flows);
    }

    /** Attaches both; nothing is sent yet. */
    static WireTraffic open(final WireNetwork network, final int flows, final int frameBytes) {
        final TrafficProfile profile = TrafficProfile.of(WireNetwork.GENERATOR_MAC, WireNetwork.PORT_IN_MAC,
                WireNetwork.firstSource(), WireNetwork.sinkAddress()).withFlows(flows).withFrameBytes(frameBytes);
        final WireTraffic traffic = new WireTraffic(flows);
        try {
            WireNetwork.within(network.sink(), () -> {
                traffic.sink.attach(Interfaces.byName(WireNetwork.SINK_DEVICE).ifindex(), XdpMode.NATIVE);
                return null;
            });
            traffic.generator = get(traffic.thread.submit(() -> {
                CpuAffinity.pin(WireCpus.GENERATOR);
                NetNs.enter(network.generator());
                return Generator.open(profile, Interfaces.byName(WireNetwork.GENERATOR_DEVICE).ifindex());
            }));
            return traffic;
        } catch (final RuntimeException e) {
            traffic.close();
            throw e;
        }
    }

    /** Forgets what has arrived and starts to send; returns when the first frames are out. */
    void start(final long ratePps) {
        sink.reset();
        sentBefore = generator.sent();
        final Callable<Long> run = ratePps == 0
                ? () -> generator.saturate(Long.MAX_VALUE) : () -> generator.pace(ratePps, UNTIL_STOPPED_NS);
        sending = thread.submit(run);
        final long deadline = System.nanoTime() + PATIENCE_NS;
        while (generator.sent() == sentBefore && !sending.isDone()) {
            if (System.nanoTime() - deadline > 0) {
                throw new BenchException("the generator has sent nothing for 5 s; a program that holds CPU "
                        + WireCpus.GENERATOR + " has to end first");
            }
            LockSupport.parkNanos(STEP_NS);
        }
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
        SinkReport last = sink.read();
        final long deadline = System.nanoTime() + PATIENCE_NS;
        long changedNs = System.nanoTime();
        while (last.frames() < sent() && System.nanoTime() - changedNs < QUIET_NS && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(STEP_NS);
            final SinkReport next = sink.read();
            if (next.frames() != last.frames()) {
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
