package io.penstock.perf.bench.lab;

import io.penstock.perf.bench.compare.Report;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A number of a result that a table of results shows.
 *
 * @param row   which row of the result, for people; empty where it has none
 * @param title what the number is, with its unit
 * @param limit what bounded it: device, generator, sink; null where nothing is said
 */
record KeyFigure(String row, String title, Figure figure, String limit) {

    /** What is shown, by its name in the JSON. */
    private static final Map<String, String> TITLES = new LinkedHashMap<>();

    static {
        TITLES.put("mpps_cpu", "Mpps of the CPU's time");
        TITLES.put("mpps", "Mpps by the clock");
        TITLES.put("peer_mpps", "the peer's Mpps");
        TITLES.put("ratio", "Penstock over peer");
        TITLES.put("lookup_ns", "ns a look-up, in batches");
        TITLES.put("single_ns", "ns a look-up, one after another");
        TITLES.put("peer_lookup_ns", "the peer's ns a look-up");
        TITLES.put("match_ns", "ns that a match costs");
        TITLES.put("connections_per_second", "connections begun a second");
        TITLES.put("ceiling_connections_per_second", "connections begun a second without a device");
        TITLES.put("peer_connections_per_second", "the peer's connections begun a second");
        TITLES.put("transactions_per_second", "transactions a second");
        TITLES.put("teardowns_per_second", "connections ended a second");
        TITLES.put("capacity", "connections at once");
        TITLES.put("lost_packets", "packets lost");
        TITLES.put("slowest_batch_us", "us of CPU, the slowest batch");
        TITLES.put("latency_us.p50", "us, 50 %");
        TITLES.put("latency_us.p99", "us, 99 %");
        TITLES.put("latency_us.p99_9", "us, 99.9 %");
        TITLES.put("latency_us.max", "us, the longest");
        TITLES.put("samples", "samples");
    }

    /** Arrays whose elements are rows. */
    private static final List<String> ARRAYS = List.of("table", "generator", "sink", "throughput", "peer_throughput", "two_phase", "back_to_back");
    /** What tells rows apart. */
    private static final List<String> KEYS = List.of("size", "pattern", "routes", "ipv6", "table_connections", "rule_count", "tier", "set_type",
            "set_entries", "scenario", "flows", "batch", "checked");

    /** All of a measurement's. */
    static List<KeyFigure> of(final Findings findings, final String measurement) {
        final List<KeyFigure> all = new ArrayList<>();
        add(all, findings, measurement, "", "", null);
        for (final String array : ARRAYS) {
            final Set<Map<String, String>> rows = new LinkedHashSet<>();
            for (final Report report : findings.reports(measurement)) {
                Reading.rows(report.values().get(array)).forEach(row -> rows.add(keys(row)));
            }
            for (final Map<String, String> row : rows) {
                if (!row.isEmpty()) {
                    final String chosen = row.entrySet().stream().map(e -> e.getKey() + '=' + e.getValue()).collect(Collectors.joining(","));
                    final String words = row.entrySet().stream().map(e -> e.getKey().replace('_', ' ') + ' ' + e.getValue())
                            .collect(Collectors.joining(", "));
                    add(all, findings, measurement, array + '[' + chosen + "].", (array.equals("table") ? "" : array.replace('_', ' ') + ", ") + words,
                            limit(findings, measurement, array, row));
                }
            }
        }
        return all;
    }

    private static void add(final List<KeyFigure> all, final Findings findings, final String measurement, final String prefix, final String row,
            final String limit) {
        TITLES.forEach((name, title) -> {
            final Figure figure = findings.figure(measurement, prefix + name);
            if (figure != null) {
                all.add(new KeyFigure(row, title, figure, limit));
            }
        });
    }

    private static String limit(final Findings findings, final String measurement, final String array, final Map<String, String> keys) {
        return Reading.rows(findings.report(measurement).values().get(array)).stream().filter(row -> keys(row).equals(keys))
                .map(row -> row.get("limit")).filter(String.class::isInstance).map(String.class::cast).findFirst().orElse(null);
    }

    private static Map<String, String> keys(final Map<?, ?> row) {
        final Map<String, String> keys = new LinkedHashMap<>();
        KEYS.stream().filter(row::containsKey).forEach(key -> keys.put(key, String.valueOf(row.get(key))));
        return keys;
    }
}
