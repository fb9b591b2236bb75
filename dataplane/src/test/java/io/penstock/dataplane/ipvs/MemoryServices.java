package io.penstock.dataplane.ipvs;

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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Services in memory, for tests: no packets, but what the kernel refuses is refused, in its order.
 *
 * <p>Source: net/netfilter/ipvs/ip_vs_ctl.c, ip_vs_genl_set_cmd, ip_vs_add_service, ip_vs_edit_service, ip_vs_add_dest, ip_vs_new_dest,
 * ip_vs_edit_dest, ip_vs_set_timeout.
 */
public final class MemoryServices implements ServiceStore {

    private static final List<String> SCHEDULERS =
            List.of("rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "sed", "nq", "fo", "ovf", "mh", "twos", "maglev");
    private static final int PART = 4096;
    private static final int MOST_SECONDS = Integer.MAX_VALUE / 250;

    private final Map<ServiceKey, Service> services = new LinkedHashMap<>();
    private final List<ConnectionState> connections = new ArrayList<>();
    private final Map<String, String> settings = new LinkedHashMap<>(Map.of("conn_reuse_mode", "1", "expire_nodest_conn", "0"));
    private final List<ServerKey> ended = new ArrayList<>();
    private Timeouts timeouts = new Timeouts(900, 120, 300);
    private int publications;
    private boolean isTogether;
    private boolean isListing;
    private volatile int told;

    private static final class Service {
        private ServiceSpec spec;
        private Traffic traffic = Traffic.NONE;
        private RemovalPolicy policy = RemovalPolicy.KERNEL;
        /** The newest first, as the kernel links them. */
        private final List<ServerState> servers = new ArrayList<>();

        private Service(final ServiceSpec spec) {
            this.spec = spec;
        }

        private int index(final ServerKey key) {
            for (int i = 0; i < servers.size(); i++) {
                if (servers.get(i).key().equals(key)) {
                    return i;
                }
            }
            return -1;
        }
    }

    /** Adds a connection to those that are shown. */
    public void show(final ConnectionState connection) {
        connections.add(connection);
    }

    /** Lets traffic have passed by a server. */
    public void pass(final ServiceKey key, final ServerKey server, final Traffic traffic) {
        final Service service = services.get(key);
        service.traffic = service.traffic.plus(traffic);
        service.servers.replaceAll(state -> state.key().equals(server) ? new ServerState(state.key(), state.spec(), state.active(),
                state.inactive(), state.persistent(), state.traffic().plus(traffic), state.rate()) : state);
    }

    /** Lets a server have connections. */
    public void occupy(final ServiceKey key, final ServerKey server, final long active, final long inactive) {
        services.get(key).servers.replaceAll(state -> state.key().equals(server) ? new ServerState(state.key(), state.spec(), active,
                inactive, state.persistent(), state.traffic(), state.rate()) : state);
    }

    /** How many connections have been told of, of those that are shown. */
    public int told() {
        return told;
    }

    /** What a service does with connections of servers that go away. */
    public RemovalPolicy policy(final ServiceKey key) {
        return services.get(key).policy;
    }

    /** Servers whose connections were ended. */
    public List<ServerKey> ended() {
        return ended;
    }

    /** How often changes reached the workers. */
    public int publications() {
        return publications;
    }

    /** Whether somebody has the services, so that others would wait. */
    public boolean isBusy() {
        return isTogether || isListing;
    }

    private void changed() {
        publications += isTogether ? 0 : 1;
    }

    private Service find(final ServiceKey key) throws ServiceProblem {
        final Service service = services.get(key);
        if (service == null) {
            throw new ServiceProblem(Kind.NO_SERVICE, null);
        }
        return service;
    }

    private static void check(final ServiceKey key, final ServiceSpec spec) throws ServiceProblem {
        if (!spec.scheduler().equals("none") && !SCHEDULERS.contains(spec.scheduler())) {
            throw new ServiceProblem(Kind.NO_ENTRY, "scheduler=" + spec.scheduler() + " does not exist; give one of " + SCHEDULERS);
        }
        if (spec.engine() != null && !spec.engine().equals("sip")) {
            throw new ServiceProblem(Kind.NO_ENTRY, "persistence engine=" + spec.engine() + " does not exist; give sip");
        }
        if (key.family() == IpAddress.V6 && (spec.maskBits() < 1 || spec.maskBits() > 128)) {
            throw new ServiceProblem(Kind.INVALID, null);
        }
    }

    @Override
    public void addService(final ServiceKey key, final ServiceSpec spec) throws ServiceProblem {
        if (services.containsKey(key)) {
            throw new ServiceProblem(Kind.EXISTS, null);
        }
        check(key, spec);
        services.put(key, new Service(spec));
        changed();
    }

    @Override
    public void editService(final ServiceKey key, final ServiceSpec spec) throws ServiceProblem {
        final Service service = find(key);
        check(key, spec);
        service.spec = spec;
        changed();
    }

    @Override
    public void deleteService(final ServiceKey key) throws ServiceProblem {
        find(key);
        services.remove(key);
        changed();
    }

    @Override
    public void flush() {
        services.clear();
        changed();
    }

    private static void check(final ServiceKey key, final ServerKey server, final ServerSpec spec) throws ServiceProblem {
        if (server.address().family() != key.family() && spec.method() != Forwarding.TUNNEL) {
            throw new ServiceProblem(Kind.INVALID, null);
        }
        if (spec.weight() < 0) {
            throw new ServiceProblem(Kind.RANGE, null);
        }
        if (spec.lower() > spec.upper()) {
            throw new ServiceProblem(Kind.RANGE, "lower threshold=" + spec.lower() + " is above upper threshold=" + spec.upper()
                    + "; give -x a number that is at least that of -y");
        }
        if (spec.upper() > Integer.MAX_VALUE || spec.tunnel().kind() == TunnelSpec.Kind.GUE && spec.tunnel().port() == 0) {
            throw new ServiceProblem(Kind.INVALID, null);
        }
    }

    private static boolean isUnicast(final IpAddress address) {
        final boolean isZeroNet = address.family() == IpAddress.V4 && address.low() >>> 24 == 0;
        final boolean isBroadcast = address.family() == IpAddress.V4 && address.low() == 0xFFFF_FFFFL;
        final boolean isLink = address.family() == IpAddress.V6 && address.isLinkLocal();
        return !address.isAny() && !address.isMulticast() && !isZeroNet && !isBroadcast && !isLink;
    }

    @Override
    public void addServer(final ServiceKey key, final ServerKey server, final ServerSpec spec) throws ServiceProblem {
        final Service service = find(key);
        check(key, server, spec);
        if (service.index(server) >= 0) {
            throw new ServiceProblem(Kind.EXISTS, null);
        }
        if (!isUnicast(server.address())) {
            throw new ServiceProblem(Kind.INVALID, null);
        }
        service.servers.addFirst(new ServerState(server, spec, 0, 0, 0, Traffic.NONE, Traffic.NONE));
        changed();
    }

    @Override
    public void editServer(final ServiceKey key, final ServerKey server, final ServerSpec spec) throws ServiceProblem {
        final Service service = find(key);
        check(key, server, spec);
        final int index = service.index(server);
        if (index < 0) {
            throw new ServiceProblem(Kind.NO_ENTRY, null);
        }
        final ServerState before = service.servers.get(index);
        service.servers.set(index, new ServerState(server, spec, before.active(), before.inactive(), before.persistent(),
                before.traffic(), before.rate()));
        changed();
    }

    @Override
    public void deleteServer(final ServiceKey key, final ServerKey server) throws ServiceProblem {
        final Service service = find(key);
        final int index = service.index(server);
        if (index < 0) {
            throw new ServiceProblem(Kind.NO_ENTRY, null);
        }
        service.servers.remove(index);
        changed();
    }

    @Override
    public void withdraw(final ServiceKey key, final ServerKey server, final boolean is) throws ServiceProblem {
        if (find(key).index(server) < 0) {
            throw new ServiceProblem(Kind.NO_ENTRY, null);
        }
        changed();
    }

    @Override
    public void zero(final ServiceKey key) throws ServiceProblem {
        final List<Service> all = key == null ? List.copyOf(services.values()) : List.of(find(key));
        for (final Service service : all) {
            service.traffic = Traffic.NONE;
            service.servers.replaceAll(state -> new ServerState(state.key(), state.spec(), state.active(), state.inactive(),
                    state.persistent(), Traffic.NONE, state.rate()));
        }
    }

    @Override
    public Timeouts timeouts() {
        return timeouts;
    }

    @Override
    public void setTimeouts(final Timeouts wanted) throws ServiceProblem {
        for (final int seconds : new int[] {wanted.tcp(), wanted.tcpFin(), wanted.udp()}) {
            if (seconds < 0 || seconds > MOST_SECONDS) {
                throw new ServiceProblem(Kind.INVALID, null);
            }
        }
        timeouts = new Timeouts(wanted.tcp() == 0 ? timeouts.tcp() : wanted.tcp(),
                wanted.tcpFin() == 0 ? timeouts.tcpFin() : wanted.tcpFin(), wanted.udp() == 0 ? timeouts.udp() : wanted.udp());
        changed();
    }

    private static ServiceState state(final ServiceKey key, final Service service) {
        return new ServiceState(key, service.spec, List.copyOf(service.servers), service.traffic, Traffic.NONE);
    }

    @Override
    public Optional<ServiceState> service(final ServiceKey key) {
        return Optional.ofNullable(services.get(key)).map(service -> state(key, service));
    }

    @Override
    public List<ServiceState> services() {
        return services.entrySet().stream().map(entry -> state(entry.getKey(), entry.getValue())).toList();
    }

    @Override
    public long connections(final long from, final Consumer<ConnectionState> each) {
        isListing = true;
        final int end = (int) Math.min(from + PART, connections.size());
        connections.subList((int) from, end).forEach(each);
        told = end;
        isListing = false;
        return end < connections.size() ? end : 0;
    }

    @Override
    public long closed(final long from, final Map<ServerOfService, long[]> counts) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int tableSize() {
        return 4096;
    }

    @Override
    public Traffic total() {
        return services.values().stream().map(service -> service.traffic).reduce(Traffic.NONE, Traffic::plus);
    }

    @Override
    public Traffic totalRate() {
        return Traffic.NONE;
    }

    @Override
    public List<String> schedulers() {
        return SCHEDULERS;
    }

    @Override
    public void together(final Runnable action) {
        isTogether = true;
        try {
            action.run();
        } finally {
            isTogether = false;
            changed();
        }
    }

    @Override
    public void setRemovalPolicy(final ServiceKey key, final RemovalPolicy policy) throws ServiceProblem {
        find(key).policy = policy;
    }

    @Override
    public void endConnections(final ServiceKey key, final ServerKey server) throws ServiceProblem {
        if (find(key).index(server) < 0) {
            throw new ServiceProblem(Kind.NO_ENTRY, null);
        }
        ended.add(server);
    }

    @Override
    public List<String> settings() {
        return List.copyOf(settings.keySet());
    }

    @Override
    public String setting(final String name) {
        return settings.get(name);
    }

    @Override
    public void setSetting(final String name, final String value) throws ServiceProblem {
        if (!settings.containsKey(name)) {
            throw new ServiceProblem(Kind.NO_ENTRY, null);
        }
        if (!value.matches("-?[0-9]+")) {
            throw new ServiceProblem(Kind.INVALID, null);
        }
        settings.put(name, value);
    }
}
