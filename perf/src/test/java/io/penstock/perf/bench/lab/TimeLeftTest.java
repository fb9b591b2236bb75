package io.penstock.perf.bench.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** How long it will still take. */
final class TimeLeftTest {

    private final TimeLeft left = new TimeLeft(120);

    @Test
    void shouldBeWhatIsExpectedWhenNothingHasRun() {
        assertEquals(120, left.seconds(0));
        assertEquals(110, left.seconds(10));
    }

    @Test
    void shouldFollowWhatStepsTook() {
        left.done(30, 60);
        // 30 s of trust and 30 s that took 60: half as long again.
        assertEquals(90 * 1.5, left.seconds(0), 1e-9);
        left.done(60, 120);
        assertEquals(30 * 210.0 / 120, left.seconds(0), 1e-9);
    }

    @Test
    void shouldNotLearnFromWhatWasSkipped() {
        left.skipped(100);
        assertEquals(20, left.seconds(0));
        left.skipped(100);
        assertEquals(0, left.seconds(0));
    }

    @Test
    void shouldNeverBeLessThanNothing() {
        assertEquals(0, left.seconds(1_000));
    }

    @Test
    void shouldBeWrittenAsAClockIs() {
        assertEquals("0:05", TimeLeft.clock(5.4));
        assertEquals("6:02", TimeLeft.clock(362));
        assertEquals("1:06:02", TimeLeft.clock(3962));
    }
}
