package io.penstock.dataplane.ipvs.health;

import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServerOfService;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceStore;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Connections that both ends have closed: they are inactive for as long as they are remembered, TCP's two minutes, and nobody needs to wait for
 * them. Of one look: the first who asks has all connections looked at, once for all servers.
 *
 * <p>Threads: one.
 */
final class ClosedConnections {

    private static final long[] NONE = {0};

    private final ServiceStore store;
    private final Set<ServerOfService> servers;
    private Map<ServerOfService, long[]> counts;

    /** Of a store; {@code servers} are those that it may be asked about. */
    ClosedConnections(final ServiceStore store, final Set<ServerOfService> servers) {
        this.store = store;
        this.servers = servers;
    }

    /** How many a server of a service has. */
    long count(final ServiceKey service, final ServerKey server) {
        if (counts == null) {
            counts = servers.stream().collect(Collectors.toMap(Function.identity(), _ -> new long[1]));
            long next = 0;
            do {
                next = store.closed(next, counts);
            } while (next != 0);
        }
        return counts.getOrDefault(new ServerOfService(service, server), NONE)[0];
    }
}
