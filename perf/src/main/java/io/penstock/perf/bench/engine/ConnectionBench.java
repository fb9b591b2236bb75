package io.penstock.perf.bench.engine;

import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.table.ConnTable;
import io.penstock.conntrack.hot.table.TableCounter;
import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.config.ConfigurationBuilder;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.PortIo;
import io.penstock.dataplane.hot.port.MemoryPortIo;
import io.penstock.dataplane.program.Dummies;
import io.penstock.dataplane.replay.OfflineEngine;
import io.penstock.dataplane.run.ThreadPlacement;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.MappedMemory;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.MachineFacts;
import io.penstock.perf.bench.measure.ScratchFolder;
import io.penstock.perf.bench.measure.WorkerGauge;
import io.penstock.perf.connections.ConnectionFlows;
import io.penstock.perf.connections.FlowFrames;
import io.penstock.perf.connections.FlowNetwork;
import io.penstock.perf.connections.FlowOrder;
import io.penstock.perf.connections.FlowPort;
import io.penstock.perf.rules.RuleTier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The engine with connections, between ports in memory.
 *
 * <p>Flows are established by their packets, in an order that is not that of the traffic: what lies together did not come together. Then bursts of both
 * directions alternate; a flow's answers come half of all flows after its requests, so that nothing is found in a cache because of them. Up to
 * {@value #STORED_FLOWS} flows the packets are kept, and copied from there; those of more flows, and of connections that only begin, are made as they come.
 *
 * <p>Threads: the caller's, which waits, and the worker's.
 */
final class ConnectionBench implements AutoCloseable {

    /** Flows whose packets are kept: 128 MiB of them. */
    static final int STORED_FLOWS = 1 << 20;
    /** Connections that there may be beyond the flows': those that end count until they have gone. */
    private static final int SPARE = 4096;
    /** How long a connection lives that nobody answers, where all are such. Unit: s. The least that there is. */
    private static final int SHORT_LIFE = 1;
    /** Until as many go as come: their life, the sweep that finds them, and both again. Unit: s. */
    private static final double SETTLING_SECONDS = 8;
    /** Of the index: a cache line. */
    private static final int BUCKET_BYTES = 64;
    private static final int PAGE_BYTES = 4096;
    private static final Path STATM = Path.of("/proc/self/statm");
    /** Fillings of an empty table before one counts, and the least that count. */
    private static final int WARM_FILLINGS = 3;
    private static final int FILLINGS = 5;
    private static final double FILLING_WARM_SECONDS = 4;

    private final EngineOptions options;
    private final ConnectionOptions wanted;
    private final ConnectionFlows flows;
    private final List<CaptureMemory> captures = new ArrayList<>();
    private final OfflineEngine engine;
    private final FlowPort[] ports;
    private final int[] indexes;
    private final RuleLoad rules;
    private final ConnectionSetup setup;
    private long residentBytes;
    private double[] establishing = {};
    private double[] establishingOfCpu = {};
    private long due;

    /** Builds the engine. */
    ConnectionBench(final EngineOptions options, final ConnectionOptions wanted) {
        this.options = options;
        this.wanted = wanted;
        flows = new ConnectionFlows(wanted.mix(), options.ipv6(), wanted.protocol(), options.frameBytes(), options.flows());
        final Configuration configuration = configuration();
        engine = new OfflineEngine(
                configuration, EngineBench.frameBytes(options.frameBytes()), EngineBench.FRAMES, MappedMemory.Pages.HUGE);
        try {
            Dummies.show(engine.lane());
            indexes = new int[] {configuration.portIndex("lan"), configuration.portIndex("wan")};
            ports = new FlowPort[indexes.length];
            for (int i = 0; i < indexes.length; i++) {
                ports[i] = new FlowPort(engine.frames(), Math.min(options.burst(), Batch.CAPACITY));
                engine.lane().ports.mac(indexes[i], ConnectionFlows.MAC);
                engine.lane().ports.partialChecksums(indexes[i], options.partialChecksums());
                engine.port(indexes[i], ports[i]);
            }
            rules = new RuleLoad(engine, "connections", wanted.mix().saveText(options.ipv6(), wanted.rules()), null, options.ipv6(),
                    RuleTier.SPECIALIZED, options.flows() + SPARE);
        } catch (final RuntimeException e) {
            engine.close();
            flows.close();
            throw e;
        }
        setup = new ConnectionSetup(engine, flows.establishing(), options.flows(), ports, indexes);
    }

    /** Establishes, warms up, measures, and returns the result. */
    EngineResult run() {
        final int cpu = options.cpu() >= 0 ? options.cpu() : ThreadPlacement.choose(1).getFirst();
        // While this thread still has every CPU.
        final MachineFacts machine = MachineFacts.ofThis();
        final boolean alone = ThreadPlacement.keepOff(List.of(cpu));
        final boolean answered = wanted.mix().isAnswered();
        final BenchLoop loop = new BenchLoop(
                engine, inputs(), answered ? indexes : new int[] {indexes[0]}, options.burst(), cpu,
                (long) (options.maxWarmSeconds() * 1e9), (long) (options.seconds() * 1e9 / EngineBench.SLICES), EngineBench.SLICES);
        if (answered) {
            loop.prepareBy(() -> prepare(loop.gauge()));
        } else {
            rules.connections().settings().udpTimeout = SHORT_LIFE;
            rules.connections().settings().tcpTimeoutSynSent = SHORT_LIFE;
            loop.warmAtLeast(Math.min(SETTLING_SECONDS, options.maxWarmSeconds()));
        }
        WorkerThread.run(loop, goesOn -> { });
        return new EngineResult(source(), true, options.flows(), options.burst(), Memory.CHECKED, 0, cpu, alone, loop.warmSeconds(),
                loop.steady(), loop.mpps(), loop.mppsOfCpu(), loop.totals(), loop.gauge(), RouteOptions.NONE, null, RuleOptions.NONE,
                rules.totals(engine.lane().counters.received), totals(), null, machine);
    }

    @Override
    public void close() {
        rules.close();
        engine.close();
        captures.forEach(CaptureMemory::close);
        flows.close();
    }

    /** What the measured packets come by. */
    private PortIo[] inputs() {
        if (!wanted.mix().isAnswered()) {
            ports[0].receive(flows.requests(), FlowOrder.straight(0, Long.MAX_VALUE));
            return new PortIo[] {ports[0]};
        }
        if (options.flows() > STORED_FLOWS) {
            return ports;
        }
        final PortIo[] stored = new PortIo[indexes.length];
        for (int i = 0; i < stored.length; i++) {
            final CaptureMemory capture = new CaptureMemory(options.flows(), options.frameBytes());
            captures.add(capture);
            stored[i] = new MemoryPortIo(engine.frames(), capture.address(0), capture.slotBytes(), capture.lengths(),
                    Math.min(options.burst(), Batch.CAPACITY));
        }
        return stored;
    }

    /** On the worker's thread: connections, and what then comes. */
    private void prepare(final WorkerGauge gauge) {
        if (wanted.rfc9693()) {
            fill(gauge);
        }
        final long before = residentBytes();
        setup.establish();
        residentBytes = residentBytes() - before;
        due += options.flows();
        final FlowFrames[] sources = {flows.requests(), flows.replies()};
        for (int i = 0; i < sources.length; i++) {
            final FlowOrder order = FlowOrder.straight(i * (options.flows() / 2L), options.flows());
            ports[i].receive(sources[i], order);
            if (!captures.isEmpty()) {
                for (int slot = 0; slot < options.flows(); slot++) {
                    sources[i].write(order.next(), captures.get(i).slot(slot, options.frameBytes()));
                }
            }
        }
    }

    /** RFC 9693, the first phase: every packet begins a connection, in a table that is empty at first. */
    private void fill(final WorkerGauge gauge) {
        final List<double[]> runs = new ArrayList<>();
        final long startNs = System.nanoTime();
        int warm = 0;
        while (runs.size() < FILLINGS || runs.size() < EngineBench.SLICES && System.nanoTime() - startNs < options.seconds() * 1e9) {
            final long cpuNs = gauge.cpuNs();
            final long fromNs = System.nanoTime();
            setup.begin();
            final long wallNs = System.nanoTime() - fromNs;
            final long usedNs = gauge.cpuNs() - cpuNs;
            due += options.flows();
            if (rules.connections().limit().count() != options.flows()) {
                throw new BenchException("not every flow has its connection: connections=" + rules.connections().limit().count()
                        + " flows=" + options.flows());
            }
            setup.flush(table());
            if (warm < WARM_FILLINGS || runs.isEmpty() && System.nanoTime() - startNs < FILLING_WARM_SECONDS * 1e9) {
                warm++;
            } else {
                runs.add(new double[] {options.flows() * 1e3 / wallNs, options.flows() * 1e3 / usedNs});
            }
        }
        establishing = runs.stream().mapToDouble(run -> run[0]).toArray();
        establishingOfCpu = runs.stream().mapToDouble(run -> run[1]).toArray();
    }

    private ConnectionTotals totals() {
        final ConnTable table = table();
        final long[] counters = new long[TableCounter.COUNT];
        Arrays.setAll(counters, counter -> table.counter(0, counter));
        final boolean answered = wanted.mix().isAnswered();
        final long received = engine.lane().counters.received;
        return new ConnectionTotals(wanted, rules.connections().limit().count(), answered ? options.flows() : -1,
                rules.totals(received).last(), answered ? due : received, counters,
                table.entryBytes() + Long.BYTES + (double) table.buckets() * BUCKET_BYTES / options.flows(), residentBytes,
                establishing, establishingOfCpu);
    }

    private ConnTable table() {
        return rules.connections().table(options.ipv6() ? ConnLayout.FAMILY_IPV6 : ConnLayout.FAMILY_IPV4);
    }

    private String source() {
        return (options.ipv6() ? "IPv6" : "IPv4") + ", frames of " + options.frameBytes() + " bytes, "
                + (captures.isEmpty() ? "made as they come" : "kept");
    }

    private static Configuration configuration() {
        try (ScratchFolder folder = ScratchFolder.make("bench")) {
            return new ConfigurationBuilder()
                    .file(Files.writeString(folder.path().resolve("connections.yaml"), FlowNetwork.CONFIGURATION)).build();
        } catch (final IOException e) {
            throw new BenchException("the built-in configuration cannot be written: " + e.getMessage() + "; free space in "
                    + System.getProperty("java.io.tmpdir"));
        }
    }

    private static long residentBytes() {
        try {
            return Long.parseLong(Files.readString(STATM).split(" ")[1]) * PAGE_BYTES;
        } catch (final IOException e) {
            return 0;
        }
    }
}
