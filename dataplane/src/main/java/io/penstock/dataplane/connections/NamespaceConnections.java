package io.penstock.dataplane.connections;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnSwitches;
import io.penstock.conntrack.hot.TrackerSettings;
import io.penstock.conntrack.hot.event.ConnEventLog;
import io.penstock.conntrack.hot.frag.FragmentMemory;
import io.penstock.conntrack.hot.frag.FragmentStore;
import io.penstock.conntrack.hot.nat.NatSources;
import io.penstock.conntrack.hot.nat.NatWorker;
import io.penstock.conntrack.hot.table.ConnLimit;
import io.penstock.conntrack.hot.table.ConnTable;
import io.penstock.conntrack.hot.table.TableWorker;
import io.penstock.conntrack.model.ConnSysctls;
import io.penstock.conntrack.model.ConnectionStore;
import io.penstock.conntrack.store.ConnectionSettings;
import io.penstock.conntrack.store.ConnectionWatch;
import io.penstock.conntrack.store.TableConnectionStore;
import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.api.HookFunction;
import io.penstock.dataplane.api.HookOps;
import io.penstock.dataplane.api.HookPoint;
import io.penstock.dataplane.api.HookRegistrar;
import io.penstock.dataplane.api.Priority;
import io.penstock.dataplane.hot.connections.ConfirmHook;
import io.penstock.dataplane.hot.connections.GatherHook;
import io.penstock.dataplane.hot.connections.LaneConnections;
import io.penstock.dataplane.hot.connections.TrackHook;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.namespace.Namespace;
import io.penstock.os.netlink.IpAddress;
import io.penstock.os.sys.Parts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

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

    /**
     * Fragments that a worker can keep waiting. Unit: frames; about half of what a worker has for its ports, so that a flood of fragments takes no frames
     * that traffic needs.
     */
    private static final int FRAGMENTS = 1024;
    /** What a waiting fragment's frame counts. Unit: bytes. */
    private static final int FRAME_BYTES = 2048;

    private final Namespace namespace;
    private final HookRegistrar hooks;
    private final List<Lane> order;
    private final LaneConnections[] lanes;
    /** Of both families, so that it prepares for a batch once. */
    private final TrackHook received;
    private final TrackerSettings settings = new TrackerSettings();
    private final ConnSwitches switches = new ConnSwitches();
    private final ConnLimit limit;
    private final List<ConnEventLog> logs;
    private final ConnectionWatch watch;
    private final TableConnectionStore store;
    private final ConnectionSettings sysctls;
    private final LongSupplier clock;
    private final Map<Family, Use> uses = new EnumMap<>(Family.class);
    private boolean isHeard;
    private Runnable firstUse = () -> { };
    private volatile ConnTable ipv4;
    private volatile ConnTable ipv6;
    private FragmentMemory gathering;
    private List<FragmentStore> stores = List.of();
    private NatSources sources4;
    private NatSources sources6;

    /**
     * A namespace's, not tracked yet. When its lanes are there.
     *
     * @param clock the workers' clock
     */
    public NamespaceConnections(final Namespace namespace, final HookRegistrar hooks, final LongSupplier clock) {
        this.namespace = namespace;
        this.hooks = hooks;
        this.order = namespace.publisher().lanes();
        this.lanes = new LaneConnections[order.stream().mapToInt(Lane::index).max().orElse(-1) + 1];
        this.clock = clock;
        this.logs = order.stream().map(lane -> new ConnEventLog()).toList();
        for (int worker = 0; worker < order.size(); worker++) {
            final Lane lane = order.get(worker);
            lanes[lane.index()] = new LaneConnections(lane, settings, switches, logs.get(worker));
        }
        this.received = new TrackHook(lanes, true);
        this.limit = new ConnLimit(ConnectionDefaults.max(), Math.max(1, order.size()));
        this.watch = new ConnectionWatch(logs, this::listen);
        this.store = new TableConnectionStore(
                this::table, this::run, clock, switches, watch, IntStream.range(0, order.size()).boxed().toList());
        this.sysctls = new ConnectionSettings(
                settings, switches, namespace.ipSettings().fragments, limit, this::table);
    }

    /** The connections, for commands. */
    public ConnectionStore store() {
        return store;
    }

    /** The settings under their names. */
    public ConnSysctls.Settings sysctls() {
        return sysctls;
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

    /** The table of {@link ConnLayout#FAMILY_IPV4} or {@code FAMILY_IPV6}, or null while there has been no use of it. */
    public ConnTable table(final int family) {
        return family == ConnLayout.FAMILY_IPV4 ? ipv4 : ipv6;
    }

    /** Who is told when connections are tracked for the first time. */
    public synchronized void onFirstUse(final Runnable listener) {
        firstUse = listener;
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
            firstUse.run();
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

    /** From now on fragments of a family are gathered, whether connections are tracked or not, until what this returns is closed. */
    public synchronized HookRegistrar.Registration gather(final Family family) {
        if (ipv4 == null) {
            makeTables();
        }
        return hooks.register(gathering(family));
    }

    /** All of them or none: a namespace goes on without when there is no memory for them. */
    private void makeTables() {
        final ConnectionSecrets secrets = new ConnectionSecrets(namespace.ipSettings().identificationKey != 0);
        final Parts parts = new Parts();
        final ConnTable of4;
        final ConnTable of6;
        try {
            of4 = parts.keep(table(ConnLayout.FAMILY_IPV4, secrets), ConnTable::close);
            of6 = parts.keep(table(ConnLayout.FAMILY_IPV6, secrets), ConnTable::close);
            sources4 = parts.keep(new NatSources(of4, MOST_CONNECTIONS, secrets.next(), secrets.next()), NatSources::close);
            sources6 = parts.keep(new NatSources(of6, MOST_CONNECTIONS, secrets.next(), secrets.next()), NatSources::close);
            gathering = parts.keep(new FragmentMemory(), FragmentMemory::close);
            stores = order.stream().map(lane -> parts.keep(new FragmentStore(namespace.ipSettings().fragments, gathering, FRAGMENTS, FRAGMENTS,
                    FRAME_BYTES, secrets.next(), secrets.next()), FragmentStore::close)).toList();
        } catch (final RuntimeException | Error e) {
            parts.abandon();
            throw e;
        }
        setWallClock(of4, of6);
        final NatWorker[] translators = new NatWorker[order.size()];
        Arrays.setAll(translators, worker -> new NatWorker(sources4, sources6, worker, secrets.next()));
        namespace.publisher().onEach(lane -> {
            final int worker = order.indexOf(lane);
            lanes[lane.index()].tables(of4, of6, worker, translators[worker], stores.get(worker));
            lanes[lane.index()].listen(isHeard);
        });
        // Last: who sees them may use them.
        ipv4 = of4;
        ipv6 = of6;
        sysctls.prepare();
    }

    private ConnTable table(final int family, final ConnectionSecrets secrets) {
        return new ConnTable(family, MOST_CONNECTIONS, limit, secrets.next(), secrets.next(), order.size());
    }

    /**
     * The wall clock has been read anew: from now on time stamps go by what the namespace's settings say of it. The thread that will {@link #close},
     * at any time: it does not wait for a change that waits for workers.
     */
    public void renewWallClock() {
        // The one that is there last.
        if (ipv6 != null) {
            setWallClock(ipv4, ipv6);
        }
    }

    private void setWallClock(final ConnTable of4, final ConnTable of6) {
        of4.setWallOffset(namespace.ipSettings().wallClockOffsetNs);
        of6.setWallOffset(namespace.ipSettings().wallClockOffsetNs);
    }

    /** As {@code ConnectionWatch.Listening}. */
    private synchronized void listen(final boolean isWanted) {
        isHeard = isWanted;
        if (ipv4 != null) {
            namespace.publisher().onEach(lane -> lanes[lane.index()].listen(isWanted));
        }
    }

    /** As {@code WorkerTasks}. */
    private boolean run(final ConnTable table, final Consumer<TableWorker> task) {
        final boolean[] done = new boolean[1];
        namespace.publisher().onEach(lane -> {
            if (lane == order.getFirst()) {
                final LaneConnections first = lanes[lane.index()];
                final boolean wasAway = first.isAway();
                first.begin(clock.getAsLong());
                task.accept(table.worker(0));
                if (wasAway) {
                    first.rest();
                }
                done[0] = true;
            }
        });
        return done[0];
    }

    /**
     * Ends connections that MASQUERADE gave a device's address.
     *
     * @param ifindex the device
     * @param address the address that is gone, or null for all of the device
     */
    public synchronized void endMasqueraded(final int ifindex, final IpAddress address) {
        if (ipv4 != null && (address == null || address.family() == IpAddress.V4)) {
            endMasqueraded(ipv4, ifindex, address);
        }
        if (ipv6 != null && (address == null || address.family() == IpAddress.V6)) {
            endMasqueraded(ipv6, ifindex, address);
        }
    }

    private static void endMasqueraded(final ConnTable table, final int ifindex, final IpAddress address) {
        for (int number = 1; number <= table.used(); number++) {
            final long entry = table.address(number);
            final int generation = ConnLayout.generation(entry);
            if (ConnLayout.masquerade(entry) == ifindex && (address == null || isTo(entry, address))) {
                table.condemn(number, generation);
            }
        }
    }

    /** Whether answers come to an address. */
    private static boolean isTo(final long entry, final IpAddress address) {
        return address.family() == IpAddress.V4 ? ConnLayout.destination4(entry, ConnDirection.REPLY) == address.toInt()
                : ConnLayout.destination6High(entry, ConnDirection.REPLY) == address.high()
                        && ConnLayout.destination6Low(entry, ConnDirection.REPLY) == address.low();
    }

    private List<HookOps> functions(final Family family) {
        final List<HookOps> functions = new ArrayList<>(gathering(family));
        functions.add(function(family, HookPoint.PRE_ROUTING, received, Priority.CONNTRACK));
        functions.add(function(family, HookPoint.LOCAL_OUT, new TrackHook(lanes, false), Priority.CONNTRACK));
        functions.add(function(family, HookPoint.LOCAL_IN, new ConfirmHook(lanes), Priority.CONNTRACK_CONFIRM));
        functions.add(function(family, HookPoint.POST_ROUTING, new ConfirmHook(lanes), Priority.CONNTRACK_CONFIRM));
        return functions;
    }

    private List<HookOps> gathering(final Family family) {
        return List.of(function(family, HookPoint.PRE_ROUTING, new GatherHook(lanes, true), Priority.CONNTRACK_DEFRAG),
                function(family, HookPoint.LOCAL_OUT, new GatherHook(lanes, false), Priority.CONNTRACK_DEFRAG));
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
        watch.close();
        store.close();
        sysctls.close();
        if (ipv4 != null) {
            namespace.publisher().onEach(lane -> {
                lanes[lane.index()].giveUpFragments();
                lane.track(null);
            });
            stores.forEach(FragmentStore::close);
            gathering.close();
            sources4.close();
            sources6.close();
            ipv4.close();
            ipv6.close();
            ipv4 = null;
            ipv6 = null;
        }
        limit.close();
        logs.forEach(ConnEventLog::close);
    }

    private static final class Use {

        private final HookRegistrar.Registration functions;
        private int count = 1;

        private Use(final HookRegistrar.Registration functions) {
            this.functions = functions;
        }
    }
}
