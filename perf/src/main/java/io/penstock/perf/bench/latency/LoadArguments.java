package io.penstock.perf.bench.latency;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.run.ThreadPlacement;
import io.penstock.perf.bench.engine.BuiltIn;
import io.penstock.perf.bench.engine.Injection;
import io.penstock.perf.bench.engine.RuleOptions;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.Options;
import io.penstock.perf.bench.measure.ScratchFolder;
import io.penstock.perf.bench.wire.Patterns;
import io.penstock.perf.bench.wire.WireLoad;
import io.penstock.perf.rules.RuleMix;
import io.penstock.perf.rules.RuleSet;
import io.penstock.perf.rules.RuleTier;
import io.penstock.perf.wire.ArrivalPattern;
import io.penstock.perf.wire.SizeMix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options of {@code bench latency} and {@code bench soak} that are about the load. Threads: main. */
final class LoadArguments {

    private static final long MAX_RATE_PPS = 1_000_000_000;
    private static final int MAX_RING = 1 << 20;
    private static final int MAX_TRACKED_FLOWS = 200_000;
    private static final double MIN_PERCENT = 0.001;
    private static final double MAX_PERCENT = 100;
    private static final double MIN_SECONDS = 0.1;
    private static final double MAX_WARM_SECONDS = 600;
    private static final String NOTHING = "none";
    private static final String SNAT = "snat";
    private static final List<String> CONNECTIONS = List.of(NOTHING, "tracked", SNAT);

    private static final String TRACKING = """
            *filter
            :INPUT ACCEPT [0:0]
            :FORWARD DROP [0:0]
            :OUTPUT ACCEPT [0:0]
            -A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT
            -A FORWARD -i lan -m conntrack --ctstate NEW -j ACCEPT
            COMMIT
            """;
    private static final String TRANSLATION = """
            *nat
            :PREROUTING ACCEPT [0:0]
            :INPUT ACCEPT [0:0]
            :OUTPUT ACCEPT [0:0]
            :POSTROUTING ACCEPT [0:0]
            -A POSTROUTING -o wan -j SNAT --to-source %s
            COMMIT
            """;
    private static final String SOURCES4 = "192.0.2.2-192.0.2.99";
    private static final String SOURCES6 = "2001:db8:2::1:0-2001:db8:2::1:ff";

    @Option(names = "--rate", paramLabel = "PPS", description = "Packets a second that are due.")
    private Long rate;

    @Option(names = "--load", paramLabel = "PERCENT", defaultValue = "70",
            description = "Without --rate: so many percent of what can be done, which is measured first (default ${DEFAULT-VALUE}).")
    private double load;

    @Option(names = "--arrivals", paramLabel = "WHEN", defaultValue = "constant",
            description = "constant, poisson, or burst:N, so many packets at a time (default ${DEFAULT-VALUE}).")
    private String arrivals;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Of poisson arrivals (default ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--warm-up", paramLabel = "S", defaultValue = "8",
            description = "Half of it with what can be done, half of it with the load (default ${DEFAULT-VALUE}).")
    private double warmUp;

    @Option(names = "--ring", paramLabel = "PACKETS", defaultValue = "2048",
            description = "What may wait for the engine, a power of two; what comes then is lost (default ${DEFAULT-VALUE}).")
    private int ring;

    @Option(names = "--flows", paramLabel = "N", defaultValue = "16384", description = "UDP flows (default ${DEFAULT-VALUE}).")
    private int flows;

    @Option(names = "--size", paramLabel = "BYTES", description = "Frames, without check sequence. Default: the least.")
    private Integer frameBytes;

    @Option(names = "--ipv6", description = "Let the flows be IPv6.")
    private boolean ipv6;

    @Option(names = "--rules", paramLabel = "MIX", description = "Let the packets go through made-up rules in FORWARD: equality, classbench or "
            + "overlap, as in bench engine.")
    private String mix;

    @Option(names = "--rule-count", paramLabel = "N", defaultValue = "1000", description = "With --rules: how many (default ${DEFAULT-VALUE}).")
    private int ruleCount;

    @Option(names = "--rules-file", paramLabel = "FILE", description = "Through the rules of an iptables-save file (with --ipv6 of "
            + "ip6tables-save); what cannot run is left out.")
    private Path file;

    @Option(names = "--sets-file", paramLabel = "FILE", description = "With --rules-file: the IP sets that it names, as 'ipset save' prints them.")
    private Path sets;

    @Option(names = "--connections", paramLabel = "WHAT", defaultValue = "none", description = "Let the flows be tracked (tracked), and their "
            + "source translated (snat) (default ${DEFAULT-VALUE}).")
    private String connections;

    @Option(names = "--cpu", paramLabel = "N", defaultValue = "-1", description = "The worker's CPU. Default: the last there is.")
    private int cpu;

    private CommandSpec spec;

    /** Refuses what is out of range, or does not go together. */
    void check(final CommandSpec command) {
        spec = command;
        if (rate != null) {
            Options.check(spec, "--rate", rate, 1, MAX_RATE_PPS);
            if (spec.commandLine().getParseResult().hasMatchedOption("--load")) {
                throw Options.usage(spec, "--rate and --load do not go together; leave one of them out");
            }
        }
        Options.checkSeconds(spec, "--load", load, MIN_PERCENT, MAX_PERCENT);
        Options.checkSeconds(spec, "--warm-up", warmUp, MIN_SECONDS, MAX_WARM_SECONDS);
        Options.check(spec, "--ring", ring, Batch.CAPACITY, MAX_RING);
        if (Integer.bitCount(ring) != 1) {
            throw Options.usage(spec, "--ring=" + ring + " is no power of two; the next is " + (Integer.highestOneBit(ring) << 1));
        }
        final int least = BuiltIn.minFrameBytes(ipv6);
        frameBytes = frameBytes == null ? least : frameBytes;
        Options.check(spec, "--size", frameBytes, least, BuiltIn.MAX_FRAME_BYTES);
        pattern();
        checkRules();
    }

    private void checkRules() {
        if (!CONNECTIONS.contains(connections)) {
            throw Options.usage(spec, "there are no --connections '" + connections + "'; supported are " + String.join(", ", CONNECTIONS));
        }
        Options.check(spec, "--flows", flows, 1, hasConnections() ? MAX_TRACKED_FLOWS : BuiltIn.MAX_FLOWS);
        if (sets != null && file == null) {
            throw Options.usage(spec, "--sets-file needs --rules-file FILE, whose rules name the sets");
        }
        if ((mix == null ? 0 : 1) + (file == null ? 0 : 1) + (hasConnections() ? 1 : 0) > 1) {
            throw Options.usage(spec, "--rules, --rules-file and --connections do not go together; give one of them");
        }
        if (mix == null) {
            if (spec.commandLine().getParseResult().hasMatchedOption("--rule-count")) {
                throw Options.usage(spec, file == null ? "--rule-count needs --rules MIX, the rules that it is about"
                        : "--rule-count needs --rules MIX; a file has the rules that it has");
            }
            return;
        }
        if (RuleMix.of(mix) == null) {
            throw Options.usage(spec, "there are no --rules '" + mix + "'; supported are " + String.join(", ", RuleMix.names()));
        }
        if (ipv6) {
            throw Options.usage(spec, "--rules brings IPv4 flows of its own; leave --ipv6 out");
        }
        Options.check(spec, "--rule-count", ruleCount, 2, RuleSet.MAX_RULES);
    }

    /** Packets a second, or 0. */
    long ratePps() {
        return rate == null ? 0 : rate;
    }

    double loadPercent() {
        return load;
    }

    double warmUpSeconds() {
        return warmUp;
    }

    /** As given. */
    String connections() {
        return connections;
    }

    /** When packets are due. */
    ArrivalPattern pattern() {
        return Patterns.parse(spec, "--arrivals", arrivals, seed);
    }

    /** For the engine; {@code scratch} is there as long as it is. */
    LoadOptions options(final ScratchFolder scratch, final List<Injection> injections) {
        return new LoadOptions(ratePps(), load, pattern(), warmUp, ring, flows, frameBytes, ipv6, rules(scratch),
                hasConnections() ? "connections " + connections : null, injections, cpu < 0 ? ThreadPlacement.choose(1).getFirst() : cpu);
    }

    /** For devices on a wire. */
    WireLoad wire() {
        return new WireLoad(SizeMix.of(frameBytes), flows, pattern(), null);
    }

    /** Refuses options that only the engine knows. */
    void refuseForWire(final CommandSpec command) {
        for (final String option : List.of("--ring", "--ipv6", "--rules", "--rule-count", "--rules-file", "--sets-file", "--cpu")) {
            if (command.commandLine().getParseResult().hasMatchedOption(option)) {
                throw Options.usage(command, option + " is for --mode engine; leave it out, or give Penstock a --config");
            }
        }
    }

    /** Whether flows are tracked. */
    boolean hasConnections() {
        return !connections.equals(NOTHING);
    }

    private RuleOptions rules(final ScratchFolder scratch) {
        if (mix != null) {
            return new RuleOptions(RuleMix.of(mix), ruleCount, null, null, RuleTier.SPECIALIZED);
        }
        if (file != null) {
            return new RuleOptions(null, 0, file, sets, RuleTier.SPECIALIZED);
        }
        if (!hasConnections()) {
            return RuleOptions.NONE;
        }
        try {
            final String text = TRACKING + (connections.equals(SNAT) ? TRANSLATION.formatted(ipv6 ? SOURCES6 : SOURCES4) : "");
            return new RuleOptions(null, 0, Files.writeString(scratch.path().resolve("rules"), text), null, RuleTier.SPECIALIZED);
        } catch (final IOException e) {
            throw new BenchException("the rules cannot be written: " + e.getMessage() + "; free space in "
                    + System.getProperty("java.io.tmpdir"));
        }
    }
}
