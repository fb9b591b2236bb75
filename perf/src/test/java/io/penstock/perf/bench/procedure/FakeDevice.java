package io.penstock.perf.bench.procedure;

import io.penstock.perf.bench.wire.WireTrial;
import io.penstock.perf.wire.Histograms;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A device that forwards so many frames a second and loses the others, behind a generator that makes so many. */
final class FakeDevice implements TrialDevice {

    private final double devicePps;
    private final double generatorPps;
    private final List<Double> asked = new ArrayList<>();
    private SplittableRandom random;
    private double noise;
    private boolean hasWorker = true;
    private boolean sinkDrops;
    private long ring = Long.MAX_VALUE;
    private int disturbedTrials;
    private double disturbedLoss;
    private String mismatch;
    private int heldUpEvery = Integer.MAX_VALUE;

    FakeDevice(final double devicePps, final double generatorPps) {
        this.devicePps = devicePps;
        this.generatorPps = generatorPps;
    }

    /** Each trial forwards up to this part more or less. */
    FakeDevice noisy(final double part) {
        noise = part;
        random = new SplittableRandom(1);
        return this;
    }

    FakeDevice withoutWorker() {
        hasWorker = false;
        return this;
    }

    FakeDevice losingAtTheSink() {
        sinkDrops = true;
        return this;
    }

    /** Room for so many frames of a burst. */
    FakeDevice withRing(final long frames) {
        ring = frames;
        return this;
    }

    /** So many trials lose a part of their frames while the worker is off its CPU. */
    FakeDevice disturbed(final int trials, final double loss) {
        disturbedTrials = trials;
        disturbedLoss = loss;
        return this;
    }

    /** In every so-manieth trial the generator is slower by a tenth. */
    FakeDevice heldUp(final int every) {
        heldUpEvery = every;
        return this;
    }

    FakeDevice altering() {
        mismatch = "frames were altered on the way: altered=1";
        return this;
    }

    /** The rates that were asked for. */
    List<Double> asked() {
        return asked;
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public boolean hasWorker() {
        return hasWorker;
    }

    @Override
    public WireTrial trial(final double ratePps, final double seconds) {
        asked.add(ratePps);
        final long frames = (long) (ratePps * seconds);
        final double offered = Math.min(ratePps, generatorPps) * (asked.size() % heldUpEvery == 0 ? 0.9 : 1);
        final double can = devicePps * (1 + (random == null ? 0 : noise * (2 * random.nextDouble() - 1)));
        final boolean disturbed = disturbedTrials-- > 0;
        final long received = Math.min(frames, (long) (frames / offered * can));
        return result(ratePps, frames, frames / offered, disturbed ? (long) (received * (1 - disturbedLoss)) : received, disturbed);
    }

    @Override
    public WireTrial burst(final long frames) {
        return result(0, frames, frames / generatorPps, Math.min(frames, ring), false);
    }

    private WireTrial result(
            final double rate, final long sent, final double seconds, final long received, final boolean disturbed) {
        return new WireTrial("fake", rate, sent, seconds, received, 0, sinkDrops ? sent - received : 0, 0, disturbed ? 1 : 0, 0, 0,
                mismatch, Histograms.of(1_000, 2_000));
    }
}
