package io.penstock.rules.match;

/**
 * What an option that was given asks for; null stands for one that was not.
 *
 * @param value    what it asks for
 * @param inverted whether it asks for everything else
 */
public record Given<T>(T value, boolean inverted) {

    /** Writes the blank, and the exclamation mark if there is one, that stand before an option. */
    void mark(final StringBuilder out) {
        out.append(inverted ? " !" : "");
    }
}
