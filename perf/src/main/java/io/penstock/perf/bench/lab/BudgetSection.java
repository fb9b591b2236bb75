package io.penstock.perf.bench.lab;

import io.penstock.perf.bench.measure.Repeatability;
import io.penstock.perf.bench.report.Cell;
import io.penstock.perf.bench.report.Column;
import io.penstock.perf.bench.report.Document;
import io.penstock.perf.bench.report.Numbers;
import io.penstock.perf.bench.report.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The part of a report that says which budgets are met, and what stands in the way of the others.
 *
 * <p>Threads: one.
 */
final class BudgetSection {

    private static final int STAGES = 6;

    private final Findings findings;
    private final List<Judgement> judgements;
    /** Null where no measurement was made more than once. */
    private final Repeatability repeatability;

    BudgetSection(final Findings findings, final List<Judgement> judgements) {
        this.findings = findings;
        this.judgements = judgements;
        this.repeatability = Rounds.repeatability(findings);
    }

    void write(final Document document) {
        document.heading(1, "Budgets");
        document.text("What Penstock is designed to reach, of one worker and frames of 64 bytes with their check sequence: what is to be reached "
                + "first, and the goal. A budget is met when the median reaches it. Speeds are of the time that the worker had its CPU.");
        final List<List<Cell>> rows = new ArrayList<>();
        for (final Judgement judgement : judgements) {
            final Budget budget = judgement.budget();
            final Figure figure = judgement.figure();
            final Cell verdict = Cell.text(judgement.kind() == Judgement.Kind.GOAL_MET ? "goal" : judgement.kind() == Judgement.Kind.STATED ? "no bound" : "");
            rows.add(List.of(Cell.text(budget.title() + " [" + budget.unit() + ']'), bound(budget, budget.first()), bound(budget, budget.goal()),
                    figure == null ? Cell.empty() : Cell.text(Numbers.spread(figure.median(), figure.least(), figure.most())),
                    again(budget, figure), judgement.kind().verdict() == null ? verdict : verdict.with(judgement.kind().verdict())));
        }
        document.table(new Table("Budgets", List.of(Column.text("work"), Column.number("first", ""), Column.number("goal", ""),
                Column.number("median (least – most)", ""), Column.number("another run", ""), Column.text("verdict")), rows));
        if (repeatability != null) {
            document.text(String.format(Locale.ROOT, "Another run: what its median will be, %d times of 100, if nothing but the time and "
                    + "the process is another. Rounds of one measurement, each a process of its own, differ by %.1f %% here (standard deviation, "
                    + "%d degrees of freedom; not taken for less than %.0f %%, as runs differ by more than rounds of one run do).",
                    Repeatability.PER_CENT, 100 * repeatability.sigma(), repeatability.degrees(), 100 * Repeatability.LEAST));
        }
        remarks(document);
        reasons(document);
    }

    /** What another run will find; of a ratio, both of its parts will be others. */
    private Cell again(final Budget budget, final Figure figure) {
        if (repeatability == null || figure == null || figure.processes() < 2 || !budget.isSpeed()) {
            return Cell.empty();
        }
        final double off = figure.median() * repeatability.within(figure.processes()) * (budget.isRatio() ? Math.sqrt(2) : 1);
        return Cell.text(Numbers.text(figure.median() - off) + " – " + Numbers.text(figure.median() + off));
    }

    /** What narrows a verdict, casts doubt on it, or stands in its place; with the measurement that tells. */
    private void remarks(final Document document) {
        final List<List<Cell>> rows = judgements.stream().map(judgement -> List.of(Cell.text(judgement.budget().title()),
                Cell.text(judgement.budget().measurements().stream().map(id -> '`' + id + '`').collect(Collectors.joining(", "))),
                Cell.text(judgement.remark()))).toList();
        document.table(new Table("Which measurements tell, and what to know of them", List.of(Column.text("work"), Column.text("measured by"),
                Column.text("remarks")), rows));
    }

    /** What stands in the way, by profiles. */
    private void reasons(final Document document) {
        final List<String> reasons = judgements.stream().filter(judgement -> judgement.kind() == Judgement.Kind.NOT_MET).map(this::reason).toList();
        if (!reasons.isEmpty()) {
            document.heading(2, "What stands in the way");
            document.text("Of budgets whose first bound is not met: where the time of the same work goes, by a profile in a process of its own "
                    + "or, where the measurement tells it, by that.");
            document.list(reasons);
        }
        final List<String> above = judgements.stream().filter(judgement -> judgement.kind() == Judgement.Kind.MET).map(this::reason).toList();
        if (!above.isEmpty()) {
            document.heading(2, "What stands between first bound and goal");
            document.list(above);
        }
    }

    private String reason(final Judgement judgement) {
        final Budget budget = judgement.budget();
        final String gap = gap(judgement);
        if (budget.profile() == null) {
            return (budget.title() + ": " + gap + ' ' + budget.why(findings)).strip();
        }
        final String id = "profile-" + budget.profile();
        final String why = findings.whyNot(id);
        if (why != null) {
            return budget.title() + ": " + gap + " No profile: " + why + '.';
        }
        final String stages = StageSection.stages(findings.report(id)).stream().filter(stage -> stage.share() > 0)
                .sorted((a, b) -> Double.compare(b.share(), a.share())).limit(STAGES)
                .map(stage -> String.format(Locale.ROOT, "%s %.0f %%%s", stage.name(), 100 * stage.share(),
                        stage.ns() > 0 ? String.format(Locale.ROOT, " (%.1f ns)", stage.ns()) : "")).collect(Collectors.joining(", "));
        return budget.title() + ": " + gap + " Most time goes to " + stages + " (`" + id + "`).";
    }

    private static String gap(final Judgement judgement) {
        final Budget budget = judgement.budget();
        final double bound = judgement.kind() == Judgement.Kind.NOT_MET && !Double.isNaN(budget.first()) ? budget.first() : budget.goal();
        if (Double.isNaN(bound)) {
            return "its only bound is met.";
        }
        final double median = judgement.figure().median();
        if (budget.unit().equals("Mpps")) {
            return String.format(Locale.ROOT, "a packet takes %.1f ns of CPU time, %.1f more than the %.1f that %s Mpps allow.", 1e3 / median,
                    1e3 / median - 1e3 / bound, 1e3 / bound, Judgement.number(bound));
        }
        return String.format(Locale.ROOT, "%s %s, of %s wanted.", Numbers.text(median), budget.unit(), Judgement.number(bound));
    }

    private static Cell bound(final Budget budget, final double value) {
        return Double.isNaN(value) ? Cell.empty() : Cell.text((budget.isHigherBetter() || value == 0 ? "" : "≤ ") + Judgement.number(value));
    }
}
