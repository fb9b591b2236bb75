package io.penstock.perf.bench.update;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.run.ThreadPlacement;
import io.penstock.perf.bench.compare.Report;
import org.junit.jupiter.api.Test;

/** Small ones: that packets, counters and the moment of force are told right, whatever the machine does meanwhile. */
class UpdateBenchTest {

    /** What waits is more than is offered in all: nothing can be lost. */
    private static final int RING = 1 << 24;
    private static final int CHANGES = 13;

    @Test
    void shouldSeeEveryChangeInThePacketsAndCountThemExactly() {
        final UpdateResult result =
                new UpdateBench(options(), new ChangeScenario(200, CHANGES, 5)).run();

        assertExact(result);
        assertEquals(1 + CHANGES, result.port().flips());
        final Report report = Report.parse("changes", result.json());
        assertEquals(1.0 + CHANGES, report.number("commands"));
        assertEquals(result.port().offered(), report.number("offered").longValue());
        assertTrue(report.number("later_ms.in_force") > 0, result::json);
        assertTrue(result.text().contains("changes of single rules"), result::text);
    }

    @Test
    void shouldSeeEveryRestoreInThePacketsAndCountThemExactly() {
        final UpdateResult result = new UpdateBench(options(), new RestoreScenario(2)).run();

        assertExact(result);
        assertEquals(2, result.port().flips());
        assertEquals(11_008.0, Report.parse("restore", result.json()).number("rule_count"));
    }

    /** Busy machines compile late: what the JIT compiler gives up is for the suite, not for here. */
    private static void assertExact(final UpdateResult result) {
        assertEquals(0, result.port().lost());
        assertEquals(0, result.port().strange());
        assertEquals(null, result.wrongCounters());
        final String failure = result.failure();
        assertTrue(failure == null || failure.startsWith("compiled code of the worker's loop was given up"), failure);
        assertEquals(0, result.missedRounds());
        assertTrue(result.laterTimes().batches() > 0 && result.laterTimes().p50Us() <= result.laterTimes().maxUs(), result::json);
    }

    private static UpdateOptions options() {
        return new UpdateOptions(ThreadPlacement.choose(1).getFirst(), 50_000, RING, 0.2, 2, 200, CHANGES, 5);
    }
}
