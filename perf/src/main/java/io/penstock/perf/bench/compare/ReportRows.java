package io.penstock.perf.bench.compare;

import io.penstock.perf.bench.measure.BenchException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Takes what a file says apart into measurements that can be compared one by one: the rows of tables ({@code table}), of procedures
 * ({@code throughput}, {@code latency}, ...), of profiles ({@code stages}), and JMH's benchmarks. Of what {@code bench all} keeps it is the
 * {@code output}.
 *
 * <p>Threads: any.
 */
final class ReportRows {

    /** What tells the rows of a table apart. */
    private static final List<String> ROW_KEYS =
            List.of("batch", "checked", "ipv6", "routes", "routes6", "routes_in_table", "table_connections", "rules", "rule_count", "tier",
            "sets", "set_type", "set_entries", "set_options", "size", "pattern", "flows", "rate_share", "offered_share", "connections", "stage");
    /** Lists of rows of procedures. */
    private static final List<String> LISTS = List.of("throughput", "latency", "frame_loss", "back_to_back", "two_phase", "rate_at_fill",
            "stages", "generator", "sink", "peer_throughput", "peer_latency", "peer_frame_loss", "peer_back_to_back");
    /** Whose numbers are nobody's achievement: of peers, and of what measures. */
    private static final List<String> TELLING = List.of("generator", "sink", "peer_throughput", "peer_latency", "peer_frame_loss",
            "peer_back_to_back");
    private static final List<String> PERCENTILES = List.of("p50", "p90", "p99", "p99_9", "p99_99", "p99_999", "max");
    private static final String LATENCY = "latency_us";
    /** Of a whole file, and of each of its rows. */
    private static final List<String> OF_ALL = List.of("build", "quick");
    private static final String FAILED = "failed";

    private ReportRows() {
    }

    /**
     * The measurements of a file's text.
     *
     * @param prefix of their names, or empty
     * @param file   for messages
     */
    static List<Report> of(final String prefix, final String file, final String text) {
        final Object json;
        try {
            json = Report.load(file, text);
        } catch (final YamlEngineException e) {
            throw Report.notJson(file);
        }
        if (json instanceof final List<?> benchmarks) {
            return benchmarks.stream().map(benchmark -> jmh(prefix, file, Report.object(file, benchmark))).toList();
        }
        final Map<String, Object> read = Report.object(file, json);
        if (!isOutcome(read)) {
            return rows(prefix, file, read);
        }
        final String failure = failure(read);
        return failure == null ? rows(prefix, file, Report.object(file, read.get("output"))) : List.of(new Report(prefix, Map.of(FAILED, failure)));
    }

    /** Why there is nothing to compare, of a measurement that failed; else null. */
    static String failure(final Report report) {
        return report.values().get(FAILED) instanceof final String why ? why : null;
    }

    /** Whether it is what {@code bench all} keeps of a step, with the command's own object in it. */
    private static boolean isOutcome(final Map<String, Object> values) {
        return values.containsKey("measurement") && values.containsKey("output");
    }

    private static String failure(final Map<String, Object> outcome) {
        final boolean none = !(outcome.get("output") instanceof Map);
        if (!none && (!(outcome.get("exit_code") instanceof final Number code) || code.intValue() == 0)) {
            return null;
        }
        final String last = outcome.get("errors") instanceof final List<?> errors && !errors.isEmpty() ? errors.getLast() + " " : "";
        return last + "(exit code " + outcome.get("exit_code") + (none ? ", no JSON object)" : ")");
    }

    private static List<Report> rows(final String prefix, final String file, final Map<String, Object> whole) {
        if (whole.get("table") instanceof final List<?> table) {
            return table.stream().map(row -> Report.object(file, row)).map(row -> new Report(name(prefix, "", row), ofAll(whole, row))).toList();
        }
        final List<Report> reports = new ArrayList<>();
        reports.add(new Report(prefix, whole));
        for (final String list : LISTS) {
            if (whole.get(list) instanceof final List<?> rows) {
                for (final Object row : rows) {
                    final Map<String, Object> values = measured(list, Report.object(file, row));
                    reports.add(new Report(name(prefix, list.equals("stages") ? "" : list, values), values));
                }
            }
        }
        return reports;
    }

    /** Whether a report's numbers are to be told, not judged. */
    static boolean isTelling(final Report report) {
        return Boolean.TRUE.equals(report.values().get("telling"));
    }

    private static Map<String, Object> measured(final String list, final Map<String, Object> row) {
        final Map<String, Object> values = new LinkedHashMap<>(row);
        if (TELLING.contains(list)) {
            values.put("telling", true);
        }
        if (list.endsWith("latency")) {
            // Of what the device can do at most; stages have shares, too, which are figures.
            if (values.containsKey("share")) {
                values.put("rate_share", values.remove("share"));
            }
            if (values.get("rate_share") instanceof final Number share && share.doubleValue() >= 1) {
                // At the most that can be done a queue builds up, or does not, by chance.
                values.put("telling", true);
            }
            final Map<String, Object> percentiles = new LinkedHashMap<>();
            PERCENTILES.stream().filter(row::containsKey).forEach(key -> percentiles.put(key, row.get(key)));
            values.put(LATENCY, percentiles);
        }
        if (list.equals("stages")) {
            values.put("stage_ns", values.remove("ns_per_packet"));
        }
        return values;
    }

    private static Map<String, Object> ofAll(final Map<String, Object> whole, final Map<String, Object> row) {
        final Map<String, Object> values = new LinkedHashMap<>(row);
        OF_ALL.stream().filter(whole::containsKey).forEach(key -> values.putIfAbsent(key, whole.get(key)));
        return values;
    }

    private static String name(final String prefix, final String list, final Map<String, Object> row) {
        final String keys = ROW_KEYS.stream().filter(key -> row.containsKey(key) && (list.isEmpty() || !key.equals(list)))
                .map(key -> key + '=' + row.get(key)).collect(Collectors.joining(" "));
        return List.of(prefix, list, keys).stream().filter(part -> !part.isEmpty()).collect(Collectors.joining(" "));
    }

    /** A benchmark of JMH: one number, as often as there were iterations, and the bytes beside it. */
    private static Report jmh(final String prefix, final String file, final Map<String, Object> result) {
        final Report whole = new Report("", result);
        final Double score = whole.number("primaryMetric.score");
        if (!(result.get("benchmark") instanceof final String benchmark) || score == null) {
            throw new BenchException(file + " is a list, but not of JMH's results; give what 'bench jmh -rf json -rff FILE' wrote");
        }
        final Map<?, ?> metric = (Map<?, ?>) result.get("primaryMetric");
        final boolean time = String.valueOf(metric.get("scoreUnit")).endsWith("/op");
        final Map<String, Object> values = ofAll(result, Map.of());
        values.put("unit", metric.get("scoreUnit"));
        values.put("jdk", result.get("jdkVersion"));
        final String key = time ? "operation" : "operations";
        values.put(key, score);
        values.put(key + "_runs", flat(metric.get("rawData")));
        // JMH 1.36 and later; before, names began with a dot.
        if (result.get("secondaryMetrics") instanceof final Map<?, ?> more) {
            more.forEach((name, value) -> {
                if (String.valueOf(name).endsWith("gc.alloc.rate.norm") && value instanceof final Map<?, ?> bytes) {
                    values.put("operation_bytes", bytes.get("score"));
                    values.put("operation_bytes_runs", flat(bytes.get("rawData")));
                }
            });
        }
        final String params = result.get("params") instanceof final Map<?, ?> map ? map.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue()).collect(Collectors.joining(" ")) : "";
        final String method = benchmark.substring(benchmark.lastIndexOf('.', benchmark.lastIndexOf('.') - 1) + 1);
        return new Report(List.of(prefix, method, params).stream().filter(part -> !part.isEmpty()).collect(Collectors.joining(" ")),
                values);
    }

    /** The iterations of all forks. */
    private static List<Object> flat(final Object rawData) {
        final List<Object> all = new ArrayList<>();
        if (rawData instanceof final List<?> forks) {
            forks.forEach(fork -> all.addAll(fork instanceof final List<?> iterations ? iterations : List.of(fork)));
        }
        return all;
    }
}
