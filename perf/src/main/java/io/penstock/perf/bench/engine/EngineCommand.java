package io.penstock.perf.bench.engine;

import io.penstock.dataplane.api.HookException;
import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.config.ConfigurationBuilder;
import io.penstock.dataplane.config.ConfigurationException;
import io.penstock.dataplane.demo.DemoException;
import io.penstock.dataplane.pcap.PcapException;
import io.penstock.dataplane.replay.ReplayException;
import io.penstock.dataplane.run.RunException;
import io.penstock.dataplane.run.ThreadPlacement;
import io.penstock.os.sys.SysException;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.Options;
import io.penstock.perf.bench.peer.PeerTraffic;
import io.penstock.perf.connections.ConnectionFlows;
import io.penstock.perf.connections.ServiceFlows;
import io.penstock.perf.fib.RouteSet;
import java.io.PrintWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench engine}: the engine alone, memory to memory, one worker. */
@Command(
        name = "engine",
        description = {
            "Measure the engine alone: one worker, from memory to memory.",
            "",
            "Every packet of the captures is copied into a fresh frame each time round. Without --in, UDP flows from a built-in "
                + "generator cross two built-in ports. A port's Ethernet address is the most common destination of its "
                + "capture. The worker has a CPU that the JVM's own threads are kept off.",
            "",
            "With --routes the flows go to made-up routes, with prefixes as long as the Internet's: the speed is told beside "
                + "that with the default route alone, for the same packets.",
            "",
            "With --rules they go through rules: the speed is told by their number and by what runs them, beside that of the same "
                + "packets without rules. A packet that a rule other than the last takes fails the measurement.",
            "",
            "With --connections they are tracked and translated, by rules and a network made for it.",
            "",
            "With --services they are clients' of a virtual service, which a made-up network has its servers behind.",
            "",
            "With --against somebody else is measured in turn, with the same packets."},
        sortOptions = false,
        exitCodeOnInvalidInput = ExitCode.USAGE,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed, or nothing was forwarded", "2:usage", "4:configuration refused"})
public final class EngineCommand implements Callable<Integer> {

    private static final int MAX_HOOKS = 1024;
    private static final int DEFAULT_FLOWS = 16_384;
    private static final int MOST_DEFAULT_FLOWS = 1 << 20;
    /** A hundred times what the busiest feeds do. */
    private static final int MAX_UPDATES = 1_000_000;
    private static final List<String> ROUTE_TABLES = List.of("both", "routes", "default");
    private static final List<String> BUILT_IN_ONLY = List.of("--flows", "--size", "--ipv6", "--routes", "--routes6");
    private static final double MIN_SECONDS = 0.1;
    private static final double MAX_SECONDS = 86_400;

    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Option(names = "--config", paramLabel = "FILE", description = "The configuration, with its network; needs --in.")
    private Path config;

    @Option(names = "--in", paramLabel = "PORT=PCAP", description = "What a port receives, over and over; may be repeated.")
    private List<String> in = List.of();

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "5",
            description = "How long to measure (default ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(names = "--warm-up", paramLabel = "S", defaultValue = "12",
            description = "How long to warm up at the most (default ${DEFAULT-VALUE}); it takes 2 s where the speed is steady then.")
    private double maxWarmSeconds;

    @Option(names = "--batch", paramLabel = "N", defaultValue = "64",
            description = "Packets taken from a port in one go, 1 to 256 (default ${DEFAULT-VALUE}). The engine's batches hold 64: "
                + "of more, several batches are made.")
    private int burst;

    @Option(names = "--table", description = "Measure bursts of 1, 2, 4 ... 256, unchecked and with every memory access checked, "
            + "each in a JVM of its own, and print a table.")
    private boolean table;

    @Option(names = "--hooks", paramLabel = "N", defaultValue = "0",
            description = "Register N functions at FORWARD that accept everything.")
    private int hooks;

    @Option(names = "--hook-jar", paramLabel = "JAR", description = "Load hook functions from a jar; may be repeated.")
    private List<Path> hookJars = List.of();

    @Option(names = "--inject", paramLabel = "WHAT", description = "Make a stage worse, to see whether the measurement finds it: slow:NS, "
            + "every packet there costs so many ns more; allocate:BYTES, every packet there leaves an object of that size to the collector. "
            + "Behind it @prerouting, @forward (the default) or @postrouting; may be repeated.")
    private List<String> inject = List.of();

    @Option(names = "--flows", paramLabel = "N", description = "Flows of the built-in generator (default 16384; with --routes as "
            + "many as there are routes, 16384 to 1048576).")
    private Integer flows;

    @Option(names = "--size", paramLabel = "BYTES",
            description = "Frames of the built-in generator, without check sequence. Default: the least, 60 or with --ipv6 62.")
    private Integer frameBytes;

    @Option(names = "--ipv6", description = "Let the built-in flows be IPv6.")
    private boolean ipv6;

    @Option(names = "--routes", paramLabel = "N", defaultValue = "0",
            description = "Let the destinations be uniform over N made-up IPv4 routes, at most 1000000.")
    private int routes4;

    @Option(names = "--routes6", paramLabel = "N", defaultValue = "0", description = "The same for IPv6, at most 200000; the "
            + "destinations are those of the flows' family.")
    private int routes6;

    @Option(names = "--route-table", paramLabel = "WHAT", defaultValue = "both", description = "With --routes: measure with the "
            + "routes in the table (routes), with the default route alone (default), or both ways, each in a JVM of its own, "
            + "and tell the ratio (both, the default).")
    private String routeTable;

    @Option(names = "--updates", paramLabel = "PER_SECOND", defaultValue = "0", description = "With --routes: change so many "
            + "routes a second meanwhile, from another thread. A packet that is lost fails the measurement.")
    private int updates;

    @Mixin
    private PeerArguments peers;

    @Mixin
    private RuleArguments rules;

    @Mixin
    private ConnectionArguments connections;

    @Mixin
    private ServiceArguments services;

    @Option(names = "--cpu", paramLabel = "N", defaultValue = "-1", description = "The worker's CPU. Default: the first that the "
            + "configuration names, or else the last there is.")
    private int cpu;

    @Option(names = "--partial-checksums", description = "Look for transport checksums that are only begun, as ports on veth, TAP "
            + "and virtio do.")
    private boolean partialChecksums;

    @Option(names = "--json", description = "One JSON object, in one line.")
    private boolean json;

    @Override
    public Integer call() {
        Options.check(spec, "--batch", burst, 1, EngineOptions.MAX_BURST);
        Options.check(spec, "--hooks", hooks, 0, MAX_HOOKS);
        checkRoutes();
        rules.check(spec, peers.against(), ipv6, !in.isEmpty());
        connections.check(spec);
        services.check(spec);
        peers.check(spec, rules, connections);
        flows = flows == null ? defaultFlows() : flows;
        Options.check(spec, "--flows", flows, 1, BuiltIn.MAX_FLOWS);
        peers.checkFlows(spec, flows);
        final int leastBytes = leastBytes();
        frameBytes = frameBytes == null ? leastBytes : frameBytes;
        Options.check(spec, "--size", frameBytes, leastBytes,
                BuiltIn.MAX_FRAME_BYTES - (services.any() ? ServiceFlows.overheadBytes(services.mix(), ipv6) : 0));
        Options.checkSeconds(spec, "--seconds", seconds, MIN_SECONDS, MAX_SECONDS);
        Options.checkSeconds(spec, "--warm-up", maxWarmSeconds, MIN_SECONDS, MAX_SECONDS);
        if (in.isEmpty() != (config == null)) {
            throw Options.usage(spec, config == null ? "--in needs --config, which names its ports and their network"
                    : "--config needs --in PORT=PCAP, what one of its ports receives; without both, built-in flows are measured");
        }
        injections();
        final Map<String, Path> inputs = inputs();
        final PrintWriter err = spec.commandLine().getErr();
        try {
            return table ? table() : peers.any() && !rules.any() ? besidePeer(err) : connections.any() ? connections(err) : services.any() ? service(err)
                    : !rules.isSingle(peers) ? throughRules(err) : several() ? withAndWithoutRoutes() : single(inputs, err);
        } catch (final ConfigurationException e) {
            err.println(e.getMessage());
            return ExitCode.CONFIGURATION_REFUSED;
        } catch (final ReplayException e) {
            err.println(e.getMessage());
            return e.exitCode();
        } catch (final BenchException e) {
            err.println(e.getMessage());
            return e.exitCode();
        } catch (final DemoException | PcapException | RunException | HookException | SysException e) {
            err.println(e.getMessage());
            return ExitCode.FAILED;
        }
    }

    private EngineOptions options(final Map<String, Path> inputs) {
        return new EngineOptions(inputs, maxWarmSeconds, seconds, burst, hooks, hookJars, flows, frameBytes, ipv6, cpu, partialChecksums,
                new RouteOptions(routes4, routes6, !routeTable.equals("default"), updates), rules.single(), injections());
    }

    private int defaultFlows() {
        final int usual = Math.clamp(ipv6 ? routes6 : routes4, DEFAULT_FLOWS, MOST_DEFAULT_FLOWS);
        return connections.any() ? connections.flows(usual) : usual;
    }

    private int leastBytes() {
        return connections.any() ? ConnectionFlows.minFrameBytes(ipv6, connections.protocol())
                : services.any() ? ConnectionFlows.minFrameBytes(ipv6, services.protocol(connections.givenProtocol()))
                : BuiltIn.minFrameBytes(ipv6);
    }

    private int service(final PrintWriter err) {
        try (ServiceBench bench = new ServiceBench(options(Map.of()), services.options(connections.givenProtocol()))) {
            return print(bench.run(), err);
        }
    }

    private int connections(final PrintWriter err) {
        try (ConnectionBench bench = new ConnectionBench(options(Map.of()), connections.options())) {
            return print(bench.run(), err);
        }
    }

    private int print(final EngineResult result, final PrintWriter err) {
        Options.print(spec, json ? result.json() + '\n' : result.text());
        final String failure = result.failure();
        if (failure != null) {
            err.println(failure);
        }
        return failure == null ? ExitCode.DONE : ExitCode.FAILED;
    }

    private int single(final Map<String, Path> inputs, final PrintWriter err) {
        final Configuration configuration =
                config == null ? BuiltIn.configuration() : new ConfigurationBuilder().file(config).build();
        final EngineOptions options = options(inputs);
        if (options.rules().any() && (configuration.rules4() != null || configuration.rules6() != null)) {
            throw new BenchException(ExitCode.USAGE,
                    "the configuration has rules of its own: config=" + config + "; leave them out, or do without --rules-file");
        }
        try (EngineBench bench = new EngineBench(configuration, options)) {
            bench.notes().forEach(err::println);
            return print(bench.run(), err);
        }
    }

    private int table() {
        final List<String> given = spec.commandLine().getParseResult().originalArgs();
        final EngineTable result = EngineTable.measure(given, spec.commandLine().getErr());
        Options.print(spec, json ? result.json() + '\n' : result.text());
        return ExitCode.DONE;
    }

    private int withAndWithoutRoutes() {
        final EngineRoutes result =
                EngineRoutes.measure(spec.commandLine().getParseResult().originalArgs(), spec.commandLine().getErr());
        Options.print(spec, json ? result.json() + '\n' : result.text());
        return ExitCode.DONE;
    }

    private int throughRules(final PrintWriter err) {
        final RulePeer peer = RuleArguments.peer(peers.against(), worker(), seconds);
        if (peer != null) {
            peer.require();
        }
        final EngineRules result =
                EngineRules.measure(spec.commandLine().getParseResult().originalArgs(), rules, peers.runs(), peer, flows, err);
        Options.print(spec, json ? result.json() + '\n' : result.text());
        return ExitCode.DONE;
    }

    private int besidePeer(final PrintWriter err) {
        final EnginePeer result = new EnginePeer(spec.commandLine().getParseResult().originalArgs(), peers.memory(), connections.any(), err);
        try (PeerTraffic traffic = connections.any()
                ? PeerTraffic.tracked(connections.options().mix(), connections.options().rules(), flows, frameBytes) : EnginePeer.plain(flows, frameBytes)) {
            result.measure(traffic, worker(), seconds, peers.runs());
        }
        Options.print(spec, json ? result.json() + '\n' : result.text());
        return ExitCode.DONE;
    }

    private int worker() {
        return cpu < 0 ? ThreadPlacement.choose(1).getFirst() : cpu;
    }

    private boolean several() {
        return routes4 + routes6 > 0 && routeTable.equals("both");
    }

    private void checkRoutes() {
        Options.check(spec, "--routes", routes4, 0, RouteSet.MAX_ROUTES4);
        Options.check(spec, "--routes6", routes6, 0, RouteSet.MAX_ROUTES6);
        Options.check(spec, "--updates", updates, 0, MAX_UPDATES);
        if (!ROUTE_TABLES.contains(routeTable)) {
            throw Options.usage(spec, "there is no --route-table '" + routeTable + "'; supported are "
                    + String.join(", ", ROUTE_TABLES));
        }
        if (routes4 + routes6 == 0) {
            for (final String option : List.of("--route-table", "--updates")) {
                if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
                    throw Options.usage(spec, option + " needs --routes N, the routes that it is about");
                }
            }
        } else if (table) {
            throw Options.usage(spec, "--table and --routes do not go together; give --batch N for one row of that table");
        } else if ((ipv6 ? routes6 : routes4) == 0) {
            throw Options.usage(spec, ipv6 ? "--ipv6 flows need --routes6 N: by IPv4 routes they do not go"
                    : "--routes6 needs --routes N, which the IPv4 flows go by, or --ipv6");
        }
        if (!in.isEmpty()) {
            for (final String option : BUILT_IN_ONLY) {
                if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
                    throw Options.usage(
                            spec, option + " is for the built-in flows, and with --in there are none; leave one of them out");
                }
            }
        }
    }

    private List<Injection> injections() {
        final List<Injection> injections = new ArrayList<>();
        for (final String text : inject) {
            try {
                injections.add(Injection.of(text));
            } catch (final IllegalArgumentException e) {
                throw new ParameterException(spec.commandLine(), e.getMessage(), e);
            }
        }
        return injections;
    }

    private Map<String, Path> inputs() {
        final Map<String, Path> inputs = new LinkedHashMap<>();
        for (final String text : in) {
            final int equals = text.indexOf('=');
            if (equals <= 0 || equals == text.length() - 1) {
                throw Options.usage(spec, "--in " + text
                        + " is not PORT=PCAP; give a port's name and a capture, such as --in lan=lan.pcap");
            }
            final String port = text.substring(0, equals);
            try {
                if (inputs.put(port, Path.of(text.substring(equals + 1))) != null) {
                    throw Options.usage(spec, "--in names port " + port + " twice; merge its captures into one");
                }
            } catch (final InvalidPathException e) {
                throw new ParameterException(spec.commandLine(), "--in " + text + ": not a path: " + e.getMessage(), e);
            }
        }
        return inputs;
    }
}
