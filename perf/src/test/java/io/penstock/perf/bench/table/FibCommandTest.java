package io.penstock.perf.bench.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.testkit.Privileged;
import io.penstock.perf.Main;
import io.penstock.perf.MainRun;
import io.penstock.perf.WholeOnly;
import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.measure.ChildJvm;
import io.penstock.perf.bench.measure.DpdkFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FibCommandTest {

    private static final String[] SHORT = {"--addresses", "4096", "--seconds", "0.01", "--runs", "2", "--json"};

    @Test
    @WholeOnly
    void shouldMeasureBothFamilies() {
        for (final String family : new String[] {"", "--ipv6"}) {
            final Report report = fib("--routes", "1000", family);
            assertEquals(1000, report.number("routes"));
            assertTrue(report.number("lookup_ns") > 0, report::toString);
            assertTrue(report.number("single_ns") > 0, report::toString);
            assertEquals(2, report.samples("lookup_ns").sorted().length);
            assertEquals(family.equals("--ipv6"), report.values().get("ipv6"));
        }
    }

    @Test
    @WholeOnly
    @Privileged(programs = "dpdk-test-fib")
    void shouldMeasureThePeerWithTheSameRoutes() {
        final Report report = fib("--routes", "1000", "--against", "dpdk");
        assertEquals("dpdk", report.values().get("peer"));
        assertTrue(report.number("peer_lookup_ns") > 0, report::toString);
        assertEquals(2, report.samples("ratio").sorted().length);
        assertTrue(Files.notExists(Path.of("/var/run/dpdk/" + DpdkFolder.prefix())));
    }

    @Test
    @WholeOnly
    void shouldMakeATableOfSeveralNumbersOfRoutes() {
        final ChildJvm.Output run = run("--routes", "1,100");
        assertEquals(0, run.exitCode());
        final Object table = Report.parse("", run.text()).values().get("table");
        assertEquals(2, ((List<?>) table).size());
    }

    @Test
    void shouldSayWhatIsWrongInOneSentence() {
        assertRefused("--routes=0 is out of range: least=1 most=1000000", "--routes", "1,0");
        assertRefused("--routes=1000000 is out of range: least=1 most=200000", "--routes", "1000000", "--ipv6");
        assertRefused("--addresses=65 is no multiple of 64, the size of a batch; give 64", "--addresses", "65");
        assertRefused("--runs=0 is out of range: least=1 most=1000", "--runs", "0");
        assertRefused("--seconds=0.0 is out of range: least=0.01 most=3600.0", "--seconds", "0");
        assertRefused("--cpu=-1 is no CPU; CPUs are counted from 0", "--cpu", "-1");
        assertRefused("there is no peer 'vpp'; supported are none, dpdk", "--against", "vpp");
    }

    private static void assertRefused(final String message, final String... options) {
        final List<String> all = new ArrayList<>(List.of("bench", "fib"));
        all.addAll(List.of(options));
        final MainRun run = MainRun.of(all.toArray(String[]::new));
        assertEquals(2, run.exitCode());
        assertEquals(message + "\ntry 'penstock bench fib --help'\n", run.err());
    }

    private static Report fib(final String... options) {
        final ChildJvm.Output run = run(options);
        assertEquals(0, run.exitCode());
        return Report.parse("", run.text());
    }

    /** In a JVM of its own: it moves all threads off the measured CPU, for good. */
    private static ChildJvm.Output run(final String... options) {
        final List<String> all = new ArrayList<>(List.of("bench", "fib"));
        all.addAll(List.of(options));
        all.addAll(List.of(SHORT));
        all.removeIf(String::isEmpty);
        return ChildJvm.capture(List.of(), Main.class.getName(), all);
    }
}
