package io.penstock.perf.bench.lab;

import io.penstock.perf.bench.compare.Report;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a run has found so far: figures by where they are, and why there are none.
 *
 * <p>Threads: any; it does not change.
 */
final class Findings {

    /** Of a worker's time: where it had its CPU for less, others' work is in its figures. */
    private static final double ALONE = 0.95;

    private final List<Measurement> plan;
    private final Map<String, String> absent;
    private final Map<String, List<Outcome>> outcomes = new LinkedHashMap<>();
    private final Map<String, List<Report>> reports = new LinkedHashMap<>();

    /**
     * Of a run.
     *
     * @param plan     what was to be measured
     * @param outcomes what was
     * @param absent   why others were not, by their ids
     */
    Findings(final List<Measurement> plan, final List<Outcome> outcomes, final Map<String, String> absent) {
        this.plan = List.copyOf(plan);
        this.absent = Map.copyOf(absent);
        for (final Outcome outcome : outcomes) {
            this.outcomes.computeIfAbsent(outcome.measurement(), id -> new ArrayList<>()).add(outcome);
            if (outcome.isDone()) {
                reports.computeIfAbsent(outcome.measurement(), id -> new ArrayList<>()).add(outcome.report());
            }
        }
    }

    List<Measurement> plan() {
        return plan;
    }

    /** A figure, of all rounds together, or null. */
    Figure figure(final Reading reading) {
        final List<Report> rounds = reports(reading.measurement());
        final double[] all = rounds.stream().flatMapToDouble(report -> Arrays.stream(reading.in(report))).toArray();
        return all.length == 0 ? null : Figure.of(rounds.size(), all);
    }

    /** The same. */
    Figure figure(final String measurement, final String path) {
        return figure(new Reading(measurement, path));
    }

    /** A figure of rounds that failed, too: for what fails a measurement and is judged itself, such as packets that were lost. */
    Figure figureEvenFailed(final String measurement, final String path) {
        final Reading reading = new Reading(measurement, path);
        final List<Outcome> rounds = outcomes(measurement).stream().filter(outcome -> outcome.output() != null).toList();
        final double[] all = rounds.stream().flatMapToDouble(outcome -> Arrays.stream(reading.in(outcome.report()))).toArray();
        return all.length == 0 ? null : Figure.of(rounds.size(), all);
    }

    /** A measurement's results, one for each round that has one. */
    List<Report> reports(final String measurement) {
        return reports.getOrDefault(measurement, List.of());
    }

    /** The first round's, or null. */
    Report report(final String measurement) {
        final List<Report> rounds = reports(measurement);
        return rounds.isEmpty() ? null : rounds.getFirst();
    }

    /** What came of a measurement's rounds, with or without figures. */
    List<Outcome> outcomes(final String measurement) {
        return outcomes.getOrDefault(measurement, List.of());
    }

    /** All that have come of anything. */
    List<Outcome> outcomes() {
        return outcomes.values().stream().flatMap(List::stream).toList();
    }

    /** Those that failed. */
    List<Outcome> failed() {
        return outcomes().stream().filter(outcome -> !outcome.isDone()).toList();
    }

    /** What makes a measurement's figures doubtful, in a few words; empty for nothing. */
    String doubt(final String measurement) {
        final List<String> doubts = new ArrayList<>();
        if (reports(measurement).stream().anyMatch(report -> Boolean.FALSE.equals(report.values().get("steady")))) {
            doubts.add("it did not get steady");
        }
        reports(measurement).stream().filter(report -> report.values().containsKey("mpps_cpu")).map(report -> report.number("worker_cpu"))
                .filter(share -> share != null && share < ALONE).min(Double::compare)
                .ifPresent(share -> doubts.add(String.format(Locale.ROOT, "its worker had its CPU for %.0f %% of the time", 100 * share)));
        outcomes(measurement).stream().filter(Outcome::isDone).max(Comparator.comparingDouble(outcome -> outcome.othersSeconds() / outcome.seconds()))
                .map(Outcome::others).filter(others -> !others.isEmpty()).ifPresent(doubts::add);
        return String.join(", ", doubts);
    }

    /** That a measurement was made without its peer, in a sentence that says why; null when it was made beside it, or has no figures or no peer. */
    String peerAbsence(final String measurement) {
        final List<Outcome> done = outcomes(measurement).stream().filter(Outcome::isDone).toList();
        final Measurement planned = plan.stream().filter(each -> each.id().equals(measurement)).findFirst().orElse(null);
        return planned == null || planned.peer() == null || done.isEmpty()
                || done.stream().anyMatch(outcome -> Collections.indexOfSubList(outcome.command(), planned.peerArguments()) >= 0)
                ? null : planned.peer().absence();
    }

    /** Why a measurement has no figures, in a sentence; null when it has. */
    String whyNot(final String measurement) {
        if (!reports(measurement).isEmpty()) {
            return null;
        }
        final List<Outcome> tried = outcomes(measurement);
        return !tried.isEmpty() ? "failed: " + tried.getLast().failure()
                : absent.containsKey(measurement) ? absent.get(measurement)
                : plan.stream().noneMatch(planned -> planned.id().equals(measurement)) ? "not in this plan"
                : "not measured yet; the same command goes on";
    }
}
