package io.penstock.rules.set.text;

/** Reads hexadecimal numbers between other characters, as the C library's {@code sscanf} does with {@code %lx}. What follows is let be. */
final class HexScan {

    private static final int DIGIT_BITS = 4;
    private static final int HEXADECIMAL = 16;

    private final String text;
    private int at;
    private long value;

    HexScan(final String text) {
        this.text = text;
    }

    /** Goes past these characters, if they are next. */
    boolean literal(final String characters) {
        if (!text.startsWith(characters, at)) {
            return false;
        }
        at += characters.length();
        return true;
    }

    /** Reads a number, if one is next: blanks, a sign, {@code 0x}, digits. One too large is all ones. */
    boolean number() {
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) >= '\t' && text.charAt(at) <= '\r')) {
            at++;
        }
        final boolean isNegative = at < text.length() && text.charAt(at) == '-';
        if (isNegative || at < text.length() && text.charAt(at) == '+') {
            at++;
        }
        int digits = 0;
        if (at < text.length() && text.charAt(at) == '0') {
            digits++;
            at++;
            if (at < text.length() && (text.charAt(at) | ' ') == 'x') {
                at++;
            }
        }
        value = 0;
        boolean isTooLarge = false;
        for (; at < text.length() && text.charAt(at) < 0x80 && Character.digit(text.charAt(at), HEXADECIMAL) >= 0; at++) {
            isTooLarge |= value >>> Long.SIZE - DIGIT_BITS != 0;
            value = value << DIGIT_BITS | Character.digit(text.charAt(at), HEXADECIMAL);
            digits++;
        }
        value = isTooLarge ? -1 : isNegative ? -value : value;
        return digits > 0;
    }

    /** The number that was read last, unsigned. */
    long value() {
        return value;
    }
}
