package io.penstock.dataplane.judge;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.connections.ConfiguredConnections;
import io.penstock.dataplane.control.RulesException;
import io.penstock.dataplane.control.SetFiles;
import io.penstock.dataplane.hot.pipeline.RuleServices;
import io.penstock.dataplane.replay.OfflineEngine;
import io.penstock.dataplane.rules.RuleTables;
import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.text.CommandFiles;
import io.penstock.rules.text.Extensions;
import io.penstock.rules.text.IptablesRestoreCommand;
import io.penstock.rules.text.IptablesSaveCommand;
import io.penstock.rules.text.SystemNames;
import io.penstock.rules.text.TablesLock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/**
 * The configuration's rules in an engine, run in one of the ways that there are.
 *
 * <p>Threads: one.
 */
final class TierTables implements AutoCloseable {

    private static final Extensions EXTENSIONS = RuleExtensions.installed();

    private final RuleTables tables;
    private final SystemNames names;

    /** An engine's tables, which has no others, and its sets. */
    TierTables(final OfflineEngine engine, final Configuration configuration, final RuleTier tier) {
        tables = new RuleTables(engine.namespace(), engine.hooks(), RuleServices::new, engine::nowNs, tier::program);
        names = new SystemNames(tables.sets()::familyOf);
        try {
            ConfiguredConnections.apply(configuration.sysctl(), tables.connections());
            SetFiles.restore(tables.sets(), configuration.sets(), _ -> { });
            engine.keep(tables.sets());
            restore(IpFamily.IPV4, configuration.rules4());
            restore(IpFamily.IPV6, configuration.rules6());
        } catch (final RulesException e) {
            tables.close();
            throw new JudgeException(ExitCode.CONFIGURATION_REFUSED, e.getMessage(), e);
        } catch (final RuntimeException e) {
            tables.close();
            throw e;
        }
    }

    RuleTables tables() {
        return tables;
    }

    /** What iptables-save says of a family's tables and their counters. */
    String save(final IpFamily family) {
        final ByteArrayOutputStream text = new ByteArrayOutputStream();
        final PrintStream out = new PrintStream(text, false, StandardCharsets.ISO_8859_1);
        new IptablesSaveCommand(tables, names, family, Clock.systemUTC()).run(List.of("-c"), out, out);
        return text.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        tables.close();
    }

    private void restore(final IpFamily family, final Path file) {
        if (file == null) {
            return;
        }
        final ByteArrayOutputStream said = new ByteArrayOutputStream();
        final PrintStream err = new PrintStream(said, false, StandardCharsets.ISO_8859_1);
        final PrintStream out = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.ISO_8859_1);
        try (InputStream in = Files.newInputStream(file)) {
            if (new IptablesRestoreCommand(tables, EXTENSIONS, names, family, TablesLock.NONE, CommandFiles.OWN)
                    .run(List.of(), in, out, err) != 0) {
                throw new JudgeException(ExitCode.CONFIGURATION_REFUSED, said.toString(StandardCharsets.ISO_8859_1).strip(), null);
            }
        } catch (final IOException e) {
            throw new JudgeException(ExitCode.CONFIGURATION_REFUSED, "cannot read " + file + ": " + e.getMessage(), e);
        }
    }
}
