package io.penstock.perf.bench;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.perf.Main;
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
        final EngineTable table = new EngineTable();
        for (final int burst : BURSTS) {
            final String unchecked = one(arguments, burst, false, progress);
            final String checked = one(arguments, burst, true, progress);
            table.rows.add(new Row(burst, unchecked, checked));
        }
        return table;
    }

    private static String one(
            final List<String> arguments, final int burst, final boolean checked, final PrintWriter progress) {
        final List<String> own = new ArrayList<>(arguments);
        own.remove("--table");
        own.remove("--json");
        // Of an option that is given twice, picocli would complain.
        final int given = own.indexOf("--batch");
        if (given >= 0) {
            own.subList(given, given + 2).clear();
        }
        own.removeIf(argument -> argument.startsWith("--batch="));
        own.addAll(List.of("--json", "--batch", Integer.toString(burst)));
        progress.println("measuring bursts of " + burst + (checked ? ", checked" : ", unchecked"));
        final ChildJvm.Output output =
                ChildJvm.capture(List.of("-Dpenstock.checked=" + checked), Main.class.getName(), own);
        if (output.exitCode() != 0) {
            throw new BenchException(output.exitCode(), "bursts of " + burst + (checked ? ", checked" : ", unchecked")
                    + " could not be measured, see above: exit=" + output.exitCode());
        }
        return output.text().strip();
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
