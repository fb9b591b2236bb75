package io.penstock.perf.bench.report;

import java.util.Objects;

/**
 * The head of a table's column.
 *
 * @param title what the cells are
 * @param unit empty when they have none
 * @param isNumeric right-aligned with digits of one width
 */
public record Column(String title, String unit, boolean isNumeric) {

    public Column {
        Objects.requireNonNull(title, "title");
        Objects.requireNonNull(unit, "unit");
    }

    public static Column text(final String title) {
        return new Column(title, "", false);
    }

    public static Column number(final String title, final String unit) {
        return new Column(title, unit, true);
    }
}
