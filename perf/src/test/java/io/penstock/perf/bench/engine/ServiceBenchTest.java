package io.penstock.perf.bench.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.perf.Main;
import io.penstock.perf.MainRun;
import io.penstock.perf.WholeOnly;
import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.measure.ChildJvm;
import io.penstock.perf.connections.ServiceMix;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ServiceBenchTest {

    @Test
    void shouldForwardEveryPacketWhenDestinationsAreTranslated() {
        final Report report = measure("nat", "--flows", "200");
        assertWhole(report, 200);
        assertEquals(20, report.number("server_connections_least"));
        assertEquals(20, report.number("server_connections_most"));
    }

    @Test
    @WholeOnly
    void shouldForwardAnswersWhenTheyAreAskedFor() {
        assertWhole(measure("nat", "--flows", "200", "--protocol", "tcp", "--reply-share", "50"), 200);
        assertWhole(measure("fullnat", "--flows", "200", "--protocol", "tcp", "--reply-share", "25", "--servers", "3"), 200);
        assertWhole(measure("fullnat", "--flows", "200", "--reply-share", "40", "--ipv6", "--scheduler", "maglev"), 200);
    }

    @Test
    @WholeOnly
    void shouldForwardEveryPacketWhenAnswersDoNotPassHere() {
        assertWhole(measure("direct", "--flows", "200", "--protocol", "tcp"), 200);
        assertWhole(measure("tunnel", "--flows", "200", "--scheduler", "wlc", "--size", "300"), 200);
        assertWhole(measure("tunnel", "--flows", "200", "--ipv6"), 200);
    }

    @Test
    void shouldBeginAConnectionWithEveryPacketWhenAllAreNew() {
        for (final String protocol : List.of("tcp", "udp")) {
            final Report report = measure("new", "--protocol", protocol);
            assertEquals(report.number("packets"), report.number("forwarded"));
            assertTrue(report.number("connections") > 0);
            assertTrue(report.number("connections_begun") >= report.number("packets"));
            assertTrue(report.number("connections_per_second") > 0);
        }
    }

    @Test
    void shouldMixAnswersEvenly() {
        assertArrayEquals(new int[] {0}, ServiceBench.turns(0));
        assertArrayEquals(new int[] {1}, ServiceBench.turns(100));
        assertArrayEquals(new int[] {0, 1}, ServiceBench.turns(50));
        assertArrayEquals(new int[] {0, 0, 1, 0, 1}, ServiceBench.turns(40));
        assertEquals(100, ServiceBench.turns(33).length);
    }

    @Test
    void shouldSayWhatIsWrongWithServices() {
        assertEquals("not every client has begun its connection, a defect or timeouts that are too short for this machine: begun=9 due=8",
                totals(8, 9, 20, 20).failure());
        assertEquals("not every packet was the service's, a defect: served=19 sent=20", totals(8, 8, 19, 20).failure());
        assertEquals("connections have come or gone while they were measured: connections=7 expected=8", totals(7, 8, 20, 20).failure());
        assertNull(totals(8, 8, 20, 20).failure());
    }

    @Test
    void shouldSayWhatDoesNotGoTogether() {
        assertRefused("--servers needs --services MIX, the virtual service that it is about", "--servers", "3");
        assertRefused("there are no --services 'dnat'; supported are nat, direct, tunnel, fullnat, new", "--services", "dnat");
        assertRefused("--hooks and --services do not go together; leave one of them out", "--services", "nat", "--hooks", "1");
        assertRefused("--servers=1001 is out of range: least=1 most=1000", "--services", "nat", "--servers", "1001");
        assertRefused("--reply-share=101 is out of range: least=0 most=100", "--services", "nat", "--reply-share", "101");
        assertRefused("--reply-share is for answers that pass here; with --services direct there are none, leave it out", "--services",
                "direct", "--reply-share", "10");
        assertRefused("--size=1495 is out of range: least=60 most=1494", "--services", "tunnel", "--size", "1495");
        assertRefused("there is no --protocol 'sctp'; supported are udp, tcp", "--services", "nat", "--protocol", "sctp");
        assertRefusedAs("there is no --scheduler 'best'; supported are rr, wrr, ", "--services", "nat", "--scheduler", "best");
    }

    private static ServiceTotals totals(final long count, final long begun, final long served, final long sent) {
        return new ServiceTotals(new ServiceOptions(ServiceMix.NAT, IpProtocol.UDP, 10, "rr", 0), count, 8, begun, 8, served, sent, 0, 1);
    }

    private static void assertWhole(final Report report, final int flows) {
        assertEquals(flows, report.number("connections"));
        assertEquals(flows, report.number("connections_begun"));
        assertEquals(report.number("packets"), report.number("forwarded"));
        assertEquals(0, report.number("unaccounted"));
        assertTrue(report.number("packets") > 2 * flows, report::toString);
        assertTrue(report.number("allocated_bytes_per_packet") < 1, report::toString);
    }

    private static void assertRefused(final String message, final String... options) {
        final MainRun run = run(options);
        assertEquals(2, run.exitCode());
        assertEquals(message + "\ntry 'penstock bench engine --help'\n", run.err());
    }

    private static void assertRefusedAs(final String start, final String... options) {
        final MainRun run = run(options);
        assertEquals(2, run.exitCode());
        assertTrue(run.err().startsWith(start), run::err);
    }

    private static MainRun run(final String... options) {
        final List<String> all = new ArrayList<>(List.of("bench", "engine"));
        all.addAll(List.of(options));
        return MainRun.of(all.toArray(String[]::new));
    }

    private static Report measure(final String mix, final String... options) {
        final List<String> all = new ArrayList<>(List.of("bench", "engine", "--services", mix, "--warm-up", "0.1", "--seconds", "0.2", "--json"));
        all.addAll(List.of(options));
        final ChildJvm.Output run = ChildJvm.capture(List.of(), Main.class.getName(), all);
        assertEquals(0, run.exitCode(), run::text);
        return Report.parse("", run.text());
    }
}
