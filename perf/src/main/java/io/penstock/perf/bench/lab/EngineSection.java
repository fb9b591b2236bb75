package io.penstock.perf.bench.lab;

import io.penstock.perf.bench.report.Axis;
import io.penstock.perf.bench.report.BarChart;
import io.penstock.perf.bench.report.Document;
import io.penstock.perf.bench.report.LineChart;
import io.penstock.perf.bench.report.Point;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part of a report about the engine alone, memory to memory: its speed by whatever it depends on.
 *
 * <p>Threads: one.
 */
final class EngineSection {

    private static final String SPEED = "mpps_cpu";
    private static final String WHISKERS = "one worker, of its CPU's time; medians, whiskers from the least to the most of all samples";
    private static final Axis MPPS = Axis.linear("Throughput", "Mpps");
    /** A frame of the least size, with its check sequence. */
    private static final double LEAST_BYTES = 64;

    private final Findings findings;

    EngineSection(final Findings findings) {
        this.findings = findings;
    }

    void write(final Document document) {
        document.heading(1, "The engine, memory to memory");
        document.text("One worker between two ports in memory: every packet is copied into a fresh frame, goes through the pipeline that live ports "
                + "have, and leaves by another port. No network card and no kernel is in these figures.");
        work(document);
        lines(document, "Throughput by the number of rules", "the last rule takes every packet, 16,384 flows; " + WHISKERS, Axis.log("Rules", ""),
                List.of(series("equality", "rules-equality-(\\d+)", Map.of()), series("like ClassBench's", "rules-classbench-(\\d+)", Map.of()),
                        series("overlapping adversarially", "rules-overlap-(\\d+)", Map.of())), references("rules-none", "without rules"));
        lines(document, "Throughput by the number of flows", "all of them met in turn; " + WHISKERS, Axis.log("Flows", ""),
                List.of(series("connections established", "engine-established-(\\d+)", Map.of(16_384.0, "engine-established-16k", 1e6,
                                "engine-established-1m")),
                        series("SNAT", "engine-snat-(\\d+)", Map.of(16_384.0, "engine-snat-16k", 1e6, "engine-snat-1m"))),
                references("engine-forward", "plain forwarding"));
        lines(document, "Throughput by packet size", "plain forwarding; frames with their check sequence; every packet is copied in, which large ones feel; "
                + WHISKERS, Axis.log2("Frame", "bytes"), List.of(series("Penstock", "engine-size-(\\d+)", Map.of(LEAST_BYTES, "engine-forward"))),
                List.of());
        lines(document, "Throughput by batch size", "plain forwarding, packets taken from a port in one go; " + WHISKERS, Axis.log2("Packets at once", ""),
                List.of(series("Penstock", "engine-batch-(\\d+)", Map.of(64.0, "engine-forward"))), List.of());
        lines(document, "Throughput by the number of routes", "plain forwarding, destinations uniform over the routes, as many flows as routes, at "
                + "least 16,384; " + WHISKERS, Axis.log("Routes", ""), List.of(series("Penstock", "engine-routes-(\\d+)", Map.of())),
                references("engine-routes-none", "1,000,000 flows, default route"));
    }

    /** What budgets are about, and more, side by side. */
    private void work(final Document document) {
        final List<BarChart.Bar> bars = new ArrayList<>();
        bar(bars, "plain forwarding", "engine-forward", Budget.FORWARD);
        bar(bars, "8 functions at FORWARD", "engine-hooks-8", null);
        bar(bars, "1,000,000 routes and flows", "engine-routes-1000000", null);
        bar(bars, "1,000,000 flows, default route", "engine-routes-none", null);
        bar(bars, "established, 16,384 flows", "engine-established-16k", Budget.ESTABLISHED);
        bar(bars, "established, 1,000,000 flows", "engine-established-1m", null);
        bar(bars, "SNAT, 16,384 flows", "engine-snat-16k", Budget.SNAT);
        bar(bars, "SNAT, 1,000,000 flows", "engine-snat-1m", Budget.SNAT_MILLION);
        bar(bars, "10,000 rules, equality", "rules-equality-10000", Budget.EQUALITY);
        bar(bars, "10,000 rules, classbench", "rules-classbench-10000", Budget.CLASSBENCH);
        bar(bars, "virtual service, NAT", "service-nat", Budget.SERVICE);
        bar(bars, "virtual service, direct", "service-direct", null);
        bar(bars, "virtual service, tunnel", "service-tunnel", null);
        bar(bars, "virtual service, full NAT", "service-fullnat", null);
        bar(bars, "virtual service, new connections", "service-new", null);
        bar(bars, "new connections, SNAT, 1,000 rules", "engine-new", null);
        if (!bars.isEmpty()) {
            document.chart(new BarChart("Throughput by what is done with a packet", WHISKERS + "; marks: what is to be reached first", MPPS, "first bound",
                    bars));
        }
    }

    private void bar(final List<BarChart.Bar> bars, final String name, final String id, final Budget budget) {
        final Figure figure = findings.figure(id, SPEED);
        if (figure != null) {
            final BarChart.Bar bar = BarChart.Bar.of(name, figure.median()).withSpread(figure.least(), figure.most());
            bars.add(budget == null ? bar : bar.withTarget(budget.first()));
        }
    }

    private static void lines(final Document document, final String title, final String note, final Axis axis, final List<LineChart.Series> series,
            final List<LineChart.Reference> references) {
        final List<LineChart.Series> measured = series.stream().filter(each -> !each.points().isEmpty()).toList();
        // One point is no line.
        if (measured.stream().anyMatch(each -> each.points().size() > 1)) {
            document.chart(new LineChart(title, note, axis, MPPS, measured, LineChart.Spread.WHISKERS, references));
        }
    }

    private List<LineChart.Reference> references(final String id, final String label) {
        final Figure figure = findings.figure(id, SPEED);
        return figure == null ? List.of() : List.of(new LineChart.Reference(label, figure.median()));
    }

    /**
     * A line through measurements.
     *
     * @param pattern of their ids, the first group is the place on the axis
     * @param more    others, by their place
     */
    private LineChart.Series series(final String name, final String pattern, final Map<Double, String> more) {
        final Map<Double, String> ids = new TreeMap<>(Comparator.naturalOrder());
        ids.putAll(more);
        for (final Measurement measurement : findings.plan()) {
            final Matcher matcher = Pattern.compile(pattern).matcher(measurement.id());
            if (matcher.matches()) {
                ids.put(Double.parseDouble(matcher.group(1)), measurement.id());
            }
        }
        final List<Point> points = new ArrayList<>();
        ids.forEach((x, id) -> {
            final Figure figure = findings.figure(id, SPEED);
            if (figure != null) {
                points.add(new Point(x, figure.median(), figure.least(), figure.most()));
            }
        });
        return new LineChart.Series(name, points);
    }
}
