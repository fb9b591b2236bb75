package io.penstock.perf.bench.procedure;

import io.penstock.os.bpf.BpfAssembler;
import io.penstock.os.bpf.BpfIsa.Reg;
import io.penstock.os.bpf.BpfLink;
import io.penstock.os.bpf.BpfProgram;
import io.penstock.os.bpf.BpfProgramType;
import io.penstock.os.bpf.XdpContext;
import io.penstock.os.bpf.XdpMode;
import io.penstock.os.netns.NetNs;
import io.penstock.os.sys.CpuAffinity;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.ShutdownHooks;
import io.penstock.perf.bench.wire.WireCpus;
import io.penstock.perf.bench.wire.WireLoad;
import io.penstock.perf.bench.wire.WireTracking;
import io.penstock.perf.wire.Generator;
import io.penstock.perf.wire.SinkProgram;
import io.penstock.perf.wire.SinkReport;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How many frames the generator can make and the sink can count, with nothing between them.
 *
 * <p>Invariants:
 * <ol>
 *   <li>The generator's ceiling is measured against a far end that drops each frame without a look at it.</li>
 *   <li>The sink's is measured behind the generator, on the same CPU, because a veth's far end is polled there: it counts at least
 *       that many.</li>
 *   <li>Nothing is left when it is closed, or when the process is told to end before.</li>
 * </ol>
 *
 * <p>Threads: one, beside the generator's own and the shutdown hook.
 */
final class Ceilings implements AutoCloseable {

    /** More than any generator makes, so that every frame is overdue. */
    private static final double UNREACHABLE_PPS = 1e8;
    private static final long UNTIL_STOPPED_NS = TimeUnit.DAYS.toNanos(1);
    /** Before each measurement: the kernel's page pools fill, and the CPU's caches. Unit: s. */
    private static final double SETTLE_SECONDS = 0.1;
    private static final double NS_PER_SECOND = 1e9;
    private static final double PPS_PER_MPPS = 1e6;

    private final PairNetwork network = new PairNetwork();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("generator").daemon().factory());
    private final Thread cleanUp = Thread.ofPlatform().name("ceilings-clean-up").unstarted(network::close);

    private Ceilings() {
    }

    /** Builds the pair. */
    static Ceilings open() {
        final Ceilings ceilings = new Ceilings();
        Runtime.getRuntime().addShutdownHook(ceilings.cleanUp);
        try {
            ceilings.network.build();
            get(ceilings.thread.submit(() -> {
                CpuAffinity.pin(WireCpus.GENERATOR);
                NetNs.enter(ceilings.network.generator());
                return null;
            }));
            return ceilings;
        } catch (final RuntimeException e) {
            ceilings.close();
            throw e;
        }
    }

    /** What the generator makes, in millions of frames a second: as fast as it goes or, paced, at a rate that it cannot reach. */
    double generatorMpps(final WireLoad load, final boolean paced, final double seconds) {
        try (BpfProgram drop = BpfProgram.load(BpfProgramType.XDP, "penstock_drop",
                        new BpfAssembler().mov(Reg.R0, XdpContext.XDP_DROP).exit(), "Apache-2.0");
                BpfLink _ = PairNetwork.within(network.sink(),
                        () -> BpfLink.attachXdp(drop, network.sinkIfindex(), XdpMode.NATIVE))) {
            return rate(load, paced, seconds, null);
        }
    }

    /** What the sink counts of what the generator makes, in millions of frames a second. */
    double sinkMpps(final WireLoad load, final double seconds) {
        try (SinkProgram sink = SinkProgram.load(load.check(WireTracking.NONE, 0))) {
            PairNetwork.within(network.sink(), () -> {
                sink.attach(network.sinkIfindex(), XdpMode.NATIVE);
                return null;
            });
            return rate(load, false, seconds, sink);
        }
    }

    @Override
    public void close() {
        thread.close();
        network.close();
        ShutdownHooks.forget(cleanUp);
    }

    private double rate(final WireLoad load, final boolean paced, final double seconds, final SinkProgram sink) {
        final Generator generator = get(thread.submit(
                () -> load.generator(WireTracking.NONE, network.generatorIfindex())));
        try {
            send(generator, paced, SETTLE_SECONDS);
            if (sink != null) {
                sink.reset();
            }
            final long sent = send(generator, paced, seconds);
            final double pps = sent * NS_PER_SECOND / generator.busyNs();
            return (sink == null ? pps : pps * arrived(load, sent, sink.read()) / sent) / PPS_PER_MPPS;
        } finally {
            get(thread.submit(() -> {
                generator.close();
                return null;
            }));
        }
    }

    private static long arrived(final WireLoad load, final long sent, final SinkReport report) {
        final String mismatch = load.mismatch(sent, report);
        if (mismatch != null) {
            throw new BenchException("between generator and sink " + mismatch + "; no figure counts");
        }
        return load.arrived(report);
    }

    private long send(final Generator generator, final boolean paced, final double seconds) {
        final long before = generator.sent();
        final Callable<Long> run = () -> paced
                ? generator.pace(UNREACHABLE_PPS, UNTIL_STOPPED_NS) : generator.saturate(Long.MAX_VALUE);
        final Future<Long> sending = thread.submit(run);
        // A stop before the start would be forgotten.
        while (generator.sent() == before && !sending.isDone()) {
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(100));
        }
        final long end = System.nanoTime() + (long) (seconds * NS_PER_SECOND);
        for (long left = end - System.nanoTime(); left > 0 && !Thread.interrupted(); left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        generator.stop();
        return get(sending);
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
