package io.penstock.perf.bench.connections;

import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.table.ConnTable;
import io.penstock.conntrack.hot.table.TableCounter;
import io.penstock.conntrack.model.ConnectionException;
import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.config.ConfigurationBuilder;
import io.penstock.dataplane.connections.NamespaceConnections;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.hot.pipeline.PortIo;
import io.penstock.dataplane.program.Dummies;
import io.penstock.dataplane.replay.OfflineEngine;
import io.penstock.os.hot.ring.FrameStack;
import io.penstock.os.sys.MappedMemory;
import io.penstock.perf.bench.engine.EngineBench;
import io.penstock.perf.bench.engine.LaneTotals;
import io.penstock.perf.bench.engine.RuleLoad;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.ScratchFolder;
import io.penstock.perf.connections.ConnectionFlows;
import io.penstock.perf.connections.PairNetwork;
import io.penstock.perf.rules.RuleTier;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.function.Function;

/**
 * The engine between a client's port and a server's, both in memory, with rules that track connections.
 *
 * <p>Threads: one.
 */
final class TrackingEngine implements AutoCloseable {

    static final int CLIENT = 0;
    static final int SERVER = 1;
    /** So long that no connection ends of itself while it is measured. Unit: s. RFC 9693, section 4.4, asks for it. */
    private static final int LONG_LIFE = 3_600;
    /** Until a neighbour is known, and until what has ended is gone; here some rounds. */
    private static final int SETTLING_ROUNDS = 100;

    private final OfflineEngine engine;
    private final RuleLoad rules;
    private final PortIo[] ports;
    private final int[] indexes;
    private final Batch batch = new Batch();

    /**
     * An engine whose connections, once begun, do not end of themselves.
     *
     * @param rules   for iptables-restore, about the ports lan and wan
     * @param room    {@code nf_conntrack_max}
     * @param frames  that clients, servers and the engine have under way at the most
     * @param client  makes the client's port, of the free frames
     * @param server  makes the server's
     */
    TrackingEngine(
            final String rules, final int room, final int frames, final Function<FrameStack, PortIo> client,
            final Function<FrameStack, PortIo> server) {
        final Configuration configuration = configuration();
        engine = new OfflineEngine(
                configuration, EngineBench.frameBytes(OfflineEngine.MTU_BYTES), EngineBench.FRAMES + frames, MappedMemory.Pages.HUGE);
        try {
            Dummies.show(engine.lane());
            indexes = new int[] {configuration.portIndex("lan"), configuration.portIndex("wan")};
            ports = new PortIo[] {client.apply(engine.frames()), server.apply(engine.frames())};
            for (int i = 0; i < ports.length; i++) {
                engine.lane().ports.mac(indexes[i], ConnectionFlows.MAC);
                engine.lane().ports.partialChecksums(indexes[i], false);
                engine.port(indexes[i], ports[i]);
            }
            this.rules = new RuleLoad(engine, "connections", rules, null, false, RuleTier.SPECIALIZED, room);
        } catch (final RuntimeException e) {
            engine.close();
            throw e;
        }
        connections().settings().udpTimeout = LONG_LIFE;
        connections().settings().udpTimeoutStream = LONG_LIFE;
        connections().settings().tcpTimeoutSynSent = LONG_LIFE;
        connections().settings().tcpTimeoutSynRecv = LONG_LIFE;
    }

    NamespaceConnections connections() {
        return rules.connections();
    }

    Lane lane() {
        return engine.lane();
    }

    /** Receives up to so many packets at a port, and forwards them; how many there were. */
    int forward(final int side, final int most, final long nowNs) {
        batch.nowNs = nowNs;
        Arrays.fill(batch.inPort, indexes[side]);
        final int n = ports[side].receive(batch, most);
        if (n > 0) {
            batch.count = n;
            engine.lane().process(batch);
        }
        return n;
    }

    /** What happens between two batches. */
    void settle(final long nowNs) {
        engine.settle(nowNs);
    }

    /** The same until all packets that were taken have gone on: those that waited for a neighbour, too. */
    void settleAll(final long forwarded) {
        for (int i = 0; i < SETTLING_ROUNDS && engine.lane().counters.forwarded < forwarded; i++) {
            engine.settle(System.nanoTime());
        }
    }

    /** Removes all connections as {@code conntrack -F} does; how long it took. Unit: s. */
    double flush() {
        engine.settle(System.nanoTime());
        final long startNs = System.nanoTime();
        try {
            connections().store().flush();
        } catch (final ConnectionException e) {
            throw new BenchException("connections could not be removed: " + e.getMessage());
        }
        final long endNs = System.nanoTime();
        for (int i = 0; i < SETTLING_ROUNDS && count() != 0; i++) {
            engine.settle(System.nanoTime());
        }
        if (count() != 0) {
            throw new BenchException("connections are left when all are removed, a defect: connections=" + count());
        }
        return (endNs - startNs) / 1e9;
    }

    /** Connections that there are. */
    long count() {
        return connections().limit().count();
    }

    /** What the table has refused so far, by {@link TableCounter}; entries that were evicted early count as well. */
    long refused() {
        final ConnTable table = connections().table(ConnLayout.FAMILY_IPV4);
        return table.counter(0, TableCounter.INSERT_FAILED) + table.counter(0, TableCounter.DROP)
                + table.counter(0, TableCounter.EARLY_DROP);
    }

    /** Packets that belonged to no connection as they should have. */
    long invalid() {
        return connections().table(ConnLayout.FAMILY_IPV4).counter(0, TableCounter.INVALID);
    }

    /** Rules in force. */
    int ruleCount() {
        return rules.totals(0).rules();
    }

    /** What the lane has dropped so far, for messages. */
    String drops() {
        final LaneTotals totals = LaneTotals.of(engine.lane().counters);
        return "dropped=" + totals.droppedByReason() + " unaccounted=" + totals.unaccounted() + " invalid=" + invalid() + " refused=" + refused();
    }

    @Override
    public void close() {
        rules.close();
        engine.close();
    }

    private static Configuration configuration() {
        try (ScratchFolder folder = ScratchFolder.make("bench")) {
            return new ConfigurationBuilder()
                    .file(Files.writeString(folder.path().resolve("connections.yaml"), PairNetwork.CONFIGURATION)).build();
        } catch (final IOException e) {
            throw new BenchException("the built-in configuration cannot be written: " + e.getMessage() + "; free space in "
                    + System.getProperty("java.io.tmpdir"));
        }
    }
}
