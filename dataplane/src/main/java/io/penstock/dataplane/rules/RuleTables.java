package io.penstock.dataplane.rules;

import io.penstock.conntrack.hot.ConnSwitches;
import io.penstock.dataplane.api.Device;
import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.api.HookFunction;
import io.penstock.dataplane.api.HookOps;
import io.penstock.dataplane.api.HookPoint;
import io.penstock.dataplane.api.HookRegistrar;
import io.penstock.dataplane.connections.ConnectionSecrets;
import io.penstock.dataplane.connections.NamespaceConnections;
import io.penstock.dataplane.hot.connections.RuleConnections;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.hot.rules.LaneRules;
import io.penstock.dataplane.hot.rules.NatHook;
import io.penstock.dataplane.hot.rules.TableHook;
import io.penstock.dataplane.namespace.Namespace;
import io.penstock.os.sys.Errno;
import io.penstock.os.sys.SysException;
import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.RuleHook;
import io.penstock.rules.api.TableName;
import io.penstock.rules.compile.CompiledTable;
import io.penstock.rules.compile.TableCompiler;
import io.penstock.rules.hot.PacketServices;
import io.penstock.rules.hot.TableProgram;
import io.penstock.rules.hot.set.SetPlace;
import io.penstock.rules.model.RuleTable;
import io.penstock.rules.model.TableRefusal;
import io.penstock.rules.model.TableReplacement;
import io.penstock.rules.model.TableSnapshot;
import io.penstock.rules.model.TableStore;
import io.penstock.rules.set.SetRegistry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The tables of a network namespace. A table is there from its first use on, as in the kernel: then its functions are registered at its
 * hooks, and count what passes.
 *
 * <p>Invariants:
 * <ol>
 *   <li>A replacement is in force on every worker when it returns; until then each packet is judged by the one or by the other.</li>
 *   <li>What the old table has counted, to the last packet, is in the new one's counters where they come from there.</li>
 *   <li>A refused replacement changes nothing.</li>
 *   <li>A set is in use by a rule until no worker is inside the rule's table any more.</li>
 * </ol>
 *
 * <p>Source: net/netfilter/x_tables.c xt_replace_table, net/ipv4/netfilter/ip_tables.c do_replace.
 *
 * <p>Threads: any but workers', one at a time.
 */
public final class RuleTables implements TableStore, AutoCloseable {

    private final Namespace namespace;
    private final HookRegistrar hooks;
    private final LongSupplier clock;
    private final BiFunction<CompiledTable, Integer, TableProgram> programs;
    private final LaneRules[] lanes;
    private final List<Lane> order;
    private final NamespaceConnections connections;
    private final SetRegistry sets;
    private final SharedStates states = new SharedStates();
    private final Map<IpFamily, Map<TableName, LiveTable>> live = new EnumMap<>(IpFamily.class);
    private final Map<IpFamily, Deque<TableName>> used = new EnumMap<>(IpFamily.class);
    private Specializer specializer;

    /**
     * A namespace's tables, none in use. When its lanes are there.
     *
     * @param services what a lane does for rules
     * @param clock    the workers' clock
     * @param programs what a worker runs of a table
     */
    public RuleTables(
            final Namespace namespace,
            final HookRegistrar hooks,
            final Function<Lane, PacketServices> services,
            final LongSupplier clock,
            final BiFunction<CompiledTable, Integer, TableProgram> programs) {
        this.namespace = namespace;
        this.hooks = hooks;
        this.clock = clock;
        this.programs = programs;
        this.order = namespace.publisher().lanes();
        this.connections = new NamespaceConnections(namespace, hooks, clock);
        this.sets = new SetRegistry(namespace.quiescence(), clock,
                new ConnectionSecrets(namespace.ipSettings().identificationKey != 0)::next);
        this.lanes = new LaneRules[order.stream().mapToInt(Lane::index).max().orElse(-1) + 1];
        order.forEach(lane -> lanes[lane.index()] = new LaneRules(
                lane, services.apply(lane), new RuleConnections(connections.lanes()[lane.index()])));
        for (final IpFamily family : IpFamily.values()) {
            live.put(family, new EnumMap<>(TableName.class));
            used.put(family, new ArrayDeque<>());
        }
    }

    /** The namespace's connections. */
    public NamespaceConnections connections() {
        return connections;
    }

    /** The namespace's IP sets. Any thread but workers'. */
    public SetRegistry sets() {
        return sets;
    }

    /** From now on tables get classes of their own when they rest, those that are in force too. */
    public synchronized void specializeBy(final Specializer value) {
        specializer = value;
        live.values().forEach(tables -> tables.values().forEach(this::specializeLater));
    }

    /** Lends what rules share by name: nothing of it goes meanwhile. */
    public synchronized <T> T lend(final Function<SharedStates, T> borrower) {
        return borrower.apply(states);
    }

    /** Whether nothing is under way to give a table a class of its own: it has one, or none is to be had. */
    public synchronized boolean isSettled(final IpFamily family, final TableName table) {
        final LiveTable there = live.get(family).get(table);
        return there == null || there.isSettled();
    }

    /** Whether workers run a table by a class of its own; false for one that nobody has used. */
    public synchronized boolean isSpecialized(final IpFamily family, final TableName table) {
        final LiveTable there = live.get(family).get(table);
        return there != null && there.isSpecialized();
    }

    @Override
    public synchronized TableSnapshot read(final IpFamily family, final TableName table) {
        return live(family, table).snapshot();
    }

    @Override
    public synchronized List<TableName> tables(final IpFamily family) {
        return List.copyOf(used.get(family));
    }

    @Override
    public synchronized void test(final RuleTable table) {
        // States of its own: a rule that asks more of a list than it has makes it forget.
        try (Holds holds = new Holds(new SharedStates(), sets, table); CompiledTable compiled = compile(table, holds, new Needs(), null)) {
            compiled.table();
        }
    }

    @Override
    public synchronized void replace(final TableReplacement replacement) {
        final RuleTable table = replacement.table();
        final LiveTable old = live(table.family(), table.name());
        if (replacement.version() != old.version()) {
            throw new TableRefusal(TableRefusal.EAGAIN, null, 0,
                    "the table has changed meanwhile: table=" + table.name().text() + "; read it again");
        }
        final Needs needs = new Needs();
        final LiveTable next = made(replacement, needs, old);
        final TableProgram[] each;
        try {
            each = programs(next);
            needs.meet(table.family());
        } catch (final RuntimeException | Error e) {
            next.close();
            throw e;
        }
        publish(next, each);
        for (int number = 0; number < replacement.origin().length; number++) {
            final int origin = replacement.origin()[number];
            if (origin >= 0) {
                next.begin(number, old.packets(origin), old.bytes(origin));
            }
        }
        next.registration(old.registration());
        live.get(table.family()).put(table.name(), next);
        close(old);
        specializeLater(next);
    }

    private LiveTable made(final TableReplacement replacement, final Needs needs, final LiveTable old) {
        final Holds holds = new Holds(states, sets, replacement.table());
        try {
            return new LiveTable(compile(replacement.table(), holds, needs, old.compiled()), holds, old.version() + 1,
                    replacement.packets().clone(), replacement.bytes().clone(), needs.tracks, needs.labels);
        } catch (final RuntimeException | Error e) {
            holds.close();
            throw e;
        }
    }

    /** Takes all tables out of force. */
    @Override
    public synchronized void close() {
        for (final Map<TableName, LiveTable> tables : live.values()) {
            for (final LiveTable table : tables.values()) {
                table.registration().close();
                close(table);
            }
            tables.clear();
        }
        connections.close();
        sets.close();
    }

    private void close(final LiveTable table) {
        final IpFamily family = table.compiled().table().family();
        table.close();
        if (table.tracks()) {
            connections.release(api(family));
        }
        if (table.labels()) {
            connections.switches().labels--;
        }
    }

    private static Family api(final IpFamily family) {
        return family == IpFamily.IPV4 ? Family.IPV4 : Family.IPV6;
    }

    private LiveTable live(final IpFamily family, final TableName name) {
        final LiveTable there = live.get(family).get(name);
        if (there != null) {
            return there;
        }
        final RuleTable empty = RuleTable.empty(family, name);
        final Holds holds = new Holds(states, sets, empty);
        final LiveTable first = new LiveTable(compile(empty, holds, new Needs(), null), holds, 0, new long[empty.counters()],
                new long[empty.counters()], false, false);
        publish(first, programs(first));
        first.registration(hooks.register(functions(family, name)));
        live.get(family).put(name, first);
        used.get(family).addFirst(name);
        return first;
    }

    private List<HookOps> functions(final IpFamily family, final TableName name) {
        final List<HookOps> functions = new ArrayList<>();
        for (final RuleHook hook : name.hooks()) {
            final HookFunction function = name == TableName.NAT
                    ? new NatHook(lanes, connections.lanes(), number(family, name), hook, family.version())
                    : new TableHook(lanes, number(family, name), hook.ordinal(), family.version(),
                            hook == RuleHook.FORWARD || hook == RuleHook.OUTPUT || hook == RuleHook.POSTROUTING);
            functions.add(HookOps.of(family.tool() + ' ' + name.text() + ' ' + hook.name(),
                    api(family), point(hook), name.priority(hook), function)
                    .in(namespace.name()));
        }
        return functions;
    }

    private static HookPoint point(final RuleHook hook) {
        return switch (hook) {
            case PREROUTING -> HookPoint.PRE_ROUTING;
            case INPUT -> HookPoint.LOCAL_IN;
            case FORWARD -> HookPoint.FORWARD;
            case OUTPUT -> HookPoint.LOCAL_OUT;
            case POSTROUTING -> HookPoint.POST_ROUTING;
        };
    }

    private static int number(final IpFamily family, final TableName name) {
        return family.ordinal() * TableName.values().length + name.ordinal();
    }

    /** What each worker is to run of a table. */
    private TableProgram[] programs(final LiveTable table) {
        final TableProgram[] each = new TableProgram[order.size()];
        Arrays.setAll(each, worker -> programs.apply(table.compiled(), worker));
        return each;
    }

    /** Returns when no worker runs the table's predecessor any more. */
    private void publish(final LiveTable table, final TableProgram[] each) {
        final RuleTable rules = table.compiled().table();
        final int number = number(rules.family(), rules.name());
        namespace.publisher().onEach(lane -> lanes[lane.index()].program(number, each[order.indexOf(lane)]));
    }

    private void specializeLater(final LiveTable table) {
        if (specializer != null) {
            table.specialization(specializer.changed(table.compiled(), own -> specialized(table, own)));
        }
    }

    private synchronized void specialized(final LiveTable table, final List<TableProgram> own) {
        final RuleTable rules = table.compiled().table();
        if (live.get(rules.family()).get(rules.name()) == table) {
            final int number = number(rules.family(), rules.name());
            namespace.publisher().onEach(lane -> lanes[lane.index()].program(number, own.get(order.indexOf(lane))));
            table.specialized();
        }
    }

    private CompiledTable compile(
            final RuleTable table, final Holds holds, final Needs needs, final CompiledTable replaced) {
        final long nowNs = clock.getAsLong();
        try {
            return TableCompiler.compile(table, place -> new Scope(place, nowNs, holds, needs), order.size(), replaced);
        } catch (final SysException e) {
            throw told(e);
        }
    }

    private void track(final Family family) {
        try {
            connections.acquire(family);
        } catch (final SysException e) {
            throw told(e);
        }
    }

    /** What a failure is for whoever wants a table: memory that cannot be had is no defect. */
    private static RuntimeException told(final SysException e) {
        return e.errno() == Errno.ENOMEM ? new TableRefusal(TableRefusal.ENOMEM, null, 0, e.getMessage()) : e;
    }

    /** What the rules of a table need beyond packets. */
    private final class Needs {

        private boolean tracks;
        private boolean counts;
        private boolean labels;

        /** All of it or, when connections cannot be tracked, nothing. */
        private void meet(final IpFamily family) {
            final ConnSwitches switches = connections.switches();
            final int acct = switches.acct;
            final int others = switches.labels;
            if (counts) {
                switches.acct = 1;
            }
            if (labels) {
                switches.labels++;
            }
            try {
                if (tracks) {
                    track(api(family));
                }
            } catch (final RuntimeException | Error e) {
                switches.acct = acct;
                switches.labels = others;
                throw e;
            }
        }
    }

    /** What is known where a rule stands. */
    private final class Scope implements BindScope {

        private final Place place;
        private final long nowNs;
        private final Holds holds;
        private final Needs needs;

        private Scope(final Place place, final long nowNs, final Holds holds, final Needs needs) {
            this.place = place;
            this.nowNs = nowNs;
            this.holds = holds;
            this.needs = needs;
        }

        @Override
        public void tracksConnections() {
            needs.tracks = true;
        }

        @Override
        public void labelConnections() {
            needs.labels = true;
        }

        @Override
        public void countConnections() {
            needs.counts = true;
        }

        @Override
        public Place place() {
            return place;
        }

        @Override
        public long nowNs() {
            return nowNs;
        }

        @Override
        public int workers() {
            return order.size();
        }

        @Override
        public <T> T shared(final Class<T> type, final String name, final Supplier<T> maker) {
            return holds.state(type, name, maker);
        }

        @Override
        public SetPlace set(final String name) {
            return holds.set(name);
        }
    }
}
