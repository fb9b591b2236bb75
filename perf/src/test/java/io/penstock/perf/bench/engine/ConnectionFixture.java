package io.penstock.perf.bench.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.table.ConnTable;
import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.config.ConfigurationBuilder;
import io.penstock.dataplane.connections.NamespaceConnections;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.replay.OfflineEngine;
import io.penstock.os.sys.MappedMemory;
import io.penstock.perf.bench.measure.ScratchFolder;
import io.penstock.perf.connections.ConnectionFlows;
import io.penstock.perf.connections.ConnectionMix;
import io.penstock.perf.connections.FlowNetwork;
import io.penstock.perf.connections.FlowOrder;
import io.penstock.perf.connections.FlowPort;
import io.penstock.perf.rules.RuleTier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Arrays;

/** The engine of {@link ConnectionBench}, driven batch by batch. Threads: one. */
final class ConnectionFixture implements AutoCloseable {

    private static final int MAX_CONNECTIONS = 1 << 18;

    private final ConnectionFlows flows;
    private final OfflineEngine engine;
    private final RuleLoad rules;
    private final FlowPort[] ports = new FlowPort[2];
    private final int[] indexes;
    private final int flowCount;
    private final boolean ipv6;
    private final Batch batch = new Batch();
    private long nowNs = System.nanoTime();

    ConnectionFixture(
            final ConnectionMix mix, final String ruleText, final boolean ipv6, final int protocol, final int flowCount) {
        this.ipv6 = ipv6;
        this.flowCount = flowCount;
        final int bytes = ConnectionFlows.minFrameBytes(ipv6, protocol);
        flows = new ConnectionFlows(mix, ipv6, protocol, bytes, flowCount);
        final Configuration configuration = configuration();
        engine = new OfflineEngine(configuration, EngineBench.frameBytes(bytes), EngineBench.FRAMES, MappedMemory.Pages.NORMAL);
        indexes = new int[] {configuration.portIndex("lan"), configuration.portIndex("wan")};
        for (int i = 0; i < indexes.length; i++) {
            ports[i] = new FlowPort(engine.frames(), Batch.CAPACITY);
            engine.lane().ports.mac(indexes[i], ConnectionFlows.MAC);
            engine.port(indexes[i], ports[i]);
        }
        engine.resolveAtOnce();
        rules = new RuleLoad(engine, "connections", ruleText, null, ipv6, RuleTier.INDEXED, MAX_CONNECTIONS);
        ports[0].receive(flows.requests(), FlowOrder.straight(0, Long.MAX_VALUE));
    }

    /** All flows' connections. */
    void establish() {
        new ConnectionSetup(engine, flows.establishing(), flowCount, ports, indexes).establish();
        ports[0].receive(flows.requests(), FlowOrder.straight(0, flowCount));
        ports[1].receive(flows.replies(), FlowOrder.straight(0, flowCount));
        nowNs = System.nanoTime();
    }

    /** A batch of requests, and one of answers. */
    void exchange() {
        process(0);
        process(1);
    }

    /** A batch of requests, so much later than the one before. */
    void begin(final long laterNs) {
        nowNs += laterNs;
        process(0);
        engine.lane().tend(nowNs);
    }

    Lane lane() {
        return engine.lane();
    }

    NamespaceConnections connections() {
        return rules.connections();
    }

    ConnTable table() {
        return rules.connections().table(ipv6 ? ConnLayout.FAMILY_IPV6 : ConnLayout.FAMILY_IPV4);
    }

    /** What was dropped, by reason. */
    String drops() {
        return "dropped=" + LaneTotals.of(engine.lane().counters).droppedByReason() + " connections=" + rules.connections().limit().count();
    }

    void assertEveryRuleTakes() {
        final RuleTotals totals = rules.totals(engine.lane().counters.received);
        assertEquals(totals.rules(), totals.taking());
    }

    @Override
    public void close() {
        rules.close();
        engine.close();
        flows.close();
    }

    private void process(final int side) {
        Arrays.fill(batch.inPort, indexes[side]);
        batch.nowNs = nowNs;
        batch.count = ports[side].receive(batch, Batch.CAPACITY);
        engine.lane().process(batch);
    }

    private static Configuration configuration() {
        try (ScratchFolder folder = ScratchFolder.make("bench")) {
            return new ConfigurationBuilder()
                    .file(Files.writeString(folder.path().resolve("connections.yaml"), FlowNetwork.CONFIGURATION)).build();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
