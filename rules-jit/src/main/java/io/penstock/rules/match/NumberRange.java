package io.penstock.rules.match;

import io.penstock.rules.api.OptionValue;

/**
 * Numbers of at most 32 bits, unsigned.
 *
 * @param low  the first
 * @param high the last
 */
public record NumberRange(long low, long high) {

    /** What was given: one number, or two. */
    static NumberRange of(final OptionValue value) {
        return new NumberRange(value.low(), value.count() >= 2 ? value.high() : value.low());
    }

    /** Writes one number, or two with a colon. */
    void write(final StringBuilder out) {
        out.append(low);
        if (low != high) {
            out.append(':').append(high);
        }
    }
}
