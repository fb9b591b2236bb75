package io.penstock.dataplane.hot.ipvs;

import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.Deadline;
import io.penstock.conntrack.hot.table.ConnTable;
import io.penstock.conntrack.hot.table.EntryListener;
import io.penstock.conntrack.hot.table.TableWorker;
import io.penstock.dataplane.hot.ipvs.schedule.Flow;
import io.penstock.dataplane.hot.ipvs.state.ServiceStates;
import io.penstock.dataplane.hot.ipvs.state.ServiceTimeouts;
import io.penstock.dataplane.hot.ipvs.tunnel.TunnelWriter;
import io.penstock.dataplane.hot.pipeline.BatchListener;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.os.hot.memory.Memory;

/**
 * One lane's hand on its namespace's virtual services.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Entries that packets lead to are whole from {@link #begin} to the next one.</li>
 *   <li>A server's numbers of connections are those of the entries that name it: counted when an entry gets its server, and when it is given up.</li>
 * </ol>
 *
 * <p>Threads: the lane's worker.
 */
public final class LaneServices implements BatchListener, EntryListener {

    /** How often connections are looked after. Unit: ns. */
    private static final long TEND_INTERVAL_NS = 1_000_000;
    /** Blocks of 64 entries that are swept at a time, at the most: some 200 us. */
    private static final int MAX_BLOCKS = 128;
    /** How many slices it takes to sweep all entries: two seconds' worth. */
    private static final int SLICES = 2048;
    /** Slices at a time, at the most: what a worker sleeps. */
    private static final int MAX_SLICES = 128;
    /**
     * Blocks of 64 buckets that a growing index is moved by at least, each time: 1024 buckets, some 100 us. While one of so many buckets is moved, the new one takes
     * nearly five times as many connections; so five million a second may begin. Less, and a burst of connections finds it full.
     */
    private static final int MOVED_BLOCKS = 16;
    /** Entries in a block, as a shift. */
    private static final int BLOCK_SHIFT = 6;

    final Lane lane;
    final ServiceSettings settings;
    final ServiceTimeouts timeouts;
    final Flow flow = new Flow();
    final ServicePath path = new ServicePath(this);
    final ServiceBeginning beginning = new ServiceBeginning(this);
    final ServiceErrors errors = new ServiceErrors(this);
    final ServerSending sending;
    final Defence.Share share = new Defence.Share();

    private volatile ServiceTable services = ServiceTable.EMPTY;
    private volatile Server[] servers;
    private volatile ServerSet known = ServerSet.EMPTY;
    private volatile LocalAddresses pool4 = LocalAddresses.NONE;
    private volatile LocalAddresses pool6 = LocalAddresses.NONE;
    private final ConnTable table4;
    private final ConnTable table6;
    private final TableWorker ipv4;
    private final TableWorker ipv6;
    private final long counters;
    private long nowNs;
    /** The state of the routes, above an adjacency's bits; never 0. */
    private long routes;
    private long tendedNs;
    private long random;

    /**
     * A lane's, of a namespace that has no services yet.
     *
     * @param servers by number, all of the namespace
     * @param worker  its place in tables and numbers
     * @param seed    of what is random
     * @param tunnels of what tunnels are told apart by; the same for all lanes
     */
    public LaneServices(
            final Lane lane,
            final ServiceSettings settings,
            final ServiceTimeouts timeouts,
            final ServiceMemory memory,
            final Server[] servers,
            final ConnTable table4,
            final ConnTable table6,
            final int worker,
            final long seed,
            final long tunnels) {
        this.lane = lane;
        this.settings = settings;
        this.timeouts = timeouts;
        this.servers = servers;
        this.table4 = table4;
        this.table6 = table6;
        this.counters = memory.counters(worker);
        this.ipv4 = table4.worker(worker);
        this.ipv6 = table6.worker(worker);
        this.random = seed | 1;
        this.sending = new ServerSending(this, new TunnelWriter(lane.index(), tunnels));
        ipv4.setListener(this);
        ipv6.setListener(this);
    }

    /** Control: the services from now on. */
    public void services(final ServiceTable next) {
        services = next;
    }

    /** Control: the servers from now on, by number. */
    public void servers(final Server[] next) {
        servers = next;
    }

    /** Control: servers whose packets without a connection are refused, from now on. */
    public void known(final ServerSet next) {
        known = next;
    }

    /** Control: what connections come from whose both addresses are translated, from now on. */
    public void pools(final LocalAddresses of4, final LocalAddresses of6) {
        pool4 = of4;
        pool6 = of6;
    }

    @Override
    public void begin(final long batchNs) {
        nowNs = batchNs;
        routes = lane.fib.changes4() + 1 << ServerLayout.ADJACENCY_BITS;
        ipv4.boundary(batchNs);
        ipv6.boundary(batchNs);
    }

    @Override
    public void end() {
        path.end();
    }

    @Override
    public void tend(final long clockNs) {
        if (clockNs - tendedNs < TEND_INTERVAL_NS) {
            return;
        }
        // Of what a worker has slept through as much is made up for as takes no longer than some batches.
        final int slices = (int) Math.min(MAX_SLICES, (clockNs - tendedNs) / TEND_INTERVAL_NS);
        tendedNs = clockNs;
        begin(clockNs);
        final int each = (Math.max(table4.used(), table6.used()) >>> BLOCK_SHIFT) / SLICES + 1;
        final int blocks = Math.min(MAX_BLOCKS, slices * (table4.isResizing() || table6.isResizing() ? Math.max(MOVED_BLOCKS, each) : each));
        ipv4.maintain(blocks);
        ipv6.maintain(blocks);
        grow(table4);
        grow(table6);
    }

    /** An index that fills up is moved to one of twice the size, while packets are looked up: by whom first sees it. */
    private static void grow(final ConnTable table) {
        final int buckets = table.buckets();
        if (table.used() > buckets + (buckets >>> 1) && buckets < table.maxBuckets() && !table.isResizing()) {
            table.resize(buckets * 2);
        }
    }

    @Override
    public void rest() {
        ipv4.away();
        ipv6.away();
    }

    /** An entry is given up: its server has one connection less, or one client. */
    @Override
    public void onGivenUp(final long entry) {
        final int number = ServiceEntry.server(entry);
        if (number == 0) {
            return;
        }
        final long server = servers[number].shared;
        if ((ServiceEntry.flags(entry) & ServiceEntry.TEMPLATE) != 0) {
            Memory.getAndAddLong(server + ServerLayout.PERSISTENT, -1);
            return;
        }
        if ((ConnLayout.trackerState(entry) & ServiceEntry.ACTIVE) != 0) {
            Memory.getAndAddLong(server + ServerLayout.ACTIVE, -1);
        }
        Memory.getAndAddLong(server + ServerLayout.TOTAL, -1);
        if ((ServerLayout.flags(server) & ServerLayout.OVERLOADED) != 0) {
            ServerLayout.judge(server);
        }
        final long template = templateOf(entry);
        if (template != 0 && ServiceEntry.control(template, -1) == 0) {
            Deadline.set(template, ServiceEntry.ownLeftNs(template, nowNs), nowNs);
        }
    }

    /** An entry gets its server: one connection more, or one client. */
    void bind(final long entry, final Server server) {
        ServiceEntry.setServer(entry, server.number);
        if ((ServiceEntry.flags(entry) & ServiceEntry.TEMPLATE) != 0) {
            Memory.getAndAddLong(server.shared + ServerLayout.PERSISTENT, 1);
            return;
        }
        final long total = Memory.getAndAddLong(server.shared + ServerLayout.TOTAL, 1) + 1;
        final long upper = Memory.getIntOpaque(server.shared + ServerLayout.UPPER) & 0xFFFF_FFFFL;
        if (upper != 0 && total >= upper) {
            ServerLayout.judge(server.shared);
        }
    }

    /** A connection goes from a state to another one; false if another worker has changed it meanwhile, and nothing was done. */
    boolean move(final long entry, final int protocol, final int from, final int to) {
        final int change = ServiceEntry.move(entry, from, to, ServiceStates.isActive(protocol, to));
        if (change == ServiceEntry.STALE) {
            return false;
        }
        final int number = ServiceEntry.server(entry);
        if (change != 0 && number != 0) {
            Memory.getAndAddLong(servers[number].shared + ServerLayout.ACTIVE, change);
        }
        return true;
    }

    /** The services now. */
    ServiceTable services() {
        return services;
    }

    /** Servers whose packets without a connection are refused. */
    ServerSet known() {
        return known;
    }

    /** What connections come from whose both addresses are translated. */
    LocalAddresses pool(final boolean isIpv4) {
        return isIpv4 ? pool4 : pool6;
    }

    /** A server by its number, other than 0. */
    Server server(final int number) {
        return servers[number];
    }

    /** This worker's counters of a server. */
    long counters(final int number) {
        return counters + (long) number * ServerLayout.BYTES;
    }

    /** The adjacency to an IPv4 server by its number, other than 0: looked up again when routes have changed. */
    int way4(final int number, final int address) {
        final long place = counters(number) + ServerLayout.WAY;
        final long known = Memory.getLong(place) ^ routes;
        return known >>> ServerLayout.ADJACENCY_BITS == 0 ? (int) known : way4Slow(place, address);
    }

    private int way4Slow(final long place, final int address) {
        final int found = lane.fib.lookup4(address);
        Memory.putLong(place, routes | found);
        return found;
    }

    /** The table of a family. */
    TableWorker table(final boolean isIpv4) {
        return isIpv4 ? ipv4 : ipv6;
    }

    /** An entry's number. */
    int numberOf(final long entry) {
        return (ConnLayout.family(entry) == ConnLayout.FAMILY_IPV4 ? table4 : table6).number(entry);
    }

    /** The entry of a template that a connection stays with, or 0. */
    long templateOf(final long entry) {
        final int number = ConnLayout.master(entry);
        return number == 0 ? 0 : (ConnLayout.family(entry) == ConnLayout.FAMILY_IPV4 ? table4 : table6)
                .entry(number, ServiceEntry.templateGeneration(entry));
    }

    /** The next random number. */
    long random() {
        // Marsaglia's xorshift, triple 13, 7, 17.
        random ^= random << 13;
        random ^= random >>> 7;
        random ^= random << 17;
        return random;
    }
}
