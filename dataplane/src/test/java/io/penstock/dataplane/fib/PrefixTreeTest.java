package io.penstock.dataplane.fib;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class PrefixTreeTest {

    @Property(tries = 50)
    void shouldHoldAndCountWhatAMapHoldsWhenPrefixesComeAndGo(@ForAll final long seed) {
        final Random random = new Random(seed);
        final PrefixTree tree = new PrefixTree();
        final Map<PrefixReference.Prefix, Integer> map = new HashMap<>();
        for (int i = 1; i <= 600; i++) {
            final int length = random.nextInt(129);
            final long high = random.nextLong() & random.nextLong() & random.nextLong() & Trie6Writer.highMask(length);
            final long low = random.nextLong() & random.nextLong() & random.nextLong() & Trie6Writer.lowMask(length);
            final PrefixReference.Prefix prefix = random.nextInt(3) == 0 && !map.isEmpty() ? map.keySet().iterator().next()
                    : new PrefixReference.Prefix(high, low, length);
            if (random.nextInt(5) < 2 && map.remove(prefix) != null) {
                tree.remove(prefix.high(), prefix.low(), prefix.length());
            } else {
                map.put(prefix, i);
                tree.put(prefix.high(), prefix.low(), prefix.length(), i);
            }
            assertEquals(map.size(), tree.size());
            final int bits = random.nextInt(16) * 8;
            assertEquals(map.keySet().stream().filter(other -> other.length() > bits
                            && ((other.high() ^ high) & Trie6Writer.highMask(bits)) == 0
                            && ((other.low() ^ low) & Trie6Writer.lowMask(bits)) == 0).count(),
                    tree.count(tree.top(high, low, bits), bits));
        }
        map.forEach((prefix, value) -> assertEquals(value, tree.get(prefix.high(), prefix.low(), prefix.length())));
        map.keySet().forEach(prefix -> tree.remove(prefix.high(), prefix.low(), prefix.length()));
        assertEquals(0, tree.size());
    }
}
