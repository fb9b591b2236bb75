package io.penstock.perf.bench.engine;

import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.api.HookFunction;
import io.penstock.dataplane.api.HookOps;
import io.penstock.dataplane.api.HookPoint;
import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.config.PortConfig;
import io.penstock.dataplane.fib.FibWriter;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.hot.pipeline.PortIo;
import io.penstock.dataplane.hot.port.MemoryPortIo;
import io.penstock.dataplane.program.Dummies;
import io.penstock.dataplane.replay.OfflineEngine;
import io.penstock.dataplane.run.HookJars;
import io.penstock.dataplane.run.ThreadPlacement;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.MappedMemory;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.MachineFacts;
import io.penstock.perf.fib.RouteSet;
import io.penstock.perf.rules.RuleSet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The engine between ports in memory: the classes, network and hooks of live ports, frames from captures.
 *
 * <p>The worker has a CPU to itself as far as can be had: before it starts, every thread of the JVM (compilers, collector,
 * this one) is moved to the other CPUs, where there are any. The kernel's own work on that CPU, and other processes', stay;
 * {@code isolcpus=} and {@code irqaffinity=} move them too.
 *
 * <p>Threads: the caller's, which waits, and the worker's.
 */
public final class EngineBench implements AutoCloseable {

    /** The measured time is cut into so many slices, whose spread tells the noise. */
    public static final int SLICES = 10;

    /**
     * Frames: what parking may hold, and two batches. The stack gives back the frame that was freed last, so that few are
     * touched; on live ports the rings go through more, a cost that belongs to the wire.
     */
    public static final int FRAMES = Lane.PARKING_PLACES + 2 * Batch.CAPACITY;
    /** Where packets of the usual MTU fit. */
    private static final int MIN_FRAME_BYTES = 2048;
    /** Room behind the packet that copying whole cache lines needs. */
    public static final int TAIL_BYTES = 64;

    /** Accepts everything: what is left is the call. */
    private static final HookFunction ACCEPT = (packet, state) -> Verdict.ACCEPT;

    private final EngineOptions options;
    private final Configuration configuration;
    private final List<CaptureMemory> captures = new ArrayList<>();
    private final List<PortIo> inputs = new ArrayList<>();
    private final List<Integer> inputPorts = new ArrayList<>();
    private final OfflineEngine engine;
    /** By the built-in packets' family; null without made-up routes in the table. */
    private RouteSet routes;
    private int[] nextHops;
    /** Made up for the rules, or null. */
    private final RuleSet ruleSet;
    /** Null without rules in force. */
    private RuleLoad rules;

    /** Loads the captures and builds the engine. */
    EngineBench(final Configuration configuration, final EngineOptions options) {
        this.configuration = configuration;
        this.options = options;
        this.ruleSet = options.rules().set(options.flows());
        OfflineEngine built = null;
        try {
            final Map<Integer, CaptureMemory> byPort = load();
            built = new OfflineEngine(configuration, frameBytes(), FRAMES, MappedMemory.Pages.HUGE);
            // Before the hooks: the last dummy is what no hook at all compiles to, and stays when none is registered.
            Dummies.show(built.lane());
            for (int port = 0; port < configuration.ports().size(); port++) {
                connect(built, port, byPort.get(port));
            }
            register(built);
            install(built.fib());
            rules = rules(built);
        } catch (final RuntimeException e) {
            captures.forEach(CaptureMemory::close);
            if (built != null) {
                built.close();
            }
            throw e;
        }
        this.engine = built;
    }

    /** What the kernel would do with the configured network and this does not, a sentence each. */
    List<String> notes() {
        return engine.notes();
    }

    Lane lane() {
        return engine.lane();
    }

    OfflineEngine engine() {
        return engine;
    }

    /** Tracked now. */
    long connections() {
        return rules == null ? 0 : rules.connections().limit().count();
    }

    List<CaptureMemory> captures() {
        return captures;
    }

    /** The first port that receives. */
    PortIo input() {
        return inputs.getFirst();
    }

    /** Its index. */
    int inputPort() {
        return inputPorts.getFirst();
    }

    /** What the rules have done since the first packet; null without rules in force. */
    RuleTotals ruleTotals() {
        return rules == null ? null : rules.totals(engine.lane().counters.received);
    }

    /** Warms up, measures, and returns the result. */
    EngineResult run() {
        final int cpu = cpu();
        // While this thread still has every CPU.
        final MachineFacts machine = MachineFacts.ofThis();
        final boolean alone = ThreadPlacement.keepOff(List.of(cpu));
        final BenchLoop loop = new BenchLoop(
                engine, inputs.toArray(PortIo[]::new), inputPorts.stream().mapToInt(Integer::intValue).toArray(),
                options.burst(), cpu, (long) (options.maxWarmSeconds() * 1e9),
                (long) (options.seconds() * 1e9 / SLICES), SLICES);
        final int updatesPerSecond = routes == null ? 0 : options.routes().updatesPerSecond();
        final RouteUpdates updates = updatesPerSecond == 0 ? null : new RouteUpdates(
                engine.fib(), engine.freeElsewhere(loop.epoch()), routes, nextHops, updatesPerSecond);
        WorkerThread.run(loop, goesOn -> {
            if (updates != null) {
                updates.run(goesOn);
            }
        });
        final FlowCount flows = new FlowCount();
        captures.forEach(flows::add);
        return new EngineResult(source(), isWhole(), flows.count(), options.burst(), Memory.CHECKED, options.hooks(), cpu, alone,
                loop.warmSeconds(), loop.steady(), loop.mpps(), loop.mppsOfCpu(), loop.totals(), loop.gauge(), options.routes(),
                updates == null ? null : updates.totals(), options.rules(), ruleTotals(), null, null, machine);
    }

    @Override
    public void close() {
        if (rules != null) {
            rules.close();
        }
        engine.close();
        captures.forEach(CaptureMemory::close);
    }

    private Map<Integer, CaptureMemory> load() {
        final Map<Integer, CaptureMemory> byPort = new HashMap<>();
        if (options.inputs().isEmpty()) {
            final int port = configuration.portIndex(BuiltIn.INPUT);
            byPort.put(port, keep(ruleSet == null
                    ? BuiltIn.packets(options.flows(), options.frameBytes(), options.ipv6(), options.routes().set(options.ipv6()))
                    : FlowPackets.of(ruleSet.flows(), options.frameBytes())));
        }
        options.inputs().forEach((name, file) -> {
            final int port = configuration.portIndex(name);
            if (port < 0) {
                throw new BenchException(ExitCode.USAGE, "--in " + name + '=' + file + ": there is no port " + name
                        + "; ports are " + String.join(", ", configuration.ports().stream().map(PortConfig::name).toList()));
            }
            byPort.put(port, keep(CaptureMemory.read(file)));
        });
        return byPort;
    }

    private CaptureMemory keep(final CaptureMemory capture) {
        captures.add(capture);
        return capture;
    }

    private int frameBytes() {
        return frameBytes(captures.stream().mapToInt(CaptureMemory::longestBytes).max().orElse(0));
    }

    /** Bytes of a frame, for packets of at most so many. */
    public static int frameBytes(final int longest) {
        final int needed = MemoryPortIo.HEADROOM + longest + TAIL_BYTES;
        return Math.max(MIN_FRAME_BYTES, Integer.highestOneBit(needed - 1) << 1);
    }

    private void connect(final OfflineEngine to, final int port, final CaptureMemory capture) {
        to.lane().ports.partialChecksums(port, options.partialChecksums());
        if (capture == null) {
            to.port(port, new MemoryPortIo(to.frames(), 0, TAIL_BYTES, new int[0], 1));
            return;
        }
        to.lane().ports.mac(port, capture.mac());
        final MemoryPortIo end = new MemoryPortIo(to.frames(), capture.address(0), capture.slotBytes(), capture.lengths(),
                Math.min(options.burst(), Batch.CAPACITY));
        to.port(port, end);
        inputs.add(end);
        inputPorts.add(port);
    }

    private void register(final OfflineEngine in) {
        final List<HookOps> functions = new ArrayList<>();
        for (int i = 0; i < options.hooks(); i++) {
            functions.add(HookOps.of("accept-" + i, Family.INET, HookPoint.FORWARD, i, ACCEPT));
        }
        options.injections().forEach(injection -> functions.add(injection.hook()));
        if (!functions.isEmpty()) {
            in.hooks().register(functions);
        }
        HookJars.load(options.hookJars(), in.hooks());
    }

    private void install(final FibWriter table) {
        for (final boolean ipv6 : new boolean[] {false, true}) {
            final RouteSet set = options.routes().inTable() ? options.routes().set(ipv6) : null;
            if (set != null) {
                final int[] adjacencies = BuiltIn.nextHops(table.fib(), ipv6);
                set.putAll(table, adjacencies);
                if (ipv6 == options.ipv6()) {
                    routes = set;
                    nextHops = adjacencies;
                }
            }
        }
    }

    private RuleLoad rules(final OfflineEngine in) {
        final RuleOptions wanted = options.rules();
        if (!wanted.inForce()) {
            return null;
        }
        return ruleSet == null
                ? new RuleLoad(in, wanted.file().getFileName().toString(), RuleLoad.text(wanted.file()), wanted.sets(), options.ipv6(),
                        wanted.tier())
                : new RuleLoad(in, wanted.mix().text(), ruleSet.saveText(), null, false, wanted.tier());
    }

    private int cpu() {
        if (options.cpu() >= 0) {
            return options.cpu();
        }
        final List<Integer> configured = configuration.workers().cpus();
        return configured.isEmpty() ? ThreadPlacement.choose(1).getFirst() : configured.getFirst();
    }

    /** Whether nothing of the user's, a capture, a hook or rules, may keep a packet from being forwarded. */
    private boolean isWhole() {
        return options.inputs().isEmpty() && options.hookJars().isEmpty() && (rules == null || ruleSet != null);
    }

    private String source() {
        return traffic() + (options.injections().isEmpty() ? "" : ", made worse by " + options.injections().stream()
                .map(Injection::toString).collect(Collectors.joining(", ")));
    }

    private String traffic() {
        final int packets = captures.stream().mapToInt(c -> c.lengths().length).sum();
        if (ruleSet != null) {
            return "made for " + ruleSet.rules().size() + " rules, " + ruleSet.mix().text() + ", frames of " + options.frameBytes()
                    + " bytes";
        }
        if (options.inputs().isEmpty()) {
            return "built in, " + (options.ipv6() ? "IPv6" : "IPv4") + ", UDP, frames of " + options.frameBytes() + " bytes";
        }
        final List<Path> files = List.copyOf(options.inputs().values());
        return (files.size() == 1 ? files.getFirst() : files.size() + " captures") + ", " + packets + " packets";
    }
}
