package io.penstock.perf.bench.compare;

import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.Repeatability;
import io.penstock.perf.bench.measure.Samples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Two measurements, number by number.
 *
 * <p>A number moved when its medians differ by more than the noise: three standard errors of the difference, the metric's floor, or, of speeds, what
 * rounds of one measurement differ by from one process to the next, whichever is most. The standard errors come from the repetitions, robustly, so that a
 * slice in which the machine did something else does not count; how processes differ, from all measurements that were made in several rounds
 * ({@code NAME}, {@code NAME.2}), or else by what is assumed.
 *
 * <p>Invariants: of many speeds chance alone makes some worse than that. {@link #isWorse} is true only when something else than a
 * speed is worse, when one speed is worse by more than all of them are by chance, or when more speeds are worse than chance explains.
 *
 * <p>Threads: one.
 */
public final class Comparison {

    private static final double STANDARD_ERRORS = 3;
    private static final int NAME_COLUMN = 44;

    /** What must be the same for two measurements to measure the same. */
    private static final List<String> CONDITIONS =
            List.of("input", "batch", "checked", "hooks", "flows", "routes", "routes6", "routes_in_table", "table_connections", "rules",
            "rule_count", "tier", "specialized", "sets", "set_type", "set_entries", "set_options", "ipv6",
            "addresses", "peer", "size", "rate_pps", "connections", "connection_mix", "services", "scheduler", "nat", "protocol",
            "rules_between", "arrivals", "scenario", "procedure", "traffic", "pattern", "mode", "unit", "jdk", "quick", "build", "machine");
    /** A round's number, behind its measurement's name; the first one has none. */
    private static final Pattern ROUND = Pattern.compile("^([^\\s=]+?)\\.\\d+(?=\\s|$)");
    /** Of files that were measured together, these are the same. */
    private static final List<String> OF_ALL = List.of("quick", "build", "machine");
    /** What may differ: to see what came of that is what a comparison is for. */
    private static final String BUILD = "build";

    private final List<Row> rows = new ArrayList<>();
    private final List<String> differences = new ArrayList<>();
    private final Repeatability processes;
    /** Whether it was not measured: no measurement was made more than once. */
    private final boolean isAssumed;
    /** What a figure is the median of, in both. */
    private final int rounds;
    private boolean hasGaps;

    private Comparison(final Repeatability processes, final int rounds) {
        this.processes = processes == null ? Repeatability.ASSUMED : processes;
        this.isAssumed = processes == null;
        this.rounds = rounds;
    }

    /** Compares files' measurements, those of a table by name. */
    public static Comparison of(final List<Report> before, final List<Report> after) {
        return of(before, after, Repeatability.of(Stream.concat(rounds(before), rounds(after)).toList()), 1);
    }

    /**
     * As {@link #of(List, List)}, where it is known what processes differ by.
     *
     * @param processes null when it is not known after all: then it is assumed
     * @param rounds    processes that each figure is the median of
     */
    public static Comparison of(final List<Report> before, final List<Report> after, final Repeatability processes, final int rounds) {
        final Comparison comparison = new Comparison(processes, rounds);
        final Map<String, Report> earlier = comparison.byName(before, "old");
        final Map<String, Report> later = comparison.byName(after, "new");
        for (final Report old : earlier.values()) {
            final Report now = later.remove(old.name());
            if (now != null) {
                comparison.add(old, now);
            } else {
                comparison.missing(old, "old");
            }
        }
        later.values().forEach(now -> comparison.missing(now, "new"));
        // Where all of one side failed, that is what is to be told.
        if (comparison.rows.isEmpty() && Stream.concat(before.stream(), after.stream()).allMatch(report -> ReportRows.failure(report) == null)) {
            throw new BenchException("the two have no number in common; give two results of the same bench command");
        }
        return comparison;
    }

    /** The speeds of a side's measurements, round by round. */
    private static Stream<double[]> rounds(final List<Report> reports) {
        final Map<String, List<Double>> all = new LinkedHashMap<>();
        for (final Report report : reports) {
            final Samples speed = Metric.MPPS_CPU.of(report);
            if (speed != null && ReportRows.failure(report) == null) {
                all.computeIfAbsent(ROUND.matcher(report.name()).replaceFirst("$1"), none -> new ArrayList<>()).add(speed.median());
            }
        }
        return all.values().stream().map(speeds -> speeds.stream().mapToDouble(Double::doubleValue).toArray());
    }

    private Map<String, Report> byName(final List<Report> reports, final String side) {
        final Map<String, Report> all = new LinkedHashMap<>();
        for (final Report report : reports) {
            if (all.putIfAbsent(report.name(), report) != null && hasNumber(report)) {
                tell("more than one measurement has this name in the " + side + " results, and only the first one is compared: "
                        + (report.name().isEmpty() ? "(no name)" : report.name()));
            }
        }
        return all;
    }

    private void tell(final String difference) {
        if (!differences.contains(difference)) {
            differences.add(difference);
        }
    }

    /** What was not the same, a sentence each. */
    List<String> differences() {
        return List.copyOf(differences);
    }

    /** Whether a measurement of the old ones is missing in the new ones, or failed there: what it would say is not known. */
    boolean hasGaps() {
        return hasGaps;
    }

    /** Whether it got worse: not by what chance makes of some of many speeds. */
    public boolean isWorse() {
        final List<Row> worse = rows.stream().filter(row -> row.verdict == Verdict.WORSE).toList();
        final List<Row> slower = worse.stream().filter(Row::isSpeed).toList();
        final double wider = widening();
        return slower.size() < worse.size() || slower.stream().anyMatch(row -> Math.abs(row.now - row.old) > row.noise * wider)
                || slower.size() > Repeatability.worseByChance(speeds());
    }

    /** Speeds that are judged. */
    private int speeds() {
        return (int) rows.stream().filter(Row::isSpeed).filter(Row::isJudged).count();
    }

    /** How many times its noise a speed has to differ by, so that none of all of them does by chance. */
    private double widening() {
        return processes.within(rounds, Math.max(1, speeds())) / processes.within(rounds);
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
        chance(out);
        out.append(String.format(Locale.ROOT, "%nbetter=%d worse=%d within the noise=%d%n",
                better, worse, rows.size() - better - worse));
        return out.toString();
    }

    /** What chance does, for people. */
    private void chance(final StringBuilder out) {
        if (speeds() == 0) {
            return;
        }
        final String measured = String.format(Locale.ROOT, "Rounds of one measurement, each a process of its own, differ by %.1f %% "
                + "(standard deviation, %d degrees of freedom)", 100 * processes.sigma(), processes.degrees());
        final String assumed = String.format(Locale.ROOT, "By how much processes differ was not measured; a standard deviation of %.1f %% is "
                + "assumed (to have it measured, measure in rounds, as 'bench all' does, and compare folders with NAME.json, NAME.2.json, "
                + "NAME.3.json)",
                100 * processes.sigma());
        out.append(String.format(Locale.ROOT, "%n%s: by chance a speed is another by up to %.1f %%, %d times of 100.%n",
                isAssumed ? assumed : measured, 100 * processes.within(rounds), Repeatability.PER_CENT));
        if (speeds() > 1) {
            out.append(String.format(Locale.ROOT, "Of %d speeds chance alone makes up to %d worse, and none by more than %.2f times its noise; "
                    + "only what is beyond that counts.%n", speeds(), Repeatability.worseByChance(speeds()), widening()));
        }
    }

    private void add(final Report old, final Report now) {
        if (hasFailed(old, "old") | hasFailed(now, "new")) {
            return;
        }
        final String prefix = old.name().isEmpty() ? "" : old.name() + ' ';
        for (final String condition : CONDITIONS) {
            final Object was = old.values().get(condition);
            final Object is = now.values().get(condition);
            if (was != null && is != null && !Objects.equals(was, is)) {
                tell((OF_ALL.contains(condition) ? "" : prefix) + (condition.equals(BUILD) ? "another build: it" : "not measured alike: " + condition)
                        + " was " + was + " and is " + is);
            }
        }
        for (final Metric metric : Metric.values()) {
            final Samples was = metric.of(old);
            final Samples is = metric.of(now);
            if (was != null && is != null) {
                final boolean telling = metric == Metric.PEER_MPPS || metric == Metric.LATENCY_MAX || ReportRows.isTelling(now)
                        || metric == Metric.MPPS && Metric.MPPS_CPU.of(old) != null && Metric.MPPS_CPU.of(now) != null;
                final double chance = !metric.isSpeed() ? 0 : processes.within(rounds);
                rows.add(Row.of(prefix + metric.key(), metric, was, is, chance, !telling));
            } else if (was != null || is != null) {
                differences.add(prefix + metric.key() + " is in the " + (was == null ? "new" : "old") + " results only");
            }
        }
    }

    /** What is on one side only, if it has a number at all. */
    private void missing(final Report report, final String side) {
        if (!hasFailed(report, side) && hasNumber(report)) {
            differences.add(named(report) + " is in the " + side + " results only");
            hasGaps |= side.equals("old") && !ReportRows.isTelling(report);
        }
    }

    /** Whether it failed; then that is told. */
    private boolean hasFailed(final Report report, final String side) {
        final String why = ReportRows.failure(report);
        if (why != null) {
            differences.add(named(report) + " failed in the " + side + " results: " + why);
            hasGaps |= side.equals("new");
        }
        return why != null;
    }

    private static boolean hasNumber(final Report report) {
        return Arrays.stream(Metric.values()).anyMatch(metric -> metric.of(report) != null);
    }

    private static String named(final Report report) {
        return report.name().isEmpty() ? "a measurement" : report.name();
    }

    private static String number(final double value) {
        return String.format(Locale.ROOT, Math.abs(value) >= 1_000 ? "%.0f" : "%.4g", value);
    }

    /** What became of a number. */
    private enum Verdict { SAME, BETTER, WORSE }

    /** A number's line: one that is not judged is the same, whatever it is. */
    private record Row(String name, Metric metric, double old, double now, double noise, boolean isJudged, Verdict verdict) {

        private static Row of(
                final String name, final Metric metric, final Samples was, final Samples is, final double processes, final boolean isJudged) {
            final double old = was.median();
            final double now = is.median();
            final double errors = STANDARD_ERRORS * Math.hypot(error(was), error(is));
            final double noise = Math.max(Math.max(errors, metric.floor(old)), Math.abs(old) * processes);
            final double gain = metric.higherIsBetter() ? now - old : old - now;
            final Verdict verdict =
                    !isJudged || Math.abs(gain) <= noise ? Verdict.SAME : gain > 0 ? Verdict.BETTER : Verdict.WORSE;
            return new Row(name, metric, old, now, noise, isJudged, verdict);
        }

        private boolean isSpeed() {
            return metric.isSpeed();
        }

        private static double error(final Samples samples) {
            return samples.sigma() / Math.sqrt(samples.sorted().length);
        }

        /** As a share of the old value where that means something. */
        private String share(final double amount, final boolean signed) {
            final String sign = signed ? "+" : "";
            return metric.absolute() || old == 0 ? String.format(Locale.ROOT, "%" + sign + ".3g", amount)
                    : String.format(Locale.ROOT, "%" + sign + ".1f %%", 100 * amount / Math.abs(old));
        }
    }
}
