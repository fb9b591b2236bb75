package io.penstock.perf.bench.wire;

import java.util.List;
import java.util.Locale;

/**
 * What kept a throughput from being higher.
 *
 * <p>Threads: any.
 */
public enum WireLimit {

    /** It lost frames or, where it works on the generator's CPU, left no time to make more. */
    DEVICE,
    /** It could not offer more, and nearly all of it came through: what the device can do is not known. */
    GENERATOR,
    /** The ring before it had no room for what the device sent. */
    SINK;

    /** Of what the generator or the sink reaches with nothing between them: from here on it, not the device, may be the limit. */
    private static final double NEAR = 0.95;
    /** Of the frames that were sent; a device that gets as many does not yet lose because of the rate. */
    private static final double NEARLY_ALL = 0.99;
    /** Of the frames that were lost; when the sink's ring lost more, more room there would have meant a higher rate. */
    private static final double MOST = 0.5;

    /**
     * Of a search.
     *
     * @param pps          the throughput
     * @param failed       the slowest trial above it that lost frames, or null when none did
     * @param hasWorker    whether the device has a CPU of its own
     * @param generatorPps the generator's ceiling
     * @param sinkPps      the sink's, behind the generator on one CPU
     */
    public static WireLimit of(
            final double pps, final WireTrial failed, final boolean hasWorker, final double generatorPps, final double sinkPps) {
        if (failed == null) {
            return hasWorker || pps >= NEAR * generatorPps ? GENERATOR : DEVICE;
        }
        if (failed.sinkDrops() > MOST * failed.lost()) {
            return SINK;
        }
        if (pps >= NEAR * generatorPps) {
            return GENERATOR;
        }
        return pps >= NEAR * sinkPps ? SINK : DEVICE;
    }

    /** Of one run as fast as it goes. */
    static WireLimit of(final WireRun run) {
        if (run.hasWorker() && run.received() >= NEARLY_ALL * run.sent()) {
            return GENERATOR;
        }
        return run.sinkDrops() > MOST * run.lost() ? SINK : DEVICE;
    }

    /** Of most of such runs; the device's only where more than half say so, since the others mean that its own is not known. */
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
