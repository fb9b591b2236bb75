package io.penstock.perf.bench.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Percentiles at the logarithm of how rare what lies above them is, as in HdrHistogram's plots: 0, 90, 99, 99.9 are equally far apart.
 *
 * @param end how many nines the right end has
 * @param nines the last percentile with a tick has so many nines
 * @param hasMaximum the right end is the maximum: the hundredth percentile, which would be infinitely far away
 */
record PercentileScale(double end, int nines, boolean hasMaximum) implements AxisScale {

    static final double WHOLE = 100;

    /** How far the maximum is drawn from the last percentile: far enough for its label. */
    private static final double TO_MAXIMUM = 0.6;

    /** Beyond this a double holds no more nines. */
    private static final double MOST_NINES = 12;

    private static final double ROUNDING = 1e-6;

    static PercentileScale of(final Extent extent) {
        double most = 0;
        for (final double percent : extent.values()) {
            most = percent < WHOLE ? Math.max(most, rarity(percent)) : most;
        }
        final double last = Math.max(1, most);
        final boolean hasMaximum = extent.most() == WHOLE;
        return new PercentileScale(hasMaximum ? last + TO_MAXIMUM : last, (int) Math.floor(last + ROUNDING), hasMaximum);
    }

    @Override
    public double at(final double percent) {
        return percent >= WHOLE ? 1 : Math.min(1, rarity(percent) / end);
    }

    @Override
    public List<Tick> ticks() {
        final List<Tick> ticks = new ArrayList<>();
        ticks.add(new Tick(0, "0", 0));
        ticks.add(new Tick(at(WHOLE / 2), "50", 1));
        for (int i = 1; i <= nines; i++) {
            ticks.add(new Tick(Math.min(1, i / end), label(i), 0));
        }
        if (hasMaximum) {
            ticks.add(new Tick(1, "max", 0));
        }
        return ticks;
    }

    /** The number of nines: 0 of 0 %, 1 of 90 %, 2 of 99 %. */
    private static double rarity(final double percent) {
        return Math.min(MOST_NINES, -Math.log10((WHOLE - percent) / WHOLE) + 0.0);
    }

    private static String label(final int count) {
        return count == 1 ? "90" : count == 2 ? "99" : "99." + "9".repeat(count - 2);
    }
}
