package io.penstock.dataplane.ipvs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.dataplane.ipvs.model.Traffic;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class RateEstimatorTest {

    private final RateEstimator estimator = new RateEstimator();

    @Test
    void shouldHaveNoRatesWhenNothingWasSampled() {
        assertEquals(Traffic.NONE, estimator.rates());
    }

    @Test
    void shouldCountAQuarterWhenThereIsOneSample() {
        estimator.sample(new Traffic(8, 80, 800, 8_000, 80_000));
        assertEquals(new Traffic(1, 10, 100, 1_000, 10_000), estimator.rates());
    }

    @Test
    void shouldRiseToTheRateWhenItLasts() {
        final List<Long> rates = new ArrayList<>();
        for (int i = 1; i <= 8; i++) {
            estimator.sample(new Traffic(0, 2_000L * i, 0, 0, 0));
            rates.add(estimator.rates().packetsIn());
        }
        assertEquals(List.of(250L, 437L, 578L, 684L, 763L, 822L, 867L, 900L), rates);
        for (int i = 9; i <= 60; i++) {
            estimator.sample(new Traffic(0, 2_000L * i, 0, 0, 0));
        }
        assertEquals(1_000, estimator.rates().packetsIn());
    }

    @Test
    void shouldFallToNothingWhenTrafficEnds() {
        final Traffic total = new Traffic(1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000);
        for (int i = 0; i < 100; i++) {
            estimator.sample(total);
        }
        assertEquals(Traffic.NONE, estimator.rates());
    }

    @Test
    void shouldRoundAHalfDown() {
        // A packet counts for 512 / 4 = 128 of 1024, a byte for 16 / 4 = 4 of 32.
        estimator.sample(new Traffic(4, 5, 0, 4, 5));
        assertEquals(new Traffic(0, 1, 0, 0, 1), estimator.rates());
    }

    @Test
    void shouldBeginAnewWhenZeroed() {
        final Traffic total = new Traffic(100, 100, 100, 100, 100);
        estimator.sample(total);
        estimator.zero(total);
        assertEquals(Traffic.NONE, estimator.rates());
        estimator.sample(total.plus(new Traffic(8, 0, 0, 0, 0)));
        assertEquals(new Traffic(1, 0, 0, 0, 0), estimator.rates());
    }

    @Property(tries = 200)
    void shouldAgreeWithExactArithmeticWhenTrafficVaries(
            @ForAll @Size(max = 40) final List<@LongRange(min = 0, max = 1L << 40) Long> samples) {
        final RateEstimator any = new RateEstimator();
        Traffic total = Traffic.NONE;
        BigInteger packets = BigInteger.ZERO;
        BigInteger bytes = BigInteger.ZERO;
        for (final long sample : samples) {
            total = total.plus(new Traffic(0, sample, 0, 0, sample));
            any.sample(total);
            packets = packets.add(BigInteger.valueOf(sample).shiftLeft(9).subtract(packets).shiftRight(2));
            bytes = bytes.add(BigInteger.valueOf(sample).shiftLeft(4).subtract(bytes).shiftRight(2));
        }
        assertEquals(packets.add(BigInteger.valueOf(511)).shiftRight(10).longValueExact(), any.rates().packetsIn());
        assertEquals(bytes.add(BigInteger.valueOf(15)).shiftRight(5).longValueExact(), any.rates().bytesOut());
    }
}
