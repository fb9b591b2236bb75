package io.penstock.rules.compile;

import io.penstock.os.sys.MappedMemory;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.IndexedTable4;
import io.penstock.rules.hot.IndexedTable6;
import io.penstock.rules.hot.RuleCounters;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;
import io.penstock.rules.hot.TableImage;
import io.penstock.rules.hot.TableProgram;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A table's own class, to be warmed before it is put into force, so that workers never run it interpreted.
 *
 * <p>What is warmed runs on an image of its own, whose targets do nothing and whose matches with state are dice, and counts elsewhere.
 *
 * <p>Threads: one that is no worker's.
 */
public final class Specialization {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /**
     * Before so many packets each chain is entered once, whatever leads to it: before the compiler has made up its mind, which leaves out what it has
     * not seen. Unit: packets at each hook.
     */
    private static final int SWEEP = 256;
    /** How long such a sweep takes at the most; the next one goes on where it ended. Unit: ns of CPU time. */
    private static final long SWEEP_NS = 50_000_000;
    /** How long a program runs at the most, however long its packets' ways are: tens of thousands of chains, one behind the other. Unit: ns of CPU time. */
    private static final long RUN_NS = 500_000_000;
    /** Between two looks at the clock. Unit: packets at each hook, or chains. */
    private static final int UNWATCHED = 16;

    private final IpFamily family;
    private final TableImage image;
    private final List<ChainBlock> chains;
    private final TableGenerator.Specialized made;
    private final List<TableProgram> programs;
    private final int counters;
    private final long[] blocks;
    /** The chains that packets can come to. Others may call themselves for ever, and nobody has looked. */
    private final int[] reached;

    Specialization(
            final IpFamily family,
            final TableImage image,
            final List<ChainBlock> chains,
            final TableGenerator.Specialized made,
            final List<TableProgram> programs,
            final long[] blocks) {
        this.family = family;
        this.image = image;
        this.chains = chains;
        this.made = made;
        this.programs = programs;
        this.counters = image.operations.length;
        this.blocks = blocks;
        this.reached = reached(image);
    }

    private static int[] reached(final TableImage image) {
        final boolean[] seen = new boolean[image.names.length];
        final int[] all = new int[seen.length];
        int count = 0;
        for (final int hook : image.hooks) {
            if (hook >= 0 && !seen[hook]) {
                seen[hook] = true;
                all[count++] = hook;
            }
        }
        for (int i = 0; i < count; i++) {
            for (int number = image.starts[all[i]]; number < image.end(all[i]); number++) {
                final byte operation = image.operations[number];
                if ((operation == TableImage.JUMP || operation == TableImage.GOTO) && !seen[image.callees[number]]) {
                    seen[image.callees[number]] = true;
                    all[count++] = image.callees[number];
                }
            }
        }
        return Arrays.copyOf(all, count);
    }

    /** What each worker runs, in the order of the workers. */
    public List<TableProgram> programs() {
        return programs;
    }

    /**
     * Runs so many packets through the class at each hook, and as many through the index; fewer where that takes long, or the thread is interrupted.
     *
     * @return the class's CPU time for a packet as a multiple of the index's: far above 1 while it is interpreted
     */
    public double warm(final int packets) {
        try (MappedMemory counted = MappedMemory.reserve((long) RuleCounters.BYTES * counters, MappedMemory.Pages.NORMAL);
                WarmPackets all = new WarmPackets(family, pools())) {
            counted.touch(counted.bytes());
            final TableImage harmless = harmless();
            final double index = run(family == IpFamily.IPV4 ? new IndexedTable4(harmless, counted.address(), blocks)
                    : new IndexedTable6(harmless, counted.address(), blocks), packets, all);
            return run(made.of(harmless, counted.address(), blocks), packets, all) / index;
        }
    }

    /**
     * All rules; those of built-in chains; of these, those that call a chain or a target: few of many may lead to most of the code, and code
     * that no packet came to is left out by the compiler.
     */
    private List<List<RuleFields>> pools() {
        final List<RuleFields> all = new ArrayList<>();
        final List<RuleFields> builtIn = new ArrayList<>();
        final List<RuleFields> calls = new ArrayList<>();
        for (int chain = 0; chain < chains.size(); chain++) {
            final List<RuleFields> rules = chains.get(chain).rules();
            all.addAll(rules);
            final int number = chain;
            if (Arrays.stream(image.hooks).anyMatch(hook -> hook == number)) {
                builtIn.addAll(rules);
                for (int rule = 0; rule < rules.size(); rule++) {
                    final byte operation = image.operations[image.starts[chain] + rule];
                    if (operation == TableImage.JUMP || operation == TableImage.GOTO || operation == TableImage.TARGET) {
                        calls.add(rules.get(rule));
                    }
                }
            }
        }
        return List.of(all, builtIn, calls);
    }

    /** Returns the CPU time of a packet at all hooks; at least 1. Unit: ns. */
    private double run(final TableProgram program, final int packets, final WarmPackets all) {
        program.prepare(all.next(0));
        final long startNs = cpuNs();
        int entered = 0;
        int done = 0;
        long tookNs = 0;
        do {
            entered = enterSome(program, all.next(0), entered);
            final long fromNs = cpuNs();
            final int next = Math.min(done + SWEEP, packets);
            do {
                done += runSome(program, Math.min(UNWATCHED, next - done), all);
            } while (done < next && goesOn(startNs, RUN_NS));
            tookNs += cpuNs() - fromNs;
        } while (done < packets && goesOn(startNs, RUN_NS));
        return Math.max(1, (double) tookNs / Math.max(1, done));
    }

    /** Enters each chain that packets can come to, from one on, once around; returns where the next time begins. */
    private int enterSome(final TableProgram program, final RulePacket packet, final int from) {
        final long startNs = cpuNs();
        int i = 0;
        while (i < reached.length && (i % UNWATCHED != 0 || goesOn(startNs, SWEEP_NS))) {
            program.enter(packet, reached[(from + i) % reached.length]);
            packet.hotdrop = false;
            i++;
        }
        return reached.length == 0 ? 0 : (from + i) % reached.length;
    }

    private static boolean goesOn(final long startNs, final long mostNs) {
        return cpuNs() - startNs < mostNs && !Thread.currentThread().isInterrupted();
    }

    private static long cpuNs() {
        return THREADS.getCurrentThreadCpuTime();
    }

    private int runSome(final TableProgram program, final int packets, final WarmPackets all) {
        for (int i = 0; i < packets; i++) {
            for (int hook = 0; hook < image.hooks.length; hook++) {
                if (image.hooks[hook] >= 0) {
                    program.run(all.next(hook));
                }
            }
        }
        return packets;
    }

    private TableImage harmless() {
        final SplittableRandom random = new SplittableRandom(2);
        final HotMatch dice = packet -> random.nextBoolean();
        final HotTarget nothing = packet -> random.nextInt(4) == 0 ? RuleVerdict.ACCEPT : RuleVerdict.CONTINUE;
        final HotMatch[][] residues = new HotMatch[counters][];
        final HotTarget[] targets = new HotTarget[counters];
        for (int number = 0; number < counters; number++) {
            final HotMatch[] own = image.residues[number];
            if (own != null) {
                residues[number] = new HotMatch[own.length];
                for (int i = 0; i < own.length; i++) {
                    residues[number][i] = Statefulness.mayKeepState(own[i]) ? dice : own[i];
                }
            }
            targets[number] = image.targets[number] == null ? null : nothing;
        }
        return new TableImage(image.table, image.operations, image.matches, residues, targets, image.chains, image.callees,
                image.starts, image.names, image.hooks, image.traces);
    }
}
