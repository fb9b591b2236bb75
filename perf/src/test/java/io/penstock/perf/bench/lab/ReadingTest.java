package io.penstock.perf.bench.lab;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.perf.bench.compare.Report;
import org.junit.jupiter.api.Test;

/** Where numbers are in results. */
final class ReadingTest {

    private static final String JSON = "{\"mpps\":2,\"runs\":[1,2,3],\"ns\":5,\"ratio\":2,\"ratio_runs\":[1.5,2.5],\"latency_us\":{\"p99\":7},"
            + "\"table\":[{\"size\":64,\"mpps\":4},{\"size\":\"imix\",\"mpps\":5,\"mpps_runs\":[5,6]}],\"text\":\"no number\"}";

    @Test
    void shouldPreferRepeatedMeasurements() {
        assertArrayEquals(new double[] {1, 2, 3}, read("mpps"));
        assertArrayEquals(new double[] {1.5, 2.5}, read("ratio"));
        assertArrayEquals(new double[] {5}, read("ns"));
    }

    @Test
    void shouldGoIntoObjectsAndArrays() {
        assertArrayEquals(new double[] {7}, read("latency_us.p99"));
        assertArrayEquals(new double[] {4}, read("table[size=64].mpps"));
        assertArrayEquals(new double[] {5, 6}, read("table[size=imix].mpps"));
    }

    @Test
    void shouldBeEmptyWhenThereIsNoSuchNumber() {
        assertEquals(0, read("text").length);
        assertEquals(0, read("table[size=128].mpps").length);
        assertEquals(0, read("nothing.at.all").length);
        assertEquals(0, read("mpps.more").length);
    }

    @Test
    void shouldTurnTheSpreadAroundWithTheFigure() {
        final Figure cost = Figure.of(1, 10, 20, 40).per(1000);
        assertEquals(50, cost.median());
        assertEquals(25, cost.least());
        assertEquals(100, cost.most());
        final Figure ratio = Figure.of(1, 10, 20, 40).over(Figure.of(1, 5, 10, 10));
        assertEquals(2, ratio.median());
        assertEquals(1, ratio.least());
        assertEquals(8, ratio.most());
        assertEquals(10, Figure.of(1, 10, 20, 40).mad());
    }

    private static double[] read(final String path) {
        return new Reading("any", path).in(Report.parse("any", JSON));
    }
}
