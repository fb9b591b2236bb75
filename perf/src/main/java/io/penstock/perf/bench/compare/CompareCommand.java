package io.penstock.perf.bench.compare;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.perf.bench.measure.BenchException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bench compare}: what moved beyond the noise. */
@Command(
        name = "compare",
        description = {
            "Say what moved beyond the noise between two measurements.",
            "",
            "Either is a file, of a bench command's --json, of a table or of JMH (bench jmh -rf json -rff FILE), or a folder of such files, which "
                + "are compared by name: what 'bench keep' wrote, or DIR/results of 'bench all'. What is on one side only is said, and what failed.",
            "",
            "The noise of a number that was measured repeatedly is told from its repetitions; it is never taken for less than "
                + "what the same build differs by from one process to the next. Of many speeds chance alone makes some worse: the exit code is about "
                + "what is more, or worse, than that explains."},
        exitCodeOnInvalidInput = ExitCode.USAGE,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:nothing got worse", "1:something got worse than chance explains, failed, or is in OLD only", "2:usage"})
public final class CompareCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Parameters(index = "0", paramLabel = "OLD", description = "What a bench command printed with --json, or a folder of it.")
    private Path before;

    @Parameters(index = "1", paramLabel = "NEW", description = "What the same commands printed later.")
    private Path after;

    @Override
    public Integer call() {
        final PrintWriter out = spec.commandLine().getOut();
        try {
            final Comparison comparison = Comparison.of(Report.read(before), Report.read(after));
            comparison.differences().forEach(spec.commandLine().getErr()::println);
            out.print(comparison.text());
            out.flush();
            return comparison.isWorse() || comparison.hasGaps() ? ExitCode.FAILED : ExitCode.DONE;
        } catch (final BenchException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return e.exitCode();
        }
    }
}
