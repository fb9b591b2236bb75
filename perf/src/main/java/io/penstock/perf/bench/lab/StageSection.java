package io.penstock.perf.bench.lab;

import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.report.Axis;
import io.penstock.perf.bench.report.BarChart;
import io.penstock.perf.bench.report.Cell;
import io.penstock.perf.bench.report.Column;
import io.penstock.perf.bench.report.Document;
import io.penstock.perf.bench.report.StackedBarChart;
import io.penstock.perf.bench.report.Table;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The part of a report that says what a packet's time goes to: by differences of measurements, and by profiles.
 *
 * <p>Threads: one.
 */
final class StageSection {

    private static final String PROFILE = "profile-";
    private static final int METHODS = 8;
    private static final int MOST_STAGES = 15;

    private final Findings findings;

    StageSection(final Findings findings) {
        this.findings = findings;
    }

    void write(final Document document) {
        document.heading(1, "What a packet costs");
        differences(document);
        profiles(document);
    }

    private void differences(final Document document) {
        final List<BarChart.Bar> bars = new ArrayList<>();
        bar(bars, "plain forwarding", cost("engine-forward"));
        step(bars, "+ 8 functions at FORWARD", "engine-hooks-8", "engine-forward");
        step(bars, "+ 1,000,000 routes", "engine-routes-1000000", "engine-routes-none");
        step(bars, "+ 10,000 rules, equality", "rules-equality-10000", "rules-none");
        step(bars, "+ 10,000 rules, classbench", "rules-classbench-10000", "rules-none");
        step(bars, "+ connections, 16,384 flows", "engine-established-16k", "engine-forward");
        step(bars, "+ SNAT on top of them", "engine-snat-16k", "engine-established-16k");
        step(bars, "+ 1,000,000 flows instead of 16,384", "engine-snat-1m", "engine-snat-16k");
        step(bars, "+ virtual service, NAT", "service-nat", "engine-forward");
        if (!bars.isEmpty()) {
            document.chart(new BarChart("What work adds to a packet's time", "CPU time of one worker; differences of medians of measurements in "
                    + "processes of their own; whiskers: what a usual sample is off by (MAD of both)", Axis.linear("CPU time", "ns a packet"), "",
                    bars));
        }
    }

    private void step(final List<BarChart.Bar> bars, final String name, final String with, final String without) {
        final Figure more = cost(with);
        final Figure less = cost(without);
        bar(bars, name, more == null || less == null ? null : more.minus(less));
    }

    private static void bar(final List<BarChart.Bar> bars, final String name, final Figure figure) {
        if (figure != null) {
            bars.add(BarChart.Bar.of(name, figure.median()).withSpread(figure.median() - figure.mad(), figure.median() + figure.mad()));
        }
    }

    /** A packet's. Unit: ns. */
    private Figure cost(final String id) {
        final Figure mpps = findings.figure(id, "mpps_cpu");
        return mpps == null ? null : mpps.per(1e3);
    }

    private void profiles(final Document document) {
        final List<Measurement> profiles = findings.plan().stream().filter(each -> each.id().startsWith(PROFILE)
                && findings.report(each.id()) != null).toList();
        if (profiles.isEmpty()) {
            return;
        }
        // A new connection costs many times what a packet of an old one does: on one axis, one of them could not be seen.
        final List<Measurement> dear = profiles.stream().filter(each -> each.id().endsWith("-new")).toList();
        chart(document, "Cost per stage, by profile", profiles.stream().filter(each -> !dear.contains(each)).toList());
        chart(document, "Cost per stage of a new connection, by profile", dear);
        profiles.forEach(each -> methods(document, each));
    }

    private void chart(final Document document, final String title, final List<Measurement> profiles) {
        final Set<String> names = new LinkedHashSet<>();
        profiles.forEach(each -> stages(findings.report(each.id())).stream().filter(stage -> stage.ns() > 0).forEach(stage -> names.add(stage.name())));
        final List<String> segments = names.stream().limit(MOST_STAGES).toList();
        final List<StackedBarChart.Bar> bars = profiles.stream().map(each -> new StackedBarChart.Bar(each.title().replace("profile of ", ""),
                segments.stream().map(name -> stages(findings.report(each.id())).stream().filter(stage -> stage.name().equals(name))
                        .mapToDouble(Stage::ns).sum()).toList())).toList();
        if (!bars.isEmpty()) {
            document.chart(new StackedBarChart(title, "shares of samples of the worker's stack times the packet's measured time; while it is sampled a "
                    + "worker is somewhat slower", Axis.linear("time", "ns a packet"), segments, bars));
        }
    }

    /** The methods that take most, and what the JIT compiler has made of them. */
    private void methods(final Document document, final Measurement profile) {
        final List<List<Cell>> rows = new ArrayList<>();
        final Report report = findings.report(profile.id());
        for (final Map<?, ?> method : Reading.rows(report.values().get("methods")).stream().limit(METHODS).toList()) {
            rows.add(List.of(Cell.text('`' + String.valueOf(method.get("method")) + '`'),
                    Cell.text(method.get("share") instanceof final Number share ? String.format(Locale.ROOT, "%.1f %%", 100 * share.doubleValue()) : ""),
                    text(method.get("tier")), text(method.get("bytes")), text(method.get("code_bytes")), text(method.get("deoptimizations"))));
        }
        if (!rows.isEmpty()) {
            document.heading(3, profile.title());
            document.table(new Table("Methods that take most: " + profile.title(), List.of(Column.text("method"), Column.number("time", ""),
                    Column.number("tier", ""), Column.number("bytecode", "bytes"), Column.number("machine code", "bytes"),
                    Column.number("deoptimizations", "")), rows));
        }
    }

    private static Cell text(final Object value) {
        return value == null || value instanceof final Number number && number.longValue() < 0 ? Cell.empty() : Cell.text(String.valueOf(value));
    }

    /** Those of a profile's result. */
    static List<Stage> stages(final Report profile) {
        return profile == null ? List.of() : Reading.rows(profile.values().get("stages")).stream()
                .map(row -> new Stage(String.valueOf(row.get("stage")), number(row.get("share")), number(row.get("ns_per_packet")))).toList();
    }

    private static double number(final Object value) {
        return value instanceof final Number number ? number.doubleValue() : 0;
    }

    /**
     * Where time goes.
     *
     * @param share of all
     * @param ns    a packet's
     */
    record Stage(String name, double share, double ns) {
    }
}
