package io.penstock.dataplane.fib;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;

class BlockPoolTest {

    private static final int LIMIT = 1 << 16;
    private static final int MOST = 4;

    private final BlockPool pool = new BlockPool(Runnable::run, LIMIT, MOST);
    private final Deque<Integer> small = new ArrayDeque<>();
    private final Deque<Integer> large = new ArrayDeque<>();

    @Test
    void shouldHaveRoomAgainWhenBlocksComeBack() {
        fill();
        final int most = small.size();
        assertEquals(LIMIT / 2 * 7 / 8, most, "an eighth is kept");
        assertFalse(pool.hasRoom());
        give(small, 2, LIMIT / 8);
        assertTrue(pool.hasRoom());
        fill();
        assertEquals(most, small.size());
    }

    @Test
    void shouldKeepLinesForOtherSizesThanThoseThatCameBack() {
        fill();
        give(small, 2, LIMIT / 4);
        while (pool.hasRoom()) {
            large.add(pool.take(MOST));
        }
        // Nothing has been refused that removing needs.
        for (int i = 0; i < LIMIT / 32 / MOST; i++) {
            large.add(pool.take(MOST));
        }
        assertFalse(pool.hasRoom());
        give(large, MOST, large.size() / 2);
        assertTrue(pool.hasRoom(), "both sizes are there");
    }

    private void fill() {
        while (pool.hasRoom()) {
            small.add(pool.take(2));
        }
    }

    private void give(final Deque<Integer> from, final int lines, final int count) {
        for (int i = 0; i < count; i++) {
            pool.retire(from.removeLast(), lines);
        }
        pool.flush();
    }
}
