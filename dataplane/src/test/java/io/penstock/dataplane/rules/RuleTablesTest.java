package io.penstock.dataplane.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.dataplane.hot.pipeline.RuleServices;
import io.penstock.dataplane.testkit.WorkerBench;
import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.compile.CompiledTable;
import io.penstock.rules.hot.match.RecentTable;
import io.penstock.rules.match.RecentFile;
import io.penstock.rules.text.IptablesRestoreCommand;
import io.penstock.rules.text.SystemNames;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What rules share by name, while tables are tested and refused. */
class RuleTablesTest {

    private static final String COUNTS_MORE = "-A FORWARD -m recent --name seen --rcheck --hitcount 1000\n";

    private final WorkerBench bench = new WorkerBench(1);
    private final RuleTables tables =
            new RuleTables(bench.namespace, bench.hooks, RuleServices::new, System::nanoTime, CompiledTable::indexed);

    @BeforeEach
    void remember() {
        assertEquals(0, restore(List.of(), "-A FORWARD -m recent --name seen --set\n"));
        tables.lend(states -> new RecentFile(list(states)).write("+192.0.2.7", 0));
        assertEquals(1, remembered());
    }

    @AfterEach
    void close() {
        tables.close();
        bench.close();
    }

    @Test
    void shouldForgetNothingWhenATableIsOnlyTested() {
        assertEquals(0, restore(List.of("--test"), COUNTS_MORE));
        assertEquals(1, remembered());
    }

    @Test
    void shouldForgetNothingWhenATableIsRefusedForWhatCannotRun() {
        assertEquals(1, restore(List.of(), COUNTS_MORE + "-A FORWARD -m helper --helper ftp\n"));
        assertEquals(1, remembered());
    }

    @Test
    void shouldForgetWhenARuleComesIntoForceThatCountsMore() {
        assertEquals(0, restore(List.of(), COUNTS_MORE));
        assertEquals(0, remembered());
    }

    private long remembered() {
        return tables.lend(states -> {
            final StringBuilder text = new StringBuilder();
            new RecentFile(list(states)).read(text);
            return text.toString().lines().count();
        });
    }

    private static RecentTable list(final SharedStates states) {
        return states.all(RecentTable.class).get("seen");
    }

    private int restore(final List<String> words, final String rules) {
        final PrintStream said = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.ISO_8859_1);
        return new IptablesRestoreCommand(tables, RuleExtensions.installed(), new SystemNames(), IpFamily.IPV4).run(words,
                new ByteArrayInputStream(("*filter\n" + rules + "COMMIT\n").getBytes(StandardCharsets.ISO_8859_1)), said, said);
    }
}
