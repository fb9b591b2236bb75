package io.penstock.dataplane.control;

import io.penstock.dataplane.ipvs.health.HealthStatus;
import io.penstock.dataplane.ipvs.health.HealthStatus.Role;
import io.penstock.dataplane.ipvs.model.Forwarding;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServerSpec;
import io.penstock.dataplane.ipvs.model.ServerState;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.dataplane.ipvs.model.ServiceSpec;
import io.penstock.dataplane.ipvs.model.ServiceState;
import io.penstock.dataplane.ipvs.model.ServiceStore;
import io.penstock.dataplane.ipvs.model.Timeouts;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The changes that make services what a file says, and no others.
 *
 * <p>Invariants:
 * <ol>
 *   <li>What is as the file says is not touched: its connections and its place among others stay.</li>
 *   <li>What is refused is taken back with all that came before it. Removals come last, since they are not refused; but for servers that
 *       bar what their service is to be, which are there again, with their connections, when the rest is refused.</li>
 *   <li>A server that is down or drained is compared as the operator wants it; when the file wants it otherwise, the checks are to be told,
 *       for a weight in the store would let it take connections. Where the way to it bars what its service is to be, it has the new way
 *       before, without weight.</li>
 *   <li>Sorry servers are the checks'.</li>
 *   <li>What a service is comes before its servers; but where it is to keep no connections any more, servers that need some change first.</li>
 * </ol>
 *
 * <p>Threads: one; whoever runs it is alone with the services.
 */
final class ServicePlan implements Runnable {

    private final ServiceStore store;
    private final StagedServices staged;
    private final Map<Place, HealthStatus> health = new HashMap<>();
    private final List<Told> told = new ArrayList<>();
    private final Deque<Change> undo = new ArrayDeque<>();
    /** Servers that are removed before the others are. */
    private final Set<Place> removed = new HashSet<>();
    private ServiceProblem problem;
    private int line;

    private record Place(ServiceKey service, ServerKey server) {
    }

    /**
     * What checks are to be told of a server that they have changed.
     *
     * @param spec as the operator wants it from now on; null when it is not to be there
     */
    record Told(ServiceKey service, ServerKey server, ServerSpec spec) {
    }

    /** A change of the store. */
    @FunctionalInterface
    private interface Change {
        void make() throws ServiceProblem;
    }

    /** Of a file, for services of which checks have changed some. */
    ServicePlan(final ServiceStore store, final StagedServices staged, final List<HealthStatus> health) {
        this.store = store;
        this.staged = staged;
        for (final HealthStatus status : health) {
            if (status.role() == Role.SORRY || !status.taken()) {
                this.health.put(new Place(status.service(), status.server()), status);
            }
        }
    }

    /** Why the file is refused; null when it is in force. */
    ServiceProblem problem() {
        return problem;
    }

    /** Which line. */
    int line() {
        return line;
    }

    /** What checks are to be told when it is in force. */
    List<Told> told() {
        return told;
    }

    @Override
    public void run() {
        final Map<ServiceKey, ServiceState> there = new LinkedHashMap<>();
        store.services().forEach(service -> there.put(service.key(), service));
        try {
            setTimeouts();
            for (final Map.Entry<ServiceKey, StagedServices.Service> entry : staged.wanted().entrySet()) {
                put(entry.getKey(), entry.getValue(), there.get(entry.getKey()));
            }
            for (final ServiceState service : there.values()) {
                remove(service, staged.wanted().get(service.key()));
            }
            forget(there);
        } catch (final ServiceProblem e) {
            problem = e;
            told.clear();
            takeBack();
        }
    }

    private void setTimeouts() throws ServiceProblem {
        final Timeouts wanted = staged.wantedTimeouts();
        if (!wanted.equals(new Timeouts(0, 0, 0))) {
            line = staged.timeoutsLine();
            final Timeouts before = store.timeouts();
            store.setTimeouts(wanted);
            undo.push(() -> store.setTimeouts(before));
        }
    }

    private void put(final ServiceKey key, final StagedServices.Service wanted, final ServiceState now) throws ServiceProblem {
        line = wanted.line;
        final Map<ServerKey, ServerState> servers = new HashMap<>();
        final boolean isLast = now != null && (wanted.spec.flags() & ~now.spec().flags() & ServiceSpec.ONE_PACKET) != 0;
        if (now == null) {
            store.addService(key, wanted.spec);
            undo.push(() -> store.deleteService(key));
        } else {
            now.servers().forEach(server -> servers.put(server.key(), server));
            if (!isLast) {
                edit(key, wanted.spec, now.spec());
            }
        }
        for (final Map.Entry<ServerKey, StagedServices.Server> entry : wanted.servers.entrySet()) {
            final HealthStatus status = now == null ? null : health.get(new Place(key, entry.getKey()));
            if (status == null) {
                put(key, entry.getKey(), entry.getValue(), servers.get(entry.getKey()));
            } else if (status.role() != Role.SORRY) {
                final boolean isOtherWay = isLast && reachOtherwise(key, entry.getValue(), servers.get(entry.getKey()));
                if (isOtherWay || !status.wanted().equals(entry.getValue().spec())) {
                    told.add(new Told(key, entry.getKey(), entry.getValue().spec()));
                }
            }
        }
        if (isLast) {
            line = wanted.line;
            for (final ServerState server : now.servers()) {
                if (isFull(server) && isUnwanted(key, server, wanted)) {
                    removeFirst(key, server);
                }
            }
            edit(key, wanted.spec, now.spec());
        }
    }

    private static boolean isFull(final ServerState server) {
        return server.spec().method() == Forwarding.FULL;
    }

    /** A server that checks hold is not to bar that its service keeps no connections; whether it did. */
    private boolean reachOtherwise(final ServiceKey key, final StagedServices.Server wanted, final ServerState now) throws ServiceProblem {
        if (now == null || !isFull(now)) {
            return false;
        }
        line = wanted.line();
        final ServerSpec spec = wanted.spec();
        store.editServer(key, now.key(), new ServerSpec(spec.method(), 0, spec.upper(), spec.lower(), spec.tunnel()));
        undo.push(() -> store.editServer(key, now.key(), now.spec()));
        return true;
    }

    private void removeFirst(final ServiceKey key, final ServerState server) throws ServiceProblem {
        final Place place = new Place(key, server.key());
        store.deleteServer(key, server.key());
        removed.add(place);
        undo.push(() -> {
            store.addServer(key, server.key(), server.spec());
            if (health.containsKey(place)) {
                store.withdraw(key, server.key(), true);
            }
        });
    }

    private void edit(final ServiceKey key, final ServiceSpec wanted, final ServiceSpec before) throws ServiceProblem {
        if (!before.equals(wanted)) {
            store.editService(key, wanted);
            undo.push(() -> store.editService(key, before));
        }
    }

    private void put(final ServiceKey key, final ServerKey server, final StagedServices.Server wanted, final ServerState now)
            throws ServiceProblem {
        line = wanted.line();
        if (now == null) {
            store.addServer(key, server, wanted.spec());
            undo.push(() -> store.deleteServer(key, server));
        } else if (!isAs(wanted.spec(), now.spec())) {
            store.editServer(key, server, wanted.spec());
            undo.push(() -> store.editServer(key, server, now.spec()));
        }
    }

    /** Whatever way was asked for, a server that is this host is reached as that. */
    private static boolean isAs(final ServerSpec wanted, final ServerSpec now) {
        return now.method() == Forwarding.LOCAL
                ? wanted.weight() == now.weight() && wanted.upper() == now.upper() && wanted.lower() == now.lower()
                : wanted.equals(now);
    }

    private void remove(final ServiceState now, final StagedServices.Service wanted) throws ServiceProblem {
        if (wanted == null) {
            store.deleteService(now.key());
            return;
        }
        for (final ServerState server : now.servers()) {
            if (isUnwanted(now.key(), server, wanted) && !removed.contains(new Place(now.key(), server.key()))) {
                store.deleteServer(now.key(), server.key());
            }
        }
    }

    private boolean isUnwanted(final ServiceKey key, final ServerState server, final StagedServices.Service wanted) {
        final HealthStatus status = health.get(new Place(key, server.key()));
        return !wanted.servers.containsKey(server.key()) && (status == null || status.role() != Role.SORRY);
    }

    /** Servers that checks have taken out, and that the file does not name. */
    private void forget(final Map<ServiceKey, ServiceState> there) {
        for (final HealthStatus status : health.values()) {
            final ServiceState now = there.get(status.service());
            final StagedServices.Service wanted = staged.wanted().get(status.service());
            if (now != null && wanted != null && status.role() != Role.SORRY && !wanted.servers.containsKey(status.server())
                    && now.servers().stream().noneMatch(server -> server.key().equals(status.server()))) {
                told.add(new Told(status.service(), status.server(), null));
            }
        }
    }

    private void takeBack() {
        while (!undo.isEmpty()) {
            try {
                undo.pop().make();
            } catch (final ServiceProblem e) {
                throw new IllegalStateException("services cannot be made what they were: " + e.kind(), e);
            }
        }
    }
}
