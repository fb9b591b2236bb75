package io.penstock.perf.wire;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * When the frames of a paced run are due, at whatever mean rate.
 *
 * <p>Invariants:
 * <ol>
 *   <li>A pattern is a list of gaps, each from one frame to the next, that is walked in a circle. Their mean is 1: over a whole
 *       circle the mean rate holds exactly.</li>
 *   <li>What is random follows from a seed: two runs with the same seed have the same gaps.</li>
 * </ol>
 *
 * <p>Immutable.
 */
public final class ArrivalPattern {

    /** Longest burst: what the largest ring of a network card holds, many times over. */
    public static final int MAX_BURST_FRAMES = 65_536;

    /**
     * Gaps until the same come again: 65 ms at 1 million frames a second. A prime, so that gaps, flows and sizes do not walk in
     * step.
     */
    private static final int POISSON_GAPS = 65_521;

    private static final ArrivalPattern CONSTANT = new ArrivalPattern("constant", null, 0);

    private final String text;
    private final double[] gaps;
    private final int burstFrames;

    private ArrivalPattern(final String text, final double[] gaps, final int burstFrames) {
        this.text = text;
        this.gaps = gaps;
        this.burstFrames = burstFrames;
    }

    /** All gaps are equal. */
    public static ArrivalPattern constant() {
        return CONSTANT;
    }

    /** Arrivals that know nothing of one another: gaps are exponentially distributed. */
    public static ArrivalPattern poisson(final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        final double[] gaps = new double[POISSON_GAPS];
        for (int i = 0; i < gaps.length; i++) {
            gaps[i] = -Math.log1p(-random.nextDouble());
        }
        return new ArrivalPattern("poisson", normal(gaps), 0);
    }

    /** So many frames are due at one moment, to be sent back to back; the next so many when the mean rate allows. */
    public static ArrivalPattern bursts(final int frames) {
        if (frames < 1 || frames > MAX_BURST_FRAMES) {
            throw new IllegalArgumentException("burst out of range: frames=" + frames + " least=1 most=" + MAX_BURST_FRAMES);
        }
        final double[] gaps = new double[frames];
        gaps[frames - 1] = frames;
        return new ArrivalPattern("burst:" + frames, gaps, frames);
    }

    /** Gaps in the proportions of these, which are not all 0. */
    public static ArrivalPattern recorded(final long... gapsNs) {
        return new ArrivalPattern("recorded", normal(Arrays.stream(gapsNs).asDoubleStream().toArray()), 0);
    }

    /** Whether all gaps are equal. */
    public boolean isConstant() {
        return gaps == null;
    }

    /** As options have it: {@code constant}, {@code poisson}, {@code burst:32}. */
    @Override
    public String toString() {
        return text;
    }

    /** Frames that are due at one moment, or 0 when frames are due one by one. */
    int burstFrames() {
        return burstFrames;
    }

    /** How many gaps there are. */
    int size() {
        return gaps.length;
    }

    /** The gaps in units of which {@code mean} are the mean gap; their sum is right to one unit. */
    public long[] gaps(final double mean) {
        final long[] result = new long[gaps.length];
        double sum = 0;
        long before = 0;
        for (int i = 0; i < result.length; i++) {
            sum += gaps[i];
            // From sums, so that what is rounded off does not add up.
            final long now = Math.round(sum * mean);
            result[i] = now - before;
            before = now;
        }
        return result;
    }

    private static double[] normal(final double... gaps) {
        final double mean = Arrays.stream(gaps).average().orElse(0);
        if (!(mean > 0) || Arrays.stream(gaps).anyMatch(gap -> gap < 0)) {
            throw new IllegalArgumentException("gaps must not be negative, nor all 0: gaps=" + gaps.length + " mean=" + mean);
        }
        return Arrays.stream(gaps).map(gap -> gap / mean).toArray();
    }
}
