package io.penstock.rules.match;

import io.penstock.rules.api.ParameterProblem;
import java.util.List;
import java.util.Locale;

/**
 * Rates as {@code 5/minute}.
 *
 * @param period  the time from one to the next, unsigned, in parts of a second as the caller scales it
 * @param seconds how long the unit is that it was given by
 */
record Rate(long period, int seconds) {

    /**
     * A unit of time.
     *
     * @param word    its name when it is read; its beginning is enough
     * @param shown   its name when it is written
     * @param seconds how long it is
     */
    private record Unit(String word, String shown, int seconds) {
    }

    private static final List<Unit> UNITS = List.of(
            new Unit("day", "day", 86_400),
            new Unit("hour", "hour", 3_600),
            new Unit("minute", "min", 60),
            new Unit("second", "sec", 1));

    /** Reads a rate whose count has 32 bits, or says null if it is none. */
    static Rate readInt(final String text, final long scale) {
        final int count = (int) leadingNumber(text);
        return read(text, scale, Integer.toUnsignedLong(count));
    }

    /** Reads a rate whose count has 64 bits, or says null if it is none. */
    static Rate read(final String text, final long scale) {
        return read(text, scale, leadingNumber(text));
    }

    private static Rate read(final String text, final long scale, final long count) {
        final int slash = text.indexOf('/');
        final int seconds = slash < 0 ? 1 : seconds(text.substring(slash + 1).toLowerCase(Locale.ROOT));
        if (seconds == 0 || count == 0) {
            return null;
        }
        final long period = Long.divideUnsigned(scale * seconds, count);
        if (period == 0) {
            throw ParameterProblem.parameter("Rate too fast \"%s\"", text);
        }
        return new Rate(period, seconds);
    }

    /**
     * Writes a blank and the rate, in the largest unit in which it is about whole.
     *
     * @return that unit's length in seconds, 0 for a rate without end
     */
    static int write(final StringBuilder out, final long period, final long scale) {
        if (period == 0) {
            out.append(" inf");
            return 0;
        }
        Unit best = UNITS.getFirst();
        for (final Unit unit : UNITS.subList(1, UNITS.size())) {
            final long length = scale * unit.seconds;
            if (Long.compareUnsigned(period, length) > 0
                    || Long.compareUnsigned(Long.divideUnsigned(length, period), Long.remainderUnsigned(length, period)) < 0) {
                break;
            }
            best = unit;
        }
        out.append(' ').append(Long.toUnsignedString(Long.divideUnsigned(scale * best.seconds, period))).append('/').append(best.shown);
        return best.seconds;
    }

    /** The number that a text begins with, as C's {@code atoll} reads it: decimal, 0 if there is none. */
    static long leadingNumber(final String text) {
        int at = 0;
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) >= '\t' && text.charAt(at) <= '\r')) {
            at++;
        }
        final boolean negative = at < text.length() && text.charAt(at) == '-';
        if (negative || at < text.length() && text.charAt(at) == '+') {
            at++;
        }
        long value = 0;
        for (; at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9'; at++) {
            final int digit = text.charAt(at) - '0';
            if (value > (Long.MAX_VALUE - digit) / 10) {
                return negative ? Long.MIN_VALUE : Long.MAX_VALUE;
            }
            value = value * 10 + digit;
        }
        return negative ? -value : value;
    }

    private static int seconds(final String begin) {
        for (final Unit unit : UNITS.reversed()) {
            if (!begin.isEmpty() && unit.word.startsWith(begin)) {
                return unit.seconds;
            }
        }
        return 0;
    }
}
