package io.penstock.perf.bench.lab;

import io.penstock.perf.bench.report.Cell;
import io.penstock.perf.bench.report.Column;
import io.penstock.perf.bench.report.Document;
import io.penstock.perf.bench.report.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The part of a report that says where and how it was measured, and how to do it again.
 *
 * <p>Threads: one.
 */
final class MethodSection {

    private final Journal journal;
    private final Findings findings;

    MethodSection(final Journal journal, final Findings findings) {
        this.journal = journal;
        this.findings = findings;
    }

    void write(final Document document) {
        method(document);
        machine(document);
        commands(document);
    }

    private void method(final Document document) {
        document.heading(1, "Method");
        document.list(List.of(
                "A measurement is a bench command in JVMs of its own, so that none runs code that was compiled for another. One at a time; rounds of a "
                    + "measurement are not next to each other.",
                "The engine's worker is pinned to a CPU that the JVM's compilers, collector and control threads are kept off. It warms up until four "
                    + "quarters of a second differ by less than 2 %, for at least 2 s and at most as long as its command says; then the time is cut "
                    + "into ten slices, which are the samples. A slice whose warm-up had not become steady is marked.",
                "The figure is the median of all samples of all processes; beside it the least and the most, and the median of absolute deviations. "
                    + "Another run of the same build differs by more than that, as its processes and its time are others: where its median will be "
                    + "is what 'another run' says beside the budgets, by how the rounds of this one differ.",
                "Every engine measurement fails when a packet is lost that should not be, when counters do not add up, or when packets met other rules or "
                    + "states than they should have. Over veth, what the sink received is compared with what was sent.",
                "Traffic is made up from seeds: the plan's is " + journal.identity().get("seed") + ", given to commands that take one; others have fixed "
                    + "ones.",
                "Tables are in anonymous memory with transparent huge pages where the machine allows them. AF_XDP on veth has no zero-copy mode: ports "
                    + "are attached natively and copy."));
        final List<Session> sessions = journal.sessions();
        document.heading(2, "Sessions");
        document.table(new Table("When it was measured, and what else the machine did then", List.of(Column.text("started"), Column.text("command"),
                Column.text("load before")), sessions.stream().map(session -> List.of(Cell.text(session.started()),
                Cell.text("`penstock " + String.join(" ", session.arguments()) + '`'), Cell.text(session.load().text()))).toList()));
    }

    private void machine(final Document document) {
        document.heading(1, "Machine");
        final Map<String, String> details = journal.sessions().isEmpty() ? new LinkedHashMap<>() : journal.sessions().getLast().machine();
        final List<List<Cell>> rows = new ArrayList<>();
        details.forEach((title, value) -> rows.add(List.of(Cell.text(title), Cell.text(value))));
        if (!rows.isEmpty()) {
            document.table(new Table("The machine", List.of(Column.text("what"), Column.text("is")), rows));
        }
    }

    private void commands(final Document document) {
        document.heading(1, "To repeat it");
        document.text("The whole, in the plan that this report is about; and each measurement alone, as its children were started.");
        document.code("sh", "penstock bench all" + (journal.identity().isQuick() ? " --quick" : "") + " --seed " + journal.identity().get("seed"));
        document.code("sh", findings.outcomes().stream().filter(outcome -> outcome.round() == 1)
                .map(outcome -> String.format(Locale.ROOT, "penstock %s    # %s, %.0f s", String.join(" ", outcome.command()), outcome.measurement(),
                        outcome.seconds())).collect(Collectors.joining("\n")));
    }
}
