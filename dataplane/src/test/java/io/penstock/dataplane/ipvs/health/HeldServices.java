package io.penstock.dataplane.ipvs.health;

import io.penstock.dataplane.ipvs.model.ConnectionState;
import io.penstock.dataplane.ipvs.model.Forwarding;
import io.penstock.dataplane.ipvs.model.RemovalPolicy;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServerOfService;
import io.penstock.dataplane.ipvs.model.ServerSpec;
import io.penstock.dataplane.ipvs.model.ServerState;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.dataplane.ipvs.model.ServiceProblem.Kind;
import io.penstock.dataplane.ipvs.model.ServiceSpec;
import io.penstock.dataplane.ipvs.model.ServiceState;
import io.penstock.dataplane.ipvs.model.ServiceStore;
import io.penstock.dataplane.ipvs.model.Timeouts;
import io.penstock.dataplane.ipvs.model.Traffic;
import io.penstock.dataplane.ipvs.model.TunnelSpec;
import io.penstock.os.netlink.IpAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Consumer;

/** Services in memory, as far as checks come to them: servers by service, connections as a test says, calls noted. */
final class HeldServices implements ServiceStore {

    private static final ServiceSpec SPEC = new ServiceSpec("rr", 0, 0, 32, null);

    /** What ended connections, and policies, in order: {@code end 10.1.0.1:80}. */
    final List<String> calls = new ArrayList<>();
    /** What adding and changing servers is refused with, or null. */
    ServiceProblem refusal;
    /** Servers whose clients go elsewhere. */
    final Set<ServerKey> withdrawn = new HashSet<>();
    /** How many times all connections were looked at. */
    int scans;
    /** Whether servers are this host. */
    boolean local;

    private final Map<ServiceKey, Map<ServerKey, ServerSpec>> services = new LinkedHashMap<>();
    private final Map<ServerKey, Long> connections = new HashMap<>();
    private final Map<ServerKey, Long> inactive = new HashMap<>();
    private final Map<ServerOfService, Long> closed = new HashMap<>();

    static ServiceKey service(final String address, final int port) {
        return ServiceKey.of(6, IpAddress.parse(address), port);
    }

    static ServerKey server(final String address, final int port) {
        return new ServerKey(IpAddress.parse(address), port);
    }

    static ServerSpec weight(final int weight) {
        return new ServerSpec(Forwarding.MASQUERADE, weight, 0, 0, TunnelSpec.IPIP);
    }

    synchronized void connections(final ServerKey server, final long count) {
        connections.put(server, count);
    }

    /** Connections of a server that are not active, in a state each. */
    synchronized void inactive(final ServiceKey service, final ServerKey server, final String... states) {
        inactive.put(server, (long) states.length);
        closed.put(new ServerOfService(service, server),
                Arrays.stream(states).filter(state -> state.equals("TIME_WAIT") || state.equals("CLOSE")).count());
    }

    /** All servers of a service with their weights: {@code 10.1.0.1:80=5 10.1.0.2:80=0}. */
    synchronized String shown(final ServiceKey key) {
        final StringJoiner joiner = new StringJoiner(" ");
        services.get(key).forEach((server, spec) -> joiner.add(Names.of(server) + '=' + spec.weight()));
        return joiner.toString();
    }

    synchronized ServerSpec spec(final ServiceKey key, final ServerKey server) {
        return services.get(key).get(server);
    }

    private Map<ServerKey, ServerSpec> servers(final ServiceKey key) throws ServiceProblem {
        final Map<ServerKey, ServerSpec> servers = services.get(key);
        if (servers == null) {
            throw new ServiceProblem(Kind.NO_SERVICE, null);
        }
        return servers;
    }

    private Map<ServerKey, ServerSpec> having(final ServiceKey key, final ServerKey server) throws ServiceProblem {
        final Map<ServerKey, ServerSpec> servers = servers(key);
        if (!servers.containsKey(server)) {
            throw new ServiceProblem(Kind.NO_ENTRY, null);
        }
        return servers;
    }

    private void mayWrite(final ServerSpec spec) throws ServiceProblem {
        if (spec.method() == Forwarding.LOCAL) {
            throw new ServiceProblem(Kind.INVALID, "nobody asks for a local server");
        }
        if (refusal != null) {
            throw refusal;
        }
    }

    @Override
    public synchronized void addService(final ServiceKey key, final ServiceSpec spec) {
        services.put(key, new LinkedHashMap<>());
    }

    @Override
    public void editService(final ServiceKey key, final ServiceSpec spec) {
        throw new UnsupportedOperationException();
    }

    @Override
    public synchronized void deleteService(final ServiceKey key) throws ServiceProblem {
        servers(key);
        services.remove(key);
    }

    @Override
    public synchronized void flush() {
        services.clear();
    }

    @Override
    public synchronized void addServer(final ServiceKey key, final ServerKey server, final ServerSpec spec) throws ServiceProblem {
        if (servers(key).containsKey(server)) {
            throw new ServiceProblem(Kind.EXISTS, null);
        }
        mayWrite(spec);
        servers(key).put(server, spec);
        withdrawn.remove(server);
    }

    @Override
    public synchronized void editServer(final ServiceKey key, final ServerKey server, final ServerSpec spec) throws ServiceProblem {
        having(key, server);
        mayWrite(spec);
        servers(key).put(server, spec);
        if (spec.weight() > 0) {
            withdrawn.remove(server);
        }
    }

    @Override
    public synchronized void deleteServer(final ServiceKey key, final ServerKey server) throws ServiceProblem {
        having(key, server).remove(server);
        withdrawn.remove(server);
    }

    @Override
    public synchronized void withdraw(final ServiceKey key, final ServerKey server, final boolean is) throws ServiceProblem {
        having(key, server);
        if (is) {
            withdrawn.add(server);
        } else {
            withdrawn.remove(server);
        }
    }

    @Override
    public void zero(final ServiceKey key) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Timeouts timeouts() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setTimeouts(final Timeouts wanted) {
        throw new UnsupportedOperationException();
    }

    @Override
    public synchronized Optional<ServiceState> service(final ServiceKey key) {
        final Map<ServerKey, ServerSpec> servers = services.get(key);
        if (servers == null) {
            return Optional.empty();
        }
        final List<ServerState> states = new ArrayList<>();
        servers.forEach((server, spec) -> states.add(new ServerState(server,
                local ? new ServerSpec(Forwarding.LOCAL, spec.weight(), spec.upper(), spec.lower(), spec.tunnel()) : spec,
                connections.getOrDefault(server, 0L), inactive.getOrDefault(server, 0L), 0, Traffic.NONE, Traffic.NONE)));
        return Optional.of(new ServiceState(key, SPEC, states, Traffic.NONE, Traffic.NONE));
    }

    @Override
    public synchronized List<ServiceState> services() {
        return services.keySet().stream().map(key -> service(key).orElseThrow()).toList();
    }

    @Override
    public long connections(final long from, final Consumer<ConnectionState> each) {
        throw new UnsupportedOperationException();
    }

    /** In two parts, the first without any. */
    @Override
    public synchronized long closed(final long from, final Map<ServerOfService, long[]> counts) {
        if (from == 0) {
            scans++;
            return 1;
        }
        counts.forEach((of, count) -> count[0] += closed.getOrDefault(of, 0L));
        return 0;
    }

    @Override
    public int tableSize() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Traffic total() {
        return Traffic.NONE;
    }

    @Override
    public Traffic totalRate() {
        return Traffic.NONE;
    }

    @Override
    public List<String> schedulers() {
        return List.of("rr");
    }

    @Override
    public void together(final Runnable action) {
        action.run();
    }

    @Override
    public synchronized void setRemovalPolicy(final ServiceKey key, final RemovalPolicy policy) throws ServiceProblem {
        servers(key);
        calls.add("policy " + policy);
    }

    @Override
    public synchronized void endConnections(final ServiceKey key, final ServerKey server) throws ServiceProblem {
        having(key, server);
        calls.add("end " + Names.of(server));
    }

    @Override
    public List<String> settings() {
        return List.of();
    }

    @Override
    public String setting(final String name) {
        return null;
    }

    @Override
    public void setSetting(final String name, final String value) {
        throw new UnsupportedOperationException();
    }
}
