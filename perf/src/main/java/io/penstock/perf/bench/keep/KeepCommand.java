package io.penstock.perf.bench.keep;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.cli.Json;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.Build;
import io.penstock.perf.bench.measure.ChildBench;
import io.penstock.perf.bench.measure.MachineFacts;
import io.penstock.perf.bench.measure.Options;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bench keep}: measures what is kept, for later versions to be compared with. */
@Command(
        name = "keep",
        description = {
            "Measure what is kept, and write it into FOLDER, in a folder of this machine's kind (such as amd-epyc-2cpu-kernel6.18-jdk25): JMH's results and "
                + "those of bench commands, a file each, with the build that it was measured with. 'bench compare' compares two such folders.",
            "",
            "All of it takes about an hour and a half on a machine that has nothing else to do; with --quick some minutes, to see that it works. Each file is "
                + "written when it is whole; the one that was there is removed before it is measured again."},
        sortOptions = false,
        exitCodeOnInvalidInput = ExitCode.USAGE,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:all was measured", "1:something could not be", "2:usage"})
public final class KeepCommand implements Callable<Integer> {

    private static final String SUFFIX = ".json";

    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Parameters(index = "0", paramLabel = "FOLDER", description = "Where results are kept; the project's are in perf/results.")
    private Path folder;

    @Option(names = "--only", paramLabel = "NAME", split = ",",
            description = "These files only, such as engine or jmh-rule; jmh is all of JMH's; may be repeated.")
    private List<String> only = List.of();

    @Option(names = "--quick", description = "Measure for moments only: the figures are worth little.")
    private boolean quick;

    private final Runner runner;
    private final SortedMap<String, String> benchmarks = KeptBenchmarks.files();
    private String build;

    /** The command as a user starts it. */
    public KeepCommand() {
        this((kept, quick, progress) -> new ChildBench(kept.command(quick), progress).run(kept.file(), List.of()));
    }

    /** A command that runs others' measurements. */
    KeepCommand(final Runner runner) {
        this.runner = runner;
    }

    @Override
    public Integer call() {
        final List<String> names = names();
        for (final String name : only) {
            if (!names.contains(name)) {
                throw Options.usage(spec, "there is no --only '" + name + "'; supported are " + String.join(", ", names));
            }
        }
        final MachineFacts machine = MachineFacts.ofThis();
        build = Build.ofThis();
        final Path own = folder.resolve(machine.kind());
        final PrintWriter err = spec.commandLine().getErr();
        int failed = 0;
        try {
            Files.createDirectories(own);
            for (final Map.Entry<String, String> jmh : benchmarks.entrySet()) {
                if (isWanted(jmh.getKey()) || only.contains(KeptBenchmarks.ALL)) {
                    failed += attempt(own, jmh.getKey(), () -> Stamp.benchmarks(KeptBenchmarks.measure(jmh.getValue(), quick, err), build, quick), err);
                }
            }
            for (final Kept kept : Kept.BENCHES) {
                if (isWanted(kept.file())) {
                    failed += attempt(own, kept.file(), () -> Stamp.object(runner.run(kept, quick, err), build, quick) + '\n', err);
                }
            }
            final Json facts = new Json().object().field("kind", machine.kind()).field("build", build).name("quick").value(quick);
            machine.write(facts.name("machine"));
            write(own, "machine", facts.end() + "\n");
        } catch (final IOException e) {
            err.println("results cannot be written to " + own + ": " + e.getMessage());
            return ExitCode.FAILED;
        }
        Options.print(spec, own + "\n");
        return failed == 0 ? ExitCode.DONE : ExitCode.FAILED;
    }

    /** What can be asked for. */
    private List<String> names() {
        final List<String> names = new ArrayList<>(List.of(KeptBenchmarks.ALL));
        names.addAll(benchmarks.keySet());
        Kept.BENCHES.forEach(kept -> names.add(kept.file()));
        return names;
    }

    private boolean isWanted(final String file) {
        return only.isEmpty() || only.contains(file);
    }

    /** Returns how many failed, 0 or 1; the next ones are measured all the same. */
    private static int attempt(final Path own, final String name, final Measurement measurement, final PrintWriter err) throws IOException {
        // Of one that fails, nothing stays that another build has left.
        Files.deleteIfExists(own.resolve(name + SUFFIX));
        try {
            write(own, name, measurement.run());
            return 0;
        } catch (final BenchException e) {
            err.println(e.getMessage());
            return 1;
        }
    }

    /** A file is there whole, or not at all. */
    private static void write(final Path own, final String name, final String text) throws IOException {
        final Path made = Files.writeString(own.resolve(name + ".new"), text);
        Files.move(made, own.resolve(name + SUFFIX), StandardCopyOption.REPLACE_EXISTING);
    }

    /** Measures, and returns what is to be written. */
    private interface Measurement {

        String run() throws IOException;
    }

    /** Runs a bench command, and returns the JSON object that it prints. */
    interface Runner {

        String run(Kept kept, boolean quick, PrintWriter progress);
    }
}
