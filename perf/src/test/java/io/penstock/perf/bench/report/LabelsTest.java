package io.penstock.perf.bench.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class LabelsTest {

    @Test
    void shouldStayWhereTheyAreWhenNothingCollides() {
        assertArrayEquals(new double[] {50, 10, 90}, Labels.spread(new double[] {50, 10, 90}, 18, 0, 100));
    }

    @Test
    void shouldMoveApartEvenlyWhenTheyCollide() {
        assertArrayEquals(new double[] {41, 59}, Labels.spread(new double[] {50, 50}, 18, 0, 100));
    }

    @Test
    void shouldStayInsideWhenTheyCollideAtTheEdge() {
        assertArrayEquals(new double[] {82, 100, 64}, Labels.spread(new double[] {98, 99, 97}, 18, 0, 100));
    }

    @Test
    void shouldComeCloserWhenThereIsNoRoom() {
        assertArrayEquals(new double[] {0, 10, 20}, Labels.spread(new double[] {5, 5, 5}, 18, 0, 20), 1e-9);
    }

    @Test
    void shouldDoNothingWhenThereAreNone() {
        assertEquals(0, Labels.spread(new double[0], 18, 0, 20).length);
    }

    @Property(tries = 300)
    void shouldNeverOverlapNorLeaveNorChangeOrder(@ForAll @Size(max = 17) final List<@DoubleRange(min = 0, max = 350) Double> wishes) {
        final double[] wanted = wishes.stream().mapToDouble(Double::doubleValue).toArray();
        final double[] placed = Labels.spread(wanted, 18, 0, 350);
        for (int i = 0; i < wanted.length; i++) {
            assertTrue(placed[i] >= -1e-6 && placed[i] <= 350 + 1e-6, () -> Arrays.toString(placed));
            for (int k = 0; k < wanted.length; k++) {
                if (wanted[i] < wanted[k]) {
                    assertTrue(placed[k] - placed[i] >= 18 - 1e-6, () -> Arrays.toString(placed));
                }
            }
        }
    }
}
