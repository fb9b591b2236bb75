package io.penstock.perf.bench.connections;

import io.penstock.perf.bench.wire.WireCpus;
import io.penstock.perf.connections.tcp.TcpClients;
import io.penstock.perf.connections.tcp.TcpSegments;
import io.penstock.perf.connections.tcp.TcpServers;
import io.penstock.perf.connections.tcp.TcpTuples;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Clients and a server at AF_XDP sockets in namespaces of their own, on one thread, with a gateway between them or none.
 *
 * <p>Threads: one; {@link #close} from any.
 */
final class WireTcp implements TcpDevice {

    private final GatewayNetwork network;
    private final Gateway gateway;
    private TcpSegments segments;
    private XdpEnd clientEnd;
    private XdpEnd serverEnd;
    private TcpClients clients;
    private TcpServers servers;

    /**
     * Nothing yet.
     *
     * @param gateway of that network, or null for none
     */
    WireTcp(final GatewayNetwork network, final Gateway gateway) {
        this.network = network;
        this.gateway = gateway;
    }

    /** Builds and starts everything. */
    void open(final TcpOptions options) {
        final TcpTuples tuples = new TcpTuples(options.concurrent());
        network.build(tuples.addresses());
        segments = new TcpSegments(options.shape(), GatewayNetwork.CLIENT_MAC, network.towardsMac(), GatewayNetwork.SERVER_MAC, network.backMac());
        if (gateway != null) {
            gateway.start();
        }
        clientEnd = XdpEnd.open(network.client(), GatewayNetwork.CLIENT_DEVICE, GatewayNetwork.CLIENT_MAC);
        serverEnd = XdpEnd.open(network.server(), GatewayNetwork.SERVER_DEVICE, GatewayNetwork.SERVER_MAC);
        clients = new TcpClients(options.shape(), tuples, segments, clientEnd.frames(), clientEnd.headroom());
        servers = new TcpServers(tuples, segments, serverEnd.frames(), serverEnd.headroom());
        clientEnd.end(clients);
        serverEnd.end(servers);
    }

    String name() {
        return gateway == null ? "direct" : gateway.name();
    }

    void pause() {
        if (gateway != null) {
            gateway.pause();
        }
    }

    void resume() {
        if (gateway != null) {
            gateway.resume();
        }
    }

    @Override
    public Map<String, String> parts() {
        final Map<String, String> parts = new LinkedHashMap<>();
        parts.put("clients", "state machines at an AF_XDP socket on veth, CPU " + WireCpus.GENERATOR
                + "; every segment's numbers, data and checksums are checked");
        parts.put(gateway == null ? "between" : "firewall_" + gateway.name(), gateway == null ? "nothing" : gateway.what());
        parts.put("server", "state machines at another AF_XDP socket, on the clients' thread, port 80");
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
        return clientEnd.round(nowNs) + serverEnd.round(nowNs);
    }

    @Override
    public long deviceNs() {
        return -1;
    }

    @Override
    public long entries() {
        return gateway == null ? -1 : gateway.connections();
    }

    @Override
    public String complaint() {
        return gateway == null ? "" : gateway.complaint();
    }

    @Override
    public String drops() {
        return "overflows=" + (clientEnd.overflows() + serverEnd.overflows()) + " starved=" + (clients.starved() + servers.starved()) + ' '
                + (gateway == null ? "" : gateway.complaint());
    }

    /** Ends the sockets; by the thread that uses them. */
    void closeEnds() {
        if (clientEnd != null) {
            clientEnd.close();
        }
        if (serverEnd != null) {
            serverEnd.close();
        }
        if (segments != null) {
            segments.close();
        }
    }

    @Override
    public void close() {
        try (network) {
            if (gateway != null) {
                gateway.close();
            }
        }
    }
}
