package io.penstock.dataplane.connections;

import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnSwitches;
import io.penstock.conntrack.hot.TrackerSettings;
import io.penstock.conntrack.hot.nat.NatSources;
import io.penstock.conntrack.hot.nat.NatWorker;
import io.penstock.conntrack.hot.table.ConnLimit;
import io.penstock.conntrack.hot.table.ConnTable;
import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.api.HookFunction;
import io.penstock.dataplane.api.HookOps;
import io.penstock.dataplane.api.HookPoint;
import io.penstock.dataplane.api.HookRegistrar;
import io.penstock.dataplane.api.Priority;
import io.penstock.dataplane.hot.connections.ConfirmHook;
import io.penstock.dataplane.hot.connections.LaneConnections;
import io.penstock.dataplane.hot.connections.TrackHook;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.namespace.Namespace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The connections of a network namespace. They are tracked, by family, as long as somebody uses them; the tables stay from their first use on, so
 * that connections outlive a change of rules.
 *
 * <p>Source: nf_conntrack_proto.c, {@code nf_ct_netns_get}.
 *
 * <p>Threads: any but workers', one at a time.
 */
public final class NamespaceConnections implements AutoCloseable {

    /**
     * Connections of a family that address space is reserved for: more than {@code nf_conntrack_max} is set to where memory is counted in tens of
     * gigabytes. It takes memory when it is used.
     */
    private static final int MOST_CONNECTIONS = 1 << 25;

    private final Namespace namespace;
    private final HookRegistrar hooks;
    private final List<Lane> order;
    private final LaneConnections[] lanes;
    /** Of both families, so that it prepares for a batch once. */
    private final TrackHook received;
    private final TrackerSettings settings = new TrackerSettings();
    private final ConnSwitches switches = new ConnSwitches();
    private final ConnLimit limit;
    private final Map<Family, Use> uses = new EnumMap<>(Family.class);
    private ConnTable ipv4;
    private ConnTable ipv6;
    private NatSources sources4;
    private NatSources sources6;

    /** A namespace's, not tracked yet. When its lanes are there. */
    public NamespaceConnections(final Namespace namespace, final HookRegistrar hooks) {
        this.namespace = namespace;
        this.hooks = hooks;
        this.order = namespace.publisher().lanes();
        this.lanes = new LaneConnections[order.stream().mapToInt(Lane::index).max().orElse(-1) + 1];
        order.forEach(lane -> lanes[lane.index()] = new LaneConnections(lane, settings, switches));
        this.received = new TrackHook(lanes, true);
        this.limit = new ConnLimit(ConnectionDefaults.max(), Math.max(1, order.size()));
    }

    /** By {@code Lane.index()}. */
    public LaneConnections[] lanes() {
        return lanes;
    }

    /** How the trackers judge. */
    public TrackerSettings settings() {
        return settings;
    }

    /** What is kept of connections. */
    public ConnSwitches switches() {
        return switches;
    }

    /** How many there are and may be. */
    public ConnLimit limit() {
        return limit;
    }

    /** The table of a family, or null while there has been no use of it. */
    public synchronized ConnTable table(final Family family) {
        return family == Family.IPV4 ? ipv4 : ipv6;
    }

    /** Somebody uses a family's connections from now on, which are tracked when this returns. */
    public synchronized void acquire(final Family family) {
        final Use use = uses.get(family);
        if (use != null) {
            use.count++;
            return;
        }
        if (ipv4 == null) {
            makeTables();
        }
        uses.put(family, new Use(hooks.register(functions(family))));
    }

    /** Somebody uses them no more. */
    public synchronized void release(final Family family) {
        final Use use = uses.get(family);
        use.count--;
        if (use.count == 0) {
            uses.remove(family);
            use.functions.close();
        }
    }

    private void makeTables() {
        final ConnectionSecrets secrets = new ConnectionSecrets(namespace.ipSettings().identificationKey != 0);
        ipv4 = new ConnTable(ConnLayout.FAMILY_IPV4, MOST_CONNECTIONS, limit, secrets.next(), secrets.next(), order.size());
        ipv6 = new ConnTable(ConnLayout.FAMILY_IPV6, MOST_CONNECTIONS, limit, secrets.next(), secrets.next(), order.size());
        ipv4.setWallOffset(namespace.ipSettings().wallClockOffsetNs);
        ipv6.setWallOffset(namespace.ipSettings().wallClockOffsetNs);
        sources4 = new NatSources(ipv4, MOST_CONNECTIONS, secrets.next(), secrets.next());
        sources6 = new NatSources(ipv6, MOST_CONNECTIONS, secrets.next(), secrets.next());
        final NatWorker[] translators = new NatWorker[order.size()];
        Arrays.setAll(translators, worker -> new NatWorker(sources4, sources6, worker, secrets.next()));
        namespace.publisher().onEach(lane -> {
            final int worker = order.indexOf(lane);
            lanes[lane.index()].tables(ipv4, ipv6, worker, translators[worker]);
        });
    }

    private List<HookOps> functions(final Family family) {
        final List<HookOps> functions = new ArrayList<>();
        functions.add(function(family, HookPoint.PRE_ROUTING, received, Priority.CONNTRACK));
        functions.add(function(family, HookPoint.LOCAL_OUT, new TrackHook(lanes, false), Priority.CONNTRACK));
        functions.add(function(family, HookPoint.LOCAL_IN, new ConfirmHook(lanes), Priority.CONNTRACK_CONFIRM));
        functions.add(function(family, HookPoint.POST_ROUTING, new ConfirmHook(lanes), Priority.CONNTRACK_CONFIRM));
        return functions;
    }

    private HookOps function(
            final Family family, final HookPoint point, final HookFunction function, final int priority) {
        return HookOps.of("conntrack " + family + ' ' + point, family, point, priority, function).in(namespace.name());
    }

    /** Tracks no more, and forgets all. */
    @Override
    public synchronized void close() {
        uses.values().forEach(use -> use.functions.close());
        uses.clear();
        if (ipv4 != null) {
            namespace.publisher().onEach(lane -> lane.track(null));
            sources4.close();
            sources6.close();
            ipv4.close();
            ipv6.close();
            ipv4 = null;
            ipv6 = null;
        }
        limit.close();
    }

    private static final class Use {

        private final HookRegistrar.Registration functions;
        private int count = 1;

        private Use(final HookRegistrar.Registration functions) {
            this.functions = functions;
        }
    }
}
