package io.penstock.dataplane.control;

import io.penstock.dataplane.api.HookRegistrar;
import io.penstock.dataplane.hot.pipeline.RuleServices;
import io.penstock.dataplane.ipvs.ServiceRegistry;
import io.penstock.dataplane.namespace.Namespace;
import io.penstock.dataplane.program.ProgramKind;
import io.penstock.dataplane.rehearsal.Rehearsal;
import io.penstock.dataplane.rules.RuleTables;
import io.penstock.dataplane.rules.Specializer;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.compile.CompiledTable;
import io.penstock.rules.model.TableRefusal;
import io.penstock.rules.set.text.IpsetCommand;
import io.penstock.rules.text.CommandFiles;
import io.penstock.rules.text.IptablesSaveCommand;
import io.penstock.rules.text.SystemNames;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The tables of a network namespace, its IP sets and its virtual services, with those who change them: files at the start and at a reload,
 * commands on the control socket.
 *
 * <p>Commands do not run on the control thread, which has the kernel to follow while a large table is compiled. That is sound: what the
 * tables touch of a namespace is changed under locks of its own (the hooks) or by messages to the workers (the tables' programs), and
 * {@link SerialTables} lets one thread at a time come to them.
 *
 * <p>Threads: made, restored and closed on the control thread; the rest any.
 */
public final class NamespaceTables implements AutoCloseable {

    /** Between two rounds over the sets. Unit: ns; ten a second. Seldomer would let tables fill up before they grow; more often would be for nothing. */
    private static final long SETS_ROUND_NS = 100_000_000;
    /** How long a reload waits for a command that has the tables. Unit: s; one that waits for an operator may have them for ever. */
    private static final int RELOAD_WAIT_SECONDS = 10;

    private final RuleTables rules;
    private final SerialTables tables;
    private final ServedSets sets;
    private final NamespaceServices services;
    private final CommandLock lock = new CommandLock();
    private final boolean specializes;
    private final LongSupplier clock;
    private ControlServer server;
    private Specializer specializer;
    private Upkeep upkeep;

    /**
     * Tables that nobody has used. When the namespace's lanes are there.
     *
     * @param clock    the workers' clock
     * @param programs what workers run
     */
    public NamespaceTables(
            final Namespace namespace, final HookRegistrar hooks, final LongSupplier clock, final ProgramKind programs) {
        rules = new RuleTables(namespace, hooks, RuleServices::new, clock,
                programs == ProgramKind.PLAIN ? CompiledTable::plain : CompiledTable::indexed);
        this.clock = clock;
        tables = new SerialTables(rules);
        sets = new ServedSets(rules.sets());
        services = new NamespaceServices(new ServiceRegistry(namespace, hooks, rules.connections(), clock));
        specializes = programs == ProgramKind.COMPILED;
    }

    /** The tables themselves; for whoever is alone with them. */
    public RuleTables rules() {
        return rules;
    }

    /** The virtual services. */
    public NamespaceServices services() {
        return services;
    }

    /**
     * Restores files: sets, services, then table by table.
     *
     * @param warnings takes what ipset, ipvsadm and iptables-restore say without refusing
     * @throws RulesException when a file is refused; what came before it is in force
     */
    public void restore(final TableFiles files, final Consumer<String> warnings) {
        SetFiles.restore(sets, files.sets(), warnings);
        services.restore(files.services(), files.health(), warnings);
        RuleFiles.restore(tables, files, names(), warnings);
    }

    /**
     * Restores files as a whole: when one is refused, nothing has changed.
     *
     * @throws RulesException      when a file is refused, or a command does not let go of the tables
     * @throws HalfReloadException when what all files say could not be put into force to the end
     */
    public void reload(final TableFiles files, final Consumer<String> warnings) {
        if (!lock.acquire(RELOAD_WAIT_SECONDS)) {
            throw new RulesException("a command holds the tables: waited=" + RELOAD_WAIT_SECONDS
                    + " s; end it, as an iptables-restore that waits for its input, and reload again");
        }
        final StagedSets stagedSets = new StagedSets(sets);
        try {
            SetFiles.restore(stagedSets, files.sets(), warnings);
            final long departures = sets.departures();
            final StagedTables staged = new StagedTables(tables);
            RuleFiles.restore(staged, files, names(), warnings);
            final StagedServices stagedServices = services.read(files.services(), warnings);
            // Commands about sets do not wait for the tables' lock: what they have done meanwhile is looked at, and from then on they wait.
            sets.alone(() -> {
                stagedSets.check();
                if (sets.departures() != departures) {
                    testAgain(staged);
                }
                // First, since they may still be refused.
                services.apply(files.services(), stagedServices, warnings);
                finish(files, stagedSets, staged);
            });
        } finally {
            stagedSets.abandon();
            lock.release();
        }
    }

    private static void testAgain(final StagedTables staged) {
        try {
            staged.check();
        } catch (final TableRefusal e) {
            throw new RulesException("a set has changed while rules that name it were loaded: " + e.getMessage() + "; reload again");
        }
    }

    /** What nobody refuses; it may fail, as without memory. */
    private void finish(final TableFiles files, final StagedSets stagedSets, final StagedTables staged) {
        final List<String> done = new ArrayList<>();
        if (files.services() != null) {
            done.add("the services");
        }
        try {
            services.follow(files.health());
            stagedSets.apply();
            if (files.sets() != null) {
                done.add("the sets");
            }
            staged.apply();
        } catch (final RuntimeException | Error e) {
            if (done.isEmpty() && staged.applied() == 0) {
                throw e;
            }
            done.add(staged.applied() + " of " + staged.count() + " tables");
            throw new HalfReloadException("in force as the files say are " + String.join(", ", done) + "; the rest is as it was: "
                    + e.getMessage() + "; reload again", e);
        }
    }

    /** Names of this machine, with the sets that there are. */
    private SystemNames names() {
        return new SystemNames(rules.sets()::familyOf);
    }

    /** As {@link #serve(Path, TrackedConnections, Consumer)}, with the connections that the namespace tracks. */
    public void serve(final Path socket, final Consumer<String> reporter) {
        serve(socket, new LiveConnections(rules.connections()), reporter);
    }

    /** Serves commands on a socket from now on, and gives tables that rest classes of their own. */
    public void serve(final Path socket, final TrackedConnections connections, final Consumer<String> reporter) {
        if (specializes) {
            specializer = new Specializer(Thread.ofPlatform().daemon().name("penstock-specializer").factory(), reporter);
            rules.specializeBy(specializer);
            Rehearsal.begin(reporter);
        }
        upkeep = new Upkeep("penstock-sets", Upkeep.Pace.PAUSE, SETS_ROUND_NS, rules.sets()::maintain,
                "a set could not be looked after: what is over stays in memory, and the set does not grow", reporter);
        upkeep.start();
        services.serve(reporter);
        final Tools tools = new Tools(commands(), new ConnectionCommands(connections, Clock.systemDefaultZone()), new SetCommands(sets),
                new ServiceCommands(services));
        server = ControlServer.open(socket, tools, lock, reporter);
    }

    private TableCommands commands() {
        final RuleLists lists = new RuleLists(clock);
        return new TableCommands(new RehearsedTables(tables), Clock.systemDefaultZone(),
                (tool, words, out, err) -> rules.lend(states -> lists.run(states, tool, words)).print(tool, out, err),
                rules.sets()::familyOf);
    }

    /** What {@code iptables-save -c} would print at a time. */
    public String save(final IpFamily family, final Clock time) {
        final ByteArrayOutputStream text = new ByteArrayOutputStream();
        final PrintStream out = new PrintStream(text, false, StandardCharsets.ISO_8859_1);
        new IptablesSaveCommand(tables, names(), family, time).run(List.of("-c"), out, out);
        return text.toString(StandardCharsets.ISO_8859_1);
    }

    /** What {@code ipset save} would print. */
    public String saveSets() {
        final ByteArrayOutputStream text = new ByteArrayOutputStream();
        final PrintStream out = new PrintStream(text, false, StandardCharsets.ISO_8859_1);
        new IpsetCommand(sets, CommandFiles.OWN).run(List.of("save"), InputStream.nullInputStream(), out, out);
        out.flush();
        return text.toString(StandardCharsets.ISO_8859_1);
    }

    /** Ends commands: returns when none is about to change anything. While the workers run, which a change waits for. */
    public void end() {
        if (server != null) {
            server.close();
            server = null;
        }
        // First, so that no change asks the specializer for what it does not do any more.
        tables.close();
        sets.close();
        services.end();
        if (upkeep != null) {
            upkeep.close();
            upkeep = null;
        }
        if (specializer != null) {
            specializer.close();
            specializer = null;
        }
    }

    @Override
    public void close() {
        end();
        services.close();
        rules.close();
    }
}
