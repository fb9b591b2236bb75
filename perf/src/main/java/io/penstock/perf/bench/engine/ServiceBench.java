package io.penstock.perf.bench.engine;

import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.config.ConfigurationBuilder;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.PortIo;
import io.penstock.dataplane.hot.port.MemoryPortIo;
import io.penstock.dataplane.program.Dummies;
import io.penstock.dataplane.replay.OfflineEngine;
import io.penstock.dataplane.run.ThreadPlacement;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.sys.MappedMemory;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.MachineFacts;
import io.penstock.perf.bench.measure.ScratchFolder;
import io.penstock.perf.connections.ConnectionFlows;
import io.penstock.perf.connections.FlowFrames;
import io.penstock.perf.connections.FlowOrder;
import io.penstock.perf.connections.FlowPort;
import io.penstock.perf.connections.ServiceFlows;
import io.penstock.perf.connections.ServiceNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/**
 * The engine with a virtual service, between ports in memory.
 *
 * <p>Flows are established by their packets, in an order that is not that of the traffic, as by {@link ConnectionBench}. Then clients' packets come, and
 * answers between them as often as asked for. Up to {@value ConnectionBench#STORED_FLOWS} flows the packets are kept, and copied from there; those of more
 * flows, and of connections that only begin, are made as they come.
 *
 * <p>Threads: the caller's, which waits and looks after the service, and the worker's.
 */
final class ServiceBench implements AutoCloseable {

    /** How long a connection of UDP lives that only begins. Unit: s. The least that there is. */
    private static final int SHORT_LIFE = 1;
    /** Until as many go as come: their life, the sweep that finds them, and both again. Unit: s. */
    private static final double SETTLING_SECONDS = 8;
    /** TCP's connections that only begin stay for a minute: they all have to fit into the table. Unit: s. */
    private static final double MAX_FILLING_SECONDS = 2;
    /** How many are begun and ended before, for each second: memory that is touched for the first time is slow, and is not what is measured. */
    private static final int USED_BEFORE = 3_000_000;
    /** How long that may take: a virtual machine's host finds memory, at its first touch, at less than a gigabyte a second. Unit: ns. */
    private static final long MAX_USING_NS = 60_000_000_000L;
    /** As many flows in a row have a client of their own each; more, and some come from the same client and port. */
    private static final int MOST_USED = 16_000_000;
    private static final int PER_CENT = 100;

    private final EngineOptions options;
    private final ServiceOptions wanted;
    private final ServiceFlows flows;
    private final List<CaptureMemory> captures = new ArrayList<>();
    private final OfflineEngine engine;
    private final FlowPort[] ports;
    private final int[] indexes;
    private final VirtualService service;
    private final ConnectionSetup setup;

    /** Builds the engine. */
    ServiceBench(final EngineOptions options, final ServiceOptions wanted) {
        this.options = options;
        this.wanted = wanted;
        flows = new ServiceFlows(wanted.mix(), options.ipv6(), wanted.protocol(), options.frameBytes(), options.flows(), wanted.servers());
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
            service = new VirtualService(engine, wanted, options.ipv6());
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
        final boolean established = wanted.mix().isEstablished();
        final boolean fills = !established && wanted.protocol() == IpProtocol.TCP;
        final PortIo[] sides = sides();
        final int[] turns = turns(wanted.replyShare());
        final PortIo[] inputs = new PortIo[turns.length];
        final int[] inputIndexes = new int[turns.length];
        for (int i = 0; i < turns.length; i++) {
            inputs[i] = sides[turns[i]];
            inputIndexes[i] = indexes[turns[i]];
        }
        final double maxWarmSeconds = fills ? Math.min(MAX_FILLING_SECONDS, options.maxWarmSeconds()) : options.maxWarmSeconds();
        final BenchLoop loop = new BenchLoop(engine, inputs, inputIndexes, options.burst(), cpu, (long) (maxWarmSeconds * 1e9),
                (long) (options.seconds() * 1e9 / EngineBench.SLICES), EngineBench.SLICES);
        loop.prepareBy(this::prepare);
        if (fills) {
            loop.atMost(usedBefore());
        }
        if (!established && !fills) {
            service.udpSeconds(SHORT_LIFE);
            loop.warmAtLeast(Math.min(SETTLING_SECONDS, options.maxWarmSeconds()));
        }
        WorkerThread.run(loop, service::keep);
        final long sent = engine.lane().counters.received - wanted.servers();
        return new EngineResult(source(), true, options.flows(), options.burst(), Memory.CHECKED, 0, cpu, alone, loop.warmSeconds(),
                loop.steady(), loop.mpps(), loop.mppsOfCpu(), loop.totals(), loop.gauge(), RouteOptions.NONE, null, RuleOptions.NONE,
                null, null, service.totals(wanted, established ? options.flows() : -1, established ? options.flows() : sent, sent), machine);
    }

    @Override
    public void close() {
        service.close();
        engine.close();
        captures.forEach(CaptureMemory::close);
        flows.close();
    }

    /** Whose packets come, burst by burst: 0 for clients', 1 for servers'; the shortest pattern with that share, evenly mixed. */
    static int[] turns(final int replyShare) {
        int count = PER_CENT;
        for (int shorter = PER_CENT / 2; shorter >= 1; shorter--) {
            if (PER_CENT % shorter == 0 && replyShare * shorter % PER_CENT == 0) {
                count = shorter;
            }
        }
        final int[] turns = new int[count];
        for (int i = 0; i < count; i++) {
            turns[i] = (i + 1) * replyShare / PER_CENT - i * replyShare / PER_CENT;
        }
        return turns;
    }

    /** What the measured packets come by: the clients', and the servers'. */
    private PortIo[] sides() {
        if (!wanted.mix().isEstablished() || options.flows() > ConnectionBench.STORED_FLOWS) {
            return ports;
        }
        final PortIo[] stored = new PortIo[flows.replies() == null ? 1 : indexes.length];
        for (int i = 0; i < stored.length; i++) {
            final CaptureMemory capture = new CaptureMemory(options.flows(), options.frameBytes());
            captures.add(capture);
            stored[i] = new MemoryPortIo(engine.frames(), capture.address(0), capture.slotBytes(), capture.lengths(),
                    Math.min(options.burst(), Batch.CAPACITY));
        }
        return stored;
    }

    /** On the worker's thread: neighbours, connections, and what then comes. */
    private void prepare() {
        setup.each(flows.greetings(), wanted.servers());
        if (!wanted.mix().isEstablished()) {
            final FlowOrder order = FlowOrder.straight(0, Long.MAX_VALUE);
            if (wanted.protocol() == IpProtocol.TCP) {
                setup.some(flows.requests(), order, usedBefore(),
                        System.nanoTime() + MAX_USING_NS);
                service.end(engine);
            }
            ports[0].receive(flows.requests(), order);
            return;
        }
        setup.establish();
        final FlowFrames[] sources = flows.replies() == null ? new FlowFrames[] {flows.requests()}
                : new FlowFrames[] {flows.requests(), flows.replies()};
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

    private long usedBefore() {
        return Math.min(MOST_USED, (long) (USED_BEFORE * (MAX_FILLING_SECONDS + options.seconds())));
    }

    private String source() {
        return (options.ipv6() ? "IPv6" : "IPv4") + ", frames of " + options.frameBytes() + " bytes, "
                + (captures.isEmpty() ? "made as they come" : "kept");
    }

    /** The ports and their network. */
    static Configuration configuration() {
        try (ScratchFolder folder = ScratchFolder.make("bench")) {
            return new ConfigurationBuilder()
                    .file(Files.writeString(folder.path().resolve("services.yaml"), ServiceNetwork.configuration())).build();
        } catch (final IOException e) {
            throw new BenchException("the built-in configuration cannot be written: " + e.getMessage() + "; free space in "
                    + System.getProperty("java.io.tmpdir"));
        }
    }
}
