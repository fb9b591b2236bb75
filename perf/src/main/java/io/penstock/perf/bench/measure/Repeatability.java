package io.penstock.perf.bench.measure;

import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.distribution.BinomialDistribution;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * How far from a run's medians another run's are to be expected, by how much the rounds of this one differ: each round is a process of its own, at
 * another time. All measurements tell it together, since the two or three rounds of one tell little.
 *
 * @param sigma   the standard deviation of a round, as a part of what it measures; at the least {@link #LEAST}
 * @param degrees of freedom: rounds without those that the measurements' means take
 */
public record Repeatability(double sigma, int degrees) {

    /**
     * The least standard deviation, as a part: rounds of one run lie some minutes apart, and those of two runs differ by more than they do. On a shared
     * virtual machine rounds of one run differed by 2.2 %, those of that run and the one before by 5.
     */
    public static final double LEAST = 0.04;

    /** How many of 100 runs. */
    public static final int PER_CENT = 95;

    /** What is believed where nothing was measured in several rounds: the least, as if it were known well. */
    public static final Repeatability ASSUMED = new Repeatability(LEAST, 1_000);

    /** Of {@link #PER_CENT}: how often chance alone leads beyond what is within, to one side. */
    private static final double ONE_SIDE = (1 - PER_CENT / 100.0) / 2;

    /** How many times as much a median differs as a mean does, of one value, of two, and so on; the last is of many. */
    private static final double[] MEDIAN = {1, 1, 1.16, 1.09, 1.20, 1.13, 1.25};

    /** What measurements tell, each by its rounds; null when none has several. */
    public static Repeatability of(final List<double[]> measurements) {
        double squares = 0;
        int degrees = 0;
        for (final double[] rounds : measurements) {
            if (rounds.length > 1) {
                final double mean = Arrays.stream(rounds).average().orElseThrow();
                for (final double round : rounds) {
                    squares += (round / mean - 1) * (round / mean - 1);
                }
                degrees += rounds.length - 1;
            }
        }
        return degrees == 0 ? null : new Repeatability(Math.max(LEAST, Math.sqrt(squares / degrees)), degrees);
    }

    /** How far off another run's figure is, at most, as a part of it: one of so many rounds in both. */
    public double within(final int rounds) {
        return within(rounds, 1);
    }

    /**
     * The same of so many figures together: so wide that all of them are within, {@link #PER_CENT} times of 100 (Bonferroni).
     *
     * @param figures at least one
     */
    public double within(final int rounds, final int figures) {
        final double student = new TDistribution(degrees).inverseCumulativeProbability(1 - ONE_SIDE / figures);
        return student * sigma * Math.sqrt(2.0 / rounds) * MEDIAN[Math.min(rounds, MEDIAN.length) - 1];
    }

    /** How many of so many figures chance alone makes worse than {@link #within(int)} allows, at most, {@link #PER_CENT} times of 100. */
    public static int worseByChance(final int figures) {
        return new BinomialDistribution(figures, ONE_SIDE).inverseCumulativeProbability(PER_CENT / 100.0);
    }
}
