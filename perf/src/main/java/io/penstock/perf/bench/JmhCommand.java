package io.penstock.perf.bench;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.ChildJvm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** {@code bench jmh}: the parts of the path, one by one, under JMH, whose forks get this JVM's options. */
@Command(
        name = "jmh",
        description = {
            "Measure the parts of the path one by one with JMH, allocation included.",
            "",
            "Arguments are JMH's own: a regular expression that chooses benchmarks, and its options, such as -l to list them. "
                + "Without any, all are run."},
        customSynopsis = "penstock bench jmh [REGEX] [JMH-OPTION]...",
        exitCodeOnInvalidInput = ExitCode.USAGE)
final class JmhCommand implements Callable<Integer> {

    private static final String MAIN = "org.openjdk.jmh.Main";

    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Unmatched
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() {
        final List<String> all = new ArrayList<>(List.of("-prof", "gc", "-foe", "true"));
        all.addAll(arguments);
        try {
            return ChildJvm.inherit(Path.of("").toAbsolutePath(), MAIN, all) == 0 ? ExitCode.DONE : ExitCode.FAILED;
        } catch (final BenchException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return e.exitCode();
        }
    }
}
