package io.penstock.perf.bench.update;

import com.sun.management.ThreadMXBean;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.hot.pipeline.LaneCounters;
import io.penstock.dataplane.hot.pipeline.PortIo;
import io.penstock.dataplane.hot.pipeline.PortTally;
import io.penstock.dataplane.hot.pipeline.TxQueue;
import io.penstock.dataplane.hot.port.MemoryPortIo;
import io.penstock.perf.bench.measure.RoundLog;
import java.lang.management.ManagementFactory;

/**
 * A port that receives full batches at a rate, by the clock, as a card does that nobody waits for, and looks at its worker meanwhile: what
 * CPU time a batch takes, and what becomes of the batch's first packet, the marker.
 *
 * <p>Invariants:
 * <ol>
 *   <li>What is due is offered or, where more than the ring holds has been left waiting, lost; nothing else happens to it.</li>
 *   <li>A batch's time is the thread's own CPU time from when the batch is there to the next look at the port: what the worker does between two
 *       batches (a table is replaced there) is part of it; to bring the packets into their frames is a card's work and not part of it.</li>
 *   <li>No packet but the marker is ever dropped by a rule; one that is counts as strange.</li>
 * </ol>
 *
 * <p>Threads: the worker's; what control reads is volatile or said to be for afterwards.
 */
final class PacedPort implements PortIo {

    /** Packets that come at once. */
    static final int BURST = Batch.CAPACITY;

    /**
     * Rounds without packets that take longer are kept too. Unit: ns. Such a round is some 300 ns; one in which something is done for
     * another thread is longer.
     */
    private static final int LONG_ROUND_NS = 5_000;

    /** Changes of the marker's fate that are kept. Unit: changes. */
    private static final int MAX_FLIPS = 1 << 14;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final MemoryPortIo memory;
    private final LaneCounters counters;
    private final long burstNs;
    private final long ringBursts;
    private final RoundLog rounds;
    private final long[] flipAtNs = new long[MAX_FLIPS];
    private final long[] flipBeforeNs = new long[MAX_FLIPS];
    private final long[] flipPackets = new long[MAX_FLIPS];
    private volatile int flips;
    private volatile long endBurst = Long.MAX_VALUE;
    private volatile long startNs;
    private volatile long done;
    /** {@link #lost}, for control. */
    private volatile long lostNow;
    private long warmUpLost;
    private long taken;
    private long lost;
    private long strange;
    private long ruleDrops;
    private long lookedNs;
    private long lookedCpuNs;
    private long burstAtNs;
    private boolean under;
    /** 1 when it was dropped. */
    private int markerFate;

    /**
     * A port, which offers nothing yet.
     *
     * @param memory      gives a burst of {@link #BURST} packets at a time
     * @param counters    of the lane that handles them
     * @param ringPackets what may wait
     * @param rounds      takes what rounds took
     */
    PacedPort(
            final MemoryPortIo memory, final LaneCounters counters, final long ratePps, final int ringPackets, final RoundLog rounds) {
        this.memory = memory;
        this.counters = counters;
        this.burstNs = BURST * 1_000_000_000L / ratePps;
        this.ringBursts = Math.max(1, ringPackets / BURST);
        this.rounds = rounds;
    }

    /** Offers from now on. */
    void start() {
        startNs = System.nanoTime();
    }

    /** What was lost until now, by a worker whose code was interpreted, is not what is looked for. */
    void endWarmUp() {
        warmUpLost = lostNow;
    }

    /** Packets that the ring had no place for before that. */
    long warmUpLost() {
        return warmUpLost * BURST;
    }

    /** Offers no more; true when all that was offered has been taken or lost, and judged. */
    boolean isStopped() {
        if (endBurst == Long.MAX_VALUE) {
            endBurst = due() + 1;
        }
        return done >= endBurst;
    }

    /** How often the marker's fate has changed. */
    int flips() {
        return flips;
    }

    /** When the first packet that met its new fate was received. */
    long flipAtNs(final int flip) {
        return flipAtNs[flip];
    }

    /** When the last packet that met its old fate was received. */
    long flipBeforeNs(final int flip) {
        return flipBeforeNs[flip];
    }

    /** Packets received before the marker met its new fate. */
    long flipPackets(final int flip) {
        return flipPackets[flip];
    }

    /** Packets that were due. Afterwards. */
    long offered() {
        return (taken + lost) * BURST;
    }

    /** Packets that the ring had no place for, in the warm-up, too. Afterwards. */
    long lost() {
        return lost * BURST;
    }

    /** Rule drops that were not the marker's. Afterwards. */
    long strange() {
        return strange;
    }

    @Override
    public int receive(final Batch b, final int max) {
        final long nowNs = System.nanoTime();
        final long cpuNs = threads.getCurrentThreadCpuTime();
        if (startNs == 0) {
            return 0;
        }
        finishRound(nowNs, cpuNs);
        final long due = Math.min(due(nowNs), endBurst);
        // Without a branch: the first loss must not be the first time that some code runs, or it costs the next ones.
        final long waiting = Math.min(due - taken - lost, ringBursts);
        lost = due - taken - waiting;
        lostNow = lost;
        if (waiting <= 0) {
            done = taken + lost;
            return 0;
        }
        if (memory.receive(b, BURST) != BURST) {
            throw new IllegalStateException("frames are missing");
        }
        lookedCpuNs = threads.getCurrentThreadCpuTime();
        taken++;
        under = true;
        burstAtNs = nowNs;
        return BURST;
    }

    @Override
    public int send(final TxQueue queue) {
        throw new IllegalStateException("nothing leaves by this port");
    }

    @Override
    public PortTally tally() {
        return memory.tally();
    }

    private void finishRound(final long nowNs, final long cpuNs) {
        final long tookNs = cpuNs - lookedCpuNs;
        if (lookedNs != 0 && (under || tookNs > LONG_ROUND_NS || nowNs - lookedNs > LONG_ROUND_NS)) {
            rounds.add(lookedNs, tookNs, nowNs - lookedNs, under);
        }
        if (under) {
            under = false;
            lookAtMarker();
        }
        lookedNs = nowNs;
        lookedCpuNs = cpuNs;
    }

    /** Without branches: the first change of fate must not be the first time that some code runs. */
    private void lookAtMarker() {
        final long drops = counters.dropped[DropReason.RULE_DROP.id()];
        final long more = drops - ruleDrops;
        ruleDrops = drops;
        final int fate = (int) (-more >>> Long.SIZE - 1);
        strange += more - fate;
        final int flip = flips;
        flipAtNs[flip] = burstAtNs;
        flipPackets[flip] = (taken - 1) * BURST;
        final int next = flip + (fate ^ markerFate);
        markerFate = fate;
        flipBeforeNs[next] = burstAtNs;
        flips = next;
    }

    private long due() {
        return due(System.nanoTime());
    }

    private long due(final long nowNs) {
        return (nowNs - startNs) / burstNs;
    }
}
