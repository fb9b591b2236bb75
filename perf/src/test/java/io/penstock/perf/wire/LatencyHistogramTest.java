package io.penstock.perf.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class LatencyHistogramTest {

    @Property
    void shouldKnowAValueToOnePartInSixtyFour(@ForAll @LongRange(max = LatencyBuckets.MAX_VALUE) final long value) {
        final long highest = LatencyBuckets.highest(LatencyBuckets.bucket(value));
        assertTrue(highest >= value && highest - value <= value / 64, value + " " + highest);
    }

    @Test
    void shouldUseEveryBucketInOrder() {
        for (int i = 0; i < LatencyBuckets.COUNT; i++) {
            assertEquals(i, LatencyBuckets.bucket(LatencyBuckets.highest(i)));
            assertEquals(i + 1, LatencyBuckets.bucket(LatencyBuckets.highest(i) + 1));
        }
        assertEquals(LatencyBuckets.MAX_VALUE, LatencyBuckets.highest(LatencyBuckets.COUNT - 1));
    }

    @Test
    void shouldFindPercentiles() {
        final long[] buckets = new long[LatencyBuckets.COUNT];
        for (int value = 1; value <= 100; value++) {
            buckets[LatencyBuckets.bucket(value)]++;
        }
        buckets[LatencyBuckets.bucket(1_000_000)]++;
        final LatencyHistogram histogram = new LatencyHistogram(buckets, 1_000_000);

        assertEquals(101, histogram.count());
        assertEquals(51, histogram.p50());
        assertEquals(100, histogram.p99());
        assertEquals(1_000_000, histogram.p999());
        assertEquals(1_000_000, histogram.p9999());
        assertEquals("p50=0.1 p99=0.1 p99.9=1000.0 p99.99=1000.0 max=1000.0 us, count=101", histogram.toString());
    }

    /** 99.9 and 99.99 are no binary fractions: times a round count they may come out a hair above the whole number meant. */
    @Test
    void shouldNotTakeAPercentileForTheNextWhenItIsAWholeNumber() {
        for (final int thousands : new int[] {1, 3, 7, 10, 11, 100, 999}) {
            final long[] buckets = new long[LatencyBuckets.COUNT];
            buckets[1] = 999L * thousands;
            buckets[100] = thousands;
            assertEquals(1, new LatencyHistogram(buckets, 100).p999(), thousands + "000 values");
        }
    }

    @Test
    void shouldBeZeroWhenNothingWasMeasured() {
        assertEquals(0, new LatencyHistogram(new long[LatencyBuckets.COUNT], 0).p99());
    }
}
