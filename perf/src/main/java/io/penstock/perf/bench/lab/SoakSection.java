package io.penstock.perf.bench.lab;

import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.report.Axis;
import io.penstock.perf.bench.report.Document;
import io.penstock.perf.bench.report.LineChart;
import io.penstock.perf.bench.report.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The part of a report about a long run: whether anything drifts.
 *
 * <p>Threads: one.
 */
final class SoakSection {

    private static final String SOAK = "soak";

    private final Findings findings;

    SoakSection(final Findings findings) {
        this.findings = findings;
    }

    void write(final Document document) {
        if (findings.plan().stream().noneMatch(each -> each.id().equals(SOAK))) {
            return;
        }
        document.heading(1, "A long run");
        final Report report = findings.report(SOAK);
        if (report == null) {
            document.text("Not here: " + findings.whyNot(SOAK) + '.');
            return;
        }
        final boolean drifts = report.values().get("drift") instanceof final Map<?, ?> drift && Boolean.TRUE.equals(drift.get("is_significant"));
        document.text("A constant load for " + report.number("seconds").longValue() + " s; lost: " + report.number("lost").longValue()
                + ", unaccounted: " + report.number("unaccounted").longValue() + ". " + (drifts ? "Something drifts, beyond what is noise."
                : "Nothing drifts beyond what is noise."));
        chart(document, report, "mpps", "Rate", Axis.zoomed("Rate", "Mpps"));
        chart(document, report, "p99_us", "Latency, 99 %", Axis.linear("Latency", "us"));
        chart(document, report, "rss_kib", "Memory", Axis.zoomed("Resident memory", "KiB"));
    }

    private static void chart(final Document document, final Report report, final String name, final String title, final Axis axis) {
        final List<Point> points = new ArrayList<>();
        for (final Map<?, ?> point : Reading.rows(report.values().get("points"))) {
            if (point.get("at_s") instanceof final Number at && point.get(name) instanceof final Number value) {
                points.add(Point.of(at.doubleValue(), value.doubleValue()));
            }
        }
        if (points.size() > 1) {
            document.chart(new LineChart(title + " over a long run", "", Axis.linear("Time", "s"), axis,
                    List.of(new LineChart.Series("Penstock", points)), LineChart.Spread.WHISKERS, List.of()));
        }
    }
}
