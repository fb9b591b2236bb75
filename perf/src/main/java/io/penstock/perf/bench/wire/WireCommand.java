package io.penstock.perf.bench.wire;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.demo.DemoException;
import io.penstock.dataplane.demo.PenstockCommand;
import io.penstock.dataplane.metrics.CounterFileException;
import io.penstock.dataplane.pcap.PcapException;
import io.penstock.os.sys.SysException;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.Options;
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

    private static final int DEFAULT_FLOWS = 16_384;
    private static final int MAX_FLOWS = 1 << 24;
    /** What the kernel and Penstock track unless told otherwise is 262,144. */
    private static final int MAX_TRACKED_FLOWS = 200_000;
    private static final double MIN_SECONDS = 0.1;
    private static final double MAX_SECONDS = 3_600;
    private static final long MAX_RATE_PPS = 100_000_000;
    private static final int MAX_RUNS = 1_000;
    private static final String DEFAULT_SIZE = "60";
    private static final double MIN_FACTOR = 1e-6;
    private static final double MAX_FACTOR = 1e6;

    @Spec
    private CommandSpec spec;

    @Option(names = "--against", paramLabel = "PEER", defaultValue = "none",
            description = "none, testpmd, kernel or ovs (default: none).")
    private String against;

    @Option(names = "--flows", paramLabel = "N", description = "UDP flows (default: 16384).")
    private Integer flows;

    @Option(names = "--size", paramLabel = "BYTES|imix", description = "Of a frame, without its check sequence (default: 60); or imix, "
            + "7 : 4 : 1 of 60, 590 and 1514 bytes; or another mix such as imix:60=5,1514=2.")
    private String size;

    @Option(names = "--pattern", paramLabel = "PATTERN", description = "When frames are due at a rate: constant, all the same time "
            + "apart (default); poisson, at random as arrivals from many sources are; burst:N, N back to back, then none until the "
            + "rate holds.")
    private String pattern;

    @Option(names = "--replay", paramLabel = "FILE[:FACTOR]", description = "Send the IPv4 frames of a capture, again and again: as "
            + "fast as they go, or at --rate; or, with a FACTOR, at the times at which they were recorded, with gaps multiplied by "
            + "FACTOR (1: as recorded). Ethernet addresses and TTL are set, and UDP payloads of 16 bytes or more stamped.")
    private String replay;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "2544", description = "Of what is random: gaps, the order of sizes "
            + "(default: 2544).")
    private long seed;

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
            + "source translated (snat), by Penstock and the peer alike; or their destination, to ten servers by turns (service): by a virtual "
            + "service, and by the kernel's rules with '-m statistic' and DNAT. testpmd does none of it and forwards beside Penstock's work. The "
            + "generator's packets come in one direction (default: none).")
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
            settings.setup(List.of()).require("bench wire");
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
        } catch (final DemoException | SysException | CounterFileException | PcapException e) {
            err.println(e.getMessage());
            return ExitCode.FAILED;
        }
    }

    /** The options, checked. */
    WireSettings settings() {
        final int flowCount = flows == null ? DEFAULT_FLOWS : flows;
        Options.check(spec, "--flows", flowCount, 1, MAX_FLOWS);
        Options.check(spec, "--runs", runs, 1, MAX_RUNS);
        Options.checkSeconds(spec, "--seconds", seconds, MIN_SECONDS, MAX_SECONDS);
        Options.checkSeconds(spec, "--warm-up", warmUp, MIN_SECONDS, MAX_SECONDS);
        if (rate != null) {
            Options.check(spec, "--rate", rate, 1, MAX_RATE_PPS);
        }
        final WirePeer peer = WirePeer.of(against);
        if (peer == null) {
            throw Options.usage(
                    spec, "there is no peer '" + against + "'; supported are " + String.join(", ", WirePeer.names()));
        }
        final WireTracking tracking = tracking(spec, connections, peer, flowCount);
        final int colon = replay == null ? -1 : factorAt(replay);
        final double factor = colon < 0 ? 0 : Double.parseDouble(replay.substring(colon + 1));
        checkTraffic(tracking, factor, colon >= 0);
        return new WireSettings(peer, flowCount, FrameSizes.parse(spec, "--size", size == null ? DEFAULT_SIZE : size, 0, seed),
                Patterns.parse(spec, "--pattern", pattern == null ? "constant" : pattern, seed),
                replay == null ? null : Path.of(colon < 0 ? replay : replay.substring(0, colon)), factor,
                seconds, warmUp, rate == null ? 0 : rate, runs, latency, config, tracking);
    }

    /** What devices keep of flows, checked against peer and flows. */
    public static WireTracking tracking(
            final CommandSpec spec, final String text, final WirePeer peer, final int flows) {
        final WireTracking tracking = WireTracking.of(text);
        if (tracking == null) {
            throw Options.usage(
                    spec, "there are no --connections '" + text + "'; supported are " + String.join(", ", WireTracking.names()));
        }
        if (tracking != WireTracking.NONE) {
            if (tracking.isService() && peer == WirePeer.OVS) {
                throw Options.usage(spec, "ovs is given no servers to choose among; with --connections service compare with kernel");
            }
            Options.check(spec, "--flows", flows, 1, MAX_TRACKED_FLOWS);
        }
        return tracking;
    }

    private void checkTraffic(final WireTracking tracking, final double factor, final boolean recorded) {
        if (pattern != null && rate == null && !latency) {
            throw Options.usage(spec, "--pattern is of frames that are due at a rate, and without one they are sent as fast as they "
                    + "go; add --rate or --latency");
        }
        if (replay == null) {
            return;
        }
        if (size != null || flows != null || pattern != null) {
            throw Options.usage(spec, "a capture has sizes, flows and gaps of its own; leave --size, --flows and --pattern out, or "
                    + "--replay");
        }
        if (tracking != WireTracking.NONE) {
            throw Options.usage(spec, "a capture's packets are not answered, and its connections not the generator's; leave "
                    + "--connections out, or --replay");
        }
        if (recorded && (rate != null || latency)) {
            throw Options.usage(spec, "with a FACTOR the capture says when frames are due; leave --rate and --latency out, or "
                    + ":FACTOR");
        }
        if (recorded && !(factor >= MIN_FACTOR && factor <= MAX_FACTOR)) {
            throw Options.usage(spec, "--replay FILE:FACTOR=" + factor + " is out of range: least=" + MIN_FACTOR + " most="
                    + MAX_FACTOR);
        }
    }

    /** Where the colon before a factor is, or -1: a file's name may have colons, too. */
    private static int factorAt(final String text) {
        final int colon = text.lastIndexOf(':');
        return colon >= 0 && text.substring(colon + 1).matches("[0-9]+(\\.[0-9]+)?(e-?[0-9]+)?") ? colon : -1;
    }
}
