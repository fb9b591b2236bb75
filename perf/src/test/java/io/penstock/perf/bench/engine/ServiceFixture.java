package io.penstock.perf.bench.engine;

import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.replay.OfflineEngine;
import io.penstock.os.sys.MappedMemory;
import io.penstock.perf.connections.ConnectionFlows;
import io.penstock.perf.connections.FlowOrder;
import io.penstock.perf.connections.FlowPort;
import io.penstock.perf.connections.ServiceFlows;
import io.penstock.perf.connections.ServiceMix;
import java.util.Arrays;

/** The engine of {@link ServiceBench}, driven batch by batch. Threads: one. */
final class ServiceFixture implements AutoCloseable {

    private static final int SERVERS = 10;

    private final ServiceFlows flows;
    private final int flowCount;
    private final OfflineEngine engine;
    private final VirtualService service;
    private final ConnectionSetup setup;
    private final FlowPort[] ports = new FlowPort[2];
    private final int[] indexes;
    private final Batch batch = new Batch();
    private long nowNs;

    ServiceFixture(final ServiceMix mix, final String scheduler, final boolean ipv6, final int protocol, final int flowCount) {
        this.flowCount = flowCount;
        final int bytes = ConnectionFlows.minFrameBytes(ipv6, protocol);
        flows = new ServiceFlows(mix, ipv6, protocol, bytes, flowCount, SERVERS);
        final Configuration configuration = ServiceBench.configuration();
        engine = new OfflineEngine(configuration, EngineBench.frameBytes(bytes), EngineBench.FRAMES, MappedMemory.Pages.NORMAL);
        indexes = new int[] {configuration.portIndex("lan"), configuration.portIndex("wan")};
        for (int i = 0; i < indexes.length; i++) {
            ports[i] = new FlowPort(engine.frames(), Batch.CAPACITY);
            engine.lane().ports.mac(indexes[i], ConnectionFlows.MAC);
            engine.port(indexes[i], ports[i]);
        }
        service = new VirtualService(engine, new ServiceOptions(mix, protocol, SERVERS, scheduler, 0), ipv6);
        service.udpSeconds(1);
        setup = new ConnectionSetup(engine, flows.establishing(), flowCount, ports, indexes);
        setup.each(flows.greetings(), SERVERS);
        ports[0].receive(flows.requests(), FlowOrder.straight(0, Long.MAX_VALUE));
        // Not before what the lane has been told: it is not looked after until then.
        nowNs = System.nanoTime();
    }

    /** All flows' connections. */
    void establish() {
        service.udpSeconds(300);
        setup.establish();
        ports[0].receive(flows.requests(), FlowOrder.straight(0, flowCount));
        if (flows.replies() != null) {
            ports[1].receive(flows.replies(), FlowOrder.straight(0, flowCount));
        }
        nowNs = System.nanoTime();
    }

    /** A batch of requests, and where they pass here one of answers. */
    void exchange() {
        process(0);
        if (flows.replies() != null) {
            process(1);
        }
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

    long connections() {
        return service.connections();
    }

    @Override
    public void close() {
        service.close();
        engine.close();
        flows.close();
    }

    private void process(final int side) {
        Arrays.fill(batch.inPort, indexes[side]);
        batch.nowNs = nowNs;
        batch.count = ports[side].receive(batch, Batch.CAPACITY);
        engine.lane().process(batch);
    }
}
