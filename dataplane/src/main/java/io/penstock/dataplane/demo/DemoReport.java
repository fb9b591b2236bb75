package io.penstock.dataplane.demo;

import io.penstock.dataplane.cli.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the demonstration found, for people and for programs.
 *
 * @param flows each connection and what came of it
 * @param pings empty where there is no ping
 * @param stat  what the data plane itself counted
 */
record DemoReport(Map<Flow, Flow.Outcome> flows, List<Ping> pings, Counts stat) {

    /** What may become of a packet besides being dropped: the counter, and its words on the screen. */
    private static final Map<String, String> FATES = fates();

    private static Map<String, String> fates() {
        final Map<String, String> fates = new LinkedHashMap<>();
        fates.put("forwarded", "forwarded");
        fates.put("delivered", "delivered to the host");
        fates.put("stolen", "stolen by a hook");
        fates.put("queued", "handed to a queue");
        fates.put("parked", "waiting for a neighbour");
        return fates;
    }

    /** What is not as it should be, a sentence each; empty when all is well. */
    List<String> faults() {
        final List<String> faults = new ArrayList<>();
        flows.forEach((flow, outcome) -> {
            if (outcome.failure() != null) {
                faults.add(name(flow) + " broke off: " + outcome.failure());
            } else if (!outcome.isIntact()) {
                faults.add(name(flow) + " did not arrive intact: sent=" + outcome.sent() + " received=" + outcome.received()
                        + " crc32c=" + hex(outcome.sentSum()) + '/' + hex(outcome.seenSum()));
            }
        });
        for (final Ping ping : pings) {
            if (!ping.isComplete()) {
                faults.add("ping over " + ping.family() + " lost packets: sent=" + ping.sent() + " answered=" + ping.answered());
            }
        }
        if (stat.number("unaccounted") != 0) {
            faults.add("the data plane lost track of packets: unaccounted=" + stat.number("unaccounted"));
        }
        if (forwarded() == 0) {
            faults.add("the data plane forwarded nothing: what arrived came through the kernel");
        }
        return faults;
    }

    /** The summary screen. */
    String screen() {
        final StringBuilder out = new StringBuilder();
        line(out, "Penstock demo: forward");
        line(out, "");
        line(out, "  client ---- %s [ data plane ] %s ---- server", DemoNetwork.PORT_TO_CLIENT, DemoNetwork.PORT_TO_SERVER);
        line(out, "");
        line(out, "%-24s %14s %8s  %s", "TCP, four at once", "bytes", "Gbit/s", "arrived");
        flows.forEach((flow, outcome) -> line(out, "%-24s %,14d %8.2f  %s", name(flow), outcome.received(),
                outcome.gigabitsPerSecond(),
                outcome.isIntact() ? "intact, crc32c=" + hex(outcome.seenSum()) : "NOT INTACT"));
        for (final Ping ping : pings) {
            line(out, "%-24s %14s %8s  %d of %d answered, %.3f ms on average",
                    ping.family() + " ping", "", "", ping.answered(), ping.sent(), ping.averageMs());
        }
        line(out, "");
        ports(out);
        line(out, "");
        line(out, "where every packet went");
        fate(out, "went in", in());
        FATES.forEach((counter, words) -> {
            if (stat.number(counter) != 0 || counter.equals("forwarded")) {
                fate(out, words, counter.equals("forwarded") ? forwarded() : stat.number(counter));
            }
        });
        stat.object("dropped").numbers().forEach((reason, count) -> fate(out, "dropped: " + reason, count));
        fate(out, "unaccounted", stat.number("unaccounted"));
        return out.toString();
    }

    /** One JSON object. */
    String json() {
        final Json json = new Json().object();
        json.field("scenario", "forward").field("ok", faults().isEmpty());
        json.name("faults").array();
        faults().forEach(json::value);
        json.end().name("flows").array();
        flows.forEach((flow, outcome) -> json.object()
                .field("family", flow.family())
                .field("direction", flow.direction().text())
                .field("bytes_sent", outcome.sent())
                .field("bytes_received", outcome.received())
                .field("seconds", outcome.seconds())
                .field("gbit_per_second", outcome.gigabitsPerSecond())
                .field("intact", outcome.isIntact())
                .end());
        json.end().name("pings").array();
        pings.forEach(ping -> json.object()
                .field("family", ping.family())
                .field("sent", ping.sent())
                .field("answered", ping.answered())
                .field("average_ms", ping.averageMs())
                .end());
        json.end().field("forwarded", forwarded());
        json.name("dropped");
        stat.object("dropped").write(json);
        json.field("unaccounted", stat.number("unaccounted"));
        json.name("stat");
        stat.write(json);
        return json.end().toString();
    }

    private void ports(final StringBuilder out) {
        line(out, "%-6s %-8s %-6s %12s %15s %12s %15s", "port", "attach", "copy", "rx packets", "rx bytes", "tx packets", "tx bytes");
        final Counts ports = stat.object("ports");
        for (final String name : ports.names()) {
            final Counts port = ports.object(name);
            line(out, "%-6s %-8s %-6s %,12d %,15d %,12d %,15d", name, port.text("attach"), port.text("copy"),
                    port.number("rx_packets"), port.number("rx_bytes"), port.number("tx_packets"), port.number("tx_bytes"));
            if (!port.text("why").isEmpty()) {
                line(out, "       %s", port.text("why"));
            }
            final Map<String, Long> xdp = port.object("xdp").numbers();
            if (!xdp.isEmpty()) {
                line(out, "       kernel: %s", xdp);
            }
        }
    }

    private long in() {
        return stat.number("packets") + stat.number("originated") + stat.number("returned");
    }

    private long forwarded() {
        return stat.number("forwarded");
    }

    private static String name(final Flow flow) {
        return flow.family() + ' ' + flow.direction().text();
    }

    private static String hex(final long sum) {
        return String.format(Locale.ROOT, "%08x", sum);
    }

    private static void fate(final StringBuilder out, final String words, final long count) {
        line(out, "  %-28s %,15d", words, count);
    }

    private static void line(final StringBuilder out, final String format, final Object... values) {
        out.append(String.format(Locale.ROOT, format, values).stripTrailing()).append('\n');
    }
}
