package io.penstock.perf.bench.lab;

import io.penstock.perf.bench.compare.Report;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A number of a result that a table of results shows.
 *
 * @param row   which row of the result, for people; empty where it has none
 * @param title what the number is, with its unit
 * @param limit what bounded it: device, generator, sink, or the rate that was asked for; null where nothing is said
 */
record KeyFigure(String row, String title, Figure figure, String limit) {

    /** The title of ratios. */
    static final String RATIO = "Penstock over peer";

    static final String DEVICE = "device";
    private static final String LIMIT = "limit";
    private static final String PEER = "peer_";
    private static final String CONNECTIONS = "connections_per_second_";
    /** Of what there is to do: what a result says to be its limit, without a name, is of these. */
    private static final List<String> SPEEDS = List.of("mpps_cpu", "mpps", "peer_mpps", "connections_per_second", "peer_connections_per_second");
    /** What is shown, by its name in the JSON. */
    private static final Map<String, String> TITLES = new LinkedHashMap<>();

    static {
        TITLES.put("mpps_cpu", "Mpps of the CPU's time");
        TITLES.put("mpps", "Mpps by the clock");
        TITLES.put("peer_mpps", "the peer's Mpps");
        TITLES.put("ratio", RATIO);
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
        TITLES.put("concurrent", "connections at once, each answered");
        TITLES.put("peer_concurrent", "the peer's connections at once, each answered");
        TITLES.put("lost_packets", "packets lost");
        TITLES.put("slowest_batch_us", "us of CPU, the slowest batch");
        TITLES.put("latency_us.p50", "us, 50 %");
        TITLES.put("latency_us.p99", "us, 99 %");
        TITLES.put("latency_us.p99_9", "us, 99.9 %");
        TITLES.put("latency_us.max", "us, the longest");
        TITLES.put("p50", "us, 50 %");
        TITLES.put("p99", "us, 99 %");
        TITLES.put("p99_9", "us, 99.9 %");
        TITLES.put("max", "us, the longest");
        connectionTimes("latency", "");
        connectionTimes("peer_latency", "the peer's ");
        connectionTimes("ceiling_latency", "without a device: ");
        TITLES.put("frames", "frames, the longest burst without loss");
        TITLES.put("samples", "samples");
    }

    /** Arrays whose elements are rows. */
    private static final List<String> ARRAYS = List.of("table", "generator", "sink", "throughput", "peer_throughput", "throughput_ratio", "latency",
            "peer_latency", "two_phase", "back_to_back", "peer_back_to_back");
    /** Of what a device can do at most. */
    private static final String SHARE = "share";
    /** What tells rows apart. */
    private static final List<String> KEYS = List.of("size", "pattern", "routes", "ipv6", "table_connections", "rule_count", "tier", "set_type",
            "set_entries", "scenario", "flows", "batch", "checked", SHARE);

    /** All of a measurement's. */
    static List<KeyFigure> of(final Findings findings, final String measurement) {
        final List<KeyFigure> all = new ArrayList<>();
        add(all, findings, measurement, "", "", findings.reports(measurement).stream().map(Report::values).toList());
        for (final String array : ARRAYS) {
            final Set<Map<String, String>> rows = new LinkedHashSet<>();
            for (final Report report : findings.reports(measurement)) {
                Reading.rows(report.values().get(array)).forEach(row -> rows.add(keys(row)));
            }
            for (final Map<String, String> row : rows) {
                if (!row.isEmpty()) {
                    final String chosen = row.entrySet().stream().map(e -> e.getKey() + '=' + e.getValue()).collect(Collectors.joining(","));
                    final String words = row.entrySet().stream().map(KeyFigure::words).collect(Collectors.joining(", "));
                    add(all, findings, measurement, array + '[' + chosen + "].", (array.equals("table") ? "" : array.replace('_', ' ') + ", ") + words,
                            same(findings, measurement, array, row));
                }
            }
        }
        return all;
    }

    /** Whether something else than the device bounded it. */
    boolean isLimited() {
        return limit != null && !limit.equals(DEVICE);
    }

    /** What is to be read beside the title; empty for nothing. */
    String limitWords() {
        return isLimited() ? " (the " + limit + " was the limit)" : "";
    }

    /** What bounded a number of a measurement that has no row, as of {@link #limit()}; null where nothing is said. */
    static String limit(final Findings findings, final String measurement, final String name) {
        return limit(name, findings.reports(measurement).stream().map(Report::values).toList());
    }

    /** RFC 9411's. */
    private static void connectionTimes(final String object, final String whose) {
        Map.of("connect_us", "to connect", "first_byte_us", "to the first byte", "last_byte_us", "to the last byte").entrySet().stream()
                .sorted(Map.Entry.comparingByKey()).forEach(times -> {
                    TITLES.put(object + '.' + times.getKey() + ".p50", whose + "us " + times.getValue() + ", 50 %");
                    TITLES.put(object + '.' + times.getKey() + ".p99", whose + "us " + times.getValue() + ", 99 %");
                    TITLES.put(object + '.' + times.getKey() + ".max", whose + "us " + times.getValue() + ", the longest");
                });
    }

    private static void add(final List<KeyFigure> all, final Findings findings, final String measurement, final String prefix, final String row,
            final List<? extends Map<?, ?>> values) {
        TITLES.forEach((name, title) -> {
            final Figure figure = findings.figure(measurement, prefix + name);
            if (figure != null) {
                all.add(new KeyFigure(row, title, figure, limit(name, values)));
            }
        });
    }

    /** Rounds need not agree: the reader is to be warned by the worst of them. */
    private static String limit(final String name, final List<? extends Map<?, ?>> rounds) {
        final List<String> all = rounds.stream().map(values -> limit(name, values)).filter(Objects::nonNull).toList();
        return all.stream().filter(limit -> !limit.equals(DEVICE)).findFirst().orElse(all.isEmpty() ? null : DEVICE);
    }

    private static String limit(final String name, final Map<?, ?> values) {
        if (values.get(name + '_' + LIMIT) instanceof final String own) {
            return own;
        }
        final String device = values.get(LIMIT) instanceof final String limit ? limit : null;
        final String peer = values.get(PEER + LIMIT) instanceof final String limit ? limit : null;
        if (name.equals("ratio") && device == null && values.get(CONNECTIONS + LIMIT) instanceof final String own) {
            return own.equals(DEVICE) && values.get(PEER + CONNECTIONS + LIMIT) instanceof final String other ? other : own;
        }
        if (name.equals("ratio")) {
            // Whichever of the two could not do what it can, the ratio is not of what they can.
            return device == null || device.equals(DEVICE) && peer != null ? peer : device;
        }
        return !SPEEDS.contains(name) ? null : name.startsWith(PEER) ? peer : device;
    }

    /** The same row of all rounds. */
    private static List<Map<?, ?>> same(final Findings findings, final String measurement, final String array, final Map<String, String> keys) {
        return findings.reports(measurement).stream().<Map<?, ?>>flatMap(report -> Reading.rows(report.values().get(array)).stream())
                .filter(row -> keys(row).equals(keys)).toList();
    }

    private static String words(final Map.Entry<String, String> key) {
        return key.getKey().equals(SHARE) ? String.format(Locale.ROOT, "at %.0f %% of its throughput", 100 * Double.parseDouble(key.getValue()))
                : key.getKey().replace('_', ' ') + ' ' + key.getValue();
    }

    private static Map<String, String> keys(final Map<?, ?> row) {
        final Map<String, String> keys = new LinkedHashMap<>();
        KEYS.stream().filter(row::containsKey).forEach(key -> keys.put(key, String.valueOf(row.get(key))));
        return keys;
    }
}
