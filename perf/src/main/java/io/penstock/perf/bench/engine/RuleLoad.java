package io.penstock.perf.bench.engine;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.connections.NamespaceConnections;
import io.penstock.dataplane.control.RulesException;
import io.penstock.dataplane.control.SetFiles;
import io.penstock.dataplane.hot.pipeline.RuleServices;
import io.penstock.dataplane.replay.OfflineEngine;
import io.penstock.dataplane.rules.RuleTables;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.rules.RuleTier;
import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.TableName;
import io.penstock.rules.compile.CompiledTable;
import io.penstock.rules.hot.TableProgram;
import io.penstock.rules.model.Chain;
import io.penstock.rules.model.TableSnapshot;
import io.penstock.rules.text.IptablesRestoreCommand;
import io.penstock.rules.text.SystemNames;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Rules in force in the measured engine, restored from their text as a user's are.
 *
 * <p>Threads: the engine's caller, while no packet is under way.
 */
public final class RuleLoad implements AutoCloseable {

    private static final String FORWARD = "FORWARD";

    private final String source;
    private final RuleTier tier;
    private final IpFamily family;
    private final RuleTables tables;
    private final RunnableRules runnable;
    private final double loadMs;
    private boolean specialized;

    /** Puts rules into force before the first packet. */
    RuleLoad(final OfflineEngine engine, final String source, final String text, final Path sets, final boolean ipv6, final RuleTier tier) {
        this(engine, source, text, sets, ipv6, tier, 0);
    }

    /**
     * The same.
     *
     * @param sets           of ipset restore, what the rules name; null for none
     * @param maxConnections {@code nf_conntrack_max}, for which the tables of connections are made; 0 for what the machine's memory gives
     */
    public RuleLoad(
            final OfflineEngine engine, final String source, final String text, final Path sets, final boolean ipv6, final RuleTier tier,
            final int maxConnections) {
        this.source = source;
        this.tier = tier;
        this.family = ipv6 ? IpFamily.IPV6 : IpFamily.IPV4;
        this.tables = new RuleTables(engine.namespace(), engine.hooks(), RuleServices::new, System::nanoTime, this::program);
        this.runnable = new RunnableRules(tables);
        if (maxConnections != 0) {
            tables.connections().limit().setMax(maxConnections);
        }
        try {
            SetFiles.restore(tables.sets(), sets, _ -> { });
            engine.keep(tables.sets());
            final long startNs = System.nanoTime();
            restore(text);
            loadMs = (System.nanoTime() - startNs) / 1e6;
        } catch (final RulesException e) {
            tables.close();
            throw new BenchException(ExitCode.CONFIGURATION_REFUSED, e.getMessage());
        } catch (final RuntimeException e) {
            tables.close();
            throw e;
        }
    }

    /** The connections that they track. */
    public NamespaceConnections connections() {
        return tables.connections();
    }

    /** The text that options ask for. */
    static String text(final Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (final IOException e) {
            throw new BenchException(ExitCode.USAGE, "--rules-file " + file + " cannot be read: " + e.getMessage()
                    + "; give a file of iptables-save");
        }
    }

    /** What they have done by now, of so many packets. */
    public RuleTotals totals(final long received) {
        int rules = 0;
        int taking = 0;
        for (final TableName name : tables.tables(family)) {
            final TableSnapshot snapshot = tables.read(family, name);
            int number = 0;
            for (final Chain chain : snapshot.table().chains()) {
                for (int i = 0; i < chain.rules().size(); i++) {
                    taking += snapshot.packets()[number + i] > 0 ? 1 : 0;
                }
                rules += chain.rules().size();
                number += chain.rules().size() + 1;
            }
        }
        return new RuleTotals(source, tier.text(), specialized, rules, runnable.leftOut(), taking, last(), received, loadMs);
    }

    @Override
    public void close() {
        tables.close();
    }

    private long last() {
        final TableSnapshot filter = tables.read(family, TableName.FILTER);
        int number = 0;
        for (final Chain chain : filter.table().chains()) {
            number += chain.rules().size();
            if (chain.name().equals(FORWARD)) {
                return chain.rules().isEmpty() ? 0 : filter.packets()[number - 1];
            }
            number++;
        }
        throw new IllegalStateException("table filter has no chain FORWARD");
    }

    private TableProgram program(final CompiledTable table, final int worker) {
        final TableProgram program = tier.program(table, worker);
        specialized |= RuleTier.isSpecialized(program);
        return program;
    }

    private void restore(final String text) {
        final ByteArrayOutputStream said = new ByteArrayOutputStream();
        final PrintStream out = new PrintStream(said, true, StandardCharsets.ISO_8859_1);
        final int status = new IptablesRestoreCommand(runnable, RuleExtensions.installed(), new SystemNames(tables.sets()::familyOf), family)
                .run(List.of(), new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)), out, out);
        if (status != 0) {
            throw new BenchException("the rules are refused: " + said.toString(StandardCharsets.ISO_8859_1).strip()
                    .replace("\n", "; "));
        }
    }
}
