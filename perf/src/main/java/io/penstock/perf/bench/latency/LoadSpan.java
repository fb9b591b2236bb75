package io.penstock.perf.bench.latency;

import org.HdrHistogram.Histogram;

/**
 * Some time with one load: when packets are due, and what became of them.
 *
 * <p>Threads: filled by the worker; control reads it when the worker has handed it back.
 */
final class LoadSpan {

    /** Unit of gaps: parts of a ns, so that what is rounded off is a packet in years. */
    static final int GAP_SHIFT = 10;
    /** Longer ones are counted as this. Unit: ns. */
    static final long MAX_NS = 600_000_000_000L;

    private static final int DIGITS = 3;
    /** Nothing is due. */
    private static final long[] NEVER = {};

    /** Whether as many are due as the engine takes. */
    final boolean saturated;
    /** From one packet to the next, in a circle; none when nothing is due. */
    final long[] gaps;
    /** From when a packet was due. */
    final Histogram corrected = histogram();
    /** From when the engine took it. */
    final Histogram uncorrected = histogram();
    final SlowLog slow;
    final long thresholdNs;
    long startNs;
    long endNs;
    long offered;
    long lost;
    long received;
    long busyNs;
    long allocatedBytes;

    private LoadSpan(final boolean saturated, final long[] gaps, final SlowLog slow) {
        this.saturated = saturated;
        this.gaps = gaps;
        this.slow = slow;
        this.thresholdNs = slow.thresholdNs();
        // So that the worker touches no page of theirs first.
        corrected.recordValue(MAX_NS);
        uncorrected.recordValue(MAX_NS);
        corrected.reset();
        uncorrected.reset();
    }

    /** Of ns, empty. */
    static Histogram histogram() {
        return new Histogram(MAX_NS, DIGITS);
    }

    /** As many as the engine takes. */
    static LoadSpan saturated() {
        return new LoadSpan(true, NEVER, nothingSlow());
    }

    /** Packets due after these gaps; slow ones are logged. */
    static LoadSpan paced(final long[] gaps, final SlowLog slow) {
        return new LoadSpan(false, gaps, slow);
    }

    /** The same without a log. */
    static LoadSpan paced(final long... gaps) {
        return new LoadSpan(false, gaps, nothingSlow());
    }

    /** No more packets. */
    static LoadSpan quiet() {
        return new LoadSpan(false, NEVER, nothingSlow());
    }

    /** Empties it, to be offered again. Control, once it has been handed back. */
    void reset() {
        corrected.reset();
        uncorrected.reset();
        offered = 0;
        lost = 0;
        received = 0;
        busyNs = 0;
        allocatedBytes = 0;
    }

    /** Counts what came after the end for this, too. */
    void add(final LoadSpan rest) {
        corrected.add(rest.corrected);
        uncorrected.add(rest.uncorrected);
        offered += rest.offered;
        lost += rest.lost;
        received += rest.received;
        busyNs += rest.busyNs;
    }

    double seconds() {
        return (endNs - startNs) / 1e9;
    }

    double receivedPerSecond() {
        return received / seconds();
    }

    private static SlowLog nothingSlow() {
        return new SlowLog(0, 0, Long.MAX_VALUE);
    }
}
