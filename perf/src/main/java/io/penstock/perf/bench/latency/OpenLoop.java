package io.penstock.perf.bench.latency;

import com.sun.management.ThreadMXBean;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.hot.pipeline.PortIo;
import io.penstock.dataplane.replay.OfflineEngine;
import io.penstock.os.sys.CpuAffinity;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.HdrHistogram.Histogram;

/**
 * A worker whose packets come when they are due, whether it is there or not, as from a card: what it has been late for waits in a ring,
 * and what the ring has no room for is lost.
 *
 * <p>Invariants:
 * <ol>
 *   <li>A packet's latency is from when it was due to the end of the batch that it was in, what the worker did besides included.</li>
 *   <li>What is offered is received or lost; nothing else happens to it.</li>
 *   <li>Measuring allocates nothing. The clock is read once a round.</li>
 *   <li>A span begins and ends between two batches. What waits then belongs to the next one.</li>
 * </ol>
 *
 * <p>Threads: its own, pinned to a CPU; {@link #exchange}, {@link #stop} and what tells of it from one other.
 */
final class OpenLoop implements Runnable {

    private static final Path SELF = Path.of("/proc/thread-self");

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final OfflineEngine engine;
    private final Lane lane;
    private final PortIo source;
    private final int cpu;
    private final Batch batch = new Batch();
    /** When the packets that wait were due. */
    private final long[] ring;
    private final int mask;
    private long head;
    private long tail;
    private int under;
    private long takenNs;
    private LoadSpan span;
    private long nextDue;
    private int nextGap;
    private volatile LoadSpan next;
    private volatile LoadSpan handedBack;
    private volatile boolean stopped;
    private volatile int number;
    private volatile Thread thread;
    private volatile Throwable failure;

    /**
     * A worker that has nothing to do yet.
     *
     * @param source      where packets come from
     * @param port        its index
     * @param ringPackets what may wait, a power of two, {@link Batch#CAPACITY} at the least
     */
    OpenLoop(final OfflineEngine engine, final PortIo source, final int port, final int ringPackets, final int cpu) {
        this.engine = engine;
        this.lane = engine.lane();
        this.source = source;
        this.cpu = cpu;
        this.ring = new long[ringPackets];
        this.mask = ringPackets - 1;
        this.span = LoadSpan.quiet();
        Arrays.fill(batch.inPort, port);
    }

    @Override
    public void run() {
        try {
            CpuAffinity.pin(cpu);
            number = Integer.parseInt(Files.readSymbolicLink(SELF).getFileName().toString());
            thread = Thread.currentThread();
            long nowNs = System.nanoTime();
            while (!stopped) {
                round(nowNs);
                nowNs = System.nanoTime();
            }
        } catch (final IOException | RuntimeException | Error e) {
            // Whoever waits for this thread throws it.
            failure = e;
        }
    }

    /** Its number in the kernel; 0 before it runs. */
    int number() {
        return number;
    }

    /** Its thread; null before it runs. */
    Thread thread() {
        return thread;
    }

    int cpu() {
        return cpu;
    }

    Throwable failure() {
        return failure;
    }

    /** Lets another load begin. */
    void offer(final LoadSpan another) {
        handedBack = null;
        next = another;
    }

    /** The load before, when the one that was offered has begun; or null. */
    LoadSpan handedBack() {
        return handedBack;
    }

    /** Ends it. */
    void stop() {
        stopped = true;
    }

    private void round(final long nowNs) {
        finish(nowNs);
        arrive(nowNs);
        if (next != null) {
            begin(nowNs);
        }
        engine.settle(nowNs);
        final int waiting = (int) (tail - head);
        final int n = waiting == 0 ? 0 : source.receive(batch, Math.min(waiting, Batch.CAPACITY));
        if (n == 0) {
            Thread.onSpinWait();
            return;
        }
        under = n;
        takenNs = nowNs;
        batch.nowNs = nowNs;
        batch.count = n;
        lane.process(batch);
    }

    private void finish(final long nowNs) {
        final int n = under;
        if (n == 0) {
            return;
        }
        final LoadSpan s = span;
        final long[] due = ring;
        final Histogram corrected = s.corrected;
        for (int i = 0; i < n; i++) {
            corrected.recordValue(Math.min(nowNs - due[(int) (head + i) & mask], LoadSpan.MAX_NS));
        }
        s.uncorrected.recordValueWithCount(Math.min(nowNs - takenNs, LoadSpan.MAX_NS), n);
        s.busyNs += nowNs - takenNs;
        s.received += n;
        if (nowNs - due[(int) head & mask] > s.thresholdNs) {
            logSlow(nowNs);
        }
        head += n;
        under = 0;
    }

    private void logSlow(final long nowNs) {
        final SlowLog log = span.slow;
        if (log.begin(under)) {
            for (int i = 0; i < under; i++) {
                log.add(nowNs - ring[(int) (head + i) & mask]);
            }
            log.end(ring[(int) head & mask], nowNs);
        }
    }

    private void arrive(final long nowNs) {
        final LoadSpan s = span;
        if (s.saturated) {
            while (tail - head < Batch.CAPACITY) {
                ring[(int) tail++ & mask] = nowNs;
                s.offered++;
            }
            return;
        }
        final long[] gaps = s.gaps;
        if (gaps.length == 0) {
            return;
        }
        final long elapsed = nowNs - s.startNs << LoadSpan.GAP_SHIFT;
        final long end = head + ring.length;
        long due = nextDue;
        int gap = nextGap;
        while (due <= elapsed) {
            s.offered++;
            if (tail < end) {
                ring[(int) tail++ & mask] = s.startNs + (due >>> LoadSpan.GAP_SHIFT);
            } else {
                s.lost++;
            }
            due += gaps[gap];
            if (++gap == gaps.length) {
                gap = 0;
            }
        }
        nextDue = due;
        nextGap = gap;
    }

    private void begin(final long nowNs) {
        final LoadSpan before = span;
        final LoadSpan after = next;
        final long waiting = tail - head;
        final long allocated = threads.getCurrentThreadAllocatedBytes();
        before.offered -= waiting;
        before.endNs = nowNs;
        before.allocatedBytes += allocated;
        after.offered += waiting;
        after.startNs = nowNs;
        after.allocatedBytes -= allocated;
        nextDue = after.gaps.length == 0 ? 0 : after.gaps[0];
        nextGap = after.gaps.length < 2 ? 0 : 1;
        span = after;
        next = null;
        handedBack = before;
    }
}
