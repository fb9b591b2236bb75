package io.penstock.perf.bench.connections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.measure.MachineFacts;
import io.penstock.perf.connections.tcp.TcpShape;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is printed of counts that are known. */
final class Rfc9411ResultTest {

    @Test
    void shouldTellWhatWasCountedWhenConnectionsFailed() {
        final Rfc9411Result result = new Rfc9411Result(new TcpOptions(false, false, new TcpShape(100, 1), 1_000, 10, 1, 1, 1, 0),
                new MachineFacts("a CPU", 2, "a kernel", "a JDK", List.of()));
        result.own.add(new TcpRun("penstock", 1, 400_000, 400_000, 4_000_000, 2, 0.5));
        result.capacity = new TcpCapacity(1_000, 1_000, 1_000, 1_000, 5_000);
        result.checked(new TcpChecked(1_000_000, 7, 0, 0, 12, 5));
        final Report report = Report.parse("", result.json());
        assertEquals(1_000_000, report.number("checked.begun"));
        assertEquals(7, report.number("checked.failed"));
        assertEquals(0, report.number("checked.strange"));
        assertEquals(0, report.number("checked.resets"));
        assertEquals(12, report.number("checked.sent_again"));
        assertEquals(5, report.number("checked.late_or_twice"));
        assertTrue(result.text().contains("0 strange, 0 resets, 12 sent again, 5 late or twice; of 1,000,000 connections 7 failed"), result::text);
    }
}
