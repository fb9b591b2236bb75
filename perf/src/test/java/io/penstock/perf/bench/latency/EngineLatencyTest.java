package io.penstock.perf.bench.latency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.run.ThreadPlacement;
import io.penstock.os.testkit.Privileged;
import io.penstock.perf.bench.engine.LaneTotals;
import io.penstock.perf.bench.engine.RuleOptions;
import io.penstock.perf.rules.RuleTier;
import io.penstock.perf.wire.ArrivalPattern;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** With a ring in which all fits that comes while the machine does something else. */
class EngineLatencyTest {

    private static final int RATE_PPS = 20_000;
    private static final int RING = 1 << 16;
    private static final long THRESHOLD_NS = 1_000_000;
    private static final double PAUSE_MS = 50;

    @Test
    @Privileged
    void shouldTellThePauseAndItsCauseWhenTheWorkerLosesItsCpu() {
        final LatencyResult result = measure(2.2, new Fault(Fault.Kind.PAUSE, PAUSE_MS));
        assertTrue(result.seesSwitches());
        final Attribution.Explained pause = result.slowness().all().stream()
                .filter(one -> one.main() == Cause.INVOLUNTARY_SWITCH && one.text().startsWith("involuntary_switch: injected-hog"))
                .findFirst().orElseThrow(() -> new AssertionError(result.text()));
        assertTrue(pause.stretch().worstNs() >= 0.9 * PAUSE_MS * 1e6, result::text);
        // As many packets as were due meanwhile have waited for it.
        assertTrue(pause.stretch().packets() >= 0.9 * RATE_PPS * (PAUSE_MS - 1) / 1e3, result::text);
        assertTrue(Percentiles.us(result.latencies().getMaxValue()) >= 0.9 * PAUSE_MS * 1e3, result::text);
    }

    @Test
    void shouldTellTheCollectionWhenTheJvmCollects() {
        final LatencyResult result = measure(1.2, new Fault(Fault.Kind.GC, 0));
        assertTrue(result.slowness().all().stream().anyMatch(one -> one.shares().containsKey(Cause.GC)
                && one.text().contains("gc: Pause Full (System.gc())")), result::text);
    }

    @Test
    @Privileged
    void shouldShowWhatCoordinatedOmissionHidesWhenTheWorkerStalls() {
        // Twice 50 ms of 2 s: 5 % of the packets were due in them, but only two batches of them had been taken.
        final LatencyResult result = measure(2, new Fault(Fault.Kind.PAUSE, PAUSE_MS));
        assertTrue(result.latencies().getValueAtPercentile(98) > 5e6, result::text);
        assertTrue(result.uncorrected().getValueAtPercentile(98) < result.latencies().getValueAtPercentile(98) / 5, result::text);
    }

    @Test
    void shouldAccountForAllPacketsWhenTheRingIsSmall() {
        final LatencyResult result = new EngineLatency(options(64, ArrivalPattern.bursts(640), 64_000), 0.5, THRESHOLD_NS, List.of()).run();
        assertEquals(result.offered(), result.received() + result.lost());
        // Ten times what the ring holds comes at once: one in ten stays.
        assertTrue(result.lost() > 0.85 * result.offered(), result::text);
        assertTrue(result.failure().startsWith("the load is more than the worker can carry: offered="), result.failure());
    }

    @Test
    void shouldFailWhenAPacketWasNotForwardedThatNoRuleOfTheUserMayDrop() {
        final long[] dropped = new long[DropReason.count()];
        dropped[DropReason.NO_ROUTE.id()] = 3;
        final LaneTotals totals = new LaneTotals(12, 9, 0, dropped, 0, 0);
        final String lost = "packets were lost, so this measures less than they would cost: packets=12 forwarded=9 dropped no_route=3";
        final RuleOptions file = new RuleOptions(null, 0, Path.of("rules"), null, RuleTier.SPECIALIZED);
        assertEquals(lost, options(RuleOptions.NONE, null).loss(totals));
        assertEquals(lost, options(file, "connections snat").loss(totals));
        assertNull(options(file, null).loss(totals));
        assertNull(options(RuleOptions.NONE, null).loss(new LaneTotals(12, 9, 0, new long[DropReason.count()], 3, 0)));
        assertEquals("nothing was forwarded, so this measures no forwarding: packets=3 dropped no_route=3",
                options(file, null).loss(new LaneTotals(3, 0, 0, dropped, 0, 0)));
    }

    private static LatencyResult measure(final double seconds, final Fault fault) {
        final LoadOptions options = options(RING, ArrivalPattern.constant(), RATE_PPS);
        final LatencyResult result = new EngineLatency(options, seconds, THRESHOLD_NS, List.of(fault)).run();
        assertNull(result.failure());
        assertEquals(0, result.lost());
        assertTrue(result.allocatedPerPacket() < 1, result::text);
        return result;
    }

    private static LoadOptions options(final int ring, final ArrivalPattern arrivals, final long ratePps) {
        return new LoadOptions(ratePps, 0, arrivals, 1, ring, 1_024, 60, false, RuleOptions.NONE, null, List.of(),
                ThreadPlacement.choose(1).getFirst());
    }

    private static LoadOptions options(final RuleOptions rules, final String connections) {
        return new LoadOptions(1, 0, ArrivalPattern.constant(), 1, 64, 1, 60, false, rules, connections, List.of(), 0);
    }
}
