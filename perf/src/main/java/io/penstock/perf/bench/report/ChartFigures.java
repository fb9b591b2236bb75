package io.penstock.perf.bench.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The numbers of a picture as a table, for who wants to check it, to calculate with it, or to hear it read. */
final class ChartFigures {

    /** Longer tables are thinned out evenly, which their caption says. */
    private static final int MOST_ROWS = 200;

    /** What a percentile such as 99.9999 needs, without the noise of binary fractions. */
    private static final MathContext EXACT = new MathContext(9);

    private ChartFigures() {
    }

    static Table of(final Chart chart) {
        return switch (chart) {
            case final LineChart line -> lines(line);
            case final BarChart bars -> bars(bars);
            case final StackedBarChart stacked -> stacked(stacked);
        };
    }

    /** A value of a horizontal axis, which names a point and must not be rounded. */
    static String exact(final Axis axis, final double value) {
        if (!Double.isFinite(value)) {
            return Numbers.text(value);
        }
        if (axis.scale() == Axis.Scale.PERCENTILE && value == PercentileScale.WHOLE) {
            return "100 (max)";
        }
        final BigDecimal rounded = new BigDecimal(value).round(EXACT);
        if (Math.abs(value) >= 10_000 && value == Math.rint(value) && Math.abs(value) < 1e15) {
            return Numbers.count((long) value);
        }
        return Math.abs(value) < 1e15 && (value == 0 || Math.abs(value) >= 1e-6)
                ? rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString() : Numbers.text(value);
    }

    private static Table lines(final LineChart chart) {
        final List<Column> columns = new ArrayList<>();
        columns.add(Column.number(chart.xAxis().label(), chart.xAxis().unit()));
        final TreeSet<Double> xs = new TreeSet<>();
        final List<Map<Double, Point>> points = new ArrayList<>();
        for (final LineChart.Series series : chart.series()) {
            columns.add(Column.number(series.name(), chart.yAxis().unit()));
            final Map<Double, Point> byX = new HashMap<>();
            for (final Point point : series.points()) {
                xs.add(point.x());
                byX.put(point.x(), point);
            }
            points.add(byX);
        }
        final int every = Math.max(1, (xs.size() + MOST_ROWS - 1) / MOST_ROWS);
        final List<List<Cell>> rows = new ArrayList<>();
        int index = 0;
        for (final double x : xs) {
            if (index++ % every == 0) {
                rows.add(row(exact(chart.xAxis(), x), points, x));
            }
        }
        final StringBuilder caption = new StringBuilder(chart.yAxis().label());
        if (every > 1) {
            caption.append("; one in ").append(every).append(" of ").append(Numbers.count(xs.size())).append(" points");
        }
        chart.references().forEach(r -> caption.append("; ").append(r.label()).append(": ").append(Numbers.text(r.y())));
        return new Table(caption.toString(), columns, rows);
    }

    private static List<Cell> row(final String name, final List<Map<Double, Point>> points, final double x) {
        final List<Cell> row = new ArrayList<>();
        row.add(Cell.text(name));
        for (final Map<Double, Point> byX : points) {
            final Point point = byX.get(x);
            row.add(point == null ? Cell.empty() : Cell.spread(point.y(), point.low(), point.high()));
        }
        return row;
    }

    private static Table bars(final BarChart chart) {
        final boolean hasGroups = chart.bars().stream().anyMatch(b -> !b.group().isEmpty());
        final boolean hasTargets = chart.bars().stream().anyMatch(b -> !Double.isNaN(b.target()));
        final List<Column> columns = new ArrayList<>();
        columns.add(Column.text("Name"));
        if (hasGroups) {
            columns.add(Column.text("Group"));
        }
        columns.add(Column.number(chart.axis().label(), chart.axis().unit()));
        if (hasTargets) {
            columns.add(Column.number(chart.targetLabel(), chart.axis().unit()));
        }
        final List<List<Cell>> rows = new ArrayList<>();
        for (final BarChart.Bar bar : chart.bars()) {
            final List<Cell> row = new ArrayList<>();
            row.add(Cell.text(bar.name()));
            if (hasGroups) {
                row.add(Cell.text(bar.group()));
            }
            row.add(Cell.spread(bar.value(), bar.low(), bar.high()));
            if (hasTargets) {
                row.add(Double.isNaN(bar.target()) ? Cell.empty() : Cell.number(bar.target()));
            }
            rows.add(row);
        }
        return new Table(chart.axis().label(), columns, rows);
    }

    private static Table stacked(final StackedBarChart chart) {
        final List<Column> columns = new ArrayList<>();
        columns.add(Column.text("Name"));
        chart.segments().forEach(s -> columns.add(Column.number(s, chart.axis().unit())));
        columns.add(Column.number("Sum", chart.axis().unit()));
        final List<List<Cell>> rows = new ArrayList<>();
        for (final StackedBarChart.Bar bar : chart.bars()) {
            final List<Cell> row = new ArrayList<>();
            row.add(Cell.text(bar.name()));
            bar.values().forEach(v -> row.add(Cell.number(v)));
            row.add(Cell.number(bar.total()));
            rows.add(row);
        }
        return new Table(chart.axis().label(), columns, rows);
    }
}
