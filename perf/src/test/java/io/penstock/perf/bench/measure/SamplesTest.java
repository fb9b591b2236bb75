package io.penstock.perf.bench.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class SamplesTest {

    @Test
    void shouldTakeTheMiddleWhenTheCountIsOdd() {
        assertEquals(2, Samples.of(3, 1, 2).median());
    }

    @Test
    void shouldTakeTheMeanOfTheMiddleTwoWhenTheCountIsEven() {
        assertEquals(2.5, Samples.of(4, 1, 3, 2).median());
    }

    @Test
    void shouldNotMoveWhenOneSampleIsFarOff() {
        assertEquals(Samples.of(9, 10, 11, 10, 10).sigma(), Samples.of(9, 10, 11, 10, 1).sigma(), 1.5);
        assertEquals(0, Samples.of(7).sigma());
    }
}
