package io.penstock.dataplane.ipvs.text;

import io.penstock.rules.text.CNumber;

/** Numbers as the tool reads them: decimal, with leading blanks and a sign as {@code strtol} takes them. */
final class Numbers {

    /** The text is no number, or not within its bounds. */
    static final int NONE = -1;

    private static final int DECIMAL = 10;

    private Numbers() {
    }

    /** A number within bounds; {@link #NONE} if it is none. */
    static int within(final String text, final int min, final int max) {
        final long value = whole(text);
        return value >= min && value <= max ? (int) value : NONE;
    }

    /** A firewall mark; 0 if it is none. */
    static long mark(final String text) {
        final long value = whole(text);
        return value > 0 && value <= CNumber.UNSIGNED_32 ? value : 0;
    }

    /** {@code atoi} for what it makes a positive number of; 0 for the rest. */
    static int leading(final String text) {
        final CNumber number = CNumber.read(text, 0, DECIMAL);
        // The C library keeps the low 32 bits of what stops at the ends of 64: -1 and 0, of which neither is positive.
        return number.overflow() ? 0 : Math.max(0, (int) number.value());
    }

    /** Whether all characters are digits; so are those of an empty text. */
    static boolean isDigits(final String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static long whole(final String text) {
        final CNumber number = CNumber.read(text, 0, DECIMAL);
        final boolean isWhole = number.end() == text.length() && number.end() > 0 && !number.overflow();
        final boolean isNegative = text.stripLeading().startsWith("-");
        return isWhole && isNegative == number.value() < 0 ? number.value() : isWhole && number.value() == 0 ? 0 : Long.MIN_VALUE;
    }
}
