package io.penstock.dataplane.ipvs.health;

import io.penstock.dataplane.ipvs.model.ConnectionState;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceStore;
import io.penstock.os.netlink.IpAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Connections that both ends have closed: they are inactive for as long as they are remembered, TCP's two minutes, and nobody needs to wait for
 * them. Of one look: the first who asks has all connections looked at, once for all servers.
 *
 * <p>Threads: one.
 */
final class ClosedConnections {

    /** States of connections, of TCP and of SCTP, that carry nothing any more. */
    private static final Set<String> OVER = Set.of("TIME_WAIT", "CLOSE", "CLOSED");

    private final ServiceStore store;
    private final Set<IpAddress> servers;
    private Map<Ends, long[]> counts;

    private record Ends(int protocol, IpAddress virtual, int virtualPort, IpAddress server, int serverPort) {
    }

    /** Of a store; {@code servers} are the addresses that it may be asked about. */
    ClosedConnections(final ServiceStore store, final Set<IpAddress> servers) {
        this.store = store;
        this.servers = servers;
    }

    /** How many a server of a service has. Which are a mark's cannot be told: none. */
    long count(final ServiceKey service, final ServerKey server) {
        if (service.isMark()) {
            return 0;
        }
        if (counts == null) {
            counts = new HashMap<>();
            store.connections(this::add);
        }
        long count = 0;
        for (final Map.Entry<Ends, long[]> entry : counts.entrySet()) {
            count += isOf(entry.getKey(), service, server) ? entry.getValue()[0] : 0;
        }
        return count;
    }

    private void add(final ConnectionState connection) {
        if (OVER.contains(connection.state()) && servers.contains(connection.server())) {
            counts.computeIfAbsent(new Ends(connection.protocol(), connection.virtual(), connection.virtualPort(), connection.server(),
                    connection.serverPort()), _ -> new long[1])[0]++;
        }
    }

    private static boolean isOf(final Ends ends, final ServiceKey service, final ServerKey server) {
        return ends.protocol == service.protocol() && ends.virtual.equals(service.address())
                && (service.port() == 0 || ends.virtualPort == service.port())
                && ends.server.equals(server.address()) && (server.port() == 0 || ends.serverPort == server.port());
    }
}
