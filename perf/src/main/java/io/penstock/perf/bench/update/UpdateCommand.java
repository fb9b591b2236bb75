package io.penstock.perf.bench.update;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.config.PortConfig;
import io.penstock.dataplane.demo.DemoException;
import io.penstock.dataplane.run.ThreadPlacement;
import io.penstock.os.sys.SysException;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.ChildBench;
import io.penstock.perf.bench.measure.Options;
import io.penstock.perf.rules.RuleSet;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench update}: rules change while packets flow. */
@Command(
        name = "update",
        description = {
            "Change rules while packets flow, and tell how soon they are in force and what that does to the packets.",
            "",
            "One worker, on its own thread as in a running data plane, between ports in memory; packets come at a rate, in bursts of 64, and "
                + "those that find the ring full are lost. Another thread restores a set with the structure of kube-proxy's (1000 "
                + "services, 11008 rules) again and again, or changes single rules of a large table. Each command changes what becomes of "
                + "one flow, so that the moment when it is in force is seen in the packets.",
            "",
            "A batch's time is the CPU time of the worker's thread. Packets that are lost once the worker is warm, or not accounted for, rules' counters "
                + "that are not exact, and compiled code of the worker's loop that the JVM gives up (from its own log) fail the measurement; times do "
                + "not."},
        sortOptions = false,
        exitCodeOnInvalidInput = ExitCode.USAGE,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed, or a packet was lost, a counter wrong, the loop given up", "2:usage"})
public final class UpdateCommand implements Callable<Integer> {

    private static final long MAX_RATE = 50_000_000;
    private static final int MAX_RING = 1 << 24;
    private static final int MAX_RESTORES = 1_000;
    private static final int MAX_CHANGES = 10_000;
    private static final int MAX_INTERVAL_MS = 10_000;
    private static final int MIN_RULES = 16;
    private static final double MIN_SECONDS = 0.1;
    private static final double MAX_SECONDS = 600;
    private static final String BOTH = "both";
    private static final List<String> SCENARIOS = List.of(BOTH, "restore", "changes");

    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Option(names = "--scenario", paramLabel = "WHAT", defaultValue = BOTH, description = "restore, changes, or both, each in a JVM of its "
            + "own (default).")
    private String scenario;

    @Option(names = "--rate", paramLabel = "PPS", defaultValue = "1000000",
            description = "Packets offered a second (default ${DEFAULT-VALUE}); stay below what the worker can do.")
    private long rate;

    @Option(names = "--ring", paramLabel = "PACKETS", defaultValue = "" + PortConfig.DEFAULT_RING,
            description = "Packets that may wait for the worker (default ${DEFAULT-VALUE}, as on live ports).")
    private int ring;

    @Option(names = "--restores", paramLabel = "N", defaultValue = "5", description = "With restore: how many, each until the table has a class "
            + "of its own (default ${DEFAULT-VALUE}).")
    private int restores;

    @Option(names = "--rule-count", paramLabel = "N", defaultValue = "10000",
            description = "With changes: rules of the table in which single ones are changed, of the mix classbench (default ${DEFAULT-VALUE}).")
    private int rules;

    @Option(names = "--changes", paramLabel = "N", defaultValue = "100",
            description = "With changes: how many (default ${DEFAULT-VALUE}).")
    private int changes;

    @Option(names = "--interval", paramLabel = "MS", defaultValue = "30",
            description = "With changes: time between two of them (default ${DEFAULT-VALUE}).")
    private int intervalMs;

    @Option(names = "--warm-up", paramLabel = "S", defaultValue = "4",
            description = "How long packets flow before (default ${DEFAULT-VALUE}).")
    private double warmSeconds;

    @Option(names = "--cpu", paramLabel = "N", defaultValue = "-1", description = "The worker's CPU. Default: the last there is.")
    private int cpu;

    @Option(names = "--json", description = "One JSON object, in one line.")
    private boolean json;

    @Override
    public Integer call() {
        if (!SCENARIOS.contains(scenario)) {
            throw Options.usage(spec, "there is no --scenario '" + scenario + "'; supported are " + String.join(", ", SCENARIOS));
        }
        if (!scenario.equals(BOTH)) {
            for (final String option : UpdateTable.foreign(scenario)) {
                if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
                    throw Options.usage(spec, option + " is for --scenario " + UpdateTable.owner(option) + "; leave it out, or measure that one");
                }
            }
        }
        Options.check(spec, "--rate", rate, PacedPort.BURST, MAX_RATE);
        Options.check(spec, "--ring", ring, PacedPort.BURST, MAX_RING);
        Options.check(spec, "--restores", restores, 1, MAX_RESTORES);
        Options.check(spec, "--rule-count", rules, MIN_RULES, RuleSet.MAX_RULES);
        Options.check(spec, "--changes", changes, 0, MAX_CHANGES);
        Options.check(spec, "--interval", intervalMs, 0, MAX_INTERVAL_MS);
        Options.checkSeconds(spec, "--warm-up", warmSeconds, MIN_SECONDS, MAX_SECONDS);
        final PrintWriter err = spec.commandLine().getErr();
        try {
            return scenario.equals(BOTH) ? both(err) : single(err);
        } catch (final BenchException e) {
            err.println(e.getMessage());
            return e.exitCode();
        } catch (final DemoException | SysException e) {
            err.println(e.getMessage());
            return ExitCode.FAILED;
        }
    }

    private int single(final PrintWriter err) {
        final UpdateOptions options = new UpdateOptions(cpu < 0 ? ThreadPlacement.choose(1).getFirst() : cpu, rate, ring, warmSeconds,
                restores, rules, changes, intervalMs);
        final UpdateResult result = new UpdateBench(options, scenario.equals("restore") ? new RestoreScenario(restores)
                : new ChangeScenario(rules, changes, intervalMs)).run();
        Options.print(spec, json ? result.json() + '\n' : result.text());
        final String failure = result.failure();
        if (failure != null) {
            err.println(failure);
        }
        return failure == null ? ExitCode.DONE : ExitCode.FAILED;
    }

    private int both(final PrintWriter err) {
        final UpdateTable table = UpdateTable.measure(
                new ChildBench(spec.commandLine().getParseResult().originalArgs(), err), SCENARIOS.subList(1, SCENARIOS.size()), json);
        Options.print(spec, table.text());
        return table.exitCode();
    }
}
