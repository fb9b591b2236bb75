package io.penstock.perf.bench.procedure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.wire.WireLimit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the searches find with devices of which it is known. */
final class SearchTest {

    private static final double RESOLUTION = 0.01;
    private static final double SECONDS = 2;

    private final List<String> told = new ArrayList<>();

    @Test
    void shouldFindTheRateOfADeviceThatLosesWhatIsAbove() {
        for (final double rate : new double[] {1_234, 40_000, 523_456, 999_999}) {
            final FakeDevice device = new FakeDevice(rate, 2_000_000);
            final RateSearch.Found found = search(device, 2_400_000).search();
            assertTrue(found.pps() <= rate && found.pps() >= rate * (1 - 1.5 * RESOLUTION), rate + " " + found.pps());
            assertTrue(found.failed().lost() > 0);
            assertEquals(0, found.passed().lost());
            assertTrue(device.asked().size() <= 14, device.asked()::toString);
            assertEquals(WireLimit.DEVICE, WireLimit.of(found.pps(), found.failed(), true, 2_000_000, 2_000_000));
        }
    }

    @Test
    void shouldTryTheResultOnceMore() {
        final FakeDevice device = new FakeDevice(500_000, 2_000_000);
        final double found = search(device, 2_400_000).search().pps();
        assertEquals(found, device.asked().getLast());
        assertTrue(device.asked().stream().filter(rate -> rate == found).count() >= 2, device.asked()::toString);
    }

    @Test
    void shouldNeedFewTrialsWhenAnEarlierSearchFoundTheRate() {
        final FakeDevice device = new FakeDevice(500_000, 2_000_000);
        final RateSearch search = search(device, 2_400_000);
        final double first = search.search().pps();
        final int before = device.asked().size();
        assertEquals(first, search.searchAround(first).pps(), first * 1.5 * RESOLUTION);
        assertTrue(device.asked().size() - before <= 8, device.asked()::toString);
    }

    @Test
    void shouldStayNearTheRateWhenTheDeviceIsNoisy() {
        final FakeDevice device = new FakeDevice(500_000, 2_000_000).noisy(0.05);
        for (int i = 0; i < 50; i++) {
            final double found = search(device, 2_400_000).search().pps();
            assertTrue(found >= 500_000 * 0.85 && found <= 500_000 * 1.05, "found=" + found);
        }
    }

    @Test
    void shouldSayThatTheGeneratorIsTheLimitWhenAllItOffersComesThrough() {
        final RateSearch.Found found = search(new FakeDevice(5_000_000, 2_000_000), 2_400_000).search();
        assertEquals(2_000_000, found.pps(), 1);
        assertNull(found.failed());
        assertEquals(WireLimit.GENERATOR, WireLimit.of(found.pps(), null, true, 2_000_000, 3_000_000));
        assertEquals(WireLimit.GENERATOR, WireLimit.of(1_000_000, null, true, 2_000_000, 3_000_000));
    }

    @Test
    void shouldNotTakeAHeldUpGeneratorForALimit() {
        final FakeDevice device = new FakeDevice(500_000, 2_000_000).heldUp(5);
        final RateSearch.Found found = search(device, 2_400_000).search();
        assertTrue(found.pps() <= 500_000 && found.pps() >= 500_000 * 0.9, "found=" + found.pps());
        assertTrue(found.failed().lost() > 0);
    }

    @Test
    void shouldSayThatTheDeviceIsTheLimitWhenItSlowsTheGeneratorDown() {
        final RateSearch.Found found = search(new FakeDevice(5_000_000, 700_000).withoutWorker(), 2_400_000).search();
        assertEquals(700_000, found.pps(), 1);
        assertEquals(WireLimit.DEVICE, WireLimit.of(found.pps(), null, false, 2_000_000, 2_000_000));
    }

    @Test
    void shouldSayThatTheSinkIsTheLimitWhenItsRingLosesTheFrames() {
        final RateSearch.Found found = search(new FakeDevice(500_000, 2_000_000).losingAtTheSink(), 2_400_000).search();
        assertEquals(WireLimit.SINK, WireLimit.of(found.pps(), found.failed(), true, 2_000_000, 2_000_000));
    }

    @Test
    void shouldNotTrustFiguresNearACeiling() {
        final RateSearch.Found found = search(new FakeDevice(1_950_000, 2_000_000), 2_400_000).search();
        assertEquals(WireLimit.GENERATOR, WireLimit.of(found.pps(), found.failed(), true, 2_000_000, 3_000_000));
        assertEquals(WireLimit.SINK, WireLimit.of(found.pps(), found.failed(), true, 3_000_000, 2_000_000));
    }

    @Test
    void shouldFindNothingWhenFramesAreLostAtEveryRate() {
        final RateSearch.Found found = search(new FakeDevice(0, 2_000_000), 2_400_000).search();
        assertEquals(0, found.pps());
        assertNull(found.passed());
    }

    @Test
    void shouldRepeatATrialThatTheMachineSpoiltAndCountIt() {
        final FakeDevice device = new FakeDevice(5_000_000, 2_000_000).disturbed(2, 0.01);
        final Trials trials = trials(device, 0);
        assertTrue(trials.run(100_000).passed());
        assertEquals(3, trials.count());
        assertEquals(2, trials.spoilt());
        assertEquals(2, told.stream().filter(line -> line.contains("took a CPU away")).count());
    }

    @Test
    void shouldTakeTheLastTrialWhenEveryOneIsSpoilt() {
        final Trials trials = trials(new FakeDevice(5_000_000, 2_000_000).disturbed(9, 0.01), 0);
        assertFalse(trials.run(100_000).passed());
        assertEquals(3, trials.count());
        assertEquals(3, trials.spoilt());
    }

    @Test
    void shouldRepeatAPartOfTheTrialsWhenAllAreSpoilt() {
        final Trials trials = trials(new FakeDevice(5_000_000, 2_000_000).disturbed(Integer.MAX_VALUE, 0.01), 0);
        for (int i = 0; i < 100; i++) {
            assertFalse(trials.run(100_000).passed());
        }
        assertEquals(Trials.FREE_REPEATS + 100 / Trials.TRIALS_A_REPEAT, trials.repeated());
        assertEquals(100 + trials.repeated(), trials.count());
        assertEquals(trials.count(), trials.spoilt());
    }

    @Test
    void shouldNotRepeatATrialThatLostMoreThanTheMachineCanCost() {
        final Trials trials = trials(new FakeDevice(5_000_000, 2_000_000).disturbed(9, 0.2), 0);
        assertFalse(trials.run(100_000).passed());
        assertEquals(1, trials.count());
        assertEquals(0, trials.spoilt());
    }

    @Test
    void shouldLetSomeFramesBeLostWhenToldSo() {
        final Trials trials = trials(new FakeDevice(99_990, 2_000_000), 200);
        assertTrue(trials.run(100_000).passed());
        assertFalse(trials.run(101_000).passed());
    }

    @Test
    void shouldEndWhenFramesArriveAltered() {
        assertEquals("frames were altered on the way: altered=1; device=fake size=64; no figure counts",
                assertThrows(BenchException.class, () -> trials(new FakeDevice(1, 1).altering(), 0).run(1)).getMessage());
    }

    @Test
    void shouldFindTheLongestBurst() {
        for (final long ring : new long[] {1, 200, 256, 5_000, 123_456}) {
            final long found = new BurstSearch(
                    trials(new FakeDevice(1, 1_000_000).withRing(ring), 0), 2_000_000, RESOLUTION).search();
            assertTrue(found <= ring && found >= ring * (1 - 1.1 * RESOLUTION) - 1, ring + " " + found);
        }
        assertEquals(2_000_000, new BurstSearch(trials(new FakeDevice(1, 1_000_000), 0), 2_000_000, RESOLUTION).search());
        assertEquals(0, new BurstSearch(
                trials(new FakeDevice(1, 1_000_000).withRing(0), 0), 2_000_000, RESOLUTION).search());
    }

    @Test
    void shouldStepDownUntilTwoTrialsAreClean() {
        final FakeDevice device = new FakeDevice(650_000, 2_000_000);
        final List<LossSteps.Step> steps = new LossSteps(trials(device, 0), 1_000_000).run();
        assertEquals(List.of(1.0, 0.9, 0.8, 0.7, 0.6, 0.5), steps.stream().map(LossSteps.Step::share).toList());
        assertEquals(0.35, steps.getFirst().loss(), 0.001);
        assertEquals(0, steps.getLast().loss());
        assertEquals(10, new LossSteps(trials(new FakeDevice(0, 2_000_000), 0), 1_000_000).run().size());
    }

    private RateSearch search(final FakeDevice device, final double most) {
        return new RateSearch(trials(device, 0), most, RESOLUTION);
    }

    private Trials trials(final FakeDevice device, final double lossPpm) {
        return new Trials(device, "64", SECONDS, lossPpm, told::add);
    }
}
