package io.penstock.perf.bench.table;

import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.measure.ChildBench;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Look-ups by the number of routes, each measured in a JVM of its own. */
final class FibTable {

    private final List<String> rows = new ArrayList<>();

    private FibTable() {
    }

    /**
     * Measures.
     *
     * @param arguments those of this process's command line, from {@code bench} on
     * @param routes    a row for each
     */
    static FibTable measure(final List<String> arguments, final List<Integer> routes, final PrintWriter progress) {
        final ChildBench again = new ChildBench(arguments, progress);
        final FibTable table = new FibTable();
        for (final int count : routes) {
            table.rows.add(again.with("--routes", count).run(String.format(Locale.ROOT, "%,d routes", count), List.of()));
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
        final boolean peer = reports.getFirst().number("peer_lookup_ns") != null;
        final StringBuilder out = new StringBuilder("Nanoseconds a look-up: in batches of 64, and one that waits for the one "
                + "before; medians. Addresses are uniform over the routes.\n\n");
        out.append(String.format(Locale.ROOT, "%9s  %9s  %9s", "routes", "batches", "waiting"));
        out.append(peer ? String.format(Locale.ROOT, "  %9s  %9s  %6s%n", "dpdk v", "dpdk s", "ratio") : System.lineSeparator());
        for (final Report row : reports) {
            out.append(String.format(Locale.ROOT, "%,9.0f  %9.2f  %9.2f", row.number("routes"), row.number("lookup_ns"),
                    row.number("single_ns")));
            out.append(peer ? String.format(Locale.ROOT, "  %9.2f  %9.2f  %6.2f%n", row.number("peer_vector_ns"),
                    row.number("peer_scalar_ns"), row.number("ratio")) : System.lineSeparator());
        }
        if (peer) {
            out.append(String.format(Locale.ROOT, "%ndpdk: its FIB library by dpdk-test-fib, with (v) and without (s) AVX-512, in "
                    + "%s; ratio: the time of its faster way over ours in batches.%n",
                    Boolean.TRUE.equals(reports.getFirst().values().get("peer_huge_pages")) ? "huge pages, as ours"
                            : "pages of 4 KiB, ours in huge ones"));
        }
        return out.toString();
    }
}
