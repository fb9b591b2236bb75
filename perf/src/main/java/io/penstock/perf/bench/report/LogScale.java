package io.penstock.perf.bench.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Equal ratios at equal distances.
 *
 * @param low the logarithm at the start
 * @param high the logarithm at the end
 * @param base 10 or 2
 */
record LogScale(double low, double high, int base, List<Tick> ticks) implements AxisScale {

    private static final int[] FACTORS = {1, 2, 5};

    /** Room beside the first and the last value of an axis that is not extended to its ticks, so that their markers lie inside. */
    private static final double MARGIN = 0.03;

    /** Below this many decades, ticks at the ends are needed to have more than one. */
    private static final double FEW_DECADES = 1;

    /** Half of what an axis with one value shows, in powers of its base. */
    private static final double LONELY = 0.5;

    private static final double ROUNDING = 1e-9;

    /** From here on sizes are easier to read in groups of three; 1518 is not. */
    private static final double GROUPED_FROM = 10_000;

    static LogScale decimal(final Extent extent, final boolean isEnclosed) {
        final double least = Math.log10(extent.least());
        final double most = Math.log10(extent.most());
        final boolean isExtended = isEnclosed || most - least < FEW_DECADES;
        double low = isExtended ? tickBelow(least) : least;
        final double high = isExtended ? tickAbove(most) : most;
        if (low == high) {
            low = tickBelow(least - LONELY);
        }
        final double margin = isExtended ? 0 : (high - low) * MARGIN;
        return decimalTicks(low - margin, high + margin);
    }

    static LogScale binary(final Extent extent) {
        final double least = log2(extent.least());
        final double most = log2(extent.most());
        final double margin = most - least < ROUNDING ? LONELY : (most - least) * MARGIN;
        final LogScale bare = new LogScale(least - margin, most + margin, 2, List.of());
        final List<Tick> ticks = new ArrayList<>();
        int next = (int) Math.ceil(least - ROUNDING);
        for (final double value : extent.values()) {
            final double power = log2(value);
            while (next < power - ROUNDING) {
                ticks.add(bare.binaryTick(Math.pow(2, next++), 0));
            }
            final boolean isPower = Math.abs(power - next) <= ROUNDING;
            ticks.add(bare.binaryTick(value, isPower ? 0 : 2));
            next += isPower ? 1 : 0;
        }
        return new LogScale(bare.low, bare.high, 2, List.copyOf(ticks));
    }

    @Override
    public double at(final double value) {
        return Math.clamp(((base == 2 ? log2(value) : Math.log10(value)) - low) / (high - low), 0, 1);
    }

    private static LogScale decimalTicks(final double low, final double high) {
        final List<Tick> ticks = new ArrayList<>();
        for (int decade = (int) Math.floor(low); decade <= high + ROUNDING; decade++) {
            for (final int factor : FACTORS) {
                final double power = decade + Math.log10(factor);
                if (power >= low - ROUNDING && power <= high + ROUNDING) {
                    final double at = Math.clamp((power - low) / (high - low), 0, 1);
                    ticks.add(new Tick(at, label(factor, decade), factor == 1 ? 0 : 1));
                }
            }
        }
        return new LogScale(low, high, 10, List.copyOf(ticks));
    }

    private Tick binaryTick(final double value, final int level) {
        final boolean isShort = value < GROUPED_FROM && value == Math.rint(value);
        return new Tick(at(value), isShort ? Integer.toString((int) value) : Numbers.text(value), level);
    }

    private static String label(final int factor, final int decade) {
        return Numbers.text(decade < 0 ? factor / Math.pow(10, -decade) : factor * Math.pow(10, decade));
    }

    private static double log2(final double value) {
        return Math.log(value) / Math.log(2);
    }

    /** The logarithm of the next 1, 2 or 5 times a power of ten that is not above. */
    private static double tickBelow(final double power) {
        final double decade = Math.floor(power + ROUNDING);
        double below = decade;
        for (final int factor : FACTORS) {
            if (decade + Math.log10(factor) <= power + ROUNDING) {
                below = decade + Math.log10(factor);
            }
        }
        return below;
    }

    private static double tickAbove(final double power) {
        final double decade = Math.floor(power + ROUNDING);
        for (final int factor : FACTORS) {
            if (decade + Math.log10(factor) >= power - ROUNDING) {
                return decade + Math.log10(factor);
            }
        }
        return decade + 1;
    }
}
