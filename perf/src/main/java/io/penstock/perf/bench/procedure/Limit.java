package io.penstock.perf.bench.procedure;

import io.penstock.perf.bench.wire.WireTrial;
import java.util.Locale;

/** What kept a throughput from being higher. */
enum Limit {

    /** It lost frames or, where it works on the generator's CPU, left no time to make more. */
    DEVICE,
    /** It could not offer more: what the device can do is not known. */
    GENERATOR,
    /** The ring before it had no room for what the device sent. */
    SINK;

    /** Of what the generator or the sink reaches with nothing between them: from here on it, not the device, may be the limit. */
    private static final double NEAR = 0.95;
    /** Of the frames that were lost; when the sink's ring lost more, more room there would have meant a higher rate. */
    private static final double MOST = 0.5;

    /**
     * Finds it.
     *
     * @param pps          the throughput
     * @param failed       the slowest trial above it that lost frames, or null when none did
     * @param hasWorker    whether the device has a CPU of its own
     * @param generatorPps the generator's ceiling
     * @param sinkPps      the sink's, behind the generator on one CPU
     */
    static Limit of(
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

    /** In results. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
