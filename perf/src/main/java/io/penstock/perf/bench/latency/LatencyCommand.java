package io.penstock.perf.bench.latency;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.demo.DemoException;
import io.penstock.dataplane.demo.PenstockCommand;
import io.penstock.dataplane.metrics.CounterFileException;
import io.penstock.dataplane.replay.ReplayException;
import io.penstock.os.sys.SysException;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.Options;
import io.penstock.perf.bench.measure.ScratchFolder;
import io.penstock.perf.bench.wire.WireLoad;
import io.penstock.perf.bench.wire.WirePeer;
import io.penstock.perf.bench.wire.WireSetup;
import io.penstock.perf.bench.wire.WireTracking;
import io.penstock.perf.wire.SlowFrames;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench latency}: how long packets take, and why the slow ones do. */
@Command(
        name = "latency",
        description = {
            "Measure how long packets take below saturation, and why the slow ones do.",
            "",
            "Packets are due at a rate, whether the worker is there or not, and a packet's latency counts from when it was due: a worker that "
                + "is held up for 2 ms has kept all packets of these 2 ms waiting. The slow ones are laid beside what the JVM and the kernel "
                + "say they did at that time: garbage collected, threads stopped, compiled code given up, the CPU given to others or taken "
                + "by the machine below."},
        sortOptions = false,
        exitCodeOnInvalidInput = ExitCode.USAGE,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed, or the load was more than can be carried", "2:usage", "4:configuration refused"})
public final class LatencyCommand implements Callable<Integer> {

    private static final double MIN_SECONDS = 0.1;
    /** The log of what was slow, and the JVM's, are kept in memory. */
    private static final double MAX_SECONDS = 3_600;
    private static final double MIN_THRESHOLD_US = 0.1;
    private static final double MAX_THRESHOLD_US = 1e6;
    private static final double ENGINE_THRESHOLD_US = 100;
    private static final double WIRE_THRESHOLD_US = 500;
    private static final double NS_PER_US = 1e3;

    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Option(names = "--mode", paramLabel = "MODE", defaultValue = "engine", description = "engine, from memory to memory; or wire, through "
            + "AF_XDP between network namespaces, as bench wire (default ${DEFAULT-VALUE}).")
    private String mode;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "10", description = "How long to measure (default ${DEFAULT-VALUE}).")
    private double seconds;

    @Mixin
    private LoadArguments load;

    @Option(names = "--threshold", paramLabel = "US", description = "What takes longer is slow, and explained (default 100, with --mode wire 500).")
    private Double threshold;

    @Option(names = "--inject", paramLabel = "WHAT", description = "Do something to the worker, to see whether this tells of it; may be repeated. "
            + "pause:MS takes its CPU away for so long once a second (by a real-time thread; with --mode wire its process is stopped); gc has "
            + "the JVM collect garbage once a second; slow:NS and allocate:BYTES, with --mode engine, are those of bench engine.")
    private List<String> inject = List.of();

    @Option(names = "--config", paramLabel = "FILE", description = "With --mode wire: Penstock's configuration, with ports whose devices are d0 "
            + "(from the generator) and d1.")
    private Path config;

    @Option(names = "--json", description = "One JSON object, in one line.")
    private boolean json;

    private final List<String> penstock;

    /** The command as a user starts it: with wire, the data plane is this same program. */
    public LatencyCommand() {
        this(null);
    }

    /** A command that starts its data plane by another command line; null means this program's own. */
    LatencyCommand(final List<String> penstock) {
        this.penstock = penstock;
    }

    @Override
    public Integer call() {
        final boolean wire = switch (mode) {
            case "engine" -> false;
            case "wire" -> true;
            default -> throw Options.usage(spec, "there is no --mode '" + mode + "'; supported are engine, wire");
        };
        Options.checkSeconds(spec, "--seconds", seconds, MIN_SECONDS, MAX_SECONDS);
        if (wire) {
            load.refuseForWire(spec);
        }
        load.check(spec);
        final double thresholdUs = threshold != null ? threshold : wire ? WIRE_THRESHOLD_US : ENGINE_THRESHOLD_US;
        Options.checkSeconds(spec, "--threshold", thresholdUs, MIN_THRESHOLD_US, MAX_THRESHOLD_US);
        final Fault.Asked asked;
        try {
            asked = Fault.Asked.of(inject);
        } catch (final IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        if (wire && !asked.injections().isEmpty()) {
            throw Options.usage(spec, "--inject " + asked.injections().getFirst() + " is for --mode engine; with wire there are pause:MS and gc");
        }
        if (!wire && config != null) {
            throw Options.usage(spec, "--config is for --mode wire; with engine there are --rules-file and --connections");
        }
        final PrintWriter err = spec.commandLine().getErr();
        final long thresholdNs = (long) (thresholdUs * NS_PER_US);
        try {
            final LatencyResult result = wire ? wire(thresholdNs, asked, err) : engine(thresholdNs, asked);
            Options.print(spec, json ? result.json() + '\n' : result.text());
            if (result.failure() != null) {
                err.println(result.failure());
            }
            return result.failure() == null ? ExitCode.DONE : ExitCode.FAILED;
        } catch (final ReplayException e) {
            err.println(e.getMessage());
            return e.exitCode();
        } catch (final BenchException e) {
            err.println(e.getMessage());
            return e.exitCode();
        } catch (final DemoException | SysException | CounterFileException e) {
            err.println(e.getMessage());
            return ExitCode.FAILED;
        }
    }

    private LatencyResult engine(final long thresholdNs, final Fault.Asked asked) {
        try (ScratchFolder scratch = ScratchFolder.make("latency")) {
            return new EngineLatency(load.options(scratch, asked.injections()), seconds, thresholdNs, asked.faults()).run();
        }
    }

    private LatencyResult wire(final long thresholdNs, final Fault.Asked asked, final PrintWriter err) {
        WireSetup.requireRoot("bench latency --mode wire");
        try (SlowFrames slow = new SlowFrames(thresholdNs); WireLoad traffic = load.wire()) {
            final WireSetup setup = new WireSetup(WirePeer.NONE, WireTracking.of(load.connections()), config, load.warmUpSeconds(),
                    penstock == null ? PenstockCommand.ofThisProcess() : penstock, slow);
            return new WireLatency(setup, traffic, load.ratePps(), load.loadPercent(), seconds, asked.faults(),
                    load.hasConnections() ? load.connections() : null, line -> {
                        err.println(line);
                        err.flush();
                    }).run(thresholdNs);
        }
    }
}
