package io.penstock.perf.bench.sets;

import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.ChildBench;
import io.penstock.perf.bench.measure.Samples;
import io.penstock.perf.sets.SetKind;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Measurements of sets, each in a JVM of its own, so that none runs code that was compiled for another: round by round, with the rule and without it in
 * turn.
 *
 * <p>Threads: one.
 */
final class SetTable {

    /** With what the cost of more entries is compared. */
    private static final int FEW = 1_000;
    /** The process grows by sets only, not by its heap: it has all of it from the beginning. */
    private static final List<String> FIXED_HEAP = List.of("-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch");

    private final List<SetCell> cells = new ArrayList<>();

    /**
     * Measures one scenario more.
     *
     * @param again   this process's command
     * @param kinds   of the types that the scenario has, those that are wanted
     * @param entries how many elements
     * @param rounds  where a rule is measured; of others a JVM makes all runs
     */
    void measure(
            final SetScenario scenario, final ChildBench again, final List<SetKind> kinds, final List<Integer> entries, final int rounds,
            final PrintWriter progress) {
        final List<SetCell> wanted = new ArrayList<>();
        for (final SetKind kind : kinds) {
            for (final int count : entries) {
                scenario.options().forEach(options -> wanted.add(new SetCell(scenario, kind, count, options)));
            }
        }
        for (int round = 0; round < (scenario == SetScenario.MATCH ? rounds : 1); round++) {
            for (final SetCell cell : wanted) {
                final ChildBench child = again.with("--scenario", scenario.text()).with("--type", cell.kind().type())
                        .with("--entries", cell.entries()).with("--create", cell.options());
                try {
                    if (scenario.hasRule()) {
                        cell.without().add(run(child, cell, SetsCommand.WITHOUT, " without the rule"));
                    }
                    cell.with().add(run(child, cell, SetsCommand.WITH, ""));
                } catch (final BenchException e) {
                    progress.println("not measured: " + cell.title());
                    throw e;
                }
            }
        }
        cells.addAll(wanted);
    }

    private static Report run(final ChildBench child, final SetCell cell, final String part, final String how) {
        return Report.parse(part, child.with(SetsCommand.ONE, part)
                .run(cell.title() + how, cell.scenario() == SetScenario.MEMORY ? FIXED_HEAP : List.of()));
    }

    /** {@code {"table":[...]}}: an object for each. */
    String json() {
        return "{\"table\":[" + cells.stream().map(SetCell::json).collect(Collectors.joining(",")) + "]}";
    }

    /** For people. */
    String text() {
        final StringBuilder out = new StringBuilder();
        for (final SetScenario scenario : SetScenario.values()) {
            final List<SetCell> rows = cells.stream().filter(cell -> cell.scenario() == scenario).toList();
            if (!rows.isEmpty()) {
                out.append(out.isEmpty() ? "" : "\n").append(title(scenario)).append("\n\n");
                head(out, scenario);
                rows.forEach(row -> row(out, row, rows));
            }
        }
        return out.toString();
    }

    private static String title(final SetScenario scenario) {
        return switch (scenario) {
            case MATCH -> "-m set --match-set s src in FORWARD, through the whole engine; sources random, half of them in the set; ns of CPU time a packet. "
                    + "share: less\nthe same packets without the rule, round by round, least to most; of hash:net eight prefix lengths are there.";
            case ADD -> "-j SET --add-set s src in FORWARD, every packet a new source, the set empty at first; a second, forwarding included.";
            case RESTORE -> "ipset restore, ms: the first of a process, the next ones, the real tool beside in turn (process and namespace included).";
            case MEMORY -> "Bytes an entry: as the header says, as the process grows; the kernel's as ipset says.";
        };
    }

    private static void head(final StringBuilder out, final SetScenario scenario) {
        out.append(String.format(Locale.ROOT, "%-12s  %9s", "type", "entries"));
        out.append(switch (scenario) {
            case MATCH -> String.format(Locale.ROOT, "  %7s  %7s  %7s  %16s  %12s  %6s%n", "ns", "without", "share", "", "over 1,000's", "bytes");
            case ADD -> String.format(Locale.ROOT, "  %-20s  %12s  %8s  %7s  %7s  %7s  %6s%n", "created with", "a second", "ns", "without", "share",
                    "missed", "bytes");
            case RESTORE -> String.format(Locale.ROOT, "  %8s  %8s  %8s  %6s%n", "first", "next", "ipset", "ratio");
            case MEMORY -> String.format(Locale.ROOT, "  %-20s  %8s  %8s  %8s  %6s%n", "created with", "header", "process", "kernel", "ratio");
        });
    }

    private static void row(final StringBuilder out, final SetCell row, final List<SetCell> rows) {
        out.append(String.format(Locale.ROOT, "%-12s  %,9d", row.kind().type(), row.entries()));
        out.append(switch (row.scenario()) {
            case MATCH -> match(row, rows);
            case ADD -> String.format(Locale.ROOT, "  %-20s  %,12.0f  %8.1f  %7.1f  %7.1f  %7.0f  %6.4f%n", row.options(), row.median("adds_per_second"),
                    row.median("ns_per_packet"), row.medianWithout("ns_per_packet"), Samples.of(row.ruleNs()).median(), row.median("missed"),
                    row.median("allocated_bytes_per_packet"));
            case RESTORE -> String.format(Locale.ROOT, "  %,8.0f  %,8.0f  %,8.0f  %6.2f%n", row.median("first_restore_ms"), row.median("restore_ms"),
                    row.median("peer_restore_ms"), row.median("ratio"));
            case MEMORY -> String.format(Locale.ROOT, "  %-20s  %8.1f  %8.1f  %8.1f  %6.2f%n", row.options(), row.median("entry_bytes"),
                    row.median("entry_resident_bytes"), row.median("peer_entry_bytes"), row.median("ratio"));
        });
    }

    private static String match(final SetCell row, final List<SetCell> rows) {
        final Samples share = Samples.of(row.ruleNs());
        final String over = rows.stream().filter(other -> other.kind() == row.kind() && other.entries() == FEW).findFirst()
                .map(few -> String.format(Locale.ROOT, "%.2f", share.median() / Samples.of(few.ruleNs()).median())).orElse("");
        return String.format(Locale.ROOT, "  %7.1f  %7.1f  %7.1f  %16s  %12s  %6.4f%n", row.median("ns_per_packet"), row.medianWithout("ns_per_packet"),
                share.median(), String.format(Locale.ROOT, "%.1f to %.1f", share.least(), share.most()), over,
                row.median("allocated_bytes_per_packet"));
    }
}
