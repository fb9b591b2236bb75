package io.penstock.perf.bench.lab;

import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.report.Numbers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a result comes to, in a few words for a line of progress. */
enum Headline {

    MPPS_CPU("mpps_cpu", "Mpps"),
    MPPS("mpps", "Mpps"),
    PEER_MPPS("peer_mpps", "Mpps of the peer"),
    RATIO("ratio", "times the peer"),
    LOOKUP("lookup_ns", "ns a look-up"),
    MATCH("match_ns", "ns a match"),
    CONNECTIONS("connections_per_second", "connections a second"),
    LATENCY("latency_us.p99", "us at 99 %"),
    LOST("lost_packets", "packets lost"),
    BATCH("slowest_batch_us", "us the slowest batch");

    private static final int MOST = 2;

    private final String path;
    private final String unit;

    Headline(final String path, final String unit) {
        this.path = path;
        this.unit = unit;
    }

    /** Of a result; of a table, its first row. */
    static String of(final Report report) {
        final List<String> words = new ArrayList<>();
        for (final Headline headline : values()) {
            final boolean speedIsThere = headline == MPPS && !words.isEmpty();
            final double[] samples = new Reading("", headline.path).in(row(report));
            if (samples.length > 0 && words.size() < MOST && !speedIsThere) {
                final Figure figure = Figure.of(1, samples);
                words.add(Numbers.spread(figure.median(), figure.least(), figure.most()) + ' ' + headline.unit);
            }
        }
        return words.isEmpty() ? "done" : String.join(", ", words);
    }

    private static Report row(final Report report) {
        final List<Map<?, ?>> rows = Reading.rows(report.values().get("table"));
        if (rows.isEmpty()) {
            return report;
        }
        final Map<String, Object> first = new LinkedHashMap<>();
        rows.getFirst().forEach((name, value) -> first.put(String.valueOf(name), value));
        return new Report("", first);
    }
}
