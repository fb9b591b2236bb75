package io.penstock.perf.bench.lab;

import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.report.Axis;
import io.penstock.perf.bench.report.Cell;
import io.penstock.perf.bench.report.Column;
import io.penstock.perf.bench.report.Document;
import io.penstock.perf.bench.report.LineChart;
import io.penstock.perf.bench.report.Numbers;
import io.penstock.perf.bench.report.Point;
import io.penstock.perf.bench.report.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The part of a report about latency, and about long runs.
 *
 * <p>Threads: one.
 */
final class LatencySection {

    private static final List<String> PERCENTILES = List.of("p50", "p99", "p99_9", "p99_99", "p99_999", "max");
    private static final List<String> PEERS = List.of("latency_us", "peer_latency_us");

    private final Findings findings;

    LatencySection(final Findings findings) {
        this.findings = findings;
    }

    void write(final Document document) {
        final List<Measurement> all = findings.plan().stream().filter(each -> each.id().startsWith("latency-")).toList();
        if (all.isEmpty()) {
            return;
        }
        document.heading(1, "Latency");
        document.text("Packets come at a constant rate below saturation. A packet's time counts from when it should have been sent (corrected for "
                + "coordinated omission), so that a pause is seen by all that had to wait for its end. What is beyond the highest percentile that the "
                + "number of packets carries is in the maximum alone.");
        final List<LineChart.Series> series = new ArrayList<>();
        final List<List<Cell>> rows = new ArrayList<>();
        final List<String> missing = new ArrayList<>();
        for (final Measurement measurement : all) {
            final Report report = findings.report(measurement.id());
            if (report == null) {
                missing.add(measurement.title() + ": " + findings.whyNot(measurement.id()) + '.');
                continue;
            }
            series.addAll(lines(measurement.title(), report));
            for (final String whose : PEERS) {
                if (report.number(whose + ".p50") != null) {
                    rows.add(percentiles(measurement, whose, report));
                }
            }
        }
        if (!series.isEmpty()) {
            document.chart(new LineChart("Latency by percentile", "corrected for coordinated omission", Axis.percentile("Percentile"),
                    Axis.log("Latency", "us"), series, LineChart.Spread.WHISKERS, List.of()));
        }
        if (!rows.isEmpty()) {
            document.table(new Table("Latency", List.of(Column.text("what"), Column.number("50 %", "us"), Column.number("99 %", "us"),
                    Column.number("99.9 %", "us"), Column.number("99.99 %", "us"), Column.number("99.999 %", "us"), Column.number("max", "us")), rows));
        }
        document.list(missing);
        all.forEach(measurement -> causes(document, measurement));
    }

    private static List<LineChart.Series> lines(final String title, final Report report) {
        final List<LineChart.Series> all = new ArrayList<>();
        for (final String name : List.of("percentiles", "peer_percentiles")) {
            if (report.values().get(name) instanceof final List<?> list) {
                final List<Point> points = new ArrayList<>();
                list.forEach(pair -> {
                    if (pair instanceof final List<?> both && both.get(0) instanceof final Number percent && both.get(1) instanceof final Number us) {
                        points.add(Point.of(percent.doubleValue(), us.doubleValue()));
                    }
                });
                all.add(new LineChart.Series(title + (name.startsWith("peer") ? ": peer" : ""), points));
            }
        }
        return all;
    }

    private List<Cell> percentiles(final Measurement measurement, final String whose, final Report report) {
        final List<Cell> row = new ArrayList<>();
        final Double rate = report.number("rate_pps");
        final Double lost = report.number("lost");
        row.add(Cell.text(measurement.title() + (whose.startsWith("peer") ? ": " + report.values().getOrDefault("peer", "peer") : "")
                + (rate == null ? "" : ", " + Numbers.count(rate.longValue()) + " packets a second")
                + (lost == null ? "" : ", " + Numbers.count(lost.longValue()) + " lost")));
        for (final String percentile : PERCENTILES) {
            final Figure figure = findings.figure(measurement.id(), whose + '.' + percentile);
            row.add(figure == null ? Cell.empty() : Cell.spread(figure.median(), figure.least(), figure.most()));
        }
        return row;
    }

    /** Who made packets wait. */
    private void causes(final Document document, final Measurement measurement) {
        final Report report = findings.report(measurement.id());
        final List<Map<?, ?>> causes = report == null ? List.of() : Reading.rows(report.values().get("causes"));
        if (causes.isEmpty()) {
            return;
        }
        final List<List<Cell>> rows = new ArrayList<>();
        for (final Map<?, ?> cause : causes) {
            rows.add(List.of(Cell.text(String.valueOf(cause.get("cause")).replace('_', ' ')), number(cause.get("count")), number(cause.get("total_us")),
                    number(cause.get("max_us"))));
        }
        document.table(new Table("What made packets wait: " + measurement.title(), List.of(Column.text("cause"), Column.number("times", ""),
                Column.number("in all", "us"), Column.number("longest", "us")), rows));
        final List<Map<?, ?>> slowest = Reading.rows(report.values().get("slowest"));
        if (!slowest.isEmpty()) {
            final Map<?, ?> worst = slowest.getFirst();
            document.text(String.format(Locale.ROOT, "The slowest: %s us, %s.", worst.get("us"), worst.get("cause")));
        }
    }

    private static Cell number(final Object value) {
        return value instanceof final Number number ? Cell.number(number.doubleValue()) : Cell.empty();
    }
}
