package io.penstock.perf.bench.table;

import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.measure.ChildBench;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Look-ups by the number of connections, each measured in a JVM of its own; the peer only beside as many as it has itself. */
final class ConnTableRows {

    private final List<String> rows = new ArrayList<>();
    private final boolean ipv6;

    private ConnTableRows(final boolean ipv6) {
        this.ipv6 = ipv6;
    }

    /**
     * Measures.
     *
     * @param arguments   those of this process's command line, from {@code bench} on
     * @param connections a row for each
     */
    static ConnTableRows measure(
            final List<String> arguments, final List<Integer> connections, final boolean ipv6, final PrintWriter progress) {
        final ChildBench again = new ChildBench(arguments, progress);
        final ConnTableRows table = new ConnTableRows(ipv6);
        for (final int count : connections) {
            final ChildBench child = count == DpdkHash.KEYS ? again : again.without("--against");
            table.rows.add(child.with("--connections", count).run(String.format(Locale.ROOT, "%,d connections", count), List.of()));
        }
        return table;
    }

    /** {@code {"table":[...]}}: the single measurements' objects. */
    String json() {
        return "{\"table\":[" + String.join(",", rows) + "]}";
    }

    /** For people. */
    String text() {
        final List<Report> reports = rows.stream().map(row -> Report.parse("a row", row)).toList();
        final Report peer = reports.stream().filter(row -> row.number("peer_lookup_ns") != null).findFirst().orElse(null);
        final StringBuilder out = new StringBuilder("""
                Nanoseconds a look-up: in batches of 64; the same with the line that TCP's tracker needs after; and one that waits for the one before;
                medians. Tuples of either direction, in random order.

                """);
        out.append(String.format(Locale.ROOT, "%11s  %9s  %9s  %9s", "connections", "batches", "tracker", "waiting"));
        out.append(peer == null ? "\n" : String.format(Locale.ROOT, "  %9s  %9s  %6s%n", "dpdk", "dpdk h", "ratio"));
        for (final Report row : reports) {
            out.append(String.format(Locale.ROOT, "%,11.0f  %9.2f  %9.2f  %9.2f", row.number("table_connections"), row.number("lookup_ns"),
                    row.number("lookup_tracker_ns"), row.number("single_ns")));
            out.append(row != peer ? "\n" : String.format(Locale.ROOT, "  %9.2f  %9.2f  %6.2f%n", row.number("peer_lookup_ns"),
                    row.number("peer_hashed_ns"), row.number("ratio")));
        }
        if (peer != null) {
            out.append(String.format(Locale.ROOT, "%ndpdk: its hash library by dpdk-test, in %s; h: with the hash reckoned before; ratio: "
                    + "its time with the hash over ours in batches.%n%s",
                    Boolean.TRUE.equals(peer.values().get("peer_huge_pages")) ? "huge pages, as ours" : "pages of 4 KiB, ours in huge ones",
                    ConnTableResult.compared(ipv6)));
        }
        return out.toString();
    }
}
