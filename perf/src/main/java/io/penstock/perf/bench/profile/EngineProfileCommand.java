package io.penstock.perf.bench.profile;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.Options;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** {@code profile engine}: where the time of a measurement of the engine goes. */
@Command(
        name = "engine",
        description = {
            "Measure the engine as 'bench engine' does, and show where its worker's time goes. Warming up is not in it.",
            "",
            "Arguments are those of 'bench engine', for one measurement: such as --connections established, or --rules equality --rule-count 10000 "
                + "--tier specialized."},
        customSynopsis = "penstock profile engine [--top N] [--json] [OPTION OF 'bench engine']...",
        exitCodeOnInvalidInput = ExitCode.USAGE,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:usage", "4:configuration refused"})
final class EngineProfileCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Option(names = "--top", paramLabel = "N", defaultValue = ProfileCommand.DEFAULT_TOP,
            description = "Methods to show (default ${DEFAULT-VALUE}).")
    private int top;

    @Option(names = "--json", description = "One JSON object, in one line.")
    private boolean json;

    @Unmatched
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() {
        Options.check(spec, "--top", top, 1, ProfileCommand.MAX_TOP);
        final String refusal = EngineProfile.refusal(arguments);
        if (refusal != null) {
            throw Options.usage(spec, refusal);
        }
        try {
            final ProfileResult result = EngineProfile.measure(arguments);
            Options.print(spec, json ? result.json(top) + '\n' : result.text(top));
            return ExitCode.DONE;
        } catch (final BenchException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return e.exitCode();
        }
    }
}
