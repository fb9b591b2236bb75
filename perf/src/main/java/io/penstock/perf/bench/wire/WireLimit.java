package io.penstock.perf.bench.wire;

import java.util.List;
import java.util.Locale;

/**
 * What kept runs as fast as it goes from being faster.
 *
 * <p>Threads: any.
 */
enum WireLimit {

    /** It lost frames or, where it works on the generator's CPU, left no time to make more. */
    DEVICE,
    /** Nearly all that it could offer came through: what the device can do is not known. */
    GENERATOR,
    /** The ring before it had no room for what the device sent. */
    SINK;

    /** Of the frames that were sent; a device that gets as many does not yet lose because of the rate. */
    private static final double NEARLY_ALL = 0.99;
    /** Of the frames that were lost; when the sink's ring lost more, more room there would have meant a higher rate. */
    private static final double MOST = 0.5;

    /** Of one run. */
    static WireLimit of(final WireRun run) {
        if (run.hasWorker() && run.received() >= NEARLY_ALL * run.sent()) {
            return GENERATOR;
        }
        return run.sinkDrops() > MOST * run.lost() ? SINK : DEVICE;
    }

    /** Of most of the runs; the device's only where more than half say so, since the others mean that its own is not known. */
    static WireLimit of(final List<WireRun> runs) {
        final long[] counts = new long[values().length];
        runs.forEach(run -> counts[of(run).ordinal()]++);
        return counts[DEVICE.ordinal()] * 2 > runs.size() ? DEVICE
                : counts[SINK.ordinal()] > counts[GENERATOR.ordinal()] ? SINK : GENERATOR;
    }

    /** What is to be read behind a figure; empty for nothing. */
    String words() {
        return this == DEVICE ? "" : "; the " + this + " was the limit";
    }

    /** In results. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
