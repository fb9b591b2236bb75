package io.penstock.perf.bench.connections;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.demo.DemoException;
import io.penstock.dataplane.demo.PenstockCommand;
import io.penstock.dataplane.run.ThreadPlacement;
import io.penstock.os.sys.SysException;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.MachineFacts;
import io.penstock.perf.bench.measure.Options;
import io.penstock.perf.bench.measure.PinnedRun;
import io.penstock.perf.connections.tcp.TcpShape;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench rfc9411}: TCP connections through a firewall. */
@Command(
        name = "rfc9411",
        description = {
            "Measure TCP connections through a firewall as RFC 9411 has it: how many begin, are served and end a second (section 7.2), how long that takes at "
                + "half of that rate (7.4, with --mode wire), and how many there can be at a time (7.5).",
            "",
            "Clients and server are state machines: each checks the numbers, data and checksums of every segment, and sends again what is not "
                + "answered. Rules that take nothing come before the one that accepts; connections are tracked. Not done of RFC 9411: everything about "
                + "inspected content (sections 7.1, 7.6 to 7.9: application mixes, TLS, QUIC, threats), throughput (7.3), IPv6."},
        sortOptions = false,
        exitCodeOnInvalidInput = ExitCode.USAGE,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed, or connections did not go as they should", "2:usage, or the peer is not installed"})
public final class Rfc9411Command implements Callable<Integer> {

    private static final int DEFAULT_CONCURRENT = 1_000_000;
    private static final int DEFAULT_WIRE_CONCURRENT = 100_000;
    private static final int LEAST_CONCURRENT = 2 * TcpOptions.AT_A_TIME;
    private static final int MAX_CONCURRENT = 1 << 23;
    private static final int MAX_RULES = 100_000;
    private static final int MAX_RUNS = 100;
    private static final double MIN_SECONDS = 0.1;
    private static final double MAX_SECONDS = 3_600;

    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Option(names = "--mode", paramLabel = "WHERE", defaultValue = "engine",
            description = "engine: the engine alone, between ports in memory; or wire: a Penstock firewall between network namespaces, over veth, with "
                + "clients and server at AF_XDP sockets, which are measured without a firewall, too (default: engine).")
    private String mode;

    @Option(names = "--against", paramLabel = "PEER", defaultValue = "none",
            description = "With --mode wire: none, or kernel: the same with the kernel as the firewall, run by run in turn (default: none).")
    private String against;

    @Option(names = "--concurrent", paramLabel = "N",
            description = "Connections that there are to be at a time, and so many different ends of connections (default: 1000000, with --mode wire "
                + "100000).")
    private Integer concurrent;

    @Option(names = "--object", paramLabel = "BYTES", defaultValue = "1024",
            description = "Of what a client asks for, 1 to 65536 (default: ${DEFAULT-VALUE}).")
    private int object;

    @Option(names = "--transactions", paramLabel = "N", defaultValue = "1",
            description = "On each connection before it is closed (default: ${DEFAULT-VALUE}).")
    private int transactions;

    @Option(names = "--rules-between", paramLabel = "N", defaultValue = "1000",
            description = "Rules that take none of the packets, and that each connection's first packet goes through (default: ${DEFAULT-VALUE}).")
    private int rules;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "5", description = "Of a measured run (default: ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(names = "--warm-up", paramLabel = "S", defaultValue = "5", description = "Before the first one (default: ${DEFAULT-VALUE}).")
    private double warmUp;

    @Option(names = "--runs", paramLabel = "N", defaultValue = "3", description = "Measured runs (default: ${DEFAULT-VALUE}).")
    private int runs;

    @Option(names = "--cpu", paramLabel = "N", description = "The engine's CPU with --mode engine. Default: the last CPU there is.")
    private Integer cpu;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    private final List<String> penstock;

    /** The command as a user starts it: a firewall is this same program. */
    public Rfc9411Command() {
        this(null);
    }

    /** A command that starts its firewall by another command line; null means this program's own. */
    Rfc9411Command(final List<String> penstock) {
        this.penstock = penstock;
    }

    @Override
    public Integer call() {
        final TcpOptions options = options();
        final PrintWriter err = spec.commandLine().getErr();
        final Consumer<String> progress = line -> {
            err.println(line);
            err.flush();
        };
        try {
            final Rfc9411Result result = options.wire() ? wire(options, progress) : engine(options, progress);
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
    TcpOptions options() {
        final boolean wire = switch (mode) {
            case "engine" -> false;
            case "wire" -> true;
            default -> throw Options.usage(spec, "there is no --mode '" + mode + "'; supported are engine, wire");
        };
        final boolean kernel = switch (against) {
            case "none" -> false;
            case "kernel" -> true;
            default -> throw Options.usage(spec, "there is no peer '" + against + "'; supported are none, kernel");
        };
        if (kernel && !wire) {
            throw Options.usage(spec, "--against kernel is about --mode wire: the kernel has no ports in memory; add that or leave --against out");
        }
        if (wire && cpu != null) {
            throw Options.usage(spec, "--cpu is the engine's, and there is none with --mode wire; leave one of them out");
        }
        final int wanted = concurrent != null ? concurrent : wire ? DEFAULT_WIRE_CONCURRENT : DEFAULT_CONCURRENT;
        Options.check(spec, "--concurrent", wanted, LEAST_CONCURRENT, MAX_CONCURRENT);
        Options.check(spec, "--object", object, 1, TcpShape.MAX_OBJECT_BYTES);
        Options.check(spec, "--transactions", transactions, 1, TcpShape.MAX_TRANSACTIONS);
        Options.check(spec, "--rules-between", rules, 0, MAX_RULES);
        Options.checkSeconds(spec, "--seconds", seconds, MIN_SECONDS, MAX_SECONDS);
        Options.checkSeconds(spec, "--warm-up", warmUp, MIN_SECONDS, MAX_SECONDS);
        Options.check(spec, "--runs", runs, 1, MAX_RUNS);
        return new TcpOptions(wire, kernel, new TcpShape(object, transactions), wanted, rules, seconds, warmUp, runs,
                cpu != null ? cpu : ThreadPlacement.choose(1).getFirst());
    }

    private static Rfc9411Result engine(final TcpOptions options, final Consumer<String> progress) {
        // While this thread still has every CPU.
        final Rfc9411Result result = new Rfc9411Result(options, MachineFacts.ofThis());
        PinnedRun.of(options.cpu(), () -> {
            try (TcpDevice device = new EngineTcp(options)) {
                final Rfc9411 procedure = new Rfc9411(options, "penstock", device, progress);
                result.parts(device.parts());
                procedure.warmUp();
                for (int run = 0; run < options.runs(); run++) {
                    result.own.add(procedure.rate());
                }
                result.capacity = procedure.capacity();
                result.checked(procedure.checked());
            }
        });
        return result;
    }

    private Rfc9411Result wire(final TcpOptions options, final Consumer<String> progress) {
        WireNeeds.require("rfc9411");
        if (options.against()) {
            KernelGateway.require(options.concurrent());
        }
        return new Rfc9411Wire(options, penstock == null ? PenstockCommand.ofThisProcess() : penstock, progress).run();
    }
}
