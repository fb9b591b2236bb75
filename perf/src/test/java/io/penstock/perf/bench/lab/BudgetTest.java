package io.penstock.perf.bench.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Budgets judged by results that are known. */
final class BudgetTest {

    @Test
    void shouldTellFirstBoundAndGoalApartByTheMedianOfAllRounds() {
        assertVerdict(Budget.FORWARD, Judgement.Kind.GOAL_MET, new LabFixture().with("engine-forward", LabFixture.engine(44, 46, 48)));
        assertVerdict(Budget.FORWARD, Judgement.Kind.MET, new LabFixture().with("engine-forward", LabFixture.engine(19, 21, 30)));
        assertVerdict(Budget.FORWARD, Judgement.Kind.NOT_MET, new LabFixture().with("engine-forward", LabFixture.engine(18, 19, 21)));
        assertVerdict(Budget.FORWARD, Judgement.Kind.MET,
                new LabFixture().with("engine-forward", LabFixture.engine(19, 19), LabFixture.engine(22, 22, 22)));
    }

    @Test
    void shouldSayThatTheSpreadReachesAcrossWhenItDoes() {
        assertEquals("the spread reaches across the bound of 20",
                Budget.FORWARD.judge(new LabFixture().with("engine-forward", LabFixture.engine(19, 21, 30)).findings()).remark());
        assertEquals("", Budget.FORWARD.judge(new LabFixture().with("engine-forward", LabFixture.engine(20, 21, 30)).findings()).remark());
    }

    @Test
    void shouldComputeARatioWithItsSpreadWhenTwoMeasurementsTell() {
        final Judgement judgement = Budget.EQUALITY_RATIO.judge(new LabFixture().with("rules-equality-10", LabFixture.engine(10, 12, 14))
                .with("rules-equality-10000", LabFixture.engine(8, 10, 12)).findings());
        assertEquals(Judgement.Kind.GOAL_MET, judgement.kind());
        assertEquals(1.2, judgement.figure().median(), 1e-9);
        assertEquals(10.0 / 12, judgement.figure().least(), 1e-9);
        assertEquals(14.0 / 8, judgement.figure().most(), 1e-9);
        assertEquals("the spread reaches across the bound of 1.5", judgement.remark());
    }

    @Test
    void shouldCountConnectionsWhenEachPacketBeginsOne() {
        final Judgement judgement = Budget.NEW.judge(new LabFixture().with("engine-new", LabFixture.engine(1.5, 1.6, 1.7)).findings());
        assertEquals(1_600_000, judgement.figure().median(), 1e-3);
        assertEquals(Judgement.Kind.MET, judgement.kind());
    }

    @Test
    void shouldTakeTheMostThatAnyMeasurementAllocates() {
        final String few = "{\"packets\":1000,\"allocated_bytes_per_packet\":0}";
        assertVerdict(Budget.ALLOCATION, Judgement.Kind.GOAL_MET, new LabFixture().with("engine-new", few));
        final String more = "{\"packets\":1000,\"allocated_bytes_per_packet\":0.016}";
        assertVerdict(Budget.ALLOCATION, Judgement.Kind.NOT_MET, new LabFixture().with("engine-new", few).with("rules-none", more));
    }

    @Test
    void shouldJudgeLostPacketsWhenTheyFailedTheMeasurement() {
        final LabFixture fixture = new LabFixture().failed("update", "packets were lost", "{\"lost_in_any_way\":7,\"slowest_batch_us\":900}");
        final Judgement loss = Budget.UPDATE_LOSS.judge(fixture.findings());
        assertEquals(Judgement.Kind.NOT_MET, loss.kind());
        assertEquals("packets were lost (exit code 1)", loss.remark());
        final Judgement batch = Budget.UPDATE_BATCH.judge(fixture.findings());
        assertEquals(Judgement.Kind.NOT_MEASURED, batch.kind());
        assertEquals("failed: packets were lost (exit code 1)", batch.remark());
    }

    @Test
    void shouldNotMeetTheLossBudgetWhenPacketsWereLostOtherwiseThanInTheRing() {
        final Judgement judgement = Budget.UPDATE_LOSS.judge(new LabFixture().failed("update", "packets are not accounted for, a defect",
                "{\"lost_packets\":0,\"lost_in_any_way\":3}").findings());
        assertEquals(Judgement.Kind.NOT_MET, judgement.kind());
        assertEquals(3, judgement.figure().median());
        assertEquals("packets are not accounted for, a defect (exit code 1)", judgement.remark());
    }

    @Test
    void shouldNotMeetTheLossBudgetWhenOneRoundOfManyFailed() {
        final String none = "{\"lost_in_any_way\":0}";
        final Judgement lost = Budget.UPDATE_LOSS.judge(new LabFixture().with("update", none, none).alsoFailed("update", "packets were lost",
                "{\"lost_in_any_way\":7}").findings());
        assertEquals(Judgement.Kind.NOT_MET, lost.kind());
        assertEquals(7, lost.figure().median());
        assertEquals("packets were lost (exit code 1)", lost.remark());
        // That a run lost nothing whose other figures count for nothing, proves nothing.
        final Judgement failed = Budget.UPDATE_LOSS.judge(new LabFixture().with("update", none).alsoFailed("update", "a counter is wrong", none)
                .findings());
        assertEquals(Judgement.Kind.NOT_MEASURED, failed.kind());
        assertEquals("failed: a counter is wrong (exit code 1)", failed.remark());
        assertEquals(Judgement.Kind.NOT_MEASURED, Budget.UPDATE_LOSS.judge(new LabFixture().with("update", none).alsoFailed("update", "killed", null)
                .findings()).kind());
    }

    @Test
    void shouldMeetTheBatchBudgetWithoutAGoalOfItsOwn() {
        final LabFixture fixture = new LabFixture().with("update",
                "{\"lost_in_any_way\":0,\"slowest_batch_us\":900,\"step\":1.4,\"quiet_batch_us\":{\"p95\":10},\"command_batch_us\":{\"p95\":16},"
                        + "\"rest_batch_us\":{\"p95\":11}}");
        assertVerdict(Budget.UPDATE_LOSS, Judgement.Kind.GOAL_MET, fixture);
        assertVerdict(Budget.UPDATE_BATCH, Judgement.Kind.MET, fixture);
        final String batch = "{\"slowest_batch_us\":%d}";
        assertVerdict(Budget.UPDATE_BATCH, Judgement.Kind.NOT_MET, new LabFixture().with("update", batch.formatted(800), batch.formatted(1_600),
                batch.formatted(900)));
        assertVerdict(Budget.UPDATE_BATCH, Judgement.Kind.NOT_MET, new LabFixture().with("update", batch.formatted(800)).alsoFailed("update",
                "packets were lost", batch.formatted(1_600)));
        assertVerdict(Budget.UPDATE_STEP, Judgement.Kind.NOT_MET, fixture);
        final String why = Budget.UPDATE_STEP.why(fixture.findings());
        assertTrue(why.startsWith("95 % of batches at most: 10.0 us at rest, 16.0 while the command ran, 11.0 half a second from then on."), why);
    }

    @Test
    void shouldTellTheRatioRunByRunAndWhoseTimeIsTheKernels() {
        final LabFixture fixture = new LabFixture().with("wire-snat-testpmd", "{\"mpps\":0.8,\"limit\":\"device\",\"peer_mpps\":1.0,\"peer_limit\":\"device\","
                + "\"ratio\":0.8,\"ratio_runs\":[0.78,0.8,0.81],\"worker_cpu\":0.96,\"peer_worker_cpu\":1,\"worker_kernel_share\":0.84,\"peer_worker_kernel_share\":0.97}");
        final Judgement judgement = Budget.WIRE.judge(fixture.findings());
        assertEquals(0.8, judgement.figure().median(), 1e-9);
        assertEquals(0.78, judgement.figure().least(), 1e-9);
        assertEquals(Judgement.Kind.NOT_MET, judgement.kind());
        assertEquals("", judgement.remark());
        assertEquals("Penstock's worker spends on a packet 1,008 ns in the kernel and 192 ns in its own code; testpmd's 970 ns in the kernel and 30 ns in its "
                + "own code. In the kernel a packet is copied and passes veth, whoever sends it.",
                Budget.WIRE.why(fixture.findings()));
    }

    @Test
    void shouldSayWhoseLimitWasAnotherWhenItWasNotTheDevice() {
        final LabFixture fixture = new LabFixture().with("wire-snat-testpmd", "{\"mpps\":9,\"limit\":\"sink\",\"peer_mpps\":9.5,\"peer_limit\":\"generator\","
                + "\"ratio\":0.95,\"worker_cpu\":1,\"peer_worker_cpu\":1,\"worker_kernel_share\":0.8,\"peer_worker_kernel_share\":0.8}");
        assertEquals("the sink was the limit of Penstock, whose own is higher; the generator was the limit of testpmd, whose own is higher",
                Budget.WIRE.judge(fixture.findings()).remark());
        assertEquals("", Budget.WIRE.why(fixture.findings()));
    }

    @Test
    void shouldSayWhyWhenNothingWasMeasured() {
        final Judgement judgement = Budget.WIRE.judge(new LabFixture().absent("wire-snat-testpmd", Need.TESTPMD).findings());
        assertEquals(Judgement.Kind.NOT_MEASURED, judgement.kind());
        assertEquals("DPDK testpmd is absent: install with --install-peers", judgement.remark());
        assertEquals("its figure is missing from the result: path=ratio",
                Budget.WIRE.judge(new LabFixture().with("wire-snat-testpmd", "{\"mpps\":0.6}").findings()).remark());
    }

    @Test
    void shouldBeMeasuredByEachPlan() {
        for (final boolean quick : new boolean[] {true, false}) {
            final List<String> ids = Plan.of(quick, 1).measurements().stream().map(Measurement::id).toList();
            Arrays.stream(Budget.values()).forEach(budget -> assertTrue(ids.containsAll(budget.measurements()), budget + " quick=" + quick));
            Arrays.stream(Budget.values()).filter(budget -> budget.profile() != null)
                    .forEach(budget -> assertNotNull(budget.title()));
        }
    }

    private static void assertVerdict(final Budget budget, final Judgement.Kind kind, final LabFixture fixture) {
        assertEquals(kind, budget.judge(fixture.findings()).kind());
    }
}
