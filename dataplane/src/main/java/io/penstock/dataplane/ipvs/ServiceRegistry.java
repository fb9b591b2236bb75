package io.penstock.dataplane.ipvs;

import io.penstock.dataplane.connections.NamespaceConnections;
import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.api.HookRegistrar;
import io.penstock.dataplane.hot.ipvs.Server;
import io.penstock.dataplane.hot.ipvs.ServerSet;
import io.penstock.dataplane.hot.ipvs.Service;
import io.penstock.dataplane.hot.ipvs.ServiceSettings;
import io.penstock.dataplane.hot.ipvs.schedule.SchedulerSettings;
import io.penstock.dataplane.hot.ipvs.state.ServiceTimeouts;
import io.penstock.dataplane.ipvs.model.ConnectionState;
import io.penstock.dataplane.ipvs.model.Forwarding;
import io.penstock.dataplane.ipvs.model.RemovalPolicy;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServerOfService;
import io.penstock.dataplane.ipvs.model.ServerSpec;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.dataplane.ipvs.model.ServiceSpec;
import io.penstock.dataplane.ipvs.model.ServiceState;
import io.penstock.dataplane.ipvs.model.ServiceStore;
import io.penstock.dataplane.ipvs.model.Timeouts;
import io.penstock.dataplane.ipvs.model.Traffic;
import io.penstock.dataplane.ipvs.schedule.SchedulerKind;
import io.penstock.dataplane.namespace.Namespace;
import io.penstock.os.netlink.IpAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The virtual services of a network namespace. Their functions are at the hooks, by family, as long as there are services of it; connections, and the numbers
 * of servers that left with connections, stay.
 *
 * <p>Source: net/netfilter/ipvs/ip_vs_ctl.c. Threads: any but workers', one at a time.
 */
public final class ServiceRegistry implements ServiceStore, AutoCloseable {

    /** Source addresses for servers whose packets have both addresses translated: a comma between two. */
    public static final String SOURCES = "penstock.fullnat_sources";

    /** What the kernel says: its table has so many buckets, by default. */
    private static final int TABLE_SIZE = 4096;
    private static final int MOST_WORKERS_SERVERS = 1024;

    private final ServiceLanes lanes;
    private final ServiceSettings settings = new ServiceSettings();
    private final SchedulerSettings schedulerSettings = new SchedulerSettings();
    private final VirtualServerSettings sysctls = new VirtualServerSettings(settings, schedulerSettings);
    private final ServiceTimeouts timeouts = new ServiceTimeouts();
    private final ServerNumbers numbers;
    private final Map<ServiceKey, RunningService> services = new LinkedHashMap<>();
    private final LeftServers left;
    private final UntoldChanges untold = new UntoldChanges();
    private final EndingServers ending = new EndingServers();
    private final RateEstimator totalRates = new RateEstimator();
    private Traffic before = Traffic.NONE;
    private TranslationSources sources = TranslationSources.NONE;
    private Server[] byNumber = new Server[MOST_WORKERS_SERVERS];
    private Runnable firstUse = () -> { };
    private int together;
    private boolean isOdd;

    /**
     * A namespace's, without services. When its lanes are there.
     *
     * @param clock the workers' clock
     */
    public ServiceRegistry(
            final Namespace namespace, final HookRegistrar hooks, final NamespaceConnections connections, final LongSupplier clock) {
        this.lanes = new ServiceLanes(namespace, hooks, connections, clock);
        this.numbers = new ServerNumbers(lanes.workers());
        this.left = new LeftServers(namespace.quiescence());
        sysctls.onChange(this::settingChanged);
    }

    /** Who is told when there is a service for the first time. */
    public synchronized void onFirstUse(final Runnable listener) {
        firstUse = listener;
    }

    private synchronized void settingChanged(final String name) {
        if (name.equals(VirtualServerSettings.PREFIX + "conn_max")) {
            lanes.limit(settings.connMax);
        } else if (name.equals(VirtualServerSettings.MAGLEV_TABLE)) {
            services.values().stream().filter(service -> service.kind == SchedulerKind.MAGLEV).forEach(this::change);
            commit();
        } else if (name.equals(VirtualServerSettings.PREFIX + "nat_icmp_send")) {
            commit();
        }
    }

    @Override
    public synchronized void addService(final ServiceKey key, final ServiceSpec spec) throws ServiceProblem {
        if (services.containsKey(key)) {
            throw new ServiceProblem(ServiceProblem.Kind.EXISTS, null);
        }
        final SchedulerKind kind = ServiceChecks.service(key, spec);
        if (!lanes.areMade()) {
            lanes.make(settings, timeouts, numbers.memory(), byNumber);
            tellSources();
            firstUse.run();
        }
        final RunningService added = new RunningService(key, left.service(key, objectOf(key)));
        added.spec = spec;
        added.kind = kind;
        added.begin(schedulerSettings);
        // Before it is there: without functions it is not.
        lanes.use(familyOf(key));
        services.put(key, added);
        untold.come(added);
        commit();
    }

    private static Family familyOf(final ServiceKey key) {
        return key.family() == IpAddress.V4 ? Family.IPV4 : Family.IPV6;
    }

    private static Service objectOf(final ServiceKey key) {
        return new Service(AddressWords.version(key.address()), key.protocol(), AddressWords.high(key.address()), AddressWords.low(key.address()),
                key.port(), key.mark());
    }

    @Override
    public synchronized void editService(final ServiceKey key, final ServiceSpec spec) throws ServiceProblem {
        final RunningService service = find(key);
        final SchedulerKind kind = ServiceChecks.service(key, spec);
        ServiceChecks.ways(spec, service.servers.values().stream().map(server -> server.spec.method()));
        final boolean isChosenOtherwise = kind != service.kind || spec.flags() != service.spec.flags();
        service.spec = spec;
        service.kind = kind;
        untold.edit(service);
        if (isChosenOtherwise) {
            change(service);
        }
        commit();
    }

    @Override
    public synchronized void deleteService(final ServiceKey key) throws ServiceProblem {
        remove(find(key));
        commit();
    }

    private void remove(final RunningService service) {
        services.remove(service.key);
        untold.go(service);
        before = before.plus(service.end(numbers));
        List.copyOf(service.servers.values()).forEach(server -> leave(service, server));
    }

    @Override
    public synchronized void flush() {
        List.copyOf(services.values()).forEach(this::remove);
        commit();
    }

    @Override
    public synchronized void addServer(final ServiceKey key, final ServerKey name, final ServerSpec spec) throws ServiceProblem {
        final RunningService service = find(key);
        check(service, name, spec);
        if (service.servers.containsKey(name)) {
            throw new ServiceProblem(ServiceProblem.Kind.EXISTS, null);
        }
        RunningServer server = left.back(key, name);
        if (server != null) {
            if (server.of != service) {
                if (server.seen == null) {
                    // Workers do not know yet that it has been away.
                    before = before.plus(numbers.traffic(server.server.number).minus(server.counted));
                }
                server.zero(numbers);
            }
            service.back(server, numbers);
        } else {
            final int number = numbers.take();
            if (number == 0) {
                throw new ServiceProblem(ServiceProblem.Kind.FULL, "there are too many servers");
            }
            server = new RunningServer(name, new Server(numbers.memory(), number, service.service,
                    AddressWords.version(name.address()), AddressWords.high(name.address()), AddressWords.low(name.address()), name.port()));
            server.server.forget();
            keep(server.server);
        }
        server.spec = spec;
        server.of = service;
        server.isIn = true;
        service.servers.put(name, server);
        ending.comeBack(server.server.number);
        server.isWithdrawn = false;
        ending.take(server.server.number, spec.weight() > 0);
        untold.change(server);
        change(service);
        commit();
    }

    /** A server takes clients again: also those that stayed with it, and its connections go on. */
    private void takeBack(final RunningServer server) {
        server.isWithdrawn = false;
        ending.take(server.server.number, true);
    }

    private void keep(final Server server) {
        if (server.number >= byNumber.length) {
            byNumber = Arrays.copyOf(byNumber, Math.max(server.number + 1, byNumber.length * 2));
        }
        byNumber[server.number] = server;
        lanes.each(lane -> lane.servers(byNumber));
    }

    private void check(final RunningService service, final ServerKey name, final ServerSpec spec) throws ServiceProblem {
        ServiceChecks.server(service.key, service.spec, name, spec, sources.has(name.address().family()));
    }

    @Override
    public synchronized void editServer(final ServiceKey key, final ServerKey name, final ServerSpec spec) throws ServiceProblem {
        final RunningService service = find(key);
        check(service, name, spec);
        final RunningServer server = find(service, name);
        server.spec = spec;
        if (spec.weight() > 0) {
            takeBack(server);
        } else {
            ending.take(server.server.number, false);
        }
        untold.change(server);
        change(service);
        commit();
    }

    @Override
    public synchronized void deleteServer(final ServiceKey key, final ServerKey name) throws ServiceProblem {
        final RunningService service = find(key);
        leave(service, find(service, name));
        change(service);
        commit();
    }

    private void leave(final RunningService service, final RunningServer server) {
        service.servers.remove(server.key);
        service.left(server);
        server.isIn = false;
        untold.change(server);
        left.add(service.key, server);
        ending.leave(server.server.number, service.removal == RemovalPolicy.KERNEL && settings.expireNodestConn != 0);
    }

    @Override
    public synchronized void withdraw(final ServiceKey key, final ServerKey name, final boolean is) throws ServiceProblem {
        final RunningServer server = find(find(key), name);
        if (is) {
            server.isWithdrawn = true;
            ending.take(server.server.number, false);
        } else {
            takeBack(server);
        }
        untold.change(server);
        commit();
    }

    private RunningService find(final ServiceKey key) throws ServiceProblem {
        final RunningService service = services.get(key);
        if (service == null) {
            throw new ServiceProblem(ServiceProblem.Kind.NO_SERVICE, null);
        }
        return service;
    }

    private static RunningServer find(final RunningService service, final ServerKey name) throws ServiceProblem {
        final RunningServer server = service.servers.get(name);
        if (server == null) {
            throw new ServiceProblem(ServiceProblem.Kind.NO_ENTRY, null);
        }
        return server;
    }

    private void change(final RunningService service) {
        untold.choose(service);
    }

    /** Lets the workers have what has changed. */
    private void commit() {
        if (together > 0) {
            return;
        }
        final boolean areOthers = untold.tell(services.values(), lanes, schedulerSettings);
        final ServerSet known = settings.natIcmpSend == 0 ? ServerSet.EMPTY : new ServerSet(services.values().stream()
                .flatMap(service -> service.servers.values().stream()).filter(server -> server.spec.method() == Forwarding.MASQUERADE)
                .map(server -> server.server).toArray(Server[]::new));
        lanes.each(lane -> lane.known(known));
        // After this no worker begins connections to what it had before.
        left.told();
        if (ending.decide()) {
            end();
        }
        if (areOthers) {
            release();
        }
    }

    private void end() {
        if (!ending.isEmpty()) {
            lanes.end(ending.numbers());
            ending.clear();
        }
    }

    /** Families that have no services any more need no functions. */
    private void release() {
        for (final Family family : List.of(Family.IPV4, Family.IPV6)) {
            if (services.keySet().stream().noneMatch(key -> familyOf(key) == family)) {
                lanes.release(family);
            }
        }
    }

    @Override
    public synchronized void zero(final ServiceKey key) throws ServiceProblem {
        if (key != null) {
            final RunningService service = find(key);
            before = before.plus(service.traffic(numbers));
            service.zero(numbers);
            return;
        }
        services.values().forEach(service -> service.zero(numbers));
        before = Traffic.NONE;
        totalRates.zero(Traffic.NONE);
    }

    @Override
    public Timeouts timeouts() {
        return new Timeouts(timeouts.tcp(), timeouts.tcpFin(), timeouts.udp());
    }

    @Override
    public synchronized void setTimeouts(final Timeouts wanted) throws ServiceProblem {
        if (!timeouts.set(wanted.tcp(), wanted.tcpFin(), wanted.udp())) {
            throw new ServiceProblem(ServiceProblem.Kind.INVALID, "a timeout is 0 to " + ServiceTimeouts.LONGEST_SECONDS + " seconds");
        }
    }

    @Override
    public synchronized Optional<ServiceState> service(final ServiceKey key) {
        return Optional.ofNullable(services.get(key)).map(service -> service.state(numbers));
    }

    @Override
    public synchronized List<ServiceState> services() {
        return services.values().stream().map(service -> service.state(numbers)).toList();
    }

    @Override
    public synchronized long connections(final long from, final Consumer<ConnectionState> each) {
        return lanes.list(from, byNumber, each);
    }

    @Override
    public synchronized long closed(final long from, final Map<ServerOfService, long[]> counts) {
        final SortedMap<Integer, long[]> numbered = new TreeMap<>();
        counts.forEach((of, count) -> {
            final RunningService service = services.get(of.service());
            final RunningServer server = service == null ? null : service.servers.get(of.server());
            if (server != null) {
                numbered.put(server.server.number, count);
            }
        });
        return lanes.closed(from, numbered);
    }

    @Override
    public int tableSize() {
        return TABLE_SIZE;
    }

    @Override
    public synchronized Traffic total() {
        Traffic sum = before;
        for (final RunningService service : services.values()) {
            sum = sum.plus(service.traffic(numbers));
        }
        return sum;
    }

    @Override
    public synchronized Traffic totalRate() {
        return totalRates.rates();
    }

    @Override
    public List<String> schedulers() {
        return SchedulerKind.names();
    }

    @Override
    public synchronized void together(final Runnable action) {
        together++;
        try {
            action.run();
        } finally {
            together--;
            commit();
        }
    }

    @Override
    public synchronized void setRemovalPolicy(final ServiceKey key, final RemovalPolicy policy) throws ServiceProblem {
        final RunningService service = find(key);
        // Checks say it every second.
        if (service.removal != policy) {
            service.removal = policy;
            untold.edit(service);
            commit();
        }
    }

    @Override
    public synchronized void endConnections(final ServiceKey key, final ServerKey name) throws ServiceProblem {
        final RunningService service = find(key);
        final RunningServer server = find(service, name);
        if (service.removal != RemovalPolicy.KEEP) {
            ending.add(server.server.number);
        }
    }

    @Override
    public List<String> settings() {
        final List<String> names = new ArrayList<>(sysctls.names());
        names.add(SOURCES);
        return names;
    }

    @Override
    public synchronized String setting(final String name) {
        return name.equals(SOURCES) ? sources.toString() : sysctls.get(name);
    }

    @Override
    public void setSetting(final String name, final String value) throws ServiceProblem {
        if (name.equals(SOURCES)) {
            setSources(value);
        } else {
            sysctls.set(name, value);
        }
    }

    private synchronized void setSources(final String value) throws ServiceProblem {
        final TranslationSources wanted = TranslationSources.parse(value);
        for (final int family : new int[] {IpAddress.V4, IpAddress.V6}) {
            if (!wanted.has(family) && services.values().stream()
                    .flatMap(service -> service.servers.values().stream())
                    .anyMatch(server -> server.spec.method() == Forwarding.FULL && server.key.address().family() == family)) {
                throw new ServiceProblem(ServiceProblem.Kind.INVALID, "servers that are reached by --fullnat need an address of IPv"
                        + (family == IpAddress.V4 ? '4' : '6') + " in " + SOURCES + "; edit them first");
            }
        }
        sources = wanted;
        tellSources();
    }

    private void tellSources() {
        lanes.each(lane -> lane.pools(sources.pool(IpAddress.V4), sources.pool(IpAddress.V6)));
    }

    @Override
    public synchronized String advice(final ServiceKey key) {
        return key.isMark() || !services.containsKey(key) || lanes.isOwn(key.address()) ? null
                : key.address() + " is no address of this host, so no packet comes to the service; add it with 'ip address add'";
    }

    /** Control, once a second: connections that are to end, rates, defences, and numbers of servers that nobody needs any more. */
    public synchronized void maintain() {
        end();
        sysctls.maintain();
        if (settings.dropsEntries) {
            lanes.defend(timeouts);
        }
        isOdd = !isOdd;
        if (isOdd && sysctls.estimatesRates()) {
            services.values().forEach(service -> {
                service.rates.sample(service.traffic(numbers));
                service.servers.values().forEach(server -> server.rates.sample(server.traffic(numbers)));
            });
            totalRates.sample(total());
        }
        left.sweep(services.keySet(), server -> {
            server.of.forget(server, numbers);
            byNumber[server.server.number] = null;
            numbers.give(server.server.number);
        });
    }

    /** The highest number that a server has had; those that are given back come first. */
    public synchronized int highestNumber() {
        return numbers.highest();
    }

    /** Serves no more, and forgets all. */
    @Override
    public synchronized void close() {
        lanes.close();
        numbers.close();
    }
}
