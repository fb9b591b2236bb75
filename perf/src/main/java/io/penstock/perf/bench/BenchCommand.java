package io.penstock.perf.bench;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.perf.bench.compare.CompareCommand;
import io.penstock.perf.bench.connections.Rfc9411Command;
import io.penstock.perf.bench.connections.Rfc9693Command;
import io.penstock.perf.bench.engine.EngineCommand;
import io.penstock.perf.bench.keep.KeepCommand;
import io.penstock.perf.bench.lab.AllCommand;
import io.penstock.perf.bench.lab.ReportCommand;
import io.penstock.perf.bench.latency.LatencyCommand;
import io.penstock.perf.bench.latency.SoakCommand;
import io.penstock.perf.bench.peer.PeersCommand;
import io.penstock.perf.bench.procedure.GeneratorCommand;
import io.penstock.perf.bench.procedure.Rfc2544Command;
import io.penstock.perf.bench.prove.ProveCommand;
import io.penstock.perf.bench.sets.SetsCommand;
import io.penstock.perf.bench.table.ConnTableCommand;
import io.penstock.perf.bench.table.FibCommand;
import io.penstock.perf.bench.update.UpdateCommand;
import io.penstock.perf.bench.wire.WireCommand;
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
            AllCommand.class,
            ReportCommand.class,
            EngineCommand.class,
            FibCommand.class,
            ConnTableCommand.class,
            Rfc9411Command.class,
            LatencyCommand.class,
            SoakCommand.class,
            Rfc9693Command.class,
            SetsCommand.class,
            UpdateCommand.class,
            WireCommand.class,
            GeneratorCommand.class,
            Rfc2544Command.class,
            PeersCommand.class,
            CompareCommand.class,
            ProveCommand.class,
            KeepCommand.class,
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
