package io.penstock.perf.bench.engine;

import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.measure.ChildBench;
import io.penstock.perf.bench.measure.Samples;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/**
 * The engine's speed with many routes beside that with the default route alone, the packets being the same; each measured in a
 * JVM of its own.
 */
final class EngineRoutes {

    private final String one;
    private final String many;

    private EngineRoutes(final String one, final String many) {
        this.one = one;
        this.many = many;
    }

    /**
     * Measures.
     *
     * @param arguments those of this process's command line, from {@code bench} on
     * @param progress  is told what is under way
     */
    static EngineRoutes measure(final List<String> arguments, final PrintWriter progress) {
        final ChildBench again = new ChildBench(arguments, progress);
        return new EngineRoutes(again.with("--route-table", "default").run("with the default route alone", List.of()),
                again.with("--route-table", "routes").run("with the routes", List.of()));
    }

    /** {@code {"table":[...]}}: both measurements' objects. */
    String json() {
        return "{\"table\":[" + one + ',' + many + "]}";
    }

    /** For people. */
    String text() {
        final Report before = Report.parse("the default route", one);
        final Report after = Report.parse("the routes", many);
        final StringBuilder out = new StringBuilder();
        line(out, "default route alone", before);
        line(out, String.format(Locale.ROOT, "%,.0f IPv4 and %,.0f IPv6 routes", after.number("routes"), after.number("routes6")),
                after);
        out.append(String.format(Locale.ROOT, "%-44s %.3f; of the CPU time %.3f%n", "ratio", ratio(before, after, "mpps"),
                ratio(before, after, "mpps_cpu")));
        if (after.number("updates") != null) {
            out.append(String.format(Locale.ROOT, "%-44s %,.0f, %,.0f a second; lost %,.0f%n", "updates meanwhile",
                    after.number("updates"), after.number("updates_per_second"),
                    after.number("packets") - after.number("forwarded")));
        }
        return out.toString();
    }

    private static double ratio(final Report before, final Report after, final String metric) {
        return after.samples(metric).median() / before.samples(metric).median();
    }

    private static void line(final StringBuilder out, final String name, final Report report) {
        final Samples mpps = report.samples("mpps");
        out.append(String.format(Locale.ROOT, "%-44s %6.2f Mpps, %5.1f ns a packet; slices %.2f to %.2f; %,.0f flows%n", name,
                mpps.median(), 1e3 / mpps.median(), mpps.least(), mpps.most(), report.number("flows")));
    }
}
