package io.penstock.perf.bench.update;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.run.ThreadPlacement;
import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.engine.LaneTotals;
import java.util.List;
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
        assertEquals(0.0, report.number("lost_in_any_way"));
        final LaneTotals counted = result.totals();
        final UpdateResult less = with(result, new LaneTotals(counted.packets(), counted.forwarded() - 3, counted.delivered(), counted.dropped(), 0,
                0));
        assertEquals(3.0, Report.parse("changes", less.json()).number("lost_in_any_way"));
        assertTrue(less.failure().startsWith("packets are not accounted for, a defect"), less.failure());
    }

    @Test
    void shouldTellWhatWasLostInTheWarmUpApart() {
        // More than any worker takes.
        final UpdateOptions flood = new UpdateOptions(ThreadPlacement.choose(1).getFirst(), 50_000_000, PacedPort.BURST, 0.2, 2, 200, 2, 5);
        final UpdateResult result = new UpdateBench(flood, new ChangeScenario(200, 2, 5)).run();
        final Report report = Report.parse("changes", result.json());
        assertTrue(report.number("lost_in_warm_up") > 0, result::json);
        assertTrue(report.number("lost_packets") > 0, result::json);
        assertEquals(result.port().lost(), report.number("lost_in_warm_up") + report.number("lost_packets"));
    }

    @Test
    void shouldTellWhatWasLostByHow() {
        final long[] dropped = new long[DropReason.count()];
        dropped[DropReason.RULE_DROP.id()] = 20;
        dropped[DropReason.NO_ROUTE.id()] = 3;
        // 100 offered, 10 lost in the ring, 2 of them in the warm-up, 60 forwarded, 20 dropped by rules of which 4 wrongly, 3 by no rule, 7 without a trace.
        final PacketLoss loss = PacketLoss.of(100, 10, 2, 4, new LaneTotals(90, 60, 0, dropped, 0, 7));
        assertEquals(new PacketLoss(8, 10, 4), loss);
        assertEquals(22, loss.all());
        assertEquals(0, PacketLoss.of(80, 0, 0, 0, new LaneTotals(80, 60, 0, dropped, 0, 0)).all());
    }

    private static UpdateResult with(final UpdateResult of, final LaneTotals totals) {
        return new UpdateResult(of.options(), of.scenario(), of.alone(), totals, of.port(), of.first(), of.later(), of.classSeconds(), of.bare(),
                of.firstTimes(), of.quiet(), of.laterTimes(), of.phases(), of.slowest(), of.waits(), of.missedRounds(), of.firstNs(), of.jit(), of.workerThread(),
                of.wrongCounters(), of.machine());
    }

    @Test
    void shouldSeeEveryRestoreInThePacketsAndCountThemExactly() {
        final UpdateResult result = new UpdateBench(options(), new RestoreScenario(2)).run();

        assertExact(result);
        assertEquals(2, result.port().flips());
        final Report report = Report.parse("restore", result.json());
        assertEquals(11_008.0, report.number("rule_count"));
        // What budgets and their reasons read.
        for (final String name : List.of("step", "slowest_batch_us", "quiet_batch_us.p95", "command_batch_us.p95", "rest_batch_us.p95")) {
            assertTrue(report.number(name) > 0, name + ' ' + result.json());
        }
        assertTrue(result.phases().get(UpdateResult.Phase.COMMAND).batches() + result.phases().get(UpdateResult.Phase.REST).batches()
                < result.laterTimes().batches(), result::json);
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
