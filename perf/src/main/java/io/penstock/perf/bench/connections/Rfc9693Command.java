package io.penstock.perf.bench.connections;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.demo.DemoException;
import io.penstock.dataplane.demo.PenstockCommand;
import io.penstock.dataplane.run.ThreadPlacement;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.sys.SysException;
import io.penstock.perf.bench.connections.TrackingOptions.Mode;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.MachineFacts;
import io.penstock.perf.bench.measure.Options;
import io.penstock.perf.bench.measure.PinnedRun;
import io.penstock.perf.connections.ConnectionFlows;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench rfc9693}: a stateful gateway's connections. */
@Command(
        name = "rfc9693",
        description = {
            "Measure a stateful gateway's connections as RFC 9693 has it: how many it establishes a second, how many it removes, how many its table "
                + "holds, and how many packets a second it forwards in both directions among them without loss.",
            "",
            "One client, one server; ports are those of RFC 4814, each pair once, in pseudorandom order. A trial counts only if every packet arrived and "
                + "every connection has its entry; one that fails is made again where the machine took a CPU away meanwhile, which is counted, and "
                + "what was found has passed twice; before traffic is measured, each answer is checked to come back to its connection's own ends. "
                + "Not done of RFC 9693: latency and frame loss under state, several pairs of addresses, IPv6."},
        sortOptions = false,
        exitCodeOnInvalidInput = ExitCode.USAGE,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed, or what was sent did not come back as it should", "2:usage"})
public final class Rfc9693Command implements Callable<Integer> {

    private static final int DEFAULT_CONNECTIONS = 1_000_000;
    private static final int DEFAULT_WIRE_CONNECTIONS = 100_000;
    private static final int LEAST_CONNECTIONS = 1_000;
    private static final int MAX_CONNECTIONS = 1 << 24;
    private static final int MAX_RULES = 100_000;
    private static final int LEAST_SIZE = 64;
    private static final int MAX_SIZE = 1518;
    private static final int MAX_RUNS = 100;
    private static final double MIN_SECONDS = 0.05;
    private static final double MAX_SECONDS = 600;
    private static final List<String> TESTS = Arrays.stream(TrackingOptions.Test.values()).map(test -> test.name().toLowerCase(Locale.ROOT)).toList();

    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Option(names = "--mode", paramLabel = "WHERE", defaultValue = "engine",
            description = "engine: the engine alone, between ports in memory; or wire: a Penstock gateway between network namespaces, over veth "
                + "(default: engine).")
    private String mode;

    @Option(names = "--nat", paramLabel = "KIND", defaultValue = "snat",
            description = "none, or snat: the client's address and, where needed, port are translated (stateful NAT44) (default: snat).")
    private String nat;

    @Option(names = "--protocol", paramLabel = "NAME", defaultValue = "udp", description = "udp or tcp (default: udp).")
    private String protocol;

    @Option(names = "--connections", paramLabel = "N",
            description = "That the table is set to hold, and that a trial establishes (default: 1000000, with --mode wire 100000).")
    private Integer connections;

    @Option(names = "--rules-between", paramLabel = "N", defaultValue = "0",
            description = "Rules that take none of the packets, and that each connection's first packet goes through (default: 0).")
    private int rules;

    @Option(names = "--tests", paramLabel = "NAME", split = ",", description = "rate, teardown, capacity, throughput (default: all of them).")
    private List<String> tests;

    @Option(names = "--sizes", paramLabel = "BYTES", split = ",", defaultValue = "64,128,256,512,1024,1280,1518",
            description = "Of frames in test phase 2, with the 4 bytes of the check sequence (default: ${DEFAULT-VALUE}).")
    private List<Integer> sizes;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "1", description = "Of a trial in test phase 2 (default: ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(names = "--runs", paramLabel = "N", defaultValue = "3", description = "Of each search (default: ${DEFAULT-VALUE}).")
    private int runs;

    @Option(names = "--cpu", paramLabel = "N", description = "The engine's CPU with --mode engine. Default: the last CPU there is.")
    private Integer cpu;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    private final List<String> penstock;

    /** The command as a user starts it: a gateway is this same program. */
    public Rfc9693Command() {
        this(null);
    }

    /** A command that starts its gateway by another command line; null means this program's own. */
    Rfc9693Command(final List<String> penstock) {
        this.penstock = penstock;
    }

    @Override
    public Integer call() {
        final TrackingOptions options = options();
        final PrintWriter err = spec.commandLine().getErr();
        final Consumer<String> progress = line -> {
            err.println(line);
            err.flush();
        };
        try {
            final Rfc9693Result result = options.mode() == Mode.ENGINE ? engine(options, progress) : wire(options, progress);
            Options.print(spec, json ? result.json() + '\n' : result.text());
            return ExitCode.DONE;
        } catch (final BenchException e) {
            err.println(e.getMessage());
            return e.exitCode();
        } catch (final DemoException | SysException e) {
            err.println(e.getMessage());
            return ExitCode.FAILED;
        }
    }

    /** The options, checked. */
    TrackingOptions options() {
        final Mode where = switch (mode) {
            case "engine" -> Mode.ENGINE;
            case "wire" -> Mode.WIRE;
            default -> throw Options.usage(spec, "there is no --mode '" + mode + "'; supported are engine, wire");
        };
        if (!List.of("none", "snat").contains(nat)) {
            throw Options.usage(spec, "there is no --nat '" + nat + "'; supported are none, snat");
        }
        if (!List.of("udp", "tcp").contains(protocol)) {
            throw Options.usage(spec, "there is no --protocol '" + protocol + "'; supported are udp, tcp");
        }
        if (where == Mode.WIRE && protocol.equals("tcp")) {
            throw Options.usage(spec, "--mode wire sends datagrams, and --protocol tcp is for --mode engine; leave one of them out, or see 'bench rfc9411'");
        }
        if (where == Mode.WIRE && cpu != null) {
            throw Options.usage(spec, "--cpu is the engine's, and there is none with --mode wire; leave one of them out");
        }
        final int wanted = connections != null ? connections : where == Mode.ENGINE ? DEFAULT_CONNECTIONS : DEFAULT_WIRE_CONNECTIONS;
        Options.check(spec, "--connections", wanted, LEAST_CONNECTIONS, MAX_CONNECTIONS);
        Options.check(spec, "--rules-between", rules, 0, MAX_RULES);
        sizes.forEach(size -> Options.check(spec, "--sizes", size, LEAST_SIZE, MAX_SIZE));
        Options.checkSeconds(spec, "--seconds", seconds, MIN_SECONDS, MAX_SECONDS);
        Options.check(spec, "--runs", runs, 1, MAX_RUNS);
        final int number = protocol.equals("tcp") ? IpProtocol.TCP : IpProtocol.UDP;
        final int least = ConnectionFlows.minFrameBytes(false, number);
        return new TrackingOptions(where, nat.equals("snat"), number, wanted, rules, chosen(),
                sizes.stream().map(size -> Math.max(least, size - Rfc9693Result.CHECK_SEQUENCE_BYTES)).toList(), seconds, runs,
                cpu != null ? cpu : ThreadPlacement.choose(1).getFirst());
    }

    private Set<TrackingOptions.Test> chosen() {
        if (tests == null) {
            return EnumSet.allOf(TrackingOptions.Test.class);
        }
        final Set<TrackingOptions.Test> chosen = EnumSet.noneOf(TrackingOptions.Test.class);
        for (final String name : tests) {
            if (!TESTS.contains(name)) {
                throw Options.usage(spec, "there is no test '" + name + "'; supported are " + String.join(", ", TESTS));
            }
            chosen.add(TrackingOptions.Test.valueOf(name.toUpperCase(Locale.ROOT)));
        }
        return chosen;
    }

    private static Rfc9693Result engine(final TrackingOptions options, final Consumer<String> progress) {
        // While this thread still has every CPU.
        final MachineFacts machine = MachineFacts.ofThis();
        final Rfc9693Result[] result = new Rfc9693Result[1];
        PinnedRun.of(options.cpu(), () -> {
            try (TrackingDevice device = new EngineTracker(options)) {
                result[0] = new Rfc9693(options, device, machine, progress).run();
            }
        });
        return result[0];
    }

    private Rfc9693Result wire(final TrackingOptions options, final Consumer<String> progress) {
        WireNeeds.require("rfc9693");
        // While this thread still has every CPU.
        final MachineFacts machine = MachineFacts.ofThis();
        final Rfc9693Result[] result = new Rfc9693Result[1];
        final WireTracker device = new WireTracker(options, penstock == null ? PenstockCommand.ofThisProcess() : penstock);
        WireSession.run(() -> {
            try {
                device.open();
                result[0] = new Rfc9693(options, device, machine, progress).run();
            } finally {
                device.closePrograms();
            }
        }, device::close);
        return result[0];
    }
}
