package io.penstock.rules.text;

import java.util.regex.Pattern;

/** A real number as the C library reads it ({@code strtod}). */
final class CReal {

    private static final Pattern DECIMAL = Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?");
    private static final Pattern HEXADECIMAL = Pattern.compile(
            "[+-]?0[xX]([0-9a-fA-F]+\\.?[0-9a-fA-F]*|\\.[0-9a-fA-F]+)([pP][+-]?[0-9]+)?");
    private static final Pattern INFINITE = Pattern.compile("(?i)[+-]?inf(inity)?");
    private static final Pattern NO_NUMBER = Pattern.compile("(?i)[+-]?nan");

    private CReal() {
    }

    /** The number that the whole text is, or null. */
    static Double parse(final String text) {
        int from = 0;
        while (from < text.length() && CNumber.isBlank(text.charAt(from))) {
            from++;
        }
        final String number = text.substring(from);
        if (DECIMAL.matcher(number).matches()) {
            return Double.valueOf(number);
        }
        if (HEXADECIMAL.matcher(number).matches()) {
            return Double.valueOf(number.matches(".*[pP].*") ? number : number + "p0");
        }
        if (INFINITE.matcher(number).matches()) {
            return number.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        return NO_NUMBER.matcher(number).matches() ? Double.valueOf(Double.NaN) : null;
    }
}
