package io.penstock.rules.match;

import static io.penstock.rules.api.ParameterProblem.parameter;

/** How the patterns of {@code -m string} are read: a character is a byte. */
final class StringPattern {

    /** {@code XT_STRING_MAX_PATTERN_SIZE}. Unit: bytes. */
    private static final int MAX_BYTES = 128;
    private static final int HEXADECIMAL = 16;

    private StringPattern() {
    }

    /** A pattern as it stands. */
    static String plain(final String text) {
        if (text.length() > MAX_BYTES) {
            throw parameter("STRING too long \"%s\"", text);
        }
        return text;
    }

    /** A pattern with bytes in hexadecimal between vertical bars, and a backslash before what is meant as it stands. */
    static String withHex(final String text) {
        if (text.isEmpty()) {
            throw parameter("STRING must contain at least one char");
        }
        final StringBuilder pattern = new StringBuilder();
        boolean hex = false;
        int at = 0;
        while (at < text.length()) {
            if (pattern.length() >= MAX_BYTES) {
                throw parameter("STRING too long \"%s\"", text);
            }
            boolean literal = false;
            if (text.charAt(at) == '\\') {
                if (hex) {
                    throw parameter("Cannot include literals in hex data");
                }
                literal = true;
            } else if (text.charAt(at) == '|') {
                hex = !hex;
                while (hex && at + 1 < text.length() && text.charAt(at + 1) == ' ') {
                    at++;
                }
                if (++at >= text.length()) {
                    break;
                }
            }
            if (literal) {
                if (at + 1 >= text.length()) {
                    throw parameter("Bad literal placement at end of string");
                }
                pattern.append(text.charAt(at + 1));
                at += 2;
            } else if (hex) {
                pattern.append(hex(text, at));
                at += text.charAt(at + 2) == ' ' ? 3 : 2;
            } else {
                pattern.append(text.charAt(at++));
            }
        }
        return pattern.toString();
    }

    private static char hex(final String text, final int at) {
        if (at + 1 >= text.length()) {
            throw parameter("Odd number of hex digits");
        }
        if (at + 2 >= text.length()) {
            throw parameter("Invalid hex block");
        }
        return (char) (digit(text.charAt(at)) * HEXADECIMAL + digit(text.charAt(at + 1)));
    }

    private static int digit(final char c) {
        final int digit = c < 0x80 ? Character.digit(c, HEXADECIMAL) : -1;
        if (digit < 0) {
            throw parameter("Invalid hex char '%c'", c);
        }
        return digit;
    }
}
