package io.penstock.perf.bench.profile;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.cli.RuntimePaths;
import io.penstock.dataplane.demo.DemoException;
import io.penstock.dataplane.metrics.CounterFileException;
import io.penstock.dataplane.metrics.CounterReader;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.Options;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code profile}: where the running data plane's time goes, or with {@code engine} a measurement's. */
@Command(
        name = "profile",
        description = {
            "Show where a worker's time goes, stage by stage and method by method, and what the JIT compiler has made of each.",
            "",
            "Without a command the data plane of this network namespace is watched, by its JVM's own flight recorder: it goes on meanwhile, some "
                + "per cent slower. Time is CPU time there, system calls included."},
        sortOptions = false,
        exitCodeOnInvalidInput = ExitCode.USAGE,
        commandListHeading = "%nCommands:%n",
        subcommands = EngineProfileCommand.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:usage", "3:no data plane runs in this network namespace"})
public final class ProfileCommand implements Callable<Integer> {

    /** Methods that fit on a screen beside the stages. */
    static final String DEFAULT_TOP = "16";
    static final int MAX_TOP = 1000;
    private static final double LEAST_SECONDS = 0.5;
    private static final double MOST_SECONDS = 3600;

    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "10", description = "How long to watch (default ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(names = "--socket", paramLabel = "PATH", description = "The data plane's socket; the counters lie beside it. Also PENSTOCK_SOCKET.")
    private Path socket;

    @Option(names = "--pid", paramLabel = "N", description = "The data plane's process; what a packet costs is not told then.")
    private Long pid;

    @Option(names = "--top", paramLabel = "N", defaultValue = DEFAULT_TOP, description = "Methods to show (default ${DEFAULT-VALUE}).")
    private int top;

    @Option(names = "--json", description = "One JSON object, in one line.")
    private boolean json;

    @Override
    public Integer call() {
        Options.checkSeconds(spec, "--seconds", seconds, LEAST_SECONDS, MOST_SECONDS);
        Options.check(spec, "--top", top, 1, MAX_TOP);
        if (pid != null && socket != null) {
            throw Options.usage(spec, "--pid and --socket do not go together; give one of them");
        }
        try {
            final Path counters = pid == null ? RuntimePaths.counters(socket) : null;
            final ProfileResult result = new LiveProfile(pid == null ? pidOf(counters) : pid, counters).watch(seconds);
            Options.print(spec, json ? result.json(top) + '\n' : result.text(top));
            return ExitCode.DONE;
        } catch (final CounterFileException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return e.isAbsent() ? ExitCode.NO_DATA_PLANE : ExitCode.FAILED;
        } catch (final BenchException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return e.exitCode();
        } catch (final DemoException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return ExitCode.FAILED;
        }
    }

    private static long pidOf(final Path counters) {
        try (CounterReader reader = CounterReader.open(counters)) {
            reader.requireAlive(counters);
            return reader.pid();
        }
    }
}
