package io.penstock.dataplane.control;

import io.penstock.dataplane.api.HookRegistrar;
import io.penstock.dataplane.hot.pipeline.RuleServices;
import io.penstock.dataplane.namespace.Namespace;
import io.penstock.dataplane.program.ProgramKind;
import io.penstock.dataplane.rehearsal.Rehearsal;
import io.penstock.dataplane.rules.RuleTables;
import io.penstock.dataplane.rules.Specializer;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.compile.CompiledTable;
import io.penstock.rules.text.IptablesSaveCommand;
import io.penstock.rules.text.SystemNames;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The tables of a network namespace, with those who change them: files at the start and at a reload, commands on the control socket.
 *
 * <p>Commands do not run on the control thread, which has the kernel to follow while a large table is compiled. That is sound: what the
 * tables touch of a namespace is changed under locks of its own (the hooks) or by messages to the workers (the tables' programs), and
 * {@link SerialTables} lets one thread at a time come to them.
 *
 * <p>Threads: made, restored and closed on the control thread; the rest any.
 */
public final class NamespaceTables implements AutoCloseable {

    /** How long a reload waits for a command that has the tables. Unit: s; one that waits for an operator may have them for ever. */
    private static final int RELOAD_WAIT_SECONDS = 10;

    private final RuleTables rules;
    private final SerialTables tables;
    private final CommandLock lock = new CommandLock();
    private final boolean specializes;
    private final LongSupplier clock;
    private ControlServer server;
    private Specializer specializer;

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
        specializes = programs == ProgramKind.COMPILED;
    }

    /** The tables themselves; for whoever is alone with them. */
    public RuleTables rules() {
        return rules;
    }

    /**
     * Restores files, table by table.
     *
     * @param rules4   iptables-save text, or null
     * @param rules6   ip6tables-save text, or null
     * @param warnings takes what iptables-restore says without refusing
     * @throws RulesException when a file is refused; what came before it is in force
     */
    public void restore(final Path rules4, final Path rules6, final Consumer<String> warnings) {
        RuleFiles.restore(tables, rules4, rules6, warnings);
    }

    /**
     * Restores files as a whole: when one is refused, nothing has changed.
     *
     * @throws RulesException when a file is refused, or a command does not let go of the tables
     */
    public void reload(final Path rules4, final Path rules6, final Consumer<String> warnings) {
        if (!lock.acquire(RELOAD_WAIT_SECONDS)) {
            throw new RulesException("a command holds the tables: waited=" + RELOAD_WAIT_SECONDS
                    + " s; end it, as an iptables-restore that waits for its input, and reload again");
        }
        try {
            final StagedTables staged = new StagedTables(tables);
            RuleFiles.restore(staged, rules4, rules6, warnings);
            staged.apply();
        } finally {
            lock.release();
        }
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
        final Tools tools = new Tools(commands(), new ConnectionCommands(connections, Clock.systemDefaultZone()));
        server = ControlServer.open(socket, tools, lock, reporter);
    }

    private TableCommands commands() {
        final RuleLists lists = new RuleLists(clock);
        return new TableCommands(new RehearsedTables(tables), Clock.systemDefaultZone(),
                (tool, words, out, err) -> rules.lend(states -> lists.run(states, tool, words)).print(tool, out, err));
    }

    /** What {@code iptables-save -c} would print at a time. */
    public String save(final IpFamily family, final Clock time) {
        final ByteArrayOutputStream text = new ByteArrayOutputStream();
        final PrintStream out = new PrintStream(text, false, StandardCharsets.ISO_8859_1);
        new IptablesSaveCommand(tables, new SystemNames(), family, time).run(List.of("-c"), out, out);
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
        if (specializer != null) {
            specializer.close();
            specializer = null;
        }
    }

    @Override
    public void close() {
        end();
        rules.close();
    }
}
