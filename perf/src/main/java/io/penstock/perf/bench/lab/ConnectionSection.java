package io.penstock.perf.bench.lab;

import io.penstock.perf.bench.report.Axis;
import io.penstock.perf.bench.report.Cell;
import io.penstock.perf.bench.report.Column;
import io.penstock.perf.bench.report.Document;
import io.penstock.perf.bench.report.LineChart;
import io.penstock.perf.bench.report.Point;
import io.penstock.perf.bench.report.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The part of a report about connections by RFC 9693 and RFC 9411.
 *
 * <p>Threads: one.
 */
final class ConnectionSection {

    private final Findings findings;

    ConnectionSection(final Findings findings) {
        this.findings = findings;
    }

    void write(final Document document) {
        final List<Measurement> all = findings.plan().stream().filter(each -> each.id().startsWith("rfc9693") || each.id().startsWith("rfc9411")).toList();
        if (all.isEmpty()) {
            return;
        }
        document.heading(1, "Connections, by the RFCs");
        document.text("RFC 9693: how many connections a second a stateful gateway establishes and removes, how many its table holds, and how many packets a "
                + "second it forwards among them without loss, in both directions together. RFC 9411: TCP connections with a request and an answer. A "
                + "trial counts only if everything arrived as it should have.");
        final List<List<Cell>> rows = new ArrayList<>();
        for (final Measurement measurement : all) {
            final String why = findings.whyNot(measurement.id());
            if (why != null) {
                rows.add(List.of(Cell.text(measurement.title()), Cell.text(why), Cell.empty(), Cell.empty()));
            }
            for (final KeyFigure key : why == null ? KeyFigure.of(findings, measurement.id()) : List.<KeyFigure>of()) {
                rows.add(List.of(Cell.text(measurement.title()), Cell.text((key.row().isEmpty() ? "" : key.row() + ": ") + key.title()),
                        Cell.spread(key.figure().median(), key.figure().least(), key.figure().most()),
                        Cell.text(key.limit() == null ? "" : key.limit())));
            }
        }
        document.table(new Table("Connections", List.of(Column.text("procedure"), Column.text("figure"), Column.number("median (least – most)", ""),
                Column.text("limit")), rows));
        fill(document, all);
    }

    /** How the rate goes down as the table fills, if it does. */
    private void fill(final Document document, final List<Measurement> all) {
        final List<LineChart.Series> series = new ArrayList<>();
        for (final Measurement measurement : all) {
            if (findings.report(measurement.id()) == null) {
                continue;
            }
            final List<Point> points = new ArrayList<>();
            for (final Map<?, ?> row : Reading.rows(findings.report(measurement.id()).values().get("rate_at_fill"))) {
                if (row.get("connections") instanceof final Number connections && row.get("per_second") instanceof final Number rate) {
                    points.add(Point.of(connections.doubleValue(), rate.doubleValue() / 1e3));
                }
            }
            if (points.size() > 1) {
                series.add(new LineChart.Series(measurement.id(), points));
            }
        }
        if (!series.isEmpty()) {
            document.chart(new LineChart("Connections begun a second as the table fills",
                    "RFC 9693, an empty table filled as fast as it goes: of each tenth, the median of the runs",
                    Axis.linear("Connections in the table", ""), Axis.linear("Rate", "thousand a second"), series, LineChart.Spread.WHISKERS, List.of()));
        }
    }
}
