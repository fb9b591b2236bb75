package io.penstock.perf.bench;

import io.penstock.dataplane.cli.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench}: how fast it is, and whether that has changed. */
@Command(
        name = "bench",
        description = "Measure the speed, and compare measurements.",
        exitCodeOnInvalidInput = ExitCode.USAGE,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        subcommands = {
            EngineCommand.class,
            FibCommand.class,
            UpdateCommand.class,
            WireCommand.class,
            CompareCommand.class,
            JmhCommand.class,
            JcstressCommand.class
        })
public final class BenchCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "no command is given; there are "
                + String.join(", ", spec.subcommands().keySet()));
    }
}
