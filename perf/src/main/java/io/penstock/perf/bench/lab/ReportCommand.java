package io.penstock.perf.bench.lab;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.Options;
import io.penstock.perf.bench.report.Document;
import io.penstock.perf.bench.report.HtmlWriter;
import io.penstock.perf.bench.report.MarkdownWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bench report}: the report of {@code bench all}, from the results that it has kept. */
@Command(
        name = "report",
        description = "Write the report about what 'bench all' has measured so far, without measuring.",
        exitCodeOnInvalidInput = ExitCode.USAGE,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:a measurement had failed, see the report", "2:usage, or DIR holds no results"})
public final class ReportCommand implements Callable<Integer> {

    static final String HTML = "report.html";
    static final String MARKDOWN = "report.md";

    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Parameters(index = "0", paramLabel = "DIR", defaultValue = "bench-results",
            description = "Where 'bench all' has kept its results (default ${DEFAULT-VALUE}).")
    private Path folder;

    @Override
    public Integer call() {
        try {
            return write(Journal.read(folder), spec);
        } catch (final BenchException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return e.exitCode();
        }
    }

    /** Writes a run's report, and tells where it is and what it comes to. */
    static int write(final Journal journal, final CommandSpec spec) {
        final Findings findings = findings(journal);
        final Document document = new LabReport(journal, findings).document();
        final Path html = journal.folder().resolve(HTML);
        final Path markdown = journal.folder().resolve(MARKDOWN);
        try {
            HtmlWriter.write(document, html);
            MarkdownWriter.write(document, markdown);
        } catch (final IOException e) {
            throw new BenchException("the report cannot be written: " + e + "; free space in " + journal.folder());
        }
        Options.print(spec, "budgets: " + counts(findings) + "; measurements: " + findings.outcomes().size() + ", failed "
                + findings.failed().size() + "\nreport: " + html.toAbsolutePath().normalize() + " and " + MARKDOWN + "\n");
        return findings.failed().isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
    }

    /** What a run has found, by the plan that it follows. */
    static Findings findings(final Journal journal) {
        final long seed = journal.identity().get("seed").isEmpty() ? 0 : Long.parseLong(journal.identity().get("seed"));
        final List<Session> sessions = journal.sessions();
        return new Findings(Plan.of(journal.identity().isQuick(), seed).measurements(), journal.outcomes(),
                sessions.isEmpty() ? Map.of() : sessions.getLast().absent());
    }

    /** How many budgets came to what. */
    static String counts(final Findings findings) {
        final Map<Judgement.Kind, Long> counts = Arrays.stream(Budget.values()).map(budget -> budget.judge(findings).kind())
                .collect(Collectors.groupingBy(kind -> kind, TreeMap::new, Collectors.counting()));
        return counts.entrySet().stream().map(e -> String.format(Locale.ROOT, "%s %d", e.getKey().text(), e.getValue()))
                .collect(Collectors.joining(", "));
    }
}
