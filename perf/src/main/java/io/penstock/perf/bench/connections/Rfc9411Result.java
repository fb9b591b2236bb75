package io.penstock.perf.bench.connections;

import io.penstock.dataplane.cli.Json;
import io.penstock.perf.bench.measure.MachineFacts;
import io.penstock.perf.bench.measure.Samples;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What {@code bench rfc9411} has found; it grows while that measures.
 *
 * <p>Threads: one.
 */
final class Rfc9411Result {

    /** Of what both ends reach with nothing between them: from here on they, not the device, may be the limit. */
    private static final double NEAR = 0.95;

    private final TcpOptions options;
    private final MachineFacts machine;
    private final Map<String, String> parts = new LinkedHashMap<>();
    /** Penstock's runs, the kernel's, and those without a firewall: one after the other, by turns. */
    final List<TcpRun> own = new ArrayList<>();
    final List<TcpRun> peer = new ArrayList<>();
    final List<TcpRun> direct = new ArrayList<>();
    TcpCapacity capacity;
    TcpCapacity peerCapacity;
    TcpLatency latency;
    TcpLatency peerLatency;
    TcpLatency directLatency;
    private TcpChecked checked;
    private List<String> peerConfiguration = List.of();

    /** Nothing yet. */
    Rfc9411Result(final TcpOptions options, final MachineFacts machine) {
        this.options = options;
        this.machine = machine;
    }

    /** What took part, for people. */
    void parts(final Map<String, String> what) {
        parts.putAll(what);
    }

    /** What the peer is configured by, line by line. */
    void peerConfiguration(final List<String> lines) {
        peerConfiguration = List.copyOf(lines);
    }

    /** What was counted of all connections through Penstock. */
    void checked(final TcpChecked counts) {
        checked = counts;
    }

    /** One object, one line. */
    String json() {
        final Json json = new Json().object().field("procedure", "rfc9411").field("mode", options.wire() ? "wire" : "engine")
                .field("object_bytes", options.shape().objectBytes()).field("transactions_each", options.shape().transactions())
                .field("rules_between", options.rules()).field("connections_per_second", median(own, TcpRun::perSecond));
        Figures.array(json, "connections_per_second_runs", values(own, TcpRun::perSecond));
        json.field("connections_per_second_with_ends", median(own, TcpRun::perSecondWithEnds))
                .field("transactions_per_second", median(own, TcpRun::transactionsPerSecond))
                .field("segments_each", median(own, TcpRun::segmentsEach));
        if (!direct.isEmpty()) {
            json.field("ceiling_connections_per_second", median(direct, TcpRun::perSecond));
            Figures.array(json, "ceiling_connections_per_second_runs", values(direct, TcpRun::perSecond));
            json.field("connections_per_second_limit", limit(own));
        }
        if (!peer.isEmpty()) {
            json.field("peer", "kernel").field("peer_connections_per_second", median(peer, TcpRun::perSecond));
            Figures.array(json, "peer_connections_per_second_runs", values(peer, TcpRun::perSecond));
            if (!direct.isEmpty()) {
                json.field("peer_connections_per_second_limit", limit(peer));
            }
            json.field("ratio", Samples.of(ratios()).median());
            Figures.array(json, "ratio_runs", ratios());
            json.name("peer_configuration").array();
            peerConfiguration.forEach(json::value);
            json.end();
        }
        capacity(json, "", capacity);
        capacity(json, "peer_", peerCapacity);
        latency(json, "latency", latency);
        latency(json, "peer_latency", peerLatency);
        latency(json, "ceiling_latency", directLatency);
        checked.write(json.name("checked"));
        parts.forEach(json::field);
        machine.write(json.name("machine"));
        return json.end().toString();
    }

    /** For people. */
    String text() {
        final StringBuilder out = new StringBuilder();
        Figures.line(out, "connections", "TCP over IPv4, %d transaction%s each, objects of %,d bytes, %.1f segments a connection, %,d rules before they are "
                + "accepted", options.shape().transactions(), options.shape().transactions() == 1 ? "" : "s", options.shape().objectBytes(),
                median(own, TcpRun::segmentsEach), options.rules());
        parts.forEach((name, what) -> Figures.line(out, name, "%s", what));
        Figures.line(out, "penstock", "%s%s", Figures.runs("%,.0f connections a second", values(own, TcpRun::perSecond)), limitWords(own));
        if (!options.wire()) {
            Figures.line(out, "", "of the engine's own time; %s by the clock, with what both ends do on the same CPU",
                    Figures.runs("%,.0f", values(own, TcpRun::perSecondWithEnds)));
        }
        if (!peer.isEmpty()) {
            Figures.line(out, "kernel", "%s%s", Figures.runs("%,.0f connections a second", values(peer, TcpRun::perSecond)), limitWords(peer));
            Figures.line(out, "ratio", "%s", Figures.runs("%.3f", ratios()));
        }
        if (!direct.isEmpty()) {
            Figures.line(out, "without", "%s, from client to server with no firewall between: what this can measure at the most",
                    Figures.runs("%,.0f connections a second", values(direct, TcpRun::perSecond)));
        }
        Figures.line(out, "capacity", "%s", capacity);
        if (peerCapacity != null) {
            Figures.line(out, "", "kernel: %s", peerCapacity);
        }
        latency(out, "penstock", latency);
        latency(out, "kernel", peerLatency);
        latency(out, "without", directLatency);
        Figures.line(out, "checked", "%s", checked);
        Figures.line(out, "machine", "%s", machine);
        return out.toString();
    }

    /** Clients and server make the connections: what bench wire calls generator. */
    private String limit(final List<TcpRun> runs) {
        return median(runs) >= NEAR * median(direct) ? "generator" : "device";
    }

    private String limitWords(final List<TcpRun> runs) {
        return direct.isEmpty() || limit(runs).equals("device") ? "" : "; clients and server were the limit";
    }

    private static void capacity(final Json json, final String prefix, final TcpCapacity found) {
        if (found != null) {
            json.field(prefix + "concurrent", found.held()).field(prefix + "concurrent_wanted", found.wanted())
                    .field(prefix + "concurrent_answered_again", found.again()).field(prefix + "concurrent_entries", found.entries())
                    .field(prefix + "opened_per_second", found.perSecond());
        }
    }

    private static void latency(final Json json, final String name, final TcpLatency times) {
        if (times != null) {
            times.write(json.name(name));
        }
    }

    private static void latency(final StringBuilder out, final String name, final TcpLatency times) {
        if (times != null) {
            String label = "latency";
            for (final String line : times.lines()) {
                Figures.line(out, label, "%s, at %,d connections a second: %s", name, times.perSecond(), line);
                label = "";
            }
        }
    }

    /** Connections a second, the median of runs. */
    double median(final List<TcpRun> runs) {
        return median(runs, TcpRun::perSecond);
    }

    private double[] ratios() {
        final double[] ratios = new double[peer.size()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = own.get(i).perSecond() / peer.get(i).perSecond();
        }
        return ratios;
    }

    private static double[] values(final List<TcpRun> runs, final ToDoubleFunction<TcpRun> value) {
        return runs.stream().mapToDouble(value).toArray();
    }

    private static double median(final List<TcpRun> runs, final ToDoubleFunction<TcpRun> value) {
        return Samples.of(values(runs, value)).median();
    }
}
