package io.penstock.dataplane.demo;

import io.penstock.dataplane.cli.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the demonstration between network namespaces found.
 *
 * @param flows each connection and what came of it
 * @param pings empty where there is no ping
 * @param stat  what the data plane itself counted
 */
record DemoReport(Map<Flow, Flow.Outcome> flows, List<Ping> pings, Counts stat) implements Report {

    @Override
    public List<String> faults() {
        final List<String> faults = new ArrayList<>();
        flows.forEach((flow, outcome) -> {
            if (outcome.failure() != null) {
                faults.add(name(flow) + " broke off: " + outcome.failure());
            } else if (!outcome.isIntact()) {
                faults.add(name(flow) + " did not arrive intact: sent=" + outcome.sent() + " received=" + outcome.received()
                        + " crc32c=" + Screen.hex(outcome.sentSum()) + '/' + Screen.hex(outcome.seenSum()));
            }
        });
        for (final Ping ping : pings) {
            if (!ping.isComplete()) {
                faults.add("ping over " + ping.family() + " lost packets: sent=" + ping.sent() + " answered=" + ping.answered());
            }
        }
        final Account account = new Account(stat);
        if (account.unaccounted() != 0) {
            faults.add("the data plane lost track of packets: unaccounted=" + account.unaccounted());
        }
        if (account.ports("tx_bytes") < received()) {
            faults.add("the data plane forwarded less than arrived, the rest came through the kernel: forwarded_bytes="
                    + account.ports("tx_bytes") + " received_bytes=" + received());
        }
        return faults;
    }

    @Override
    public void show(final Screen screen) {
        screen.heading("Penstock demo: two hosts talk through a router that is Penstock");
        screen.setting();
        screen.heading("%-22s %14s %15s   %s", "TCP, four at once", "arrived", "rate", "intact");
        flows.forEach((flow, outcome) -> screen.row(outcome.isIntact(), "%-22s %14s %15s   %s", name(flow),
                Screen.megabytes(outcome.received()), Screen.gigabits(outcome.received(), outcome.seconds()),
                outcome.isIntact() ? "yes, crc32c " + Screen.hex(outcome.seenSum()) : "NO"));
        screen.line("%-22s %14s %15s   in %.1f s", "together",
                Screen.megabytes(received()), Screen.gigabits(received(), seconds()), seconds());
        if (!pings.isEmpty()) {
            screen.line("");
            screen.heading("%-22s %14s %15s %15s", "ping", "answered", "fastest", "average");
            for (final Ping ping : pings) {
                screen.row(ping.isComplete(), "%-22s %14s %12.3f ms %12.3f ms", ping.family(),
                        ping.answered() + " of " + ping.sent(), ping.fastestMs(), ping.averageMs());
            }
        }
        final Account account = new Account(stat);
        screen.line("");
        account.showPorts(screen);
        screen.line("");
        account.show(screen, seconds());
        screen.line("");
        screen.ending(faults());
    }

    @Override
    public String json() {
        final Json json = new Json().object();
        json.field("scenario", "forward").field("through", "namespaces").field("ok", faults().isEmpty());
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
                .field("fastest_ms", ping.fastestMs())
                .field("average_ms", ping.averageMs())
                .end());
        json.end().field("seconds", seconds());
        new Account(stat).write(json, seconds());
        return json.end().toString();
    }

    /** Bytes that arrived over all connections. */
    private long received() {
        return flows.values().stream().mapToLong(Flow.Outcome::received).sum();
    }

    /** How long the longest connection lasted. */
    private double seconds() {
        return flows.values().stream().mapToDouble(Flow.Outcome::seconds).max().orElse(0);
    }

    private static String name(final Flow flow) {
        return flow.family() + ' ' + flow.direction().text();
    }
}
