package io.penstock.perf.bench.report;

import java.util.List;

/** Where values lie along an axis. Every value that it shows lies between 0, the axis's start, and 1, its end. */
sealed interface AxisScale permits LinearScale, LogScale, PercentileScale {

    /** Beyond this, sums of two values are no longer sure to be numbers. */
    double MOST = 1e300;

    /**
     * The scale of an axis for what it has to show.
     *
     * @param extent not empty
     * @param pixels the length of the axis
     * @param isEnclosed extended to the next ticks, so that lines end below the top; otherwise it ends with the values
     */
    static AxisScale of(final Axis axis, final Extent extent, final double pixels, final boolean isEnclosed) {
        return switch (axis.scale()) {
            case LINEAR -> LinearScale.fromZero(extent, pixels, isEnclosed);
            case ZOOMED -> LinearScale.zoomed(extent, pixels);
            case LOG -> LogScale.decimal(extent, isEnclosed);
            case LOG2 -> LogScale.binary(extent);
            case PERCENTILE -> PercentileScale.of(extent);
        };
    }

    /** Whether an axis can show the value at all. */
    static boolean shows(final Axis axis, final double value) {
        return switch (axis.scale()) {
            case LINEAR, ZOOMED -> Math.abs(value) <= MOST;
            case LOG, LOG2 -> value >= 1 / MOST && value <= MOST;
            case PERCENTILE -> value >= 0 && value <= PercentileScale.WHOLE;
        };
    }

    /** @param value one that {@link #shows} is true for; what lies outside is moved to the nearer end */
    double at(double value);

    /** In ascending order. */
    List<Tick> ticks();

    /**
     * A mark on the axis.
     *
     * @param at from 0 to 1
     * @param level 0 for those that come first, 1 for those that are labelled only if all of them can be, 2 for those labelled one by one where there is room
     */
    record Tick(double at, String label, int level) {
    }
}
