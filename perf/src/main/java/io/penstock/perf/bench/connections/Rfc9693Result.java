package io.penstock.perf.bench.connections;

import io.penstock.dataplane.cli.Json;
import io.penstock.perf.bench.measure.MachineFacts;
import io.penstock.perf.bench.measure.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What {@code bench rfc9693} has found; it grows while that measures.
 *
 * <p>Source: RFC 9693, section 6, says what to report. Threads: one.
 */
final class Rfc9693Result {

    /** What RFC 2544 counts as part of a frame, and frames here do not have. */
    static final int CHECK_SEQUENCE_BYTES = 4;
    private static final int TENTHS = 10;

    private final TrackingOptions options;
    private final Map<String, String> parts;
    private final MachineFacts machine;
    private final List<Row> rows = new ArrayList<>();
    private double[] establishing = {};
    private boolean generatorLimits;
    private double[] filling = {};
    private double[] tearDown = {};
    private double[] atFill = {};
    /** Connections that the table was found to hold; -1 where that was not asked. */
    long capacity = -1;
    /** The most that were tried. */
    long tried;
    long answersChecked;
    int trials;
    /** Of these, those that were made because the machine had taken a CPU away in the one before. */
    int repeated;

    /** Nothing yet. */
    Rfc9693Result(final TrackingOptions options, final Map<String, String> parts, final MachineFacts machine) {
        this.options = options;
        this.parts = parts;
        this.machine = machine;
    }

    /** Connections a second, search by search. */
    void establishing(final List<Double> rates, final boolean limited) {
        establishing = array(rates);
        generatorLimits = limited;
    }

    double establishingPerSecond() {
        return Samples.of(establishing).median();
    }

    /** Fillings as fast as it goes: connections a second, and seconds for each tenth of the table where they are known. */
    void fills(final List<Double> rates, final List<double[]> tenths) {
        filling = array(rates);
        if (tenths.isEmpty()) {
            return;
        }
        atFill = new double[TENTHS];
        for (int i = 0; i < TENTHS; i++) {
            final int tenth = i;
            atFill[i] = options.connections() / (double) TENTHS / Samples.of(tenths.stream().mapToDouble(fill -> fill[tenth]).toArray()).median();
        }
    }

    void tearDown(final List<Double> rates) {
        tearDown = array(rates);
    }

    void throughput(final int frameBytes, final List<Double> rates, final boolean limited) {
        rows.add(new Row(frameBytes + CHECK_SEQUENCE_BYTES, limited, rates.stream().mapToDouble(rate -> rate / 1e6).toArray()));
    }

    /** One object, one line. */
    String json() {
        final Json json = new Json().object().field("procedure", "rfc9693").field("mode", options.mode().name().toLowerCase(Locale.ROOT))
                .field("nat", nat()).field("protocol", protocol()).field("connections", options.connections())
                .field("rules_between", options.rules());
        if (establishing.length > 0) {
            json.field("connections_per_second", establishingPerSecond());
            Figures.array(json, "connections_per_second_runs", establishing);
            json.field("connections_per_second_limit", limit(generatorLimits)).field("filling_per_second", Samples.of(filling).median());
            Figures.array(json, "filling_per_second_runs", filling);
        }
        if (atFill.length > 0) {
            json.name("rate_at_fill").array();
            for (int i = 0; i < TENTHS; i++) {
                json.object().field("connections", (long) options.connections() * (i + 1) / TENTHS).field("per_second", atFill[i]).end();
            }
            json.end();
        }
        if (tearDown.length > 0) {
            json.field("teardowns_per_second", Samples.of(tearDown).median());
            Figures.array(json, "teardowns_per_second_runs", tearDown);
        }
        if (capacity >= 0) {
            json.field("capacity", capacity).field("capacity_entries_wanted", options.connections()).field("capacity_tried", tried);
        }
        if (!rows.isEmpty()) {
            json.name("two_phase").array();
            for (final Row row : rows) {
                json.object().field("size", row.size).field("flows", options.connections()).field("mpps", Samples.of(row.mpps).median());
                Figures.array(json, "mpps_runs", row.mpps);
                json.field("limit", limit(row.limited)).end();
            }
            json.end();
        }
        json.name("checked").object().field("answers", answersChecked).field("trials", trials).field("repeated", repeated).end();
        parts.forEach(json::field);
        machine.write(json.name("machine"));
        return json.end().toString();
    }

    /** For people. */
    String text() {
        final StringBuilder out = new StringBuilder();
        Figures.line(out, "connections", "%,d, %s over IPv4 between one client and one server, %s, %,d rules before they are accepted; ports of RFC 4814, "
                + "each pair once, in pseudorandom order", options.connections(), protocol(), nat().equals("snat") ? "source translated" : "not translated",
                options.rules());
        parts.forEach((name, what) -> Figures.line(out, name, "%s", what));
        if (establishing.length > 0) {
            Figures.line(out, "establishing", "%s; every packet arrived and every connection had its entry%s",
                    Figures.runs("%,.0f a second", establishing), generatorLimits ? "; the generator was the limit" : "");
            Figures.line(out, "filling", "%s, at full speed, whatever else the machine does meanwhile%s", Figures.runs("%,.0f a second", filling),
                    options.mode() == TrackingOptions.Mode.WIRE ? " and what is lost" : "");
        }
        if (atFill.length > 0) {
            final StringBuilder rates = new StringBuilder();
            for (final double rate : atFill) {
                rates.append(String.format(Locale.ROOT, " %.2f", rate / 1e6));
            }
            Figures.line(out, "at fill", "millions a second as fast as it goes, by tenths of the table:%s", rates);
        }
        if (tearDown.length > 0) {
            Figures.line(out, "tear-down", "%s, all at once", Figures.runs("%,.0f a second", tearDown));
        }
        if (capacity >= 0) {
            Figures.line(out, "capacity", "%,d entries, of %,d that the table is set to hold; tried up to %,d", capacity, options.connections(), tried);
        }
        for (final Row row : rows) {
            Figures.line(out, row == rows.getFirst() ? "throughput" : "", "%4d bytes: %s, both directions together, no loss%s", row.size,
                    Figures.runs("%.3f Mpps", row.mpps), row.limited ? "; the generator was the limit" : "");
        }
        Figures.line(out, "checked", "%s%,d trials, %,d of them made again, since the machine had taken a CPU away in the one before",
                answersChecked == 0 ? "" : String.format(Locale.ROOT, "%,d answers, each for the connection's own ends again; ", answersChecked),
                trials, repeated);
        Figures.line(out, "machine", "%s", machine);
        return out.toString();
    }

    private String nat() {
        return options.translates() ? "snat" : "none";
    }

    private String protocol() {
        return options.tcp() ? "tcp" : "udp";
    }

    private static String limit(final boolean generator) {
        return generator ? "generator" : "device";
    }

    private static double[] array(final List<Double> values) {
        return values.stream().mapToDouble(value -> value).toArray();
    }


    private record Row(int size, boolean limited, double... mpps) {
    }
}
