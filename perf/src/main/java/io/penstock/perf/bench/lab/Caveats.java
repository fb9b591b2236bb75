package io.penstock.perf.bench.lab;

import io.penstock.perf.bench.compare.Report;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What a reader must know before believing a run's figures.
 *
 * <p>Threads: one.
 */
final class Caveats {

    /** Of all CPUs' time. */
    private static final double MUCH_STEAL = 0.01;
    private static final int SHOWN = 6;

    private final Findings findings;
    /** In which something was measured. */
    private final List<Session> sessions;

    /** @param sessions all that the run was made in, the first one first */
    Caveats(final Findings findings, final List<Session> sessions) {
        this.findings = findings;
        final Set<String> owners = findings.outcomes().stream().map(Outcome::session).collect(Collectors.toSet());
        // Of outcomes that do not tell, the last session is the best guess.
        final Session last = owners.contains("") && !sessions.isEmpty() ? sessions.getLast() : null;
        this.sessions = sessions.stream().filter(session -> session.equals(last) || owners.contains(session.started())).toList();
    }

    /** A sentence each, the most important one first. */
    List<String> all() {
        final List<String> all = new ArrayList<>();
        machine(all);
        again(all);
        workers(all);
        generators(all);
        if (findings.plan().stream().anyMatch(each -> each.id().startsWith("wire-") && !findings.reports(each.id()).isEmpty())) {
            all.add("Over veth, everyone who sends through AF_XDP is bound by the kernel's copy and its path; what counts there is the ratio to a peer "
                    + "in the same run, not the rate. The engine's own speed shows memory to memory, where no network card's work is in it.");
        }
        absent(all);
        return all;
    }

    private void machine(final List<String> all) {
        final List<Session> noisy = sessions.stream().filter(session -> session.load().isNoisy()).toList();
        if (!noisy.isEmpty()) {
            all.add("The machine was busy with something else when " + noisy.stream().map(this::began).collect(Collectors.joining("; when "))
                    + ". Figures suffer, and so does their spread.");
        }
        if (sessions.stream().anyMatch(session -> session.machine().getOrDefault("CPU flags that matter", "").contains("hypervisor"))) {
            all.add("This is a virtual machine: its CPUs are shared with others that nobody here sees. Speeds of the engine are of the time that the "
                    + "worker had its CPU, by the thread's own clock; by the wall's clock they are beside it.");
        }
        if (sessions.stream().anyMatch(session -> session.machine().getOrDefault("memory accesses", "").startsWith("every one checked"))) {
            all.add("Every memory access was checked (-Dpenstock.checked=true): all figures are slower than in production.");
        }
        findings.outcomes().stream().filter(outcome -> outcome.stealShare() > MUCH_STEAL).max(Comparator.comparingDouble(Outcome::stealShare))
                .ifPresent(worst -> all.add(String.format(Locale.ROOT, "A hypervisor took CPU time away in %d measurements, most in `%s`: %.1f %% of "
                        + "all CPUs' time.", findings.outcomes().stream().filter(outcome -> outcome.stealShare() > MUCH_STEAL).count(),
                        worst.measurement(), 100 * worst.stealShare())));
    }

    private String began(final Session session) {
        return (sessions.size() == 1 ? "the run" : "the session of " + session.started()) + " began: " + session.load().text();
    }

    /** What failed and was then measured again: a defect that shows now and then would else be gone. */
    private void again(final List<String> all) {
        final List<String> names = findings.outcomes().stream().filter(outcome -> !outcome.failedBefore().isEmpty())
                .map(outcome -> String.format(Locale.ROOT, "`%s`%s, %d time%s, the last: %s", outcome.measurement(),
                        outcome.round() == 1 ? "" : ", round " + outcome.round(), outcome.failedBefore().size(),
                        outcome.failedBefore().size() == 1 ? "" : "s", outcome.failedBefore().getLast())).toList();
        if (!names.isEmpty()) {
            all.add("Measured again after they had failed, so that only the last attempt is in the figures: " + String.join("; ", names) + '.');
        }
    }

    private void workers(final List<String> all) {
        final List<String> doubtful = findings.plan().stream().filter(each -> !findings.doubt(each.id()).isEmpty())
                .map(each -> '`' + each.id() + "`: " + findings.doubt(each.id())).toList();
        if (!doubtful.isEmpty()) {
            all.add("To be doubted, as others used the machine meanwhile or the warm-up was short: " + some(doubtful) + '.');
        }
        say(all, "ran rules by the index, as the table's own class was not ready",
                report -> "specialized".equals(report.values().get("tier")) && Boolean.FALSE.equals(report.values().get("specialized"))
                        && report.values().containsKey("rules") && !"connections".equals(report.values().get("rules")));
        say(all, "had compiled code of the worker given up while they were measured",
                report -> report.values().get("deoptimizations") instanceof final Number times && times.longValue() > 0);
        final long single = findings.plan().stream().filter(each -> each.rounds() == 1 && !findings.reports(each.id()).isEmpty()).count();
        if (single > 0) {
            all.add(String.format(Locale.ROOT, "%d measurements were made in one process each: what differs from process to process, usually some per "
                    + "cent, is not in their spread. Budgets' are made in several.", single));
        }
    }

    private void generators(final List<String> all) {
        final List<String> limited = new ArrayList<>();
        for (final Measurement measurement : findings.plan()) {
            for (final KeyFigure key : KeyFigure.of(findings, measurement.id())) {
                // A ratio's two sides are there themselves.
                if (key.isLimited() && !key.title().equals(KeyFigure.RATIO)) {
                    limited.add('`' + measurement.id() + "` " + (key.row().isEmpty() ? key.title() : key.row()) + ": the " + key.limit());
                }
            }
        }
        final List<String> distinct = limited.stream().distinct().toList();
        if (!distinct.isEmpty()) {
            all.add("In these rows not the device was the limit, and its own is higher: " + some(distinct) + '.');
        }
    }

    private void absent(final List<String> all) {
        final Map<String, List<String>> why = new TreeMap<>();
        for (final Measurement measurement : findings.plan()) {
            final String missing = findings.outcomes(measurement.id()).isEmpty() ? findings.whyNot(measurement.id()) : null;
            if (missing != null) {
                why.computeIfAbsent(missing, key -> new ArrayList<>()).add('`' + measurement.id() + '`');
            }
        }
        why.forEach((reason, names) -> all.add("Not here: " + some(names) + ": " + reason + '.'));
    }

    private void say(final List<String> all, final String what, final Predicate<Report> is) {
        final List<String> names = findings.plan().stream().map(Measurement::id).filter(id -> findings.reports(id).stream().anyMatch(is))
                .map(id -> '`' + id + '`').toList();
        if (!names.isEmpty()) {
            all.add(names.size() + " of the engine's measurements " + what + ": " + some(names) + '.');
        }
    }

    private static String some(final List<String> names) {
        return names.stream().limit(SHOWN).collect(Collectors.joining(", ")) + (names.size() > SHOWN ? " and " + (names.size() - SHOWN) + " more" : "");
    }
}
