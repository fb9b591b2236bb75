package io.penstock.perf.bench.compare;

import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.Samples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * Two measurements, number by number.
 *
 * <p>A number moved when its medians differ by more than the noise: three standard errors of the difference, or the metric's
 * floor, whichever is more. The standard errors come from the repetitions, robustly, so that a slice in which the machine did
 * something else does not count.
 */
public final class Comparison {

    private static final double STANDARD_ERRORS = 3;
    private static final int NAME_COLUMN = 44;

    /** What must be the same for two measurements to measure the same. */
    private static final List<String> CONDITIONS =
            List.of("input", "batch", "checked", "hooks", "flows", "routes", "routes6", "routes_in_table", "table_connections", "rules",
            "rule_count", "tier", "specialized", "sets", "set_type", "set_entries", "set_options", "ipv6",
            "addresses", "peer", "size", "rate_pps", "connections", "procedure", "traffic", "pattern", "mode", "unit", "jdk",
            "machine");

    private final List<Row> rows = new ArrayList<>();
    private final List<String> differences = new ArrayList<>();

    private Comparison() {
    }

    /** Compares files' measurements, those of a table by name. */
    public static Comparison of(final List<Report> before, final List<Report> after) {
        final Comparison comparison = new Comparison();
        final Map<String, Report> later = new LinkedHashMap<>();
        after.forEach(report -> later.putIfAbsent(report.name(), report));
        for (final Report old : before) {
            final Report now = later.remove(old.name());
            if (now != null) {
                comparison.add(old, now);
            } else {
                comparison.missing(old, "old");
            }
        }
        later.values().forEach(now -> comparison.missing(now, "new"));
        if (comparison.rows.isEmpty()) {
            throw new BenchException("the two have no number in common; give two results of the same bench command");
        }
        return comparison;
    }

    /** What was not the same, a sentence each. */
    List<String> differences() {
        return List.copyOf(differences);
    }

    public boolean isWorse() {
        return rows.stream().anyMatch(row -> row.verdict == Verdict.WORSE);
    }

    /** The numbers that got worse, or of which none did. */
    public List<String> worse() {
        return rows.stream().filter(row -> row.verdict == Verdict.WORSE).map(Row::name).toList();
    }

    /** The change of a number as it was printed, such as "-12.3 %"; null where both do not have it. */
    public String change(final String name) {
        return rows.stream().filter(row -> row.name.equals(name)).map(row -> row.share(row.now - row.old, true)).findFirst().orElse(null);
    }

    /** A table, and what it comes to. */
    String text() {
        final int width = Math.max(NAME_COLUMN, rows.stream().mapToInt(row -> row.name.length()).max().orElse(0));
        final String names = "%-" + width + "s";
        final StringBuilder out = new StringBuilder(String.format(
                Locale.ROOT, names + " %12s %12s %9s %9s%n", "", "old", "new", "change", "noise"));
        for (final Row row : rows) {
            out.append(String.format(Locale.ROOT, names + " %12s %12s %9s %9s%s%n", row.name, number(row.old), number(row.now),
                    row.share(row.now - row.old, true), row.share(row.noise, false),
                    row.verdict == Verdict.SAME ? "" : "  " + row.verdict.name().toLowerCase(Locale.ROOT)));
        }
        final long worse = rows.stream().filter(row -> row.verdict == Verdict.WORSE).count();
        final long better = rows.stream().filter(row -> row.verdict == Verdict.BETTER).count();
        out.append(String.format(Locale.ROOT, "%nbetter=%d worse=%d within the noise=%d%n",
                better, worse, rows.size() - better - worse));
        return out.toString();
    }

    private void add(final Report old, final Report now) {
        final String prefix = old.name().isEmpty() ? "" : old.name() + ' ';
        for (final String condition : CONDITIONS) {
            final Object was = old.values().get(condition);
            final Object is = now.values().get(condition);
            if (was != null && is != null && !Objects.equals(was, is)) {
                // Of files that were measured together it is said once.
                final String difference = (condition.equals("machine") ? "" : prefix) + "not measured alike: " + condition + " was " + was
                        + " and is " + is;
                if (!differences.contains(difference)) {
                    differences.add(difference);
                }
            }
        }
        for (final Metric metric : Metric.values()) {
            final Samples was = metric.of(old);
            final Samples is = metric.of(now);
            if (was != null && is != null) {
                final boolean telling = metric == Metric.PEER_MPPS || metric == Metric.LATENCY_MAX || ReportRows.isTelling(now)
                        || metric == Metric.MPPS && Metric.MPPS_CPU.of(old) != null && Metric.MPPS_CPU.of(now) != null;
                rows.add(Row.of(prefix + metric.key(), metric, was, is, telling));
            } else if (was != null || is != null) {
                differences.add(prefix + metric.key() + " is in the " + (was == null ? "new" : "old") + " results only");
            }
        }
    }

    /** What is on one side only, if it has a number at all. */
    private void missing(final Report report, final String side) {
        if (Arrays.stream(Metric.values()).anyMatch(metric -> metric.of(report) != null)) {
            differences.add((report.name().isEmpty() ? "a measurement" : report.name()) + " is in the " + side + " results only");
        }
    }

    private static String number(final double value) {
        return String.format(Locale.ROOT, Math.abs(value) >= 1_000 ? "%.0f" : "%.4g", value);
    }

    /** What became of a number. */
    private enum Verdict { SAME, BETTER, WORSE }

    private record Row(String name, boolean absolute, double old, double now, double noise, Verdict verdict) {

        private static Row of(
                final String name, final Metric metric, final Samples was, final Samples is, final boolean telling) {
            final double old = was.median();
            final double now = is.median();
            final double errors = STANDARD_ERRORS * Math.hypot(error(was), error(is));
            final double noise = Math.max(errors, metric.floor(old));
            final double gain = metric.higherIsBetter() ? now - old : old - now;
            final Verdict verdict =
                    telling || Math.abs(gain) <= noise ? Verdict.SAME : gain > 0 ? Verdict.BETTER : Verdict.WORSE;
            return new Row(name, metric.absolute(), old, now, noise, verdict);
        }

        private static double error(final Samples samples) {
            return samples.sigma() / Math.sqrt(samples.sorted().length);
        }

        /** As a share of the old value where that means something. */
        private String share(final double amount, final boolean signed) {
            final String sign = signed ? "+" : "";
            return absolute || old == 0 ? String.format(Locale.ROOT, "%" + sign + ".3g", amount)
                    : String.format(Locale.ROOT, "%" + sign + ".1f %%", 100 * amount / Math.abs(old));
        }
    }
}
