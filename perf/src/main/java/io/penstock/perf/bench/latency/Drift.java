package io.penstock.perf.bench.latency;

import java.util.Arrays;

/**
 * Whether something changes in the course of time.
 *
 * <p>The slope is the median of the slopes between all pairs of points, so that a few wild points do not move it (Theil and Sen); its
 * interval, and whether it is one at all, follow from how many pairs rise and how many fall (Mann and Kendall). Where the points are nearer
 * to two levels than to a line it is a step, at the point that Pettitt's test finds. Neither asks how points are distributed.
 *
 * <p>Source: Sen 1968, "Estimates of the regression coefficient based on Kendall's tau"; Gilbert 1987, chapters 16 and 17; Pettitt 1979.
 *
 * @param verdict   what it is
 * @param perHour   the slope
 * @param low       the slope's least, with {@value #CONFIDENCE_PERCENT} % confidence
 * @param high      its most
 * @param level     the median of all
 * @param stepHours when it steps, from the first point
 * @param stepFrom  the median before
 * @param stepTo    the median after
 */
record Drift(Verdict verdict, double perHour, double low, double high, double level, double stepHours, double stepFrom, double stepTo) {

    /** How sure to be that there is something: a report has ten such rows, and one false alarm in a hundred reports is enough. */
    static final double CONFIDENCE_PERCENT = 99.9;
    /** Fewer points than these cannot be that sure of anything. */
    static final int MIN_POINTS = 10;

    /** Of the normal distribution, for the confidence, on both sides. */
    private static final double Z = 3.2905;
    private static final double PETTITT = 1 - CONFIDENCE_PERCENT / 100;
    /** Of the level, over the whole time: what changes less may be real, and is nothing to care for. */
    private static final double LEAST_SHARE = 0.002;
    /** Points are nearer to two levels when their distances add up to less than so much of those from the line. */
    private static final double NEARER = 0.9;
    /** All pairs of more points would take seconds; neighbours are put together. */
    private static final int MAX_POINTS = 1_000;

    /** What it is. */
    enum Verdict {
        NONE,
        DRIFT,
        STEP,
        TOO_FEW_POINTS
    }

    /** Looks at points, the time in hours. */
    static Drift of(final double[] allHours, final double[] allValues) {
        final int by = (allHours.length + MAX_POINTS - 1) / MAX_POINTS;
        final double[] hours = by <= 1 ? allHours : thin(allHours, by);
        final double[] values = by <= 1 ? allValues : thin(allValues, by);
        final int n = values.length;
        if (n < MIN_POINTS) {
            return new Drift(Verdict.TOO_FEW_POINTS, 0, 0, 0, n == 0 ? 0 : median(values), 0, 0, 0);
        }
        final double[] slopes = slopes(hours, values);
        final double sigma = Math.sqrt(variance(values));
        final double slope = median(slopes);
        final double low = at(slopes, (slopes.length - Z * sigma) / 2);
        final double high = at(slopes, (slopes.length + Z * sigma) / 2 + 1);
        final double level = median(values);
        final double least = Math.abs(level) * LEAST_SHARE;
        final long rising = rising(values);
        final boolean trend = sigma > 0 && (Math.abs(rising) - 1) / sigma > Z && Math.abs(slope) * (hours[n - 1] - hours[0]) > least;
        final int step = step(values);
        final double before = median(Arrays.copyOfRange(values, 0, step));
        final double after = median(Arrays.copyOfRange(values, step, n));
        final boolean steps = step != 0 && step != n && Math.abs(after - before) > least && isStep(values, step)
                && distance(values, step, before, after) < NEARER * distance(hours, values, slope);
        return new Drift(steps ? Verdict.STEP : trend ? Verdict.DRIFT : Verdict.NONE, slope, low, high, level,
                hours[Math.min(step, n - 1)] - hours[0], before, after);
    }

    /** Whether it is something. */
    boolean isSignificant() {
        return verdict == Verdict.DRIFT || verdict == Verdict.STEP;
    }

    /** Of the level. */
    double percentPerHour() {
        return level == 0 ? 0 : 100 * perHour / level;
    }

    private static double[] thin(final double[] values, final int by) {
        final double[] fewer = new double[(values.length + by - 1) / by];
        Arrays.setAll(fewer, i -> median(Arrays.copyOfRange(values, i * by, Math.min((i + 1) * by, values.length))));
        return fewer;
    }

    private static double[] slopes(final double[] hours, final double[] values) {
        final int n = values.length;
        final double[] slopes = new double[n * (n - 1) / 2];
        int count = 0;
        for (int i = 0; i < n; i++) {
            for (int j = i + 1; j < n; j++) {
                slopes[count++] = (values[j] - values[i]) / (hours[j] - hours[i]);
            }
        }
        Arrays.sort(slopes);
        return slopes;
    }

    /** Pairs that rise less those that fall. */
    private static long rising(final double... values) {
        long sum = 0;
        for (int i = 0; i < values.length; i++) {
            for (int j = i + 1; j < values.length; j++) {
                sum += Math.round(Math.signum(values[j] - values[i]));
            }
        }
        return sum;
    }

    /** Of that number, if there were no trend; equal values rise and fall with nobody. */
    private static double variance(final double... values) {
        final double[] sorted = values.clone();
        Arrays.sort(sorted);
        final double n = sorted.length;
        double sum = n * (n - 1) * (2 * n + 5);
        for (int i = 0; i < sorted.length; ) {
            int equal = 1;
            while (i + equal < sorted.length && sorted[i + equal] == sorted[i]) {
                equal++;
            }
            sum -= (double) equal * (equal - 1) * (2.0 * equal + 5);
            i += equal;
        }
        return sum / 18;
    }

    /** The first point of the second part, where the two differ most; 0 where they nowhere do. */
    private static int step(final double... values) {
        int best = 0;
        long most = 0;
        long u = 0;
        for (int k = 1; k < values.length; k++) {
            // The point before k has changed sides; what it is compared with among its new neighbours cancels out.
            u += above(values, k - 1);
            if (Math.abs(u) > most) {
                most = Math.abs(u);
                best = k;
            }
        }
        return best;
    }

    /** How many points are above one less those below it. */
    private static long above(final double[] values, final int one) {
        long sum = 0;
        for (final double value : values) {
            sum += Math.round(Math.signum(value - values[one]));
        }
        return sum;
    }

    private static boolean isStep(final double[] values, final int step) {
        final double n = values.length;
        double u = 0;
        for (int k = 0; k < step; k++) {
            u += above(values, k);
        }
        return 2 * Math.exp(-6 * u * u / (n * n * n + n * n)) < PETTITT;
    }

    private static double distance(final double[] hours, final double[] values, final double slope) {
        final double[] rest = new double[values.length];
        Arrays.setAll(rest, i -> values[i] - slope * hours[i]);
        final double offset = median(rest);
        return Arrays.stream(rest).map(value -> Math.abs(value - offset)).sum();
    }

    private static double distance(final double[] values, final int step, final double before, final double after) {
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += Math.abs(values[i] - (i < step ? before : after));
        }
        return sum;
    }

    private static double at(final double[] sorted, final double rank) {
        return sorted[Math.clamp(Math.round(rank) - 1, 0, sorted.length - 1)];
    }

    private static double median(final double... values) {
        if (values.length == 0) {
            return 0;
        }
        final double[] sorted = values.clone();
        Arrays.sort(sorted);
        final int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
