package io.penstock.rules.text;

/**
 * A number as the C library reads it ({@code strtoumax} and its kin): leading blanks, a sign, and with base 0 also {@code 0x} and a
 * leading 0 for octal.
 *
 * @param value    64 bits unsigned; all ones when it is too large
 * @param end      where it ended; where it began if there is no number
 * @param overflow whether it does not fit 64 bits
 */
public record CNumber(long value, int end, boolean overflow) {

    /** The base that the prefix tells. */
    public static final int ANY_BASE = 0;
    /** Any 64 bits. */
    public static final long UNSIGNED_64 = -1L;
    /** The largest of 32 bits. */
    public static final long UNSIGNED_32 = 0xFFFF_FFFFL;
    /** The largest of 16 bits. */
    public static final long UNSIGNED_16 = 0xFFFF;
    /** The largest of 8 bits. */
    public static final long UNSIGNED_8 = 0xFF;

    private static final int HEXADECIMAL = 16;
    private static final int OCTAL = 8;
    private static final int DECIMAL = 10;

    /** Reads one at a place of a text. */
    public static CNumber read(final String text, final int from, final int base) {
        int at = from;
        while (at < text.length() && isBlank(text.charAt(at))) {
            at++;
        }
        boolean negative = false;
        if (at < text.length() && (text.charAt(at) == '-' || text.charAt(at) == '+')) {
            negative = text.charAt(at) == '-';
            at++;
        }
        int radix = base;
        final boolean hexadecimal = at + 2 < text.length() && text.charAt(at) == '0'
                && (text.charAt(at + 1) | ' ') == 'x' && Character.digit(text.charAt(at + 2), HEXADECIMAL) >= 0;
        if (hexadecimal && (base == ANY_BASE || base == HEXADECIMAL)) {
            radix = HEXADECIMAL;
            at += 2;
        } else if (base == ANY_BASE) {
            radix = at < text.length() && text.charAt(at) == '0' ? OCTAL : DECIMAL;
        }
        final int digits = at;
        long value = 0;
        boolean overflow = false;
        while (at < text.length() && digit(text.charAt(at), radix) >= 0) {
            final int digit = digit(text.charAt(at), radix);
            overflow |= Long.compareUnsigned(value, Long.divideUnsigned(UNSIGNED_64 - digit, radix)) > 0;
            value = value * radix + digit;
            at++;
        }
        if (at == digits) {
            return new CNumber(0, from, false);
        }
        return new CNumber(overflow ? UNSIGNED_64 : negative ? -value : value, at, overflow);
    }

    /**
     * Reads one that iptables would take: not negative, of any base, within limits.
     *
     * @param max the largest, unsigned; 0 for no limit
     * @return null if it would not
     */
    public static CNumber within(final String text, final int from, final long min, final long max) {
        int at = from;
        while (at < text.length() && isBlank(text.charAt(at))) {
            at++;
        }
        if (at < text.length() && text.charAt(at) == '-') {
            return null;
        }
        final CNumber number = read(text, from, ANY_BASE);
        final boolean fits = number.end > from && !number.overflow && Long.compareUnsigned(min, number.value) <= 0
                && (max == 0 || Long.compareUnsigned(number.value, max) <= 0);
        return fits ? number : null;
    }

    /** The same of a whole text, in which nothing may follow the number. */
    public static CNumber whole(final String text, final long min, final long max) {
        final CNumber number = within(text, 0, min, max);
        return number != null && number.end == text.length() ? number : null;
    }

    /** Whether C's {@code isspace} holds. */
    public static boolean isBlank(final char c) {
        return c == ' ' || c >= '\t' && c <= '\r';
    }

    private static int digit(final char c, final int radix) {
        return c < 0x80 ? Character.digit(c, radix) : -1;
    }
}
