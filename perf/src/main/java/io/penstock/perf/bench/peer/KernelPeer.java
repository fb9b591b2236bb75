package io.penstock.perf.bench.peer;

import com.sun.management.ThreadMXBean;
import io.penstock.dataplane.demo.Programs;
import io.penstock.os.bpf.XdpContext;
import io.penstock.os.sys.CpuAffinity;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.ScratchFolder;
import io.penstock.perf.connections.ConnectionMix;
import io.penstock.perf.connections.FlowOrder;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The kernel: it receives frames of live-frame runs as what a driver has brought, in the thread that makes the runs, and forwards them; what leaves is
 * counted and freed before the device. No driver, queue or interrupt is in its figure; making the frames is, and what that costs is told.
 *
 * <p>Threads: the caller's, which waits, and the one that receives.
 */
final class KernelPeer implements MemoryPeer {

    /** What the kernel tracks unless told otherwise is 262,144. */
    private static final int MOST_FLOWS = 200_000;
    /** Frames of a run, of one direction: they hide what a run costs to begin (15 us), and are few enough for both directions to be under way. */
    private static final int RUN_FRAMES = 4096;
    private static final double COST_SECONDS = 0.3;
    private static final int MOST_TOLD_RULES = 40;

    private final Rules rules;
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    KernelPeer(final Rules rules) {
        this.rules = rules;
    }

    /** By what it is told its rules. */
    enum Rules {
        IPTABLES(Peers.KERNEL, "iptables-legacy"), NFT(Peers.NFT, "nf_tables");

        private final String peer;
        private final String text;

        Rules(final String peer, final String text) {
            this.peer = peer;
            this.text = text;
        }
    }

    @Override
    public String name() {
        return rules.peer;
    }

    @Override
    public String what(final boolean tracked) {
        return "the kernel, from live frames to a program that counts and frees them" + (tracked ? ", rules by " + rules.text : "");
    }

    @Override
    public String require(final boolean tracked) {
        final String kernel = Peers.of(Peers.KERNEL).require();
        return tracked ? kernel + ", " + Peers.of(rules == Rules.NFT ? Peers.NFT : Peers.IPTABLES).require() : kernel;
    }

    @Override
    public int mostFlows() {
        return MOST_FLOWS;
    }

    @Override
    public String refusal(final ConnectionMix mix, final int rulesBetween) {
        return mix != null || rules == Rules.IPTABLES ? null : "nft is about rules, and without --connections or --rules there are none; compare with kernel";
    }

    @Override
    public PeerRun run(final PeerTraffic traffic, final int cpu, final double warmSeconds, final double seconds) {
        try (KernelRouter router = new KernelRouter(traffic.mac())) {
            if (traffic.isTracked()) {
                load(router, traffic.mix().saveText(false, traffic.rulesBetween()));
            }
            final Measurement measurement = new Measurement(router, traffic, warmSeconds, seconds);
            final Throwable[] failure = new Throwable[1];
            final Thread thread = Thread.ofPlatform().name("kernel-peer").daemon().unstarted(() -> {
                CpuAffinity.pin(cpu);
                router.within(() -> {
                    measurement.run();
                    return null;
                });
            });
            thread.setUncaughtExceptionHandler((which, thrown) -> failure[0] = thrown);
            thread.start();
            thread.join();
            if (failure[0] != null) {
                throw failure[0] instanceof final BenchException known ? known
                        : new BenchException("the kernel could not be measured: " + failure[0].getMessage());
            }
            return measurement.result(router.told());
        } catch (final InterruptedException e) {
            throw Programs.interrupted(e);
        }
    }

    private void load(final KernelRouter router, final String saveText) {
        final String text = rules == Rules.IPTABLES ? saveText : NftRules.translate(saveText);
        try (ScratchFolder folder = ScratchFolder.make("rules")) {
            final Path file = Files.writeString(folder.path().resolve("rules"), text);
            router.run(rules == Rules.IPTABLES ? List.of("iptables-legacy-restore", file.toString()) : List.of("nft", "-f", file.toString()));
        } catch (final IOException e) {
            throw new BenchException("the peer's rules cannot be written: " + e.getMessage() + "; free space in "
                    + System.getProperty("java.io.tmpdir"));
        }
        final List<String> lines = text.lines().filter(line -> !line.startsWith("#")).toList();
        lines.stream().limit(MOST_TOLD_RULES).forEach(line -> router.told().add("  " + line));
        if (lines.size() > MOST_TOLD_RULES) {
            router.told().add("  and " + (lines.size() - MOST_TOLD_RULES) + " lines more like these");
        }
    }

    /** What the receiving thread does. */
    private final class Measurement {

        private final KernelRouter router;
        private final PeerTraffic traffic;
        private final double warmSeconds;
        private final double seconds;
        private double costNs;
        private double mpps;
        private double mppsOfCpu;

        private Measurement(final KernelRouter router, final PeerTraffic traffic, final double warmSeconds, final double seconds) {
            this.router = router;
            this.traffic = traffic;
            this.warmSeconds = warmSeconds;
            this.seconds = seconds;
        }

        private void run() {
            measureCost();
            final List<FrameSource> sources = new ArrayList<>();
            try (FrameSink lan = new FrameSink(router.ifindex(KernelRouter.CLIENTS)); FrameSink wan = new FrameSink(router.ifindex(KernelRouter.SERVERS))) {
                if (traffic.isTracked()) {
                    establish();
                    sources.add(servers());
                }
                sources.addFirst(clients());
                push(sources, warmSeconds);
                final long sentBefore = lan.count() + wan.count();
                final long madeBefore = made(sources);
                final long startNs = System.nanoTime();
                final long startCpuNs = threads.getCurrentThreadCpuTime();
                push(sources, seconds);
                final long cpuNs = threads.getCurrentThreadCpuTime() - startCpuNs;
                final long ns = System.nanoTime() - startNs;
                final long made = made(sources) - madeBefore;
                final long sent = lan.count() + wan.count() - sentBefore;
                if (made != sent) {
                    throw new BenchException("the kernel did not forward every packet: received=" + made + " sent=" + sent);
                }
                mpps = made * 1e3 / ns;
                mppsOfCpu = made * 1e3 / cpuNs;
            } finally {
                sources.forEach(FrameSource::close);
            }
            checkConnections();
        }

        private PeerRun result(final List<String> told) {
            final List<String> lines = new ArrayList<>(told);
            lines.add(String.format(Locale.ROOT, "making a frame takes %.0f ns of each", costNs));
            return new PeerRun(mpps, mppsOfCpu, lines);
        }

        /** What the frames themselves cost. */
        private void measureCost() {
            try (FrameSource source = source(KernelRouter.CLIENTS, traffic.requests(), traffic.requestOrder(), XdpContext.XDP_DROP)) {
                final long startCpuNs = threads.getCurrentThreadCpuTime();
                push(List.of(source), COST_SECONDS);
                costNs = (double) (threads.getCurrentThreadCpuTime() - startCpuNs) / source.made();
            }
        }

        private void establish() {
            try (FrameSource source = source(KernelRouter.CLIENTS, traffic.requests(), traffic.establishingOrder(), XdpContext.XDP_PASS)) {
                source.run(traffic.count());
            }
            checkConnections();
        }

        private FrameSource clients() {
            return source(KernelRouter.CLIENTS, traffic.requests(), traffic.requestOrder(), XdpContext.XDP_PASS);
        }

        private FrameSource servers() {
            return source(KernelRouter.SERVERS, traffic.replies(router.flows()), traffic.replyOrder(), XdpContext.XDP_PASS);
        }

        private FrameSource source(final String device, final Frames frames, final FlowOrder order, final int verdict) {
            return new FrameSource(frames, order, router.ifindex(device), verdict);
        }

        private void checkConnections() {
            if (traffic.isTracked() && router.connections() != traffic.count()) {
                throw new BenchException("the kernel has not tracked every flow: connections=" + router.connections() + " flows=" + traffic.count()
                        + "; see whether net.netfilter.nf_conntrack_max has room for them");
            }
        }

        private static void push(final List<FrameSource> sources, final double seconds) {
            final long endNs = System.nanoTime() + (long) (seconds * 1e9);
            while (System.nanoTime() - endNs < 0) {
                sources.forEach(source -> source.run(RUN_FRAMES));
            }
        }

        private static long made(final List<FrameSource> sources) {
            return sources.stream().mapToLong(FrameSource::made).sum();
        }
    }
}
