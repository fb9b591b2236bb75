package io.penstock.perf.bench.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * Numbers as a reader wants them: {@code 1.24 M}, {@code 18.2}, {@code 0.031}, {@code 1,518}. Three significant digits, more only to show whole numbers of up
 * to five; the same in every locale.
 */
public final class Numbers {

    /** More would claim more than runs on one machine show; fewer would hide a change of one percent. */
    private static final int DIGITS = 3;

    /** From here on a factor takes the place of the zeros. */
    private static final BigDecimal FACTOR_FROM = BigDecimal.valueOf(100_000);

    /** Below this, zeros after the point are hard to count. */
    private static final double POWER_BELOW = 0.0001;

    private static final String[] FACTORS = {"", " k", " M", " G", " T", " P"};

    private static final BigDecimal THOUSAND = BigDecimal.valueOf(1000);

    /** Beyond the last factor. */
    private static final BigDecimal POWER_FROM = THOUSAND.pow(FACTORS.length);

    private Numbers() {
    }

    public static String text(final double value) {
        if (Double.isNaN(value)) {
            return "not measured";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "∞" : "−∞";
        }
        final String text = positive(Math.abs(value));
        return value < 0 && !text.equals("0") ? '−' + text : text;
    }

    /** The number and in brackets from where to where its runs went: {@code 18.2 (17.9 – 18.6)}; the number alone when they did not. */
    public static String spread(final double value, final double low, final double high) {
        final boolean isSpread = Double.isFinite(low) && Double.isFinite(high) && low < high;
        return isSpread ? text(value) + " (" + text(low) + " – " + text(high) + ')' : text(value);
    }

    /** A count in full: {@code 1,048,576}. */
    public static String count(final long value) {
        final String digits = Long.toString(value);
        final int sign = value < 0 ? 1 : 0;
        final StringBuilder text = new StringBuilder(digits);
        for (int i = digits.length() - 3; i > sign; i -= 3) {
            text.insert(i, ',');
        }
        return value < 0 ? text.replace(0, 1, "−").toString() : text.toString();
    }

    private static String positive(final double value) {
        if (value == 0) {
            return "0";
        }
        // The shortest number that is this double: what somebody wrote as 18.2 has no digits beyond.
        final BigDecimal exact = BigDecimal.valueOf(value);
        final BigDecimal rounded = exact.round(new MathContext(DIGITS, RoundingMode.HALF_EVEN));
        final boolean isExact = exact.compareTo(rounded) == 0;
        if (value < POWER_BELOW || rounded.compareTo(POWER_FROM) >= 0) {
            final int exponent = rounded.precision() - rounded.scale() - 1;
            return plain(rounded.scaleByPowerOfTen(-exponent), isExact) + 'e' + exponent;
        }
        if (rounded.compareTo(THOUSAND) < 0) {
            return plain(rounded, isExact);
        }
        if (rounded.compareTo(FACTOR_FROM) < 0) {
            return count(exact.setScale(0, RoundingMode.HALF_EVEN).longValueExact());
        }
        int factor = 0;
        BigDecimal scaled = rounded;
        while (scaled.compareTo(THOUSAND) >= 0) {
            scaled = scaled.scaleByPowerOfTen(-3);
            factor++;
        }
        return plain(scaled, isExact) + FACTORS[factor];
    }

    /** Zeros at the end stay where they say that what follows was rounded away. */
    private static String plain(final BigDecimal value, final boolean isExact) {
        return (isExact ? value.stripTrailingZeros() : value).toPlainString();
    }
}
