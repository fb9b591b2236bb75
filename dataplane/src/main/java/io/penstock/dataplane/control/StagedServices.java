package io.penstock.dataplane.control;

import io.penstock.dataplane.ipvs.ServiceChecks;
import io.penstock.dataplane.ipvs.model.ConnectionState;
import io.penstock.dataplane.ipvs.model.RemovalPolicy;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServerOfService;
import io.penstock.dataplane.ipvs.model.ServerSpec;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.dataplane.ipvs.model.ServiceProblem.Kind;
import io.penstock.dataplane.ipvs.model.ServiceSpec;
import io.penstock.dataplane.ipvs.model.ServiceState;
import io.penstock.dataplane.ipvs.model.ServiceStore;
import io.penstock.dataplane.ipvs.model.Timeouts;
import io.penstock.dataplane.ipvs.model.Traffic;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A file's services, before they take the place of those in force.
 *
 * <p>Invariants:
 * <ol>
 *   <li>What the file speaks of are the services that it makes; others are not there for it.</li>
 *   <li>What is named twice, or not before, is refused here; what a service or a server may be is for the store to say in whose place they
 *       are put. But a way to a server that its service rules out is refused here, too: the store does not see servers that checks have
 *       out.</li>
 * </ol>
 *
 * <p>Threads: one.
 */
final class StagedServices implements ServiceStore {

    private final List<String> schedulers;
    private final Map<ServiceKey, Service> wanted = new LinkedHashMap<>();
    private Timeouts timeouts = new Timeouts(0, 0, 0);
    private int timeoutsLine;
    private int line;
    private int changes;

    /** A service that a file makes. */
    static final class Service {

        /** Its servers, in the order of the file. */
        final Map<ServerKey, Server> servers = new LinkedHashMap<>();
        /** What the file says of it last. */
        ServiceSpec spec;
        /** Where it does. */
        int line;

        private Service(final ServiceSpec spec, final int line) {
            this.spec = spec;
            this.line = line;
        }
    }

    /**
     * A server that a file makes.
     *
     * @param line where the file speaks of it last
     */
    record Server(ServerSpec spec, int line) {
    }

    /** Of a file without lines; {@code schedulers} are those that there are. */
    StagedServices(final List<String> schedulers) {
        this.schedulers = schedulers;
    }

    /** The line that speaks from now on. */
    void line(final int number) {
        line = number;
    }

    /** The line that speaks. */
    int line() {
        return line;
    }

    /**
     * All lines have spoken: whether servers may be reached as they say.
     *
     * @throws ServiceProblem when one may not; {@link #line} is the one that says so last
     */
    void end() throws ServiceProblem {
        for (final Service service : wanted.values()) {
            for (final Server server : service.servers.values()) {
                line = Math.max(service.line, server.line);
                ServiceChecks.way(service.spec, server.spec.method());
            }
        }
    }

    /** How many times something was asked for that a file of services may say. */
    int changes() {
        return changes;
    }

    /** The services, in the order of the file. */
    Map<ServiceKey, Service> wanted() {
        return wanted;
    }

    /** Timeouts that the file sets, 0 for those that it does not. */
    Timeouts wantedTimeouts() {
        return timeouts;
    }

    /** Where it does. */
    int timeoutsLine() {
        return timeoutsLine;
    }

    private Service find(final ServiceKey key) throws ServiceProblem {
        final Service service = wanted.get(key);
        if (service == null) {
            throw new ServiceProblem(Kind.NO_SERVICE, null);
        }
        return service;
    }

    @Override
    public void addService(final ServiceKey key, final ServiceSpec spec) throws ServiceProblem {
        if (wanted.containsKey(key)) {
            throw new ServiceProblem(Kind.EXISTS, "line " + wanted.get(key).line + " has it already");
        }
        wanted.put(key, new Service(spec, line));
        changes++;
    }

    @Override
    public void editService(final ServiceKey key, final ServiceSpec spec) throws ServiceProblem {
        final Service service = find(key);
        service.spec = spec;
        service.line = line;
        changes++;
    }

    @Override
    public void deleteService(final ServiceKey key) throws ServiceProblem {
        find(key);
        wanted.remove(key);
        changes++;
    }

    @Override
    public void flush() {
        wanted.clear();
        changes++;
    }

    @Override
    public void addServer(final ServiceKey key, final ServerKey server, final ServerSpec spec) throws ServiceProblem {
        final Map<ServerKey, Server> servers = find(key).servers;
        if (servers.containsKey(server)) {
            throw new ServiceProblem(Kind.EXISTS, "line " + servers.get(server).line + " has it already");
        }
        servers.put(server, new Server(spec, line));
        changes++;
    }

    @Override
    public void editServer(final ServiceKey key, final ServerKey server, final ServerSpec spec) throws ServiceProblem {
        final Map<ServerKey, Server> servers = find(key).servers;
        check(servers, server);
        servers.put(server, new Server(spec, line));
        changes++;
    }

    @Override
    public void deleteServer(final ServiceKey key, final ServerKey server) throws ServiceProblem {
        final Map<ServerKey, Server> servers = find(key).servers;
        check(servers, server);
        servers.remove(server);
        changes++;
    }

    private static void check(final Map<ServerKey, Server> servers, final ServerKey server) throws ServiceProblem {
        if (!servers.containsKey(server)) {
            throw new ServiceProblem(Kind.NO_ENTRY, null);
        }
    }

    @Override
    public void setTimeouts(final Timeouts values) {
        timeouts = new Timeouts(last(values.tcp(), timeouts.tcp()), last(values.tcpFin(), timeouts.tcpFin()), last(values.udp(), timeouts.udp()));
        timeoutsLine = line;
        changes++;
    }

    private static int last(final int value, final int before) {
        return value == 0 ? before : value;
    }

    @Override
    public List<String> schedulers() {
        return schedulers;
    }

    /** A line that restores lines. */
    @Override
    public void together(final Runnable action) {
        throw unspeakable();
    }

    @Override
    public void withdraw(final ServiceKey key, final ServerKey server, final boolean is) {
        throw unspeakable();
    }

    @Override
    public void zero(final ServiceKey key) {
        throw unspeakable();
    }

    @Override
    public Timeouts timeouts() {
        throw unspeakable();
    }

    @Override
    public Optional<ServiceState> service(final ServiceKey key) {
        throw unspeakable();
    }

    @Override
    public List<ServiceState> services() {
        throw unspeakable();
    }

    @Override
    public long connections(final long from, final Consumer<ConnectionState> each) {
        throw unspeakable();
    }

    @Override
    public long closed(final long from, final Map<ServerOfService, long[]> counts) {
        throw unspeakable();
    }

    @Override
    public int tableSize() {
        throw unspeakable();
    }

    @Override
    public Traffic total() {
        throw unspeakable();
    }

    @Override
    public Traffic totalRate() {
        throw unspeakable();
    }

    @Override
    public void setRemovalPolicy(final ServiceKey key, final RemovalPolicy policy) {
        throw unspeakable();
    }

    @Override
    public void endConnections(final ServiceKey key, final ServerKey server) {
        throw unspeakable();
    }

    @Override
    public List<String> settings() {
        throw unspeakable();
    }

    @Override
    public String setting(final String name) {
        throw unspeakable();
    }

    @Override
    public void setSetting(final String name, final String value) {
        throw unspeakable();
    }

    private static RulesException unspeakable() {
        return new RulesException(ServiceFiles.WHAT_FILES_SAY);
    }
}
