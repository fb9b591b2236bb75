package io.penstock.perf.bench.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.perf.Main;
import io.penstock.perf.MainRun;
import io.penstock.perf.WholeOnly;
import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.measure.ChildJvm;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ConnTableCommandTest {

    private static final String[] SHORT = {"--seconds", "0.01", "--runs", "2", "--json"};

    @Test
    @WholeOnly
    void shouldMeasureBothFamilies() {
        for (final String family : new String[] {"", "--ipv6"}) {
            final Report report = connections("--connections", "1000", family);
            assertEquals(1000, report.number("table_connections"));
            assertEquals(1024, report.number("tuples"));
            assertTrue(report.number("lookup_ns") > 0, report::toString);
            assertTrue(report.number("lookup_tracker_ns") > 0, report::toString);
            assertTrue(report.number("single_ns") > 0, report::toString);
            assertEquals(2, report.samples("lookup_ns").sorted().length);
            assertEquals(family.equals("--ipv6"), report.values().get("ipv6"));
        }
    }

    @Test
    @WholeOnly
    void shouldMakeATableOfSeveralNumbersOfConnections() {
        final ChildJvm.Output run = run("--connections", "1,100");
        assertEquals(0, run.exitCode());
        final Object table = Report.parse("", run.text()).values().get("table");
        assertEquals(2, ((List<?>) table).size());
    }

    @Test
    void shouldReadThePeersLeanestTables() {
        final String text = """
                Without locks in the code

                ALL ELEMENTS IN PRIMARY LOCATION
                 Operations without data
                Without pre-computed hash values
                16                1                 2                 3                 4
                With pre-computed hash values
                16                1                 2                 3                 4
                 Operations with 8-byte data
                Without pre-computed hash values
                Keysize           Add               Lookup            Lookup_bulk       Delete
                8                 5                 6                 7                 8
                16                194               434               95                410
                40                219               542               152               552
                With pre-computed hash values
                8                 5                 6                 7                 8
                16                195               230               91                396
                40                149               278               131               339
                ELEMENTS IN PRIMARY OR SECONDARY LOCATION
                16                1                 2                 3                 4
                """;
        assertEquals(List.of(95L, 91L), boxed(DpdkHash.ticks(text, DpdkHash.figures(DpdkHash.keyBytes(false)))));
        assertEquals(List.of(152L, 131L), boxed(DpdkHash.ticks(text, DpdkHash.figures(DpdkHash.keyBytes(true)))));
        assertNull(DpdkHash.ticks(text.substring(0, text.indexOf("95")), DpdkHash.figures(DpdkHash.keyBytes(false))));
    }

    @Test
    void shouldSayWhatIsWrongInOneSentence() {
        assertRefused("--connections=0 is out of range: least=1 most=16777216", "--connections", "1,0");
        assertRefused("--runs=0 is out of range: least=1 most=1000", "--runs", "0");
        assertRefused("--seconds=0.0 is out of range: least=0.01 most=3600.0", "--seconds", "0");
        assertRefused("--cpu=-1 is no CPU; CPUs are counted from 0", "--cpu", "-1");
        assertRefused("there is no peer 'vpp'; supported are none, dpdk", "--against", "vpp");
        assertRefused("the peer's tables have 393216 keys, and none of --connections is that; add 393216 or leave --against out",
                "--connections", "1000", "--against", "dpdk");
    }

    private static List<Long> boxed(final long... ticks) {
        return List.of(ticks[0], ticks[1]);
    }

    private static void assertRefused(final String message, final String... options) {
        final List<String> all = new ArrayList<>(List.of("bench", "connections"));
        all.addAll(List.of(options));
        final MainRun run = MainRun.of(all.toArray(String[]::new));
        assertEquals(2, run.exitCode());
        assertEquals(message + "\ntry 'penstock bench connections --help'\n", run.err());
    }

    private static Report connections(final String... options) {
        final ChildJvm.Output run = run(options);
        assertEquals(0, run.exitCode());
        return Report.parse("", run.text());
    }

    /** In a JVM of its own: it moves all threads off the measured CPU, for good. */
    private static ChildJvm.Output run(final String... options) {
        final List<String> all = new ArrayList<>(List.of("bench", "connections"));
        all.addAll(List.of(options));
        all.addAll(List.of(SHORT));
        all.removeIf(String::isEmpty);
        return ChildJvm.capture(List.of(), Main.class.getName(), all);
    }
}
