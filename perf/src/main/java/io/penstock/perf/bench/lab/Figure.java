package io.penstock.perf.bench.lab;

import io.penstock.perf.bench.measure.Samples;
import java.util.Arrays;

/**
 * A measured number with its spread.
 *
 * @param mad       the median of absolute deviations from the median: what a usual sample is off by
 * @param samples   how many measurements
 * @param processes in how many processes they were made: without several, what differs from process to process is not in the spread
 */
record Figure(double median, double least, double most, double mad, int samples, int processes) {

    /** Of all samples, at least one. */
    static Figure of(final int processes, final double... values) {
        final Samples samples = Samples.of(values);
        final double median = samples.median();
        final double mad = Samples.of(Arrays.stream(values).map(value -> Math.abs(value - median)).toArray()).median();
        return new Figure(median, samples.least(), samples.most(), mad, values.length, processes);
    }

    /** The same in another unit. */
    Figure times(final double factor) {
        return new Figure(median * factor, least * factor, most * factor, mad * factor, samples, processes);
    }

    /** So many by each: what a packet costs from how many there are in a time. What is most becomes least. */
    Figure per(final double whole) {
        return new Figure(whole / median, whole / most, whole / least, mad * whole / (median * median), samples, processes);
    }

    /** How many times another's, at least and at most by what both were measured at. */
    Figure over(final Figure other) {
        final double ratio = median / other.median;
        return new Figure(ratio, least / other.most, most / other.least, ratio * Math.hypot(mad / median, other.mad / other.median),
                Math.min(samples, other.samples), Math.min(processes, other.processes));
    }

    /** How much more than another. */
    Figure minus(final Figure other) {
        return new Figure(median - other.median, least - other.most, most - other.least, Math.hypot(mad, other.mad),
                Math.min(samples, other.samples), Math.min(processes, other.processes));
    }
}
