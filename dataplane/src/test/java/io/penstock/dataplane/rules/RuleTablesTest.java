package io.penstock.dataplane.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.api.HookException;
import io.penstock.dataplane.hot.pipeline.RuleServices;
import io.penstock.dataplane.testkit.ScarceHooks;
import io.penstock.dataplane.testkit.WorkerBench;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.Shell;
import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.compile.CompiledTable;
import io.penstock.rules.hot.match.RecentTable;
import io.penstock.rules.match.RecentFile;
import io.penstock.rules.set.SetProblem;
import io.penstock.rules.set.text.IpsetCommand;
import io.penstock.rules.text.CommandFiles;
import io.penstock.rules.text.IptablesRestoreCommand;
import io.penstock.rules.text.SystemNames;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What rules share by name and what they hold, while tables are tested and refused. */
class RuleTablesTest {

    private static final long GIB = 1L << 30;
    private static final int PAGE_BYTES = 4096;
    /** Rules that hold a set, count, use labels and need connections. */
    private static final String NEEDS = "-A FORWARD -m set --match-set s src -j DROP\n-A FORWARD -m connlabel --label 1\n"
            + "-A FORWARD -m connbytes --connbytes 9 --connbytes-dir both --connbytes-mode bytes\n";

    private static final String COUNTS_MORE = "-A FORWARD -m recent --name seen --rcheck --hitcount 1000\n";

    private final WorkerBench bench = new WorkerBench(1);
    private final ScarceHooks hooks = new ScarceHooks(bench.hooks);
    private final RuleTables tables = new RuleTables(bench.namespace, hooks, RuleServices::new, System::nanoTime, CompiledTable::indexed);
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

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

    @Test
    void shouldHoldNothingWhenConnectionsCannotBeTracked() throws SetProblem {
        create();
        assertThrows(HookException.class, () -> restore(List.of(), NEEDS));
        assertEquals(0, tables.connections().switches().labels);
        assertEquals(0, tables.connections().switches().acct);
        assertEquals(0, tables.sets().header("s").references());
        hooks.isScarce = false;
        assertEquals(0, restore(List.of(), NEEDS), said::toString);
        assertEquals(1, tables.connections().switches().labels);
        assertEquals(1, tables.connections().switches().acct);
        assertEquals(1, tables.sets().header("s").references());
    }

    /** The index of IPv4's connections, IPv6's connections, the sources of those that are translated. */
    @ParameterizedTest
    @ValueSource(longs = {14_000_000_000L, 25_700_000_000L, 35_300_000_000L})
    @Privileged(programs = "prlimit")
    void shouldSayThatMemoryIsLackingAndKeepNoneWhenTablesOfConnectionsCannotBeHad(final long bytes) throws Exception {
        hooks.isScarce = false;
        create();
        final long before = mapped();
        limit(Long.toString(before + bytes));
        try {
            assertEquals(1, restore(List.of(), NEEDS));
            assertTrue(said.toString(StandardCharsets.ISO_8859_1).contains("errno=12"), said::toString);
            assertTrue(mapped() - before < GIB, "bytes that stay=" + (mapped() - before));
        } finally {
            limit("unlimited");
        }
        tables.sets().destroy("s");
        create();
        assertEquals(0, restore(List.of(), NEEDS), said::toString);
    }

    private void create() throws SetProblem {
        assertEquals(0, new IpsetCommand(tables.sets(), CommandFiles.OWN).run(List.of("create", "s", "hash:ip"), InputStream.nullInputStream(),
                new PrintStream(said), new PrintStream(said)), said::toString);
        assertEquals(0, tables.sets().header("s").references());
    }

    /** Of this process's address space. */
    private static long mapped() throws IOException {
        return Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[0]) * PAGE_BYTES;
    }

    private static void limit(final String bytes) {
        Shell.sh("prlimit --pid %d --as=%s:", ProcessHandle.current().pid(), bytes);
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
        final PrintStream told = new PrintStream(said, true, StandardCharsets.ISO_8859_1);
        return new IptablesRestoreCommand(tables, RuleExtensions.installed(), new SystemNames(tables.sets()::familyOf), IpFamily.IPV4).run(words,
                new ByteArrayInputStream(("*filter\n" + rules + "COMMIT\n").getBytes(StandardCharsets.ISO_8859_1)), told, told);
    }
}
