package io.penstock.perf.bench;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.demo.DemoException;
import io.penstock.dataplane.demo.PenstockCommand;
import io.penstock.dataplane.demo.Programs;
import io.penstock.dataplane.metrics.CounterFileException;
import io.penstock.os.sys.SysException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench wire}: three namespaces over veth, a generator, a device under test and a sink; alone or against a peer. */
@Command(
        name = "wire",
        description = "Measure forwarding through AF_XDP between network namespaces, alone or against a peer.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeOnInvalidInput = ExitCode.USAGE,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:usage, or the peer is not installed"})
public final class WireCommand implements Callable<Integer> {

    private static final int MAX_FLOWS = 1 << 24;
    /** What the kernel and Penstock track unless told otherwise is 262,144. */
    private static final int MAX_TRACKED_FLOWS = 200_000;
    private static final int MIN_FRAME_BYTES = 60;
    private static final int MAX_FRAME_BYTES = 1514;
    private static final double MIN_SECONDS = 0.1;
    private static final double MAX_SECONDS = 3_600;
    private static final long MAX_RATE_PPS = 100_000_000;
    private static final int MAX_RUNS = 1_000;

    @Spec
    private CommandSpec spec;

    @Option(names = "--against", paramLabel = "PEER", defaultValue = "none",
            description = "none, testpmd, kernel or ovs (default: none).")
    private String against;

    @Option(names = "--flows", paramLabel = "N", defaultValue = "16384", description = "UDP flows (default: 16384).")
    private int flows;

    @Option(names = "--size", paramLabel = "BYTES", defaultValue = "60",
            description = "Of a frame, without its check sequence (default: 60).")
    private int size;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "5", description = "Of a measured run (default: 5).")
    private double seconds;

    @Option(names = "--warm-up", paramLabel = "S", defaultValue = "5",
            description = "Of traffic before the first measured run, for both devices (default: 5).")
    private double warmUp;

    @Option(names = "--runs", paramLabel = "N", defaultValue = "3",
            description = "Measured runs of each device, which take turns (default: 3).")
    private int runs;

    @Option(names = "--rate", paramLabel = "PPS",
            description = "Send so many frames a second and measure latencies, instead of as many frames as possible.")
    private Long rate;

    @Option(names = "--latency", description = "Measure latencies, too, each device at 80 %% of its own throughput.")
    private boolean latency;

    @Option(names = "--config", paramLabel = "FILE",
            description = "Penstock's configuration, with ports whose devices are d0 (from the generator) and d1.")
    private Path config;

    @Option(names = "--connections", paramLabel = "WHAT", defaultValue = "none", description = "Let the flows be tracked (tracked), and their "
            + "source translated (snat), by Penstock and the peer alike; the generator's packets come in one direction (default: none).")
    private String connections;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    private final List<String> penstock;

    /** The command as a user starts it: the data plane is this same program. */
    public WireCommand() {
        this(null);
    }

    /** A command that starts its data plane by another command line; null means this program's own. */
    WireCommand(final List<String> penstock) {
        this.penstock = penstock;
    }

    @Override
    public Integer call() {
        final WireSettings settings = settings();
        final PrintWriter err = spec.commandLine().getErr();
        try {
            require(settings);
            final WireResult result = new WireBench(settings, penstock == null ? PenstockCommand.ofThisProcess() : penstock,
                    line -> {
                        err.println(line);
                        err.flush();
                    }).run();
            Options.print(spec, json ? result.json() + '\n' : result.text());
            final String failure = result.failure();
            if (failure != null) {
                err.println(failure);
            }
            return failure == null ? ExitCode.DONE : ExitCode.FAILED;
        } catch (final BenchException e) {
            err.println(e.getMessage());
            return e.exitCode();
        } catch (final DemoException | SysException | CounterFileException e) {
            err.println(e.getMessage());
            return ExitCode.FAILED;
        }
    }

    /** The options, checked. */
    WireSettings settings() {
        Options.check(spec, "--flows", flows, 1, MAX_FLOWS);
        Options.check(spec, "--size", size, MIN_FRAME_BYTES, MAX_FRAME_BYTES);
        Options.check(spec, "--runs", runs, 1, MAX_RUNS);
        Options.checkSeconds(spec, "--seconds", seconds, MIN_SECONDS, MAX_SECONDS);
        Options.checkSeconds(spec, "--warm-up", warmUp, MIN_SECONDS, MAX_SECONDS);
        if (rate != null) {
            Options.check(spec, "--rate", rate, 1, MAX_RATE_PPS);
        }
        final WireSettings.Peer peer = switch (against) {
            case "none" -> WireSettings.Peer.NONE;
            case "testpmd" -> WireSettings.Peer.TESTPMD;
            case "kernel" -> WireSettings.Peer.KERNEL;
            case "ovs" -> WireSettings.Peer.OVS;
            default -> throw Options.usage(spec, "there is no peer '" + against + "'; supported are none, testpmd, kernel, ovs");
        };
        final WireTracking tracking = WireTracking.of(connections);
        if (tracking == null) {
            throw Options.usage(
                    spec, "there are no --connections '" + connections + "'; supported are " + String.join(", ", WireTracking.names()));
        }
        if (tracking != WireTracking.NONE) {
            if (peer == WireSettings.Peer.TESTPMD) {
                throw Options.usage(spec, "testpmd tracks no connections; leave --connections out, or compare with kernel or ovs");
            }
            Options.check(spec, "--flows", flows, 1, MAX_TRACKED_FLOWS);
        }
        return new WireSettings(
                peer, flows, size, seconds, warmUp, rate == null ? 0 : rate, runs, latency, config, tracking);
    }

    private static void require(final WireSettings settings) {
        if (!"root".equals(System.getProperty("user.name"))) {
            throw new BenchException("bench wire needs root, to make network namespaces and load XDP programs; run "
                    + "'sudo penstock bench wire', or 'penstock bench engine', which needs no privilege");
        }
        if (!Programs.exist("ip")) {
            throw new BenchException("bench wire needs the program ip, to make network namespaces; run 'apt install iproute2'");
        }
        switch (settings.peer()) {
            case TESTPMD -> TestpmdDevice.require();
            case OVS -> OvsDevice.require();
            case KERNEL -> KernelDevice.require(settings.tracking());
            case NONE -> { }
        }
        WireCpus.require();
    }
}
