package io.penstock.perf.bench.latency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class AttributionTest {

    private static final long MS = 1_000_000;

    @Test
    void shouldBlameWhatExplainsMostWhenTwoThingsHappened() {
        final Attribution.Explained explained = explain(new Stretch(10 * MS, 20 * MS, 25 * MS, 10 * MS, 5, List.of()),
                Incident.exact(Cause.SAFEPOINT, 11 * MS, 13 * MS, "ICBufferFull"),
                Incident.exact(Cause.INVOLUNTARY_SWITCH, 14 * MS, 20 * MS, "javac"));
        assertEquals(Cause.INVOLUNTARY_SWITCH, explained.main());
        assertEquals(Map.of(Cause.SAFEPOINT, 2 * MS, Cause.INVOLUNTARY_SWITCH, 6 * MS, Cause.UNKNOWN, 2 * MS), explained.shares());
        assertEquals("involuntary_switch: javac, safepoint: ICBufferFull (2000 us)", explained.text());
    }

    @Test
    void shouldGiveTimeToTheEarlierCauseOnlyWhenTwoCoverIt() {
        // A worker that waits for the end of a collection is off its CPU.
        final Attribution.Explained explained = explain(new Stretch(10 * MS, 20 * MS, 20 * MS, 10 * MS, 5, List.of()),
                Incident.exact(Cause.OFF_CPU, 9 * MS, 21 * MS, ""), Incident.exact(Cause.GC, 10 * MS, 18 * MS, "Pause Full"));
        assertEquals(Map.of(Cause.GC, 8 * MS, Cause.OFF_CPU, 2 * MS), explained.shares());
        assertEquals("gc: Pause Full, off_cpu (2000 us)", explained.text());
    }

    @Test
    void shouldBlameNothingWhenNothingHappenedThen() {
        final Stretch stretch = new Stretch(10 * MS, 20 * MS, 25 * MS, 9 * MS, 5, List.of());
        // One was over before; the other came when the slowest packet was done, and the ring only had to empty.
        final Attribution.Explained explained = explain(stretch,
                Incident.exact(Cause.GC, 2 * MS, 10 * MS, ""), Incident.exact(Cause.GC, 20 * MS, 24 * MS, ""));
        assertEquals(Cause.UNKNOWN, explained.main());
        assertEquals(Map.of(Cause.UNKNOWN, 9 * MS), explained.shares());
    }

    @Test
    void shouldCallMissingTimeStealWhenTheSchedulerDoesNotKnowOfIt() {
        // Of 5 ms that the worker did not run, the scheduler gave 3 to another; the rest is the machine's below.
        final Attribution.Explained explained = explain(new Stretch(10 * MS, 16 * MS, 16 * MS, 6 * MS, 5, List.of()),
                Incident.exact(Cause.INVOLUNTARY_SWITCH, 11 * MS, 14 * MS, "javac"),
                new Incident(Cause.STEAL, 10 * MS, 17 * MS, 5 * MS, ""));
        assertEquals(Map.of(Cause.INVOLUNTARY_SWITCH, 3 * MS, Cause.STEAL, 2 * MS, Cause.UNKNOWN, MS), explained.shares());
    }

    @Test
    void shouldNotCallItStealWhenAllMissingTimeIsKnown() {
        final Attribution.Explained explained = explain(new Stretch(10 * MS, 13 * MS, 13 * MS, 3 * MS, 5, List.of()),
                Incident.exact(Cause.OFF_CPU, 10 * MS, 13 * MS, ""), new Incident(Cause.STEAL, 9 * MS, 14 * MS, 3 * MS + 5_000, ""));
        assertEquals(Map.of(Cause.OFF_CPU, 3 * MS), explained.shares());
    }

    @Test
    void shouldPutBatchesTogetherWhenTheyOverlap() {
        final SlowLog log = new SlowLog(10, 10, MS);
        add(log, 10 * MS, 13 * MS, 3 * MS, MS / 2);
        add(log, 12 * MS, 14 * MS, 2 * MS);
        add(log, 30 * MS, 32 * MS, 2 * MS);
        assertEquals(List.of(new Stretch(10 * MS, 13 * MS, 14 * MS, 3 * MS, 2, List.of(0, 1)),
                new Stretch(30 * MS, 32 * MS, 32 * MS, 2 * MS, 1, List.of(2))), log.stretches());
    }

    @Test
    void shouldCountWhatFindsNoRoomWhenTheLogIsFull() {
        final SlowLog log = new SlowLog(10, 3, 1);
        add(log, 1, 5, 4, 3);
        assertTrue(!log.begin(2));
        assertEquals(2, log.missed());
        assertEquals(1, log.stretches().size());
    }

    @Test
    void shouldLeavePacketsOutWhenTheirCauseIsKnown() {
        final SlowLog log = new SlowLog(10, 10, MS);
        final Histogram latencies = LoadSpan.histogram();
        latencies.recordValueWithCount(1_000, 9_997);
        latencies.recordValue(3 * MS);
        latencies.recordValue(5 * MS);
        latencies.recordValue(7 * MS);
        add(log, 10 * MS, 13 * MS, 3 * MS);
        add(log, 20 * MS, 27 * MS, 7 * MS, 5 * MS);
        final Slowness slowness = Slowness.of(log, latencies, List.of(Incident.exact(Cause.GC, 20 * MS, 27 * MS, "Pause Young")));
        assertEquals(9_998, slowness.without().getTotalCount());
        assertEquals(3.0, Percentiles.us(slowness.without().getMaxValue()) / 1_000, 0.01);
        assertEquals(Map.of(Cause.GC, new Slowness.Sum(1, 7 * MS, 7 * MS), Cause.UNKNOWN, new Slowness.Sum(1, 3 * MS, 3 * MS)), slowness.sums());
        assertEquals(List.of("gc: Pause Young", "unknown"), slowness.slowest().stream().map(Attribution.Explained::text).toList());
    }

    private static Attribution.Explained explain(final Stretch stretch, final Incident... incidents) {
        return new Attribution(List.of(incidents)).explain(stretch);
    }

    private static void add(final SlowLog log, final long fromNs, final long toNs, final long... latencies) {
        assertTrue(log.begin(latencies.length));
        for (final long latency : latencies) {
            log.add(latency);
        }
        log.end(fromNs, toNs);
    }
}
