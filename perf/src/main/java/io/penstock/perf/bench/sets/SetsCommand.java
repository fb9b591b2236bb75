package io.penstock.perf.bench.sets;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.demo.DemoException;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.run.ThreadPlacement;
import io.penstock.os.sys.SysException;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.ChildBench;
import io.penstock.perf.bench.measure.Options;
import io.penstock.perf.sets.SetKind;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench sets}: IP sets. */
@Command(
        name = "sets",
        description = {
            "Measure IP sets: what a match costs by their size, how many elements rules add a second, ipset restore, memory.",
            "",
            "match and add: one worker, through the whole engine between ports in memory, with a rule in FORWARD and without it. restore and memory: "
                + "beside the real ipset, in a network namespace of its own, which needs root. Each is measured in a JVM of its own."},
        sortOptions = false,
        exitCodeOnInvalidInput = ExitCode.USAGE,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed, or a packet or an element was lost", "2:usage, or ipset is not installed"})
public final class SetsCommand implements Callable<Integer> {

    /** What another JVM is asked for: one measurement, of these. */
    static final String ONE = "--one";
    static final String WITH = "with";
    static final String WITHOUT = "without";

    private static final String ALL = "all";
    private static final int MAX_ENTRIES = 8_000_000;
    private static final int MAX_PACKETS = 1 << 22;
    private static final int MAX_RUNS = 1_000;
    private static final double MIN_SECONDS = 0.01;
    private static final double MAX_SECONDS = 3_600;

    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Option(names = "--scenario", paramLabel = "WHAT", split = ",", defaultValue = ALL,
            description = "match, add, restore, memory, several, or all (default).")
    private List<String> scenarios;

    @Option(names = "--type", paramLabel = "TYPE", arity = "1", description = "hash:ip, hash:net or hash:ip,port alone, where the scenario has it. "
            + "Default: all that it has.")
    private String type;

    @Option(names = "--entries", paramLabel = "N", split = ",", description = "Elements, one number or several, at most 8000000. Default: of match "
            + "10,1000,100000,1000000, of add 4000000, of the others 1000000.")
    private List<Integer> entries;

    @Option(names = "--packets", paramLabel = "N", defaultValue = "2097152",
            description = "match: packets that take turns (default ${DEFAULT-VALUE}).")
    private int packets;

    @Option(names = "--runs", paramLabel = "N", defaultValue = "3", description = "Measured runs (default ${DEFAULT-VALUE}).")
    private int runs;

    @Option(names = "--warm-up", paramLabel = "S", defaultValue = "6",
            description = "match, add: how long to warm up at the most, or at the least (default ${DEFAULT-VALUE}).")
    private double warmSeconds;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "2", description = "match: how long a run lasts (default ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(names = "--cpu", paramLabel = "N", description = "Where to measure match and add. Default: the last CPU there is.")
    private Integer cpu;

    @Option(names = "--json", description = "One JSON object, in one line.")
    private boolean json;

    @Option(names = ONE, hidden = true)
    private String one;

    @Option(names = "--create", hidden = true, defaultValue = "")
    private String create;

    @Override
    public Integer call() {
        final List<SetScenario> wanted = scenarios();
        final List<Integer> counts = entries == null ? List.of() : entries;
        counts.forEach(count -> Options.check(spec, "--entries", count, 1, MAX_ENTRIES));
        Options.check(spec, "--packets", packets, Batch.CAPACITY, MAX_PACKETS);
        Options.check(spec, "--runs", runs, 1, MAX_RUNS);
        Options.checkSeconds(spec, "--warm-up", warmSeconds, MIN_SECONDS, MAX_SECONDS);
        Options.checkSeconds(spec, "--seconds", seconds, MIN_SECONDS, MAX_SECONDS);
        if (cpu != null && cpu < 0) {
            throw Options.usage(spec, "--cpu=" + cpu + " is no CPU; CPUs are counted from 0");
        }
        final SetKind kind = kind(wanted);
        final PrintWriter err = spec.commandLine().getErr();
        try {
            if (wanted.stream().anyMatch(SetScenario::hasPeer)) {
                KernelSets.require();
            }
            Options.print(spec, one == null ? all(wanted, kind, counts, err) : wanted.getFirst().measure(options(kind, counts)) + '\n');
            return ExitCode.DONE;
        } catch (final BenchException e) {
            err.println(e.getMessage());
            return e.exitCode();
        } catch (final DemoException | SysException e) {
            err.println(e.getMessage());
            return ExitCode.FAILED;
        }
    }

    private List<SetScenario> scenarios() {
        if (scenarios.equals(List.of(ALL))) {
            return List.of(SetScenario.values());
        }
        final List<SetScenario> wanted = new ArrayList<>();
        for (final String name : scenarios) {
            if (!SetScenario.names().contains(name)) {
                throw Options.usage(spec, "there is no --scenario '" + name + "'; supported are " + String.join(", ", SetScenario.names()) + ", "
                        + ALL);
            }
            wanted.add(SetScenario.values()[SetScenario.names().indexOf(name)]);
        }
        return wanted;
    }

    /** Null for all. */
    private SetKind kind(final List<SetScenario> wanted) {
        if (type == null) {
            return null;
        }
        final SetKind kind = SetKind.of(type);
        if (kind == null) {
            throw Options.usage(spec, "there is no --type '" + type + "' here; supported are " + String.join(" ", SetKind.types()));
        }
        for (final SetScenario scenario : wanted) {
            if (!scenario.kinds().contains(kind)) {
                throw Options.usage(spec, "--scenario " + scenario.text() + " is not measured of --type " + type + "; it is of "
                        + String.join(" ", scenario.kinds().stream().map(SetKind::type).toList()));
            }
        }
        return kind;
    }

    private SetOptions options(final SetKind kind, final List<Integer> counts) {
        return new SetOptions(kind, counts.getFirst(), one.equals(WITH), create, packets, runs, warmSeconds, seconds,
                cpu == null ? ThreadPlacement.choose(1).getFirst() : cpu);
    }

    private String all(final List<SetScenario> wanted, final SetKind kind, final List<Integer> counts, final PrintWriter err) {
        final SetTable table = new SetTable();
        final ChildBench again = new ChildBench(spec.commandLine().getParseResult().originalArgs(), err);
        for (final SetScenario scenario : wanted) {
            table.measure(scenario, again, kind == null ? scenario.kinds() : List.of(kind), counts.isEmpty() ? scenario.entries() : counts, runs,
                    err);
        }
        return json ? table.json() + '\n' : table.text();
    }
}
