package io.penstock.dataplane.ipvs;

import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.table.ConnLimit;
import io.penstock.conntrack.hot.table.ConnTable;
import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.api.HookFunction;
import io.penstock.dataplane.api.HookOps;
import io.penstock.dataplane.api.HookPoint;
import io.penstock.dataplane.api.HookRegistrar;
import io.penstock.dataplane.api.Priority;
import io.penstock.dataplane.connections.ConnectionSecrets;
import io.penstock.dataplane.connections.NamespaceConnections;
import io.penstock.dataplane.hot.ipvs.AnswerHook;
import io.penstock.dataplane.hot.ipvs.Defence;
import io.penstock.dataplane.hot.ipvs.ErrorHook;
import io.penstock.dataplane.hot.ipvs.LaneServices;
import io.penstock.dataplane.hot.ipvs.ServeHook;
import io.penstock.dataplane.hot.ipvs.Server;
import io.penstock.dataplane.hot.ipvs.ServiceMemory;
import io.penstock.dataplane.hot.ipvs.ServiceSettings;
import io.penstock.dataplane.hot.ipvs.state.ServiceTimeouts;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.hot.pipeline.ServerRoute;
import io.penstock.dataplane.ipvs.model.ConnectionState;
import io.penstock.dataplane.namespace.Namespace;
import io.penstock.os.netlink.IpAddress;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;

/**
 * What a namespace's lanes have of its virtual services: the tables of connections, made when there is a service for the first time, and the functions at the
 * hooks, by family.
 *
 * <p>Threads: the registry's.
 */
final class ServiceLanes implements AutoCloseable {

    /** Connections of a family that address space is reserved for. It takes memory when it is used. */
    private static final int MOST_CONNECTIONS = ServiceSettings.MOST_CONNECTIONS;
    /** Connections that the indexes have room for at first: 2 MiB, which stay in the caches. Larger, and few connections cost as much as many. */
    private static final int FIRST_CONNECTIONS = 1 << 16;

    private final Namespace namespace;
    private final HookRegistrar hooks;
    private final NamespaceConnections connections;
    private final LongSupplier clock;
    private final List<Lane> order;
    private final LaneServices[] lanes;
    private final ConnLimit limit;
    /** Of both families, so that it prepares for a batch once. */
    private final ServeHook serve;
    private final AnswerHook answer;
    private final Map<Family, Use> uses = new EnumMap<>(Family.class);
    private final SplittableRandom random = new SplittableRandom();
    private final Defence.Share share = new Defence.Share();
    private ConnTable ipv4;
    private ConnTable ipv6;

    private record Use(HookRegistrar.Registration functions, HookRegistrar.Registration gathering) {
    }

    ServiceLanes(final Namespace namespace, final HookRegistrar hooks, final NamespaceConnections connections, final LongSupplier clock) {
        this.namespace = namespace;
        this.hooks = hooks;
        this.connections = connections;
        this.clock = clock;
        this.order = namespace.publisher().lanes();
        this.lanes = new LaneServices[order.stream().mapToInt(Lane::index).max().orElse(-1) + 1];
        this.serve = new ServeHook(lanes);
        this.answer = new AnswerHook(lanes);
        this.limit = new ConnLimit(FIRST_CONNECTIONS, workers());
    }

    /** How many workers there are, at least one. */
    int workers() {
        return Math.max(1, order.size());
    }

    /** Whether the tables are there. */
    boolean areMade() {
        return ipv4 != null;
    }

    /** Makes the tables, and tells the lanes. Where memory is short for one of them, there is none, and it may be tried again. */
    void make(final ServiceSettings settings, final ServiceTimeouts timeouts, final ServiceMemory memory, final Server[] servers) {
        final ConnectionSecrets secrets = new ConnectionSecrets(namespace.ipSettings().identificationKey != 0);
        final ConnTable of4 = table(ConnLayout.FAMILY_IPV4, secrets);
        final ConnTable of6;
        try {
            of6 = table(ConnLayout.FAMILY_IPV6, secrets);
        } catch (final RuntimeException | Error e) {
            of4.close();
            throw e;
        }
        final long tunnelSeed = secrets.next();
        namespace.publisher().onEach(lane -> {
            final int worker = order.indexOf(lane);
            lanes[lane.index()] = new LaneServices(lane, settings, timeouts, memory, servers, of4, of6, worker, secrets.next(), tunnelSeed);
            lane.serve(lanes[lane.index()]);
        });
        ipv4 = of4;
        ipv6 = of6;
        // The indexes are of a size for the first ones, and grow.
        limit(settings.connMax);
    }

    private ConnTable table(final int family, final ConnectionSecrets secrets) {
        final ConnTable table = new ConnTable(family, MOST_CONNECTIONS, limit, secrets.next(), secrets.next(), order.size());
        table.keepAssured();
        return table;
    }

    /** How many connections there may be, 0 for none; without tables it is said again when they are made. */
    void limit(final int most) {
        if (areMade()) {
            limit.setMax(most == 0 ? ConnLimit.NOTHING : most);
        }
    }

    /** Does something with each lane's services, which are there when the tables are. */
    void each(final Consumer<LaneServices> action) {
        if (areMade()) {
            order.forEach(lane -> action.accept(lanes[lane.index()]));
        }
    }

    /** A family has services: its functions are at the hooks. */
    void use(final Family family) {
        if (uses.containsKey(family)) {
            return;
        }
        final HookRegistrar.Registration registered = hooks.register(functions(family));
        try {
            uses.put(family, new Use(registered, connections.gather(family)));
        } catch (final RuntimeException | Error e) {
            registered.close();
            throw e;
        }
    }

    /** A family has no services any more, and needs no functions. */
    void release(final Family family) {
        final Use use = uses.remove(family);
        if (use != null) {
            use.functions.close();
            use.gathering.close();
        }
    }

    private List<HookOps> functions(final Family family) {
        final List<HookOps> functions = new ArrayList<>();
        functions.add(function(family, HookPoint.LOCAL_IN, Priority.NAT_SRC - 2, answer));
        functions.add(function(family, HookPoint.LOCAL_IN, Priority.NAT_SRC - 1, serve));
        functions.add(function(family, HookPoint.LOCAL_OUT, Priority.NAT_DST + 1, answer));
        functions.add(function(family, HookPoint.LOCAL_OUT, Priority.NAT_DST + 2, serve));
        functions.add(function(family, HookPoint.FORWARD, Priority.NAT_SRC - 1, new ErrorHook(lanes)));
        functions.add(function(family, HookPoint.FORWARD, Priority.NAT_SRC, answer));
        return functions;
    }

    private HookOps function(final Family family, final HookPoint point, final int priority, final HookFunction function) {
        return HookOps.of("virtual services " + family + ' ' + point, family, point, priority, function).in(namespace.name());
    }

    /** Whether an address is this host's; without lanes nobody knows. */
    boolean isOwn(final IpAddress address) {
        return order.isEmpty()
                || ServerRoute.isOwn(order.getFirst(), address.family() == IpAddress.V4, AddressWords.high(address), AddressWords.low(address));
    }

    /** Tells of the connections of a part of the tables; where the next part begins, 0 after the last. */
    long list(final long from, final Server[] servers, final Consumer<ConnectionState> each) {
        return areMade() ? ConnectionsOfServices.list(ipv4, ipv6, from, servers, clock.getAsLong(), each) : 0;
    }

    /** Adds to the numbers of some servers, by their own, how many connections of theirs both ends have closed, in a part as {@link #list} has it. */
    long closed(final long from, final SortedMap<Integer, long[]> counts) {
        return areMade() ? ConnectionsOfServices.closed(ipv4, ipv6, from, counts, clock.getAsLong()) : 0;
    }

    /** Ends the connections of some servers, by number. */
    void end(final IntPredicate isOfServer) {
        ConnectionsOfServices.end(ipv4, isOfServer);
        ConnectionsOfServices.end(ipv6, isOfServer);
    }

    /** Memory is short: drops connections that look abandoned. */
    void defend(final ServiceTimeouts timeouts) {
        if (areMade()) {
            ConnectionsOfServices.defend(ipv4, random, share, timeouts, clock.getAsLong());
            ConnectionsOfServices.defend(ipv6, random, share, timeouts, clock.getAsLong());
        }
    }

    /** No function is at a hook any more, and no table is there. */
    @Override
    public void close() {
        List.copyOf(uses.keySet()).forEach(this::release);
        if (areMade()) {
            namespace.publisher().onEach(lane -> lane.serve(null));
            ipv4.close();
            ipv6.close();
            ipv4 = null;
            ipv6 = null;
        }
        limit.close();
    }
}
