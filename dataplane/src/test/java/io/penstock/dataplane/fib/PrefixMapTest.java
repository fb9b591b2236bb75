package io.penstock.dataplane.fib;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class PrefixMapTest {

    @Property(tries = 50)
    void shouldHoldWhatAMapHoldsWhenKeysComeAndGo(@ForAll final long seed) {
        final Random random = new Random(seed);
        final PrefixMap map = new PrefixMap();
        final Map<PrefixReference.Prefix, Integer> reference = new HashMap<>();
        for (int i = 0; i < 2000; i++) {
            final PrefixReference.Prefix key = new PrefixReference.Prefix(random.nextInt(10),
                    (long) random.nextInt(10) << 60, 120 + random.nextInt(9));
            if (random.nextInt(5) < 2) {
                final Integer before = reference.remove(key);
                assertEquals(before == null ? 0 : before, map.remove(key.high(), key.low(), key.length()));
            } else {
                final int value = 1 + random.nextInt(1000);
                final Integer before = reference.put(key, value);
                assertEquals(before == null ? 0 : before, map.put(key.high(), key.low(), key.length(), value));
            }
            assertEquals(reference.size(), map.size());
        }
        reference.forEach((key, value) -> assertEquals(value, map.get(key.high(), key.low(), key.length())));
    }
}
