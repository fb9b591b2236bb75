package io.penstock.perf.bench;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.ChildJvm;
import io.penstock.perf.bench.measure.ScratchFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** {@code bench jcstress}: what threads hand each other without locks, under jcstress. */
@Command(
        name = "jcstress",
        description = {
            "Try what threads hand each other without locks, in every interleaving that this machine can be made to show.",
            "",
            "Arguments are jcstress's own, such as -t REGEX to choose tests and -m quick, default or stress for how long. "
                + "Without -m, it is quick, some 20 s a test. The report is kept where -r says, and else thrown away."},
        customSynopsis = "penstock bench jcstress [JCSTRESS-OPTION]...",
        exitCodeOnInvalidInput = ExitCode.USAGE,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:only acceptable outcomes", "1:a forbidden outcome, or a failure", "2:usage"})
final class JcstressCommand implements Callable<Integer> {

    private static final String MAIN = "org.openjdk.jcstress.Main";

    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Unmatched
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() {
        final List<String> all = new ArrayList<>(arguments);
        if (!all.contains("-m")) {
            all.addAll(List.of("-m", "quick", "-sc", "false"));
        }
        // It leaves a file of results where it runs.
        try (ScratchFolder folder = ScratchFolder.make("jcstress")) {
            final int report = all.indexOf("-r") + 1;
            if (report == 0) {
                all.addAll(List.of("-r", folder.path().resolve("report").toString()));
            } else if (report < all.size()) {
                // As the caller meant it, not as seen from that folder.
                all.set(report, Path.of(all.get(report)).toAbsolutePath().toString());
            }
            return ChildJvm.inherit(folder.path(), MAIN, all) == 0 ? ExitCode.DONE : ExitCode.FAILED;
        } catch (final BenchException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return e.exitCode();
        }
    }
}
