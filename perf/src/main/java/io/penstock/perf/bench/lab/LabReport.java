package io.penstock.perf.bench.lab;

import io.penstock.perf.bench.report.Document;
import io.penstock.perf.bench.report.Numbers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A run's report, from what is kept of it alone: the same results become the same report.
 *
 * <p>Every figure in it was measured in this run. A figure that is missing has a reason in its place.
 *
 * <p>Threads: one.
 */
final class LabReport {

    private final Journal journal;
    private final Findings findings;
    private final List<Judgement> judgements;

    LabReport(final Journal journal, final Findings findings) {
        this.journal = journal;
        this.findings = findings;
        this.judgements = Arrays.stream(Budget.values()).map(budget -> budget.judge(findings)).toList();
    }

    /** The whole of it. */
    Document document() {
        final Session last = journal.sessions().isEmpty() ? null : journal.sessions().getLast();
        final Identity identity = journal.identity();
        final Document document = new Document("Penstock, measured", identity.get("cpu") + ", " + identity.get("cpus") + " CPUs, "
                + identity.get("kernel") + ", " + identity.get("jdk") + (last == null ? "" : "; " + last.started().substring(0, 10)));
        summary(document);
        new BudgetSection(findings, judgements).write(document);
        new EngineSection(findings).write(document);
        new StageSection(findings).write(document);
        new WireSection(findings).write(document);
        new ConnectionSection(findings).write(document);
        new LatencySection(findings).write(document);
        new SoakSection(findings).write(document);
        new PeerSection(findings, last).write(document);
        new ResultSection(findings).write(document);
        new MethodSection(journal, findings).write(document);
        return document;
    }

    private void summary(final Document document) {
        document.heading(1, "Summary");
        final Identity identity = journal.identity();
        document.text(String.format(Locale.ROOT, "%s measurements of %d in the %s plan, each in processes of its own: Penstock's engine alone between "
                        + "ports in memory, its parts, and Penstock over veth between network namespaces, beside the peers that this machine has. "
                        + "Build `%s`, seed %s.", Numbers.count(findings.outcomes().stream().filter(Outcome::isDone).map(Outcome::measurement)
                        .distinct().count()), findings.plan().size(), identity.get("plan"), identity.get("build"), identity.get("seed")));
        document.text("Budgets: " + counts() + '.');
        final List<String> caveats = new Caveats(findings, journal.sessions()).all();
        if (!caveats.isEmpty()) {
            document.heading(2, "What to keep in mind");
            document.list(caveats);
        }
        if (!findings.failed().isEmpty()) {
            document.heading(2, "What failed");
            document.list(findings.failed().stream().map(outcome -> '`' + outcome.measurement() + "`, round " + outcome.round() + ": "
                    + outcome.failure()).toList());
        }
    }

    private String counts() {
        final List<String> words = new ArrayList<>();
        for (final Judgement.Kind kind : Judgement.Kind.values()) {
            final long count = judgements.stream().filter(judgement -> judgement.kind() == kind).count();
            if (count > 0) {
                words.add(count + " " + kind.text());
            }
        }
        return String.join(", ", words);
    }
}
