package io.penstock.perf.bench.latency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class DriftTest {

    private static final int POINTS = 60;

    @Test
    void shouldFindNothingWhenThereIsOnlyNoise() {
        int found = 0;
        for (int seed = 0; seed < 1_000; seed++) {
            found += of(seed, 0.02, hours -> 100).isSignificant() ? 1 : 0;
        }
        // One in a thousand for a slope, and about as many for a step.
        assertTrue(found <= 6, "found=" + found);
    }

    @Test
    void shouldFindTheSlopeWhenItIsOnePercentAnHour() {
        final Drift drift = of(7, 0.002, hours -> 100 * (1 + 0.01 * hours));
        assertEquals(Drift.Verdict.DRIFT, drift.verdict());
        assertEquals(1, drift.percentPerHour(), 0.2);
        assertTrue(drift.low() < 1 && drift.high() > 1, drift::toString);
    }

    @Test
    void shouldFindTheSlopeWhenSomePointsAreWild() {
        final double[] values = values(7, 0.002, hours -> 100 * (1 + 0.01 * hours));
        for (int i = 5; i < values.length; i += 10) {
            values[i] *= 3;
        }
        final Drift drift = Drift.of(hours(), values);
        assertEquals(Drift.Verdict.DRIFT, drift.verdict());
        assertEquals(1, drift.percentPerHour(), 0.3);
    }

    @Test
    void shouldFindWhenAndHowMuchWhenItSteps() {
        final Drift drift = of(3, 0.002, hours -> hours < 0.4 ? 100 : 103);
        assertEquals(Drift.Verdict.STEP, drift.verdict());
        assertEquals(0.4, drift.stepHours(), 0.02);
        assertEquals(100, drift.stepFrom(), 0.2);
        assertEquals(103, drift.stepTo(), 0.2);
    }

    @Test
    void shouldFindNothingWhenNothingMoves() {
        final Drift drift = of(1, 0, hours -> 16_384);
        assertEquals(Drift.Verdict.NONE, drift.verdict());
        assertEquals(0, drift.perHour());
        assertEquals(16_384, drift.level());
    }

    @Test
    void shouldCareForNothingWhenItIsTooLittle() {
        // Certain, and a twentieth of a percent.
        assertEquals(Drift.Verdict.NONE, of(1, 0, hours -> 100 + 0.05 * hours).verdict());
    }

    @Test
    void shouldSayNothingWhenThereAreFewPoints() {
        final double[] few = Arrays.copyOf(hours(), Drift.MIN_POINTS - 1);
        assertEquals(Drift.Verdict.TOO_FEW_POINTS, Drift.of(few, few).verdict());
        assertEquals(Drift.Verdict.TOO_FEW_POINTS, Drift.of(new double[0], new double[0]).verdict());
    }

    @Test
    void shouldPutNeighboursTogetherWhenThereAreManyPoints() {
        final double[] hours = new double[5_000];
        Arrays.setAll(hours, i -> i / 1_000.0);
        final double[] values = hours.clone();
        final Drift drift = Drift.of(hours, values);
        assertEquals(Drift.Verdict.DRIFT, drift.verdict());
        assertEquals(1, drift.perHour(), 1e-9);
    }

    private static Drift of(final long seed, final double noise, final DoubleUnaryOperator value) {
        return Drift.of(hours(), values(seed, noise, value));
    }

    private static double[] hours() {
        final double[] hours = new double[POINTS];
        Arrays.setAll(hours, i -> (double) i / POINTS);
        return hours;
    }

    private static double[] values(final long seed, final double noise, final DoubleUnaryOperator value) {
        final SplittableRandom random = new SplittableRandom(seed);
        return Arrays.stream(hours()).map(hour -> value.applyAsDouble(hour) * (1 + noise * random.nextGaussian())).toArray();
    }
}
