package io.penstock.dataplane.ipvs;

import io.penstock.dataplane.hot.ipvs.Service;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.worker.Quiescence;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Servers that were removed and still have connections. One that is added again, also to a service that was removed and added again, goes on with its
 * connections.
 *
 * <p>Source: net/netfilter/ipvs/ip_vs_ctl.c, {@code ip_vs_trash_get_dest}. Threads: the registry's.
 */
final class LeftServers {

    private record Key(ServiceKey service, ServerKey server) {
    }

    private final Quiescence workers;
    private final Map<Key, RunningServer> left = new LinkedHashMap<>();
    /** Of these, those of which workers have not been told. */
    private final Set<RunningServer> untold = new LinkedHashSet<>();
    /** What workers know services by: the same as long as servers of it have connections. */
    private final Map<ServiceKey, Service> services = new HashMap<>();

    LeftServers(final Quiescence workers) {
        this.workers = workers;
    }

    /** What workers are to know a service by. */
    Service service(final ServiceKey key, final Service fresh) {
        final Service before = services.putIfAbsent(key, fresh);
        return before == null ? fresh : before;
    }

    /** A server leaves its service. */
    void add(final ServiceKey service, final RunningServer server) {
        left.put(new Key(service, server.key), server);
        untold.add(server);
        server.seen = null;
        server.isDone = false;
    }

    /** A server that is added again; null where there is none. */
    RunningServer back(final ServiceKey service, final ServerKey name) {
        final RunningServer server = left.remove(new Key(service, name));
        if (server != null) {
            untold.remove(server);
        }
        return server;
    }

    /** Workers have been told: each begins no connections to those after its next batch. */
    void told() {
        if (!untold.isEmpty()) {
            final long[] seen = observe();
            untold.forEach(server -> server.seen = seen);
            untold.clear();
        }
    }

    /** Forgets those that no worker can know any more, and services that are not wanted for them. */
    void sweep(final Set<ServiceKey> wanted, final Consumer<RunningServer> forgotten) {
        final boolean isLess = left.values().removeIf(server -> isOver(server, forgotten));
        if (isLess || left.isEmpty() && services.size() != wanted.size()) {
            final Set<ServiceKey> needed = new HashSet<>(wanted);
            left.keySet().forEach(key -> needed.add(key.service));
            services.keySet().retainAll(needed);
        }
    }

    /** None begins connections to it, then it has none, then those that it had are out of every worker's hands. */
    private boolean isOver(final RunningServer server, final Consumer<RunningServer> forgotten) {
        if (server.seen == null || !hasPassed(server.seen)) {
            return false;
        }
        if (!server.server.isIdle()) {
            server.isDone = false;
            return false;
        }
        if (!server.isDone) {
            server.isDone = true;
            server.seen = observe();
            return false;
        }
        forgotten.accept(server);
        return true;
    }

    private long[] observe() {
        final long[] seen = new long[workers.workers()];
        for (int worker = 0; worker < seen.length; worker++) {
            seen[worker] = workers.observe(worker);
        }
        return seen;
    }

    private boolean hasPassed(final long[] seen) {
        for (int worker = 0; worker < seen.length; worker++) {
            if (!workers.hasPassed(worker, seen[worker])) {
                return false;
            }
        }
        return true;
    }
}
