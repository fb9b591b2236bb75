package io.penstock.conntrack.text;

/** Numbers and words as the C library reads them, without complaints: what is no number is 0. */
final class CText {

    private static final int HEXADECIMAL = 16;
    private static final int OCTAL = 8;
    private static final int DECIMAL = 10;

    private CText() {
    }

    /**
     * A number of {@code strtoul}, and where it ended.
     *
     * @param value 64 bits; all ones when it is too large
     * @param end   where it ended; 0 if there is none
     */
    record Number(long value, int end) {
    }

    /** {@code strtoul} with base 0 (the prefix tells it) or 10. */
    static Number read(final String text, final boolean anyBase) {
        int at = 0;
        while (at < text.length() && isBlank(text.charAt(at))) {
            at++;
        }
        boolean isNegative = false;
        if (at < text.length() && (text.charAt(at) == '-' || text.charAt(at) == '+')) {
            isNegative = text.charAt(at++) == '-';
        }
        int radix = DECIMAL;
        if (anyBase && at < text.length() && text.charAt(at) == '0') {
            final boolean isHexadecimal = at + 2 < text.length() && (text.charAt(at + 1) | ' ') == 'x'
                    && digit(text, at + 2, HEXADECIMAL) >= 0;
            radix = isHexadecimal ? HEXADECIMAL : OCTAL;
            at += isHexadecimal ? 2 : 0;
        }
        final int digits = at;
        long value = 0;
        boolean isTooLarge = false;
        while (digit(text, at, radix) >= 0) {
            final int digit = digit(text, at++, radix);
            isTooLarge |= Long.compareUnsigned(value, Long.divideUnsigned(-1L - digit, radix)) > 0;
            value = value * radix + digit;
        }
        return new Number(isTooLarge ? -1L : isNegative ? -value : value, at == digits ? 0 : at);
    }

    /** {@code strtol} with base 10, which stops at the ends of 64 bits. */
    static long signed(final String text) {
        final Number number = read(text, false);
        final boolean isNegative = text.stripLeading().startsWith("-");
        if (number.end() == 0) {
            return 0;
        }
        if (isNegative) {
            return number.value() > 0 || number.value() == -1L && !text.strip().equals("-1") ? Long.MIN_VALUE : number.value();
        }
        return number.value() < 0 ? Long.MAX_VALUE : number.value();
    }

    /** {@code strncasecmp(a, b, length) == 0}. */
    static boolean isBeginning(final String a, final String b) {
        return a.length() <= b.length() && b.regionMatches(true, 0, a, 0, a.length());
    }

    static boolean isBlank(final char c) {
        return c == ' ' || c >= '\t' && c <= '\r';
    }

    private static int digit(final String text, final int at, final int radix) {
        return at < text.length() && text.charAt(at) < 0x80 ? Character.digit(text.charAt(at), radix) : -1;
    }
}
