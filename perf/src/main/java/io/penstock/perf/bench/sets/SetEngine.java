package io.penstock.perf.bench.sets;

import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.control.SetFiles;
import io.penstock.dataplane.hot.pipeline.PortIo;
import io.penstock.dataplane.hot.pipeline.RuleServices;
import io.penstock.dataplane.hot.port.MemoryPortIo;
import io.penstock.dataplane.program.Dummies;
import io.penstock.dataplane.replay.OfflineEngine;
import io.penstock.dataplane.rules.RuleTables;
import io.penstock.os.sys.MappedMemory;
import io.penstock.perf.bench.engine.BuiltIn;
import io.penstock.perf.bench.engine.EngineBench;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.rules.RuleTier;
import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.TableName;
import io.penstock.rules.model.Chain;
import io.penstock.rules.model.TableSnapshot;
import io.penstock.rules.set.SetRegistry;
import io.penstock.rules.text.IptablesRestoreCommand;
import io.penstock.rules.text.SystemNames;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/**
 * The engine between ports in memory, with sets, and at most one rule in FORWARD of table filter, which is in force either way.
 *
 * <p>Threads: the one that makes it, then the worker; {@link #sets} any.
 */
final class SetEngine implements AutoCloseable {

    private static final String FORWARD = "FORWARD";

    private final OfflineEngine engine;
    private final RuleTables tables;
    private final PortIo input;
    private final int inputPort;

    /**
     * Restores sets, and puts the rule into force.
     *
     * @param sets  of ipset restore
     * @param rule  behind {@code -A FORWARD}, or null
     * @param mac   of the port that receives
     * @param input makes that port
     */
    SetEngine(final Path sets, final String rule, final long mac, final Function<OfflineEngine, PortIo> input) {
        final Configuration configuration = BuiltIn.configuration();
        engine = new OfflineEngine(configuration, EngineBench.frameBytes(BuiltIn.MIN_FRAME_BYTES), EngineBench.FRAMES, MappedMemory.Pages.HUGE);
        tables = new RuleTables(engine.namespace(), engine.hooks(), RuleServices::new, System::nanoTime, RuleTier.SPECIALIZED::program);
        try {
            Dummies.show(engine.lane());
            SetFiles.restore(tables.sets(), sets, _ -> { });
            restore("*filter\n" + (rule == null ? "" : "-A FORWARD " + rule + '\n') + "COMMIT\n");
            inputPort = configuration.portIndex(BuiltIn.INPUT);
            this.input = input.apply(engine);
            engine.lane().ports.mac(inputPort, mac);
            engine.port(inputPort, this.input);
            engine.port(configuration.portIndex(BuiltIn.OUTPUT),
                    new MemoryPortIo(engine.frames(), 0, EngineBench.TAIL_BYTES, new int[0], 1));
        } catch (final RuntimeException e) {
            close();
            throw e;
        }
    }

    OfflineEngine engine() {
        return engine;
    }

    SetRegistry sets() {
        return tables.sets();
    }

    PortIo input() {
        return input;
    }

    int inputPort() {
        return inputPort;
    }

    /** Packets that FORWARD's rule has taken; 0 without one. */
    long taken() {
        final TableSnapshot filter = tables.read(IpFamily.IPV4, TableName.FILTER);
        int number = 0;
        for (final Chain chain : filter.table().chains()) {
            if (chain.name().equals(FORWARD)) {
                return chain.rules().isEmpty() ? 0 : filter.packets()[number];
            }
            number += chain.rules().size() + 1;
        }
        throw new IllegalStateException("table filter has no chain FORWARD");
    }

    @Override
    public void close() {
        tables.close();
        engine.close();
    }

    private void restore(final String text) {
        final ByteArrayOutputStream said = new ByteArrayOutputStream();
        final PrintStream out = new PrintStream(said, true, StandardCharsets.ISO_8859_1);
        final int status = new IptablesRestoreCommand(tables, RuleExtensions.installed(), new SystemNames(tables.sets()::familyOf), IpFamily.IPV4)
                .run(List.of(), new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)), out, out);
        if (status != 0) {
            throw new BenchException("the rule is refused: " + said.toString(StandardCharsets.ISO_8859_1).strip().replace("\n", "; "));
        }
    }
}
