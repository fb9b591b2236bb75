package io.penstock.perf.bench.measure;

import java.util.Arrays;

/**
 * Repeated measurements of one thing.
 *
 * @param sorted ascending, at least one
 */
public record Samples(double[] sorted) {

    /** Turns the median of absolute deviations into a standard deviation, for what is normally distributed. */
    private static final double MAD_TO_SIGMA = 1.4826;

    public static Samples of(final double... values) {
        final double[] sorted = values.clone();
        Arrays.sort(sorted);
        return new Samples(sorted);
    }

    public double least() {
        return sorted[0];
    }

    public double most() {
        return sorted[sorted.length - 1];
    }

    public double median() {
        final int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** A standard deviation that a few slices in which the machine did something else do not move. */
    public double sigma() {
        final double median = median();
        return MAD_TO_SIGMA * of(Arrays.stream(sorted).map(v -> Math.abs(v - median)).toArray()).median();
    }
}
