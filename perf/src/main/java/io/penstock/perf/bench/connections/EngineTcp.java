package io.penstock.perf.bench.connections;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.port.MemoryPortIo;
import io.penstock.os.hot.ring.FrameStack;
import io.penstock.perf.connections.ConnectionFlows;
import io.penstock.perf.connections.PairNetwork;
import io.penstock.perf.connections.tcp.TcpClients;
import io.penstock.perf.connections.tcp.TcpPort;
import io.penstock.perf.connections.tcp.TcpSegments;
import io.penstock.perf.connections.tcp.TcpServers;
import io.penstock.perf.connections.tcp.TcpTuples;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The engine alone as a {@link TcpDevice}: clients and server are on its own thread, and take turns with it.
 *
 * <p>Invariants:
 * <ol>
 *   <li>{@link #deviceNs} is the time from a batch that is complete to its last frame at a port, and what the engine does between batches; what clients and
 *       server do is not in it.</li>
 * </ol>
 *
 * <p>Threads: the worker's.
 */
final class EngineTcp implements TcpDevice {

    /** Segments under way at the most. Unit: frames. */
    private static final int FRAMES = 16_384;
    /** Connections that one round looks after at each end, when they wait. */
    private static final int TENDED = 64;
    /** Room for connections that are replaced by others of the same ends. */
    private static final int SPARE = 4_096;

    private final TcpSegments segments;
    private final TrackingEngine engine;
    private final TcpClients clients;
    private final TcpServers servers;
    private TcpPort clientPort;
    private TcpPort serverPort;
    private FrameStack frames;
    private long deviceNs;

    /** Builds the engine. */
    EngineTcp(final TcpOptions options) {
        final TcpTuples tuples = new TcpTuples(options.concurrent());
        segments = new TcpSegments(options.shape(), ConnectionFlows.SENDER_MAC, ConnectionFlows.MAC, ConnectionFlows.SENDER_MAC, ConnectionFlows.MAC);
        try {
            engine = new TrackingEngine(PairNetwork.rules(false, "lan", "wan", options.rules()), options.concurrent() + SPARE, FRAMES, stack -> {
                frames = stack;
                clientPort = new TcpPort(stack);
                return clientPort;
            }, stack -> {
                serverPort = new TcpPort(stack);
                return serverPort;
            });
        } catch (final RuntimeException e) {
            segments.close();
            throw e;
        }
        clients = new TcpClients(options.shape(), tuples, segments, frames, MemoryPortIo.HEADROOM);
        servers = new TcpServers(tuples, segments, frames, MemoryPortIo.HEADROOM);
        clientPort.end(clients);
        serverPort.end(servers);
    }

    @Override
    public Map<String, String> parts() {
        final Map<String, String> parts = new LinkedHashMap<>();
        parts.put("clients", "state machines on the engine's own thread; every segment's numbers, data and checksums are checked");
        parts.put("firewall", "the engine alone, one worker, connections tracked, " + engine.ruleCount() + " rules");
        parts.put("server", "state machines on the engine's own thread, port 80");
        return parts;
    }

    @Override
    public TcpClients clients() {
        return clients;
    }

    @Override
    public TcpServers servers() {
        return servers;
    }

    @Override
    public int round(final long nowNs) {
        final long startNs = System.nanoTime();
        engine.forward(TrackingEngine.CLIENT, Batch.CAPACITY, nowNs);
        engine.forward(TrackingEngine.SERVER, Batch.CAPACITY, nowNs);
        engine.settle(nowNs);
        deviceNs += System.nanoTime() - startNs;
        final int moved = serverPort.deliver(nowNs) + clientPort.deliver(nowNs);
        clients.tend(nowNs, TENDED);
        servers.tend(nowNs, TENDED);
        return moved;
    }

    @Override
    public long deviceNs() {
        return deviceNs;
    }

    @Override
    public long entries() {
        return engine.count();
    }

    @Override
    public String complaint() {
        return engine.invalid() == 0 && engine.refused() == 0 && engine.lane().counters.unaccounted() == 0 ? "" : engine.drops();
    }

    @Override
    public String drops() {
        return engine.drops();
    }

    @Override
    public void close() {
        engine.close();
        segments.close();
    }
}
