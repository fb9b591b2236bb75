package io.penstock.perf.bench.engine;

import io.penstock.dataplane.cli.Json;
import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.Samples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;

/** What was measured of one number of rules, run by one tier, in all runs. Threads: one. */
final class RuleRow {

    private static final List<String> WORST =
            List.of("allocated_bytes_per_packet", "gc_count", "unaccounted", "rules_left_out", "rules_taking");

    /** Shares of packets that tell rules apart: less comes of the two having gone through the flows to different ones. */
    private static final double UNEQUAL = 0.1;

    private final String source;
    private final int asked;
    private final String tier;
    private final List<Report> reports = new ArrayList<>();
    private final List<double[]> mpps = new ArrayList<>();
    private final List<double[]> mppsOfCpu = new ArrayList<>();
    /** The rules' own nanoseconds, slice by slice, against the median without rules of the same run. */
    private final List<double[]> shares = new ArrayList<>();
    private final Map<String, List<Double>> peer = new LinkedHashMap<>();

    RuleRow(final String source, final int asked, final String tier) {
        this.source = source;
        this.asked = asked;
        this.tier = tier;
    }

    String source() {
        return source;
    }

    /** A run, and that without rules in the same round. */
    void add(final Report report, final Report none) {
        reports.add(report);
        mpps.add(report.samples("mpps").sorted());
        final double[] slices = report.samples("mpps_cpu").sorted();
        mppsOfCpu.add(slices);
        final double base = 1e3 / none.samples("mpps_cpu").median();
        shares.add(Arrays.stream(slices).map(slice -> 1e3 / slice - base).toArray());
    }

    /** Refuses a peer whose last rule has taken other packets: its rules do something else. */
    void checkLastRule(final String name, final double share) {
        final double here = reports.getLast().number("last_rule_share");
        if (Math.abs(share - here) > UNEQUAL) {
            throw new BenchException(String.format(Locale.ROOT,
                    "FORWARD's last rule takes other packets with %s: share=%.3f share_there=%.3f", name, here, share));
        }
    }

    /** A peer's run in the same round. */
    void addPeer(final Map<String, Double> ns) {
        ns.forEach((way, value) -> peer.computeIfAbsent(way, none -> new ArrayList<>()).add(value));
    }

    /** Its fields. */
    void write(final Json json, final String peerName) {
        json.field("rules", source).field("rule_count", rules()).field("tier", tier).name("specialized").value(isSpecialized())
                .field("flows", (long) (double) reports.getFirst().number("flows"));
        numbers(json, "mpps", "runs", all(mpps));
        numbers(json, "mpps_cpu", "mpps_cpu_runs", all(mppsOfCpu));
        json.field("ns_per_packet", 1e3 / Samples.of(all(mppsOfCpu)).median());
        if (hasRules()) {
            numbers(json, "rules_ns", "rules_ns_runs", all(shares));
            json.field("last_rule_share", least("last_rule_share"))
                    .field("load_ms", Samples.of(reports.stream().mapToDouble(r -> r.number("load_ms")).toArray()).median());
        }
        for (final String key : WORST) {
            if (reports.getFirst().number(key) != null) {
                json.field(key, reports.stream().mapToDouble(report -> report.number(key)).max().orElseThrow());
            }
        }
        if (!peer.isEmpty()) {
            json.field("peer", peerName);
            peer.forEach((way, values) -> json.field("peer_" + way + "_ns", Samples.of(array(values)).median()));
            numbers(json, "peer_ns", "peer_ns_runs", best());
            numbers(json, "ratio", "ratio_runs", ratios());
        }
    }

    /** A line of the table. */
    String text() {
        final double median = Samples.of(all(mppsOfCpu)).median();
        final StringBuilder out = new StringBuilder(String.format(Locale.ROOT, "%,7d  %-12s %7.2f %9.1f", rules(),
                tier + (isSpecialized() ? " *" : ""), median, 1e3 / median));
        if (hasRules()) {
            out.append(String.format(Locale.ROOT, " %9.1f %9.0f  %5.1f%% %9.4f", Samples.of(all(shares)).median(),
                    reports.getFirst().number("load_ms"), 100 * least("last_rule_share"),
                    reports.stream().mapToDouble(report -> report.number("allocated_bytes_per_packet")).max().orElseThrow()));
        }
        if (!peer.isEmpty()) {
            out.append(String.format(Locale.ROOT, " %10.1f %7.2f", Samples.of(best()).median(), Samples.of(ratios()).median()));
        }
        return out.toString();
    }

    private boolean hasRules() {
        return reports.getFirst().number("load_ms") != null;
    }

    private boolean isSpecialized() {
        return Boolean.TRUE.equals(reports.getFirst().values().get("specialized"));
    }

    /** Of a file they are known when it is in force. */
    private int rules() {
        final Double counted = reports.getFirst().number("rule_count");
        return counted == null ? asked : (int) (double) counted;
    }

    private double least(final String key) {
        return reports.stream().mapToDouble(report -> report.number(key)).min().orElseThrow();
    }

    /** The peer's faster way. */
    private double[] best() {
        return peer.values().stream().map(RuleRow::array)
                .min((a, b) -> Double.compare(Samples.of(a).median(), Samples.of(b).median())).orElseThrow();
    }

    private double[] ratios() {
        final double[] ratios = best();
        for (int run = 0; run < ratios.length; run++) {
            ratios[run] /= Samples.of(shares.get(run)).median();
        }
        return ratios;
    }

    private static void numbers(final Json json, final String name, final String runs, final double... values) {
        json.field(name, Samples.of(values).median()).name(runs).array();
        for (final double value : values) {
            json.value(value);
        }
        json.end();
    }

    private static double[] all(final List<double[]> runs) {
        return runs.stream().flatMapToDouble(DoubleStream::of).toArray();
    }

    private static double[] array(final List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
