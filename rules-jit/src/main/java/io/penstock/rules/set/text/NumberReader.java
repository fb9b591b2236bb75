package io.penstock.rules.set.text;

import io.penstock.rules.text.CNumber;

/** Reads numbers: decimal, hexadecimal after {@code 0x}, octal after {@code 0}. */
final class NumberReader {

    /** What a number that cannot be read is; no value is that large. */
    static final long NONE = -1;

    /** Digits that surely fit 63 bits. */
    private static final int SHORT_DIGITS = 18;
    private static final int DECIMAL = 10;

    private NumberReader() {
    }

    /**
     * Reads one.
     *
     * @param max  the largest, unsigned
     * @param kind how much it matters if it is none
     * @return {@link #NONE} if it is none, which has been reported
     */
    static long read(final Session session, final String text, final long max, final Report.Kind kind) {
        final long decimal = decimal(text);
        if (decimal != NONE && Long.compareUnsigned(decimal, max) <= 0) {
            return decimal;
        }
        final CNumber number = CNumber.read(text, 0, CNumber.ANY_BASE);
        final boolean isNumber = number.end() > 0 && number.end() == text.length();
        if (isNumber && !number.overflow() && Long.compareUnsigned(number.value(), max) <= 0) {
            return number.value();
        }
        if (isNumber || number.overflow()) {
            session.report.add(kind, "Syntax error: '" + text + "' is out of range 0-" + Long.toUnsignedString(max));
        } else {
            session.report.add(kind, "Syntax error: '" + text + "' is invalid as number");
        }
        return NONE;
    }

    /** Reads one that matters. */
    static long read(final Session session, final String text, final long max) {
        return read(session, text, max, Report.Kind.ERROR);
    }

    /** Reads the length of a prefix. */
    static int length(final Session session, final String text, final int min, final int max) {
        final long length = read(session, text, CNumber.UNSIGNED_8);
        if (length == NONE || length >= min && length <= max) {
            return (int) length;
        }
        session.report.syntax("'" + text + "' is out of range " + min + "-" + max);
        return (int) NONE;
    }

    /** The usual case: digits only, no leading zero. */
    private static long decimal(final String text) {
        final int length = text.length();
        if (length == 0 || length > SHORT_DIGITS || length > 1 && text.charAt(0) == '0') {
            return NONE;
        }
        long value = 0;
        for (int i = 0; i < length; i++) {
            final int digit = text.charAt(i) - '0';
            if (digit < 0 || digit >= DECIMAL) {
                return NONE;
            }
            value = value * DECIMAL + digit;
        }
        return value;
    }
}
