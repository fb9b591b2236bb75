package io.penstock.rules.hot.set.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.testkit.Allocation;
import io.penstock.rules.hot.SetScratch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class KeyTableAllocationTest {

    private static final int ROUNDS = 20_000;

    @ParameterizedTest
    @CsvSource({"1, true, 0", "1, false, 16", "1, true, 1", "4, false, 31"})
    void shouldNotTouchTheHeapWhenElementsComeAreFoundAndGo(final int words, final boolean narrow, final int which) {
        final WithheldBoundaries boundaries = new WithheldBoundaries(2);
        try (KeyTable table = TestKeys.table(words, narrow, which, 1 << 20, boundaries)) {
            final SetScratch key = new SetScratch();
            // Twice as many come as go, so that the index grows.
            Allocation.atMost(ROUNDS - 1, () -> {
                for (int i = 0; i < ROUNDS; i++) {
                    boundaries.passAll();
                    round(table, key, table.size());
                }
            });
            assertTrue(table.size() >= ROUNDS);
        }
    }

    private static void round(final KeyTable table, final SetScratch key, final int size) {
        assertTrue(table.tryLock());
        key.key0 = 2L * size;
        assertNotEquals(0, TestKeys.add(table, key));
        key.key0 = 2L * size + 1;
        final long entry = table.add(key, 0);
        table.setFlags(key, entry, true, false);
        table.publish(entry);
        table.unlock();
        assertNotEquals(0, table.find(key, 0));
        assertNotEquals(0, table.findNarrow(key.key0, 0) | (table.find(key, 0)));
        assertTrue(table.tryLock());
        assertTrue(table.remove(key, 0));
        table.unlock();
        assertEquals(0, table.find(key, 0));
    }
}
