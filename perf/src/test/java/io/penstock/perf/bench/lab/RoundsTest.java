package io.penstock.perf.bench.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.penstock.perf.bench.measure.Repeatability;
import org.junit.jupiter.api.Test;

/** By rounds that are known. */
final class RoundsTest {

    @Test
    void shouldTellHowTheMediansOfRoundsDiffer() {
        final Repeatability all = Rounds.repeatability(new LabFixture().with("engine-forward", LabFixture.engine(9), LabFixture.engine(11))
                .with("engine-snat-16k", LabFixture.engine(98), LabFixture.engine(100), LabFixture.engine(102)).findings());
        assertEquals(3, all.degrees());
        assertEquals(Math.sqrt((2 * 0.1 * 0.1 + 2 * 0.02 * 0.02) / 3), all.sigma(), 1e-12);
    }

    @Test
    void shouldTellNothingWhenThereIsOneRoundOfEach() {
        assertNull(Rounds.repeatability(new LabFixture().with("engine-forward", LabFixture.engine(9, 10, 11)).findings()));
    }
}
