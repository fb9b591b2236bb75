package io.penstock.perf.bench.engine;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.measure.ChildBench;
import io.penstock.perf.bench.measure.Samples;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The engine's speed by burst and mode of memory access, each measured in a JVM of its own, so that no measurement runs code
 * that was compiled for another.
 */
final class EngineTable {

    private static final List<Integer> BURSTS = List.of(1, 2, 4, 8, 16, 32, 64, 128, 256);

    private final List<Row> rows = new ArrayList<>();

    private EngineTable() {
    }

    /**
     * Measures.
     *
     * @param arguments those of this process's command line, from {@code bench} on
     * @param progress  is told what is under way
     */
    static EngineTable measure(final List<String> arguments, final PrintWriter progress) {
        final ChildBench again = new ChildBench(arguments, progress).withoutFlag("--table");
        final EngineTable table = new EngineTable();
        for (final int burst : BURSTS) {
            final ChildBench one = again.with("--batch", burst);
            table.rows.add(new Row(burst, one.run("bursts of " + burst + ", unchecked", List.of("-Dpenstock.checked=false")),
                    one.run("bursts of " + burst + ", checked", List.of("-Dpenstock.checked=true"))));
        }
        return table;
    }

    /** {@code {"table":[...]}}: the single measurements' objects. */
    String json() {
        final List<String> objects = new ArrayList<>();
        rows.forEach(row -> objects.addAll(List.of(row.unchecked, row.checked)));
        return "{\"table\":[" + String.join(",", objects) + "]}";
    }

    /** For people. */
    String text() {
        final StringBuilder out = new StringBuilder();
        out.append("Packets taken from a port in one go (burst), Mpps and ns a packet; median of ")
                .append(EngineBench.SLICES).append(" slices, and half their range.\n")
                .append("The engine's batches hold ").append(Batch.CAPACITY).append(": bursts of 128 and 256 are two and four "
                + "batches.\n\n")
                .append(String.format(Locale.ROOT, "%5s  %-28s  %-28s  %s%n",
                        "burst", "unchecked", "every access checked", "ratio"));
        for (final Row row : rows) {
            final Report unchecked = Report.parse("unchecked", row.unchecked);
            final Report checked = Report.parse("checked", row.checked);
            out.append(String.format(Locale.ROOT, "%5d  %-28s  %-28s  %5.1f%n", row.burst, cell(unchecked), cell(checked),
                    unchecked.samples("mpps").median() / checked.samples("mpps").median()));
        }
        return out.toString();
    }

    private static String cell(final Report report) {
        final Samples mpps = report.samples("mpps");
        return String.format(Locale.ROOT, "%6.2f +-%5.2f  %7.1f ns", mpps.median(), (mpps.most() - mpps.least()) / 2,
                1e3 / mpps.median());
    }

    private record Row(int burst, String unchecked, String checked) {
    }
}
