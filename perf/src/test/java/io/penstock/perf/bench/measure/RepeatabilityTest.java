package io.penstock.perf.bench.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;

/** By rounds that are known. */
final class RepeatabilityTest {

    @Test
    void shouldPoolTheDeviationsOfRoundsFromTheirMeans() {
        // 9 and 11 of a mean of 10; 98, 100 and 102 of 100.
        final Repeatability all = Repeatability.of(List.of(new double[] {9, 11}, new double[] {98, 100, 102}, new double[] {7}));
        assertEquals(3, all.degrees());
        assertEquals(Math.sqrt((2 * 0.1 * 0.1 + 2 * 0.02 * 0.02) / 3), all.sigma(), 1e-12);
        // Student's t of 3 degrees of freedom: 3.182 for 95 of 100, 4.177 for 97.5.
        assertEquals(3.182 * all.sigma(), all.within(2), 1e-4);
        assertEquals(3.182 * all.sigma() * Math.sqrt(2.0 / 3) * 1.16, all.within(3), 1e-4);
        assertEquals(4.177 * all.sigma(), all.within(2, 2), 1e-4);
    }

    @Test
    void shouldAllowForMoreThatAreWorseTheMoreThereAre() {
        assertEquals(0, Repeatability.worseByChance(0));
        assertEquals(0, Repeatability.worseByChance(1));
        assertEquals(5, Repeatability.worseByChance(100));
        assertEquals(33, Repeatability.worseByChance(1_000));
    }

    @Test
    void shouldNotTakeRoundsOfOneRunForAllThatRunsDifferBy() {
        assertEquals(Repeatability.LEAST, Repeatability.of(List.of(new double[] {10, 10.001})).sigma());
    }

    @Test
    void shouldTellNothingWhenThereIsOneRoundOfEach() {
        assertNull(Repeatability.of(List.of(new double[] {9}, new double[0])));
    }
}
