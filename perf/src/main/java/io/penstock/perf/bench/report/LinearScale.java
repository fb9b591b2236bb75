package io.penstock.perf.bench.report;

import java.util.ArrayList;
import java.util.List;

/** Equal differences at equal distances, with ticks at 1, 2 or 5 times a power of ten. */
record LinearScale(double low, double high, double step) implements AxisScale {

    /** Closer ticks make a grid that is louder than the data; fewer leave too much to guess. */
    private static final double PIXELS_A_TICK = 64;

    private static final double ENCLOSED_PIXELS_A_TICK = 46;

    /** A zoomed axis shows at least this share of its values: what is smaller is noise that would look like a mountain. */
    private static final double LEAST_ZOOM = 0.01;

    /** Room above and below zoomed data, as a share of what they span. */
    private static final double ZOOM_MARGIN = 0.05;

    private static final double ROUNDING = 1e-9;

    static LinearScale fromZero(final Extent extent, final double pixels, final boolean isEnclosed) {
        final double low = Math.min(0, extent.least());
        final double top = Math.max(0, extent.most());
        final double high = top - low < 1 / MOST ? low + 1 : top;
        final double step = step(high - low, pixels / (isEnclosed ? ENCLOSED_PIXELS_A_TICK : PIXELS_A_TICK));
        return isEnclosed ? enclosed(low, high, step) : new LinearScale(low, high, step);
    }

    static LinearScale zoomed(final Extent extent, final double pixels) {
        final double most = Math.max(Math.abs(extent.least()), Math.abs(extent.most()));
        final double span = Math.max(extent.most() - extent.least(), most < 1 / MOST ? 1 : most * LEAST_ZOOM) * (1 + 2 * ZOOM_MARGIN);
        final double middle = extent.least() / 2 + extent.most() / 2;
        return enclosed(middle - span / 2, middle + span / 2, step(span, pixels / ENCLOSED_PIXELS_A_TICK));
    }

    @Override
    public double at(final double value) {
        return Math.clamp((value - low) / (high - low), 0, 1);
    }

    @Override
    public List<Tick> ticks() {
        final List<Tick> ticks = new ArrayList<>();
        final long first = (long) Math.ceil(low / step - ROUNDING);
        final long last = (long) Math.floor(high / step + ROUNDING);
        final double most = Math.max(Math.abs(low), Math.abs(high));
        for (long i = first; i <= last; i++) {
            ticks.add(new Tick(at(i * step), TickLabel.of(i * step, step, most), 0));
        }
        return ticks;
    }

    /** 1, 2 or 5 times a power of ten, so that there are at most {@code count} steps. */
    static double step(final double span, final double count) {
        final double least = span / Math.max(1, count);
        // A power of a negative exponent is not exact, its reciprocal is.
        final int exponent = (int) Math.floor(Math.log10(least));
        for (final int factor : new int[] {1, 2, 5}) {
            if (times(factor, exponent) >= least * (1 - ROUNDING)) {
                return times(factor, exponent);
            }
        }
        return times(1, exponent + 1);
    }

    private static double times(final int factor, final int exponent) {
        return exponent < 0 ? factor / Math.pow(10, -exponent) : factor * Math.pow(10, exponent);
    }

    private static LinearScale enclosed(final double low, final double high, final double step) {
        return new LinearScale(Math.floor(low / step + ROUNDING) * step, Math.ceil(high / step - ROUNDING) * step, step);
    }
}
