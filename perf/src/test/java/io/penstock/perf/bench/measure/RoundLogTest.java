package io.penstock.perf.bench.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What batches took, by when they began. */
class RoundLogTest {

    @Test
    void shouldTellSharesOfTheBatchesThatBeganWithinTheTimesOnce() {
        final RoundLog log = new RoundLog(300);
        for (int i = 0; i < 200; i++) {
            log.add(i, 1_000L * (i + 1), 2_000L * (i + 1), true);
            if (i == 100) {
                log.add(100, 900_000, 1_000_000, false);
            }
        }
        final RoundLog.Times all = log.between(0, 200);
        assertEquals(new RoundLog.Times(200, 101, 191, 199, 900, 1_000), all);
        final RoundLog.Times some = log.between(List.of(new RoundLog.Span(50, 110), new RoundLog.Span(110, 120), new RoundLog.Span(120, 150)));
        assertEquals(new RoundLog.Times(100, 101, 146, 150, 900, 1_000), some);
        assertEquals(2, log.between(List.of(new RoundLog.Span(-5, 1), new RoundLog.Span(199, 1_000))).batches());
        assertEquals(new RoundLog.Times(0, 0, 0, 0, 0, 0), log.between(List.of()));
    }
}
