package io.penstock.perf.bench.report;

import java.util.List;

/** Charts for the tests. */
final class Charts {

    /** What must be escaped wherever it is shown. */
    static final String NASTY = "a<b> & \"c\" 'd' | ]]> `e`";

    private Charts() {
    }

    static LineChart lines(final Axis x, final Axis y, final LineChart.Spread spread, final List<LineChart.Series> series, final LineChart.Reference... lines) {
        return new LineChart("Title", "Note", x, y, series, spread, List.of(lines));
    }

    static LineChart.Series series(final String name, final double... xy) {
        final Point[] points = new Point[xy.length / 2];
        for (int i = 0; i < points.length; i++) {
            points[i] = Point.of(xy[2 * i], xy[2 * i + 1]);
        }
        return new LineChart.Series(name, List.of(points));
    }

    static LineChart throughput() {
        final List<Point> points = List.of(new Point(64, 1.24, 1.2, 1.3), new Point(512, 1.1, 1.0, 1.15), new Point(1518, 0.8, 0.7, 0.9));
        return lines(Axis.log2("Size", "bytes"), Axis.linear("Throughput", "Mpps"), LineChart.Spread.WHISKERS,
                List.of(new LineChart.Series("Penstock", points), series("kernel", 64, 0.6, 512, 0.55, 1518, 0.41)),
                new LineChart.Reference("ceiling", 1.6));
    }

    static BarChart bars() {
        return new BarChart("Costs", "", Axis.linear("Cost", "ns"), "budget", List.of(
                BarChart.Bar.of("parse", 7.3).withSpread(7.1, 7.6).withTarget(8),
                BarChart.Bar.of("lookup", 63).withTarget(70).withGroup("Penstock"),
                BarChart.Bar.of("absent", Double.NaN)));
    }

    static StackedBarChart stacked() {
        return new StackedBarChart("Stages", "", Axis.linear("Cost", "ns"), List.of("parse", "rules", "send"), List.of(
                new StackedBarChart.Bar("small", List.of(7.0, 20.0, 9.0)), new StackedBarChart.Bar("large", List.of(7.0, Double.NaN, 90.0))));
    }

    /** A document with everything whose every text is {@link #NASTY}. */
    static Document nasty() {
        final Document document = new Document(NASTY, NASTY).heading(1, NASTY).heading(2, NASTY).heading(3, NASTY).text(NASTY).list(List.of(NASTY, NASTY))
                .code(NASTY, NASTY).note(Document.Kind.INFO, NASTY).note(Document.Kind.WARNING, NASTY);
        document.table(new Table(NASTY, List.of(new Column(NASTY, NASTY, true), Column.text(NASTY)),
                List.of(List.of(Cell.text(NASTY).with(Verdict.MET), Cell.verdict(Verdict.ABSENT)))));
        final Axis axis = Axis.linear(NASTY, NASTY);
        document.chart(new LineChart(NASTY, NASTY, axis, axis, List.of(series(NASTY, 1, 2, 3, 4)), LineChart.Spread.BAND,
                List.of(new LineChart.Reference(NASTY, 3))));
        document.chart(new BarChart(NASTY, NASTY, axis, NASTY, List.of(BarChart.Bar.of(NASTY, 1).withGroup(NASTY).withTarget(2), BarChart.Bar.of("b", 2))));
        document.chart(new StackedBarChart(NASTY, NASTY, axis, List.of(NASTY), List.of(new StackedBarChart.Bar(NASTY.repeat(9), List.of(1.0)))));
        return document;
    }
}
