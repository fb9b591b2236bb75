package io.penstock.dataplane.ipvs.text;

/** Columns as {@code printf} makes them. */
final class Columns {

    private Columns() {
    }

    /** To the left of a column. */
    static String left(final String text, final int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    /** A number to the left of a column. */
    static String left(final long number, final int width) {
        return left(Long.toUnsignedString(number), width);
    }

    /** A number to the right of a column. */
    static String right(final long number, final int width) {
        final String text = Long.toUnsignedString(number);
        return " ".repeat(Math.max(0, width - text.length())) + text;
    }

    /** At most so many characters of a text. */
    static String beginning(final String text, final int most) {
        return text.length() > most ? text.substring(0, most) : text;
    }
}
