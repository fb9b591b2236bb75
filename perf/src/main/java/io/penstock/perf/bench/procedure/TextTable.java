package io.penstock.perf.bench.procedure;

import java.util.ArrayList;
import java.util.List;

/** A table for people: columns as wide as their widest cell, numbers to the right. */
final class TextTable {

    private static final String GAP = "  ";

    private final List<String[]> rows = new ArrayList<>();

    TextTable(final String... heads) {
        rows.add(heads);
    }

    /** Adds a row with a cell for each head. */
    void row(final String... cells) {
        if (cells.length != rows.getFirst().length) {
            throw new IllegalArgumentException("cells=" + cells.length + " heads=" + rows.getFirst().length);
        }
        rows.add(cells);
    }

    @Override
    public String toString() {
        final int columns = rows.getFirst().length;
        final int[] widths = new int[columns];
        final boolean[] numbers = new boolean[columns];
        for (int column = 0; column < columns; column++) {
            final int at = column;
            widths[at] = rows.stream().mapToInt(row -> row[at].length()).max().orElse(0);
            numbers[at] = rows.stream().skip(1).map(row -> row[at]).allMatch(
                    cell -> cell.isEmpty() || cell.equals("-") || Character.isDigit(cell.charAt(0)));
        }
        final StringBuilder out = new StringBuilder();
        for (final String[] row : rows) {
            final StringBuilder line = new StringBuilder();
            for (int column = 0; column < columns; column++) {
                final String space = " ".repeat(widths[column] - row[column].length());
                line.append(column == 0 ? "" : GAP).append(numbers[column] ? space + row[column] : row[column] + space);
            }
            out.append(line.toString().stripTrailing()).append('\n');
        }
        return out.toString();
    }
}
