package io.penstock.perf.bench.engine;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.demo.Programs;
import io.penstock.os.sys.CpuAffinity;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.Samples;
import io.penstock.perf.bench.peer.NftRules;
import java.util.Arrays;
import java.util.Map;

/**
 * The kernel's iptables, or the same rules in nf_tables' words: two routers forward the same packets in turn, slice by slice, one with the rules and one without any table;
 * the difference of the writing thread's CPU time is the rules'. Where the rules drop most packets, the other router drops them all, by a
 * policy: what a packet saves that does not leave is not the rules' doing.
 *
 * <p>Threads: the caller's, which waits, and one that writes.
 */
final class KernelRules implements RulePeer {

    /** Pairs of slices in a run. */
    private static final int SLICES = 20;
    /** Packets between two looks at the clock: few, because 40,000 rules take 0.1 ms. */
    private static final int STEP = 16;
    /** What is pushed to see whether rules let packets pass. Unit: ns. */
    private static final long TRIAL_NS = 10_000_000;

    private final Kind kind;
    private final int cpu;
    private final double seconds;

    KernelRules(final Kind kind, final int cpu, final double seconds) {
        this.kind = kind;
        this.cpu = cpu;
        this.seconds = seconds;
    }

    /** Which of its two machines runs the rules. */
    enum Kind {
        IPTABLES("kernel", "iptables", "iptables-legacy"), NFT("nft", "nft", "nf_tables, the rules in the words of iptables-restore-translate");

        private final String peer;
        private final String figure;
        private final String what;

        Kind(final String peer, final String figure, final String what) {
            this.peer = peer;
            this.figure = figure;
            this.what = what;
        }
    }

    @Override
    public String name() {
        return kind.peer;
    }

    @Override
    public String what() {
        return kind.peer + ": " + kind.what + ", the CPU time of forwarding with the rules, less that without (where they drop most packets, less that of "
                + "a\npolicy that drops them)";
    }

    @Override
    public void require() {
        if (kind == Kind.NFT) {
            NftRules.require();
        }
        for (final String program : new String[] {"ip", KernelForwarder.RESTORE, KernelForwarder.IPTABLES}) {
            if (!Programs.exist(program)) {
                throw new BenchException(ExitCode.USAGE, "the peer kernel needs " + program
                        + "; run 'apt install iproute2 iptables'");
            }
        }
    }

    @Override
    public Loaded load(final PeerRules rules) {
        return new Routers(rules);
    }

    /** Both. */
    private final class Routers implements Loaded {

        private final CaptureMemory packets;
        private final KernelForwarder without;
        private final KernelForwarder with;

        private Routers(final PeerRules rules) {
            packets = rules.packets();
            KernelForwarder first = null;
            try {
                first = new KernelForwarder(packets, rules, kind == Kind.NFT);
                first.push(TRIAL_NS, STEP);
                without = new KernelForwarder(packets, first.forwardsMost() ? null : PeerRules.DROP, kind == Kind.NFT);
            } catch (final RuntimeException e) {
                if (first != null) {
                    first.close();
                }
                packets.close();
                throw e;
            }
            with = first;
        }

        @Override
        public Map<String, Double> run() {
            final double[] ns = new double[SLICES];
            final long sliceNs = (long) (seconds * 1e9 / (2 * SLICES));
            final Throwable[] failure = new Throwable[1];
            final Thread thread = Thread.ofPlatform().name("kernel-rules").daemon().unstarted(() -> {
                CpuAffinity.pin(cpu);
                without.push(sliceNs, STEP);
                with.push(sliceNs, STEP);
                Arrays.setAll(ns, slice -> -without.push(sliceNs, STEP) + with.push(sliceNs, STEP));
            });
            thread.setUncaughtExceptionHandler((which, thrown) -> failure[0] = thrown);
            thread.start();
            try {
                thread.join();
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new BenchException("interrupted");
            }
            if (failure[0] != null) {
                throw new BenchException("the kernel could not be measured: " + failure[0].getMessage());
            }
            return Map.of(kind.figure, Samples.of(ns).median());
        }

        @Override
        public double lastShare() {
            return with.lastShare();
        }

        @Override
        public void close() {
            with.close();
            without.close();
            packets.close();
        }
    }
}
