package io.penstock.perf.bench.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.conntrack.hot.table.TableCounter;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.perf.Main;
import io.penstock.perf.MainRun;
import io.penstock.perf.WholeOnly;
import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.measure.ChildJvm;
import io.penstock.perf.connections.ConnectionMix;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ConnectionBenchTest {

    @Test
    void shouldForwardBothDirectionsWhenConnectionsAreEstablished() {
        assertWhole(measure("established", "--flows", "1000"), 1000);
    }

    @Test
    void shouldForwardBothDirectionsWhenTcpIsTranslated() {
        assertWhole(measure("snat", "--flows", "1000", "--protocol", "tcp"), 1000);
        assertWhole(measure("dnat", "--flows", "1000", "--protocol", "tcp", "--size", "200"), 1000);
    }

    @Test
    @WholeOnly
    void shouldForwardBothDirectionsWhenIpv6IsTranslated() {
        assertWhole(measure("snat", "--flows", "1000", "--ipv6"), 1000);
    }

    @Test
    @WholeOnly
    void shouldTellHowFastAnEmptyTableFills() {
        final Report report = measure("snat", "--flows", "500", "--rfc9693", "--rules-between", "20");
        assertWhole(report, 500);
        assertTrue(report.samples("establishing_mcps").sorted().length >= 5);
        assertTrue(report.number("establishing_mcps_cpu") > 0);
        assertEquals(20, report.number("rules_between"));
    }

    @Test
    void shouldBeginAConnectionWithEveryPacketWhenAllAreNew() {
        final Report report = measure("new", "--flows", "4000000", "--rules-between", "50");
        assertEquals(report.number("packets"), report.number("forwarded"));
        assertTrue(report.number("connections") > 0);
        assertTrue(report.number("connections_begun") >= report.number("packets"));
    }

    @Test
    void shouldSayWhatIsWrongWithConnections() {
        assertEquals("not every packet was of the state that it should be, a defect or time-outs that are too short for this machine: begun=9 "
                + "due=8", totals(8, 8, 9, 8).failure());
        assertEquals("connections have come or gone while they were measured: connections=7 expected=8", totals(7, 8, 8, 8).failure());
        final ConnectionTotals full = totals(8, -1, 8, 8);
        full.counters()[TableCounter.EARLY_DROP] = 3;
        assertEquals("the table had to refuse something: invalid=0 drop=0 early_drop=3; give it more room with --flows N, or the machine more "
                + "time", full.failure());
        assertNull(totals(8, 8, 8, 8).failure());
    }

    @Test
    void shouldSayWhatDoesNotGoTogether() {
        assertRefused("--rfc9693 needs --connections MIX, the connections that it is about", "--rfc9693");
        assertRefused("there are no --connections 'nat'; supported are established, snat, dnat, new", "--connections", "nat");
        assertRefused("there is no --protocol 'sctp'; supported are udp, tcp", "--connections", "snat", "--protocol", "sctp");
        assertRefused("--hooks and --connections do not go together; leave one of them out", "--connections", "snat", "--hooks", "1");
        assertRefused("--rfc9693 is about UDP in both directions; leave --connections new out", "--connections", "new", "--rfc9693");
        assertRefused("--rules-between=-1 is out of range: least=0 most=100000", "--connections", "snat", "--rules-between", "-1");
        assertRefused("--size=60 is out of range: least=74 most=1514", "--connections", "snat", "--ipv6", "--protocol", "tcp", "--size", "60");
    }

    private static ConnectionTotals totals(final long count, final long expected, final long begun, final long due) {
        return new ConnectionTotals(new ConnectionOptions(ConnectionMix.SNAT, IpProtocol.UDP, 0, false), count, expected, begun, due,
                new long[TableCounter.COUNT], 228, 0, new double[0], new double[0]);
    }

    private static void assertWhole(final Report report, final int flows) {
        assertEquals(flows, report.number("connections"));
        assertEquals(report.number("packets"), report.number("forwarded"));
        assertEquals(0, report.number("unaccounted"));
        assertEquals(0, report.number("connections_invalid"));
        assertTrue(report.number("packets") > 2 * flows, report::toString);
        assertTrue(report.number("allocated_bytes_per_packet") < 1, report::toString);
        assertTrue(report.number("bytes_per_connection") > 200, report::toString);
    }

    private static void assertRefused(final String message, final String... options) {
        final List<String> all = new ArrayList<>(List.of("bench", "engine"));
        all.addAll(List.of(options));
        final MainRun run = MainRun.of(all.toArray(String[]::new));
        assertEquals(2, run.exitCode());
        assertEquals(message + "\ntry 'penstock bench engine --help'\n", run.err());
    }

    private static Report measure(final String mix, final String... options) {
        final List<String> all = new ArrayList<>(List.of("bench", "engine", "--connections", mix, "--warm-up", "0.1", "--seconds", "0.2", "--json"));
        all.addAll(List.of(options));
        final ChildJvm.Output run = ChildJvm.capture(List.of(), Main.class.getName(), all);
        assertEquals(0, run.exitCode(), run::text);
        return Report.parse("", run.text());
    }
}
