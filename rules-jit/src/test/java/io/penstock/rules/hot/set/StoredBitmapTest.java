package io.penstock.rules.hot.set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.rules.hot.set.table.Extensions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A part of a bitmap at a time: what control does while packets wait. */
final class StoredBitmapTest {

    private static final int ELEMENTS = 3000;
    private static final long SECOND_NS = 1_000_000_000;

    private final BitmapSet set = new BitmapSet(true, 0, ELEMENTS - 1, 0, Extensions.of(Extensions.TIMEOUT | Extensions.COMMENT), 10,
            new MissedChanges());

    @AfterEach
    void free() {
        set.free();
    }

    /** All elements, with comments; each other one is over after a second. */
    private void fill() {
        final SetValues values = new SetValues();
        for (int i = 0; i < ELEMENTS; i++) {
            values.clear(i % 2 == 0 ? 1 : 100);
            values.comment = i + 1;
            assertEquals(StoredSet.DONE, set.put(i, SECOND_NS, values, false));
        }
        assertEquals(ELEMENTS, set.size());
    }

    @Test
    void shouldTakeOutOfAPartWhatIsOverAndNothingElse() {
        fill();
        set.sweep(1000, 2000, 5 * SECOND_NS);
        assertEquals(ELEMENTS - 500, set.size());
        assertEquals(500, set.takeOrphans());
        set.sweep(0, ELEMENTS, 5 * SECOND_NS);
        assertEquals(ELEMENTS / 2, set.size());
        assertEquals(1000, set.takeOrphans());
        assertTrue(set.has(1, 5 * SECOND_NS));
    }

    @Test
    void shouldTakeAPartOutWithItsCommentsAndNothingElse() {
        fill();
        set.clear(1000, 2000);
        assertEquals(ELEMENTS - 1000, set.size());
        assertEquals(0, set.extensions().comment(set.values(1500)));
        assertEquals(1000, set.extensions().comment(set.values(999)));
        assertTrue(set.has(999, SECOND_NS) && set.has(2000, SECOND_NS) && !set.has(1000, SECOND_NS));
        set.clear(0, ELEMENTS);
        assertEquals(0, set.size());
    }
}
