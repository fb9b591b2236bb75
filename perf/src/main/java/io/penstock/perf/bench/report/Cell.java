package io.penstock.perf.bench.report;

import java.util.Objects;
import java.util.Optional;

/**
 * What one cell of a table says. Words between backticks are shown as code.
 *
 * @param text may be empty
 * @param verdict shown after the text
 */
public record Cell(String text, Optional<Verdict> verdict) {

    public Cell {
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(verdict, "verdict");
    }

    public static Cell text(final String text) {
        return new Cell(text, Optional.empty());
    }

    /** The number as {@link Numbers#text} writes it; what is not a number becomes {@link Verdict#NOT_MEASURED}. */
    public static Cell number(final double value) {
        return Double.isNaN(value) ? verdict(Verdict.NOT_MEASURED) : text(Numbers.text(value));
    }

    /** A number with the least and the most of its runs. */
    public static Cell spread(final double value, final double low, final double high) {
        return Double.isNaN(value) ? verdict(Verdict.NOT_MEASURED) : text(Numbers.spread(value, low, high));
    }

    public static Cell verdict(final Verdict verdict) {
        return new Cell("", Optional.of(verdict));
    }

    public static Cell empty() {
        return text("");
    }

    /** The same text, judged. */
    public Cell with(final Verdict judged) {
        return new Cell(text, Optional.of(judged));
    }
}
