package io.penstock.perf.bench.lab;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.Options;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench all}: this machine, Penstock on it and the peers installed on it, measured in one run, and a report. */
@Command(
        name = "all",
        description = {
            "Measure this machine, Penstock on it, and the peers that are installed on it, and write a report: DIR/report.html and, with the "
                + "same contents, DIR/report.md.",
            "",
            "Each measurement is a bench command in processes of its own; its result is kept as it comes, in DIR/results. Interrupted, the same "
                + "command goes on where it stopped; what failed is tried again. 'bench report DIR' writes the report again without "
                + "measuring.",
            "",
            "Leave the machine alone meanwhile: both CPUs are used. What goes over veth, and some peers, need root; without it they are lines in "
                + "the report that say so."},
        sortOptions = false,
        exitCodeOnInvalidInput = ExitCode.USAGE,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done; budgets that are not met change nothing", "1:a measurement failed, see the report", "2:usage, or DIR holds results of "
            + "another plan, build or machine"})
public final class AllCommand implements Callable<Integer> {

    private static final int MIN_SEED = 0;

    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Option(names = "--quick", description = "Under ten minutes on two CPUs: less of everything, shorter. Without it: some two hours; see --list.")
    private boolean quick;

    @Option(names = "--out", paramLabel = "DIR", defaultValue = "bench-results",
            description = "Where results and report go (default ${DEFAULT-VALUE}).")
    private Path out;

    @Option(names = "--only", paramLabel = "WORD", description = "Measure only what has this word in its name or command; may be repeated. The "
            + "report is about all that DIR holds.")
    private List<String> only = List.of();

    @Option(names = "--install-peers", description = "First install the peers that are absent, from Debian's packages.")
    private boolean installPeers;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1",
            description = "Of what is random in measurements that take a seed (default ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--fresh", description = "Throw away the results that DIR holds.")
    private boolean fresh;

    @Option(names = "--list", description = "Tell what would be measured and how long that takes, and measure nothing.")
    private boolean list;

    @Override
    public Integer call() {
        Options.check(spec, "--seed", seed, MIN_SEED, Integer.MAX_VALUE);
        final Plan whole = Plan.of(quick, seed);
        final Plan plan = whole.only(only);
        if (plan.measurements().isEmpty()) {
            throw Options.usage(spec, "no measurement has a name or command with --only " + String.join(", ", only)
                    + "; 'bench all --list' tells all names");
        }
        try {
            return list ? list(plan) : measure(whole, plan);
        } catch (final BenchException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return e.exitCode();
        }
    }

    private int list(final Plan plan) {
        final Map<Need, Boolean> there = there(PeerList.look());
        final StringBuilder text = new StringBuilder();
        double total = 0;
        for (final Step step : plan.steps(there::get)) {
            total += step.absent() == null ? step.measurement().seconds() : 0;
            text.append(String.format(Locale.ROOT, "%-26s %6s  %s%n", step.name(),
                    step.absent() == null ? TimeLeft.clock(step.measurement().seconds()) : "-",
                    step.measurement().title() + (step.absent() == null ? "" : "; " + step.absent())));
            text.append(String.format(Locale.ROOT, "%-26s %6s  penstock %s%n", "", "", String.join(" ", step.command())));
        }
        Options.print(spec, text + String.format(Locale.ROOT, "%nabout %s in all%n", TimeLeft.clock(total)));
        return ExitCode.DONE;
    }

    private int measure(final Plan whole, final Plan plan) {
        final PrintWriter err = spec.commandLine().getErr();
        final Journal journal = Journal.open(out, Identity.ofThis(quick, seed), fresh);
        final PeerList peers = installPeers ? PeerList.install(line -> {
            err.println(line);
            err.flush();
        }) : PeerList.look();
        final Map<Need, Boolean> there = there(peers);
        final List<Step> steps = plan.steps(there::get);
        final MachineLoad load = MachineLoad.watch();
        err.println("machine: " + load.text());
        if (load.isNoisy()) {
            err.println("warning: this machine is busy with something else, and figures will suffer: see 'top'; the report says so too");
        }
        final Session session = new Session(Instant.now().truncatedTo(ChronoUnit.MILLIS).toString(), spec.commandLine().getParseResult().originalArgs(),
                load, MachineDetails.ofThis(), peers.versions(), Plan.absences(whole.steps(there::get)));
        journal.keep(session);
        final boolean live = System.console() != null && System.console().isTerminal();
        new Laboratory(journal, (step, mostSeconds, said) -> LabChild.run(step.command(), mostSeconds, said), err, live).run(steps);
        return ReportCommand.write(journal, spec);
    }

    private static Map<Need, Boolean> there(final PeerList peers) {
        final Map<Need, Boolean> there = new EnumMap<>(Need.class);
        for (final Need need : Need.values()) {
            there.put(need, need.isThere(peers));
        }
        return there;
    }
}
