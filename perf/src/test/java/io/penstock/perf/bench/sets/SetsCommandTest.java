package io.penstock.perf.bench.sets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.testkit.Privileged;
import io.penstock.perf.Main;
import io.penstock.perf.MainRun;
import io.penstock.perf.WholeOnly;
import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.measure.ChildJvm;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SetsCommandTest {

    private static final String[] SHORT = {"--packets", "4096", "--warm-up", "0.01", "--seconds", "0.05", "--runs", "1", "--json"};

    @Test
    void shouldMeasureAMatchAgainstThePacketsWithoutIt() {
        final Map<?, ?> row = row("--scenario", "match", "--type", "hash:net", "--entries", "100");
        assertEquals("match", row.get("sets"));
        assertEquals("hash:net", row.get("set_type"));
        assertEquals(100, row.get("set_entries"));
        assertEquals(1, ((List<?>) row.get("match_ns_runs")).size());
        assertTrue(((Number) row.get("without_ns")).doubleValue() > 0, row::toString);
    }

    @Test
    @WholeOnly
    void shouldCountWhatPacketsAdd() {
        final ChildJvm.Output run = run("--scenario", "add", "--entries", "6400");
        assertEquals(0, run.exitCode());
        final List<?> rows = (List<?>) Report.parse("", run.text()).values().get("table");
        assertEquals(List.of("", "timeout 600"), rows.stream().map(row -> ((Map<?, ?>) row).get("set_options")).toList());
        rows.forEach(row -> assertTrue(((Number) ((Map<?, ?>) row).get("adds_per_second")).doubleValue() > 0, row::toString));
    }

    @Test
    @WholeOnly
    @Privileged(programs = {"ipset", "unshare"})
    void shouldMeasureBesideTheRealTool() {
        final Map<?, ?> restore = row("--scenario", "restore", "--type", "hash:ip", "--entries", "1000");
        assertTrue(((Number) restore.get("ratio")).doubleValue() > 0, restore::toString);
        final Map<?, ?> memory = row("--scenario", "memory", "--type", "hash:ip,port", "--entries", "1000");
        assertTrue(((Number) memory.get("entry_bytes")).doubleValue() > 0, memory::toString);
        assertTrue(((Number) memory.get("peer_entry_bytes")).doubleValue() > 0, memory::toString);
    }

    @Test
    void shouldSayWhatIsWrongInOneSentence() {
        assertRefused("there is no --scenario 'swap'; supported are match, add, restore, memory, all", "--scenario", "swap");
        assertRefused("there is no --type 'hash:mac' here; supported are hash:ip hash:net hash:ip,port", "--type", "hash:mac");
        assertRefused("--scenario add is not measured of --type hash:net; it is of hash:ip", "--scenario", "add", "--type", "hash:net");
        assertRefused("--entries=0 is out of range: least=1 most=8000000", "--entries", "10,0");
        assertRefused("--packets=1 is out of range: least=64 most=4194304", "--packets", "1");
        assertRefused("--runs=0 is out of range: least=1 most=1000", "--runs", "0");
        assertRefused("--seconds=0.0 is out of range: least=0.01 most=3600.0", "--seconds", "0");
        assertRefused("--warm-up=0.0 is out of range: least=0.01 most=3600.0", "--warm-up", "0");
        assertRefused("--cpu=-1 is no CPU; CPUs are counted from 0", "--cpu", "-1");
    }

    private static void assertRefused(final String message, final String... options) {
        final List<String> all = new ArrayList<>(List.of("bench", "sets"));
        all.addAll(List.of(options));
        final MainRun run = MainRun.of(all.toArray(String[]::new));
        assertEquals(2, run.exitCode());
        assertEquals(message + "\ntry 'penstock bench sets --help'\n", run.err());
    }

    /** The first row of a table. */
    private static Map<?, ?> row(final String... options) {
        final ChildJvm.Output run = run(options);
        assertEquals(0, run.exitCode());
        return (Map<?, ?>) ((List<?>) Report.parse("", run.text()).values().get("table")).getFirst();
    }

    /** In a JVM of its own: it moves all threads off the measured CPU, for good. */
    private static ChildJvm.Output run(final String... options) {
        final List<String> all = new ArrayList<>(List.of("bench", "sets"));
        all.addAll(List.of(options));
        all.addAll(List.of(SHORT));
        return ChildJvm.capture(List.of(), Main.class.getName(), all);
    }
}
