package io.penstock.perf.bench.report;

import java.util.List;
import java.util.Objects;

/**
 * A table with a caption, which the writers number.
 *
 * @param columns at least one
 * @param rows each with a cell for every column
 */
public record Table(String caption, List<Column> columns, List<List<Cell>> rows) {

    public Table {
        Objects.requireNonNull(caption, "caption");
        columns = List.copyOf(columns);
        rows = rows.stream().map(List::copyOf).toList();
        if (columns.isEmpty()) {
            throw new IllegalArgumentException("a table needs a column: caption=" + caption);
        }
        for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i).size() != columns.size()) {
                throw new IllegalArgumentException("a row does not fit its table: caption=" + caption + " row=" + i + " cells=" + rows.get(i).size()
                        + " columns=" + columns.size() + "; give every row a cell for each column");
            }
        }
    }
}
