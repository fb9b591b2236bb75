package io.penstock.perf.bench.measure;

import java.util.Arrays;
import java.util.List;

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

    /** Student's t for 95 of 100, both sides, from one degree of freedom on. */
    private static final double[] STUDENT = {12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.20, 2.18, 2.16, 2.14, 2.13, 2.12, 2.11,
        2.10, 2.09, 2.09, 2.08, 2.07, 2.07, 2.06, 2.06, 2.06, 2.05, 2.05, 2.05, 2.04};

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
        return STUDENT[Math.min(degrees, STUDENT.length) - 1] * sigma * Math.sqrt(2.0 / rounds) * MEDIAN[Math.min(rounds, MEDIAN.length) - 1];
    }
}
