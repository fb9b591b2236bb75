package io.penstock.perf.connections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

/** RFC 4814's ports: all of their range, each combination once, in no order. */
final class PortPairsTest {

    private static final int COUNT = 200_000;
    private static final int PARTS = 16;

    private final PortPairs pairs = PortPairs.atLeast(COUNT, 1);

    @Test
    void shouldHaveEveryCombinationOnce() {
        assertEquals(4, pairs.destinations());
        assertEquals(4 * PortPairs.SOURCES, pairs.count());
        final BitSet seen = new BitSet();
        for (int i = 0; i < pairs.count(); i++) {
            final int source = pairs.source(i);
            final int destination = pairs.destination(i);
            assertTrue(source >= 1024 && source <= 65_535, () -> "source=" + source);
            assertTrue(destination >= 1024 && destination < 1028, () -> "destination=" + destination);
            assertEquals(pairs.pair(i), source << 16 | destination);
            seen.set(pairs.pair(i) - (1024 << 16) >>> 16 << 2 | destination - 1024);
        }
        assertEquals(pairs.count(), seen.cardinality());
    }

    @Test
    void shouldCoverTheRangesEvenlyFromTheFirstPairsOn() {
        final int sample = 20_000;
        final int[] sources = new int[PARTS];
        final int[] destinations = new int[4];
        for (int i = 0; i < sample; i++) {
            sources[(pairs.source(i) - 1024) * PARTS / PortPairs.SOURCES]++;
            destinations[pairs.destination(i) - 1024]++;
        }
        for (final int count : sources) {
            assertEquals((double) sample / PARTS, count, 5 * Math.sqrt((double) sample / PARTS));
        }
        for (final int count : destinations) {
            assertEquals(sample / 4.0, count, 5 * Math.sqrt(sample / 4.0));
        }
    }

    @Test
    void shouldBeInNoOrderAndTheSameForASeed() {
        int ascending = 0;
        for (int i = 1; i < pairs.count(); i++) {
            ascending += pairs.source(i) > pairs.source(i - 1) ? 1 : 0;
        }
        assertEquals(0.5, (double) ascending / pairs.count(), 0.01);
        assertEquals(pairs.pair(77), PortPairs.atLeast(COUNT, 1).pair(77));
        assertNotEquals(pairs.pair(77), PortPairs.atLeast(COUNT, 2).pair(77));
    }

    @Test
    void shouldSayHowManyThereCanBe() {
        assertEquals("there are so many pairs of ports: count=0 least=1 most=67108864",
                assertThrows(IllegalArgumentException.class, () -> PortPairs.atLeast(0, 1)).getMessage());
    }
}
