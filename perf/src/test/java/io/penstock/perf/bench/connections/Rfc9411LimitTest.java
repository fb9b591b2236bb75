package io.penstock.perf.bench.connections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.measure.MachineFacts;
import io.penstock.perf.connections.tcp.TcpShape;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who was the limit of runs that nobody made. */
final class Rfc9411LimitTest {

    @Test
    void shouldSayWhoseLimitTheClientsWereWhenThereIsACeiling() {
        final Rfc9411Result result = result(950, 940);
        result.direct.add(run("direct", 1_000));
        final Report report = Report.parse("", result.json());
        assertEquals("generator", report.values().get("connections_per_second_limit"));
        assertEquals("device", report.values().get("peer_connections_per_second_limit"));
        assertTrue(result.text().contains("950 connections a second; clients and server were the limit\n"), result::text);
        assertFalse(result.text().contains("940 connections a second; clients"), result::text);
    }

    @Test
    void shouldNameNoLimitWhenThereIsNoCeiling() {
        final Report report = Report.parse("", result(950, 940).json());
        assertFalse(report.values().containsKey("connections_per_second_limit"), report::toString);
        assertFalse(report.values().containsKey("peer_connections_per_second_limit"), report::toString);
    }

    private static Rfc9411Result result(final long own, final long peer) {
        final Rfc9411Result result = new Rfc9411Result(new TcpOptions(true, true, new TcpShape(100, 1), 1_000, 10, 0.1, 0.1, 1, 0),
                new MachineFacts("a CPU", 2, "a kernel", "a JDK", List.of()));
        result.own.add(run("penstock", own));
        result.peer.add(run("kernel", peer));
        result.checked(new TcpChecked(1_000_000, 0, 0, 0, 0, 0));
        result.capacity = new TcpCapacity(1_000, 1_000, 1_000, 1_000, 1);
        return result;
    }

    private static TcpRun run(final String device, final long perSecond) {
        return new TcpRun(device, 1, perSecond, perSecond, 10 * perSecond, 0, -1);
    }
}
