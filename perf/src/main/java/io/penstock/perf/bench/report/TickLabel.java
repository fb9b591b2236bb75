package io.penstock.perf.bench.report;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** What stands at the ticks of a linear axis: as many decimals as the step needs, and one factor for the whole axis. */
final class TickLabel {

    private static final String[] FACTORS = {"", " k", " M", " G", " T", " P"};

    /** Axes that end here or above have a factor: five digits are read at a glance. */
    private static final double FACTOR_FROM = 100_000;

    /** Axes that end below this are written with a power of ten. */
    private static final double POWER_BELOW = 0.001;

    private static final double POWER_FROM = 1e18;

    private TickLabel() {
    }

    /** @param most the largest amount on the axis */
    static String of(final double value, final double step, final double most) {
        if (value == 0) {
            return "0";
        }
        if (most < POWER_BELOW || most >= POWER_FROM) {
            final int exponent = (int) Math.floor(Math.log10(most));
            return sign(value) + decimals(Math.abs(value), step, exponent) + 'e' + exponent;
        }
        int factor = 0;
        if (most >= FACTOR_FROM) {
            factor = (int) (Math.floor(Math.log10(most)) / 3);
        }
        return sign(value) + grouped(decimals(Math.abs(value), step, 3 * factor)) + FACTORS[factor];
    }

    private static String sign(final double value) {
        return value < 0 ? "−" : "";
    }

    private static String decimals(final double value, final double step, final int exponent) {
        final int stepExponent = (int) Math.floor(Math.log10(step) + 1e-9);
        return new BigDecimal(value).movePointLeft(exponent).setScale(Math.max(0, exponent - stepExponent), RoundingMode.HALF_EVEN).toPlainString();
    }

    private static String grouped(final String digits) {
        return digits.indexOf('.') < 0 ? Numbers.count(Long.parseLong(digits)) : digits;
    }
}
