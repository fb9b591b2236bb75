package io.penstock.rules.hot.set.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.rules.hot.SetScratch;
import io.penstock.rules.set.table.RetiredBlocks;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class KeyTableTest {

    private final WithheldBoundaries boundaries = new WithheldBoundaries(2);

    @ParameterizedTest
    @CsvSource({"1, true, 0", "1, false, 0", "1, false, 16", "1, true, 2", "2, false, 0", "5, false, 31"})
    void shouldTakeAsManyAsItMayWhenNobodyMaintainsIt(final int keyWords, final boolean narrow, final int which) {
        final int maxelem = 200_000;
        try (KeyTable table = TestKeys.table(keyWords, narrow, which, maxelem, boundaries)) {
            final SetScratch key = new SetScratch();
            assertTrue(table.tryLock());
            for (int i = 0; i < maxelem; i++) {
                key.key0 = i;
                key.key4 = i;
                assertNotEquals(0, TestKeys.add(table, key), "elements=" + i);
            }
            key.key0 = -1 >>> 1;
            assertEquals(0, TestKeys.add(table, key));
            table.unlock();
            assertEquals(maxelem, table.size());
            for (int i = 0; i < maxelem; i++) {
                key.key0 = i;
                key.key4 = i;
                assertNotEquals(0, table.find(key, 0), "number=" + i);
                key.key0 = i + maxelem;
                assertEquals(0, table.find(key, 0), "number=" + i);
            }
        }
    }

    @Test
    void shouldGiveMemoryBackWhenItHasGrownAndBoundariesAreBehind() {
        try (KeyTable table = TestKeys.table(1, true, 0, 1 << 20, boundaries)) {
            final SetScratch key = new SetScratch();
            table.lock();
            for (int i = 0; i < 300_000; i++) {
                key.key0 = i;
                TestKeys.add(table, key);
            }
            table.unlock();
            settle(table);
            final long before = table.memoryBytes();
            boundaries.passAll();
            settle(table);
            final long after = table.memoryBytes();
            assertTrue(after < before, () -> "before=" + before + " after=" + after);
            assertTrue(after < 300_000 * 12, () -> "bytes=" + after);
        }
    }

    @Test
    void shouldUseAnEntryAgainOnlyWhenAllWorkersHavePassedABoundary() {
        try (KeyTable table = TestKeys.table(2, false, Extensions.COUNTERS, 100, boundaries)) {
            table.lock();
            final Set<Long> removed = new HashSet<>();
            for (int i = 0; i < 64; i++) {
                removed.add(TestKeys.add(table, TestKeys.key(i, 1)));
                assertTrue(table.remove(TestKeys.key(i, 1), 0));
            }
            assertEquals(64, removed.size(), "none was used twice");
            assertFalse(removed.contains(addAndRemove(table, 1_000)));
            boundaries.pass(0);
            assertFalse(removed.contains(addAndRemove(table, 1_001)), "one worker is not enough");
            boundaries.pass(1);
            for (int i = 0; i < 64; i++) {
                assertTrue(removed.remove(addAndRemove(table, 2_000 + i)), "now they are free");
            }
            table.unlock();
        }
    }

    @Test
    void shouldUseAFewEntriesAgainWhenMaintained() {
        try (KeyTable table = TestKeys.table(2, false, 0, 100, boundaries)) {
            table.lock();
            final long entry = addAndRemove(table, 1);
            table.unlock();
            table.maintain();
            boundaries.passAll();
            table.lock();
            assertEquals(entry, addAndRemove(table, 2));
            table.unlock();
        }
    }

    @Test
    void shouldForgetAnElementWhenItIsNotPublished() {
        try (KeyTable table = TestKeys.table(2, false, 0, 100, boundaries)) {
            final SetScratch key = TestKeys.key(1, 2);
            table.lock();
            final long entry = table.add(key, 0);
            assertEquals(0, table.find(key, 0));
            table.unlock();
            assertEquals(0, table.size());
            table.lock();
            assertEquals(entry, table.add(key, 0), "nobody knew of it");
            table.publish(entry);
            table.unlock();
            assertEquals(entry, table.find(key, 0));
        }
    }

    @Test
    void shouldTakeOutWhatIsOverWhenItIsFull() {
        try (KeyTable table = TestKeys.table(1, true, Extensions.TIMEOUT, 1_000, boundaries)) {
            table.lock();
            for (int i = 0; i < 1_000; i++) {
                final long entry = table.add(TestKeys.key(i), 0);
                table.extensions().setExpiryNs(entry, i == 500 ? 10 : 20);
                table.publish(entry);
            }
            assertEquals(0, table.add(TestKeys.key(5_000), 9));
            final long entry = table.add(TestKeys.key(5_000), 10);
            assertNotEquals(0, entry);
            assertEquals(0, table.findNarrow(500, 9), "it had to go");
            table.publish(entry);
            assertEquals(0, table.add(TestKeys.key(5_001), 11));
            table.unlock();
            assertEquals(1_000, table.size());
        }
    }

    @Test
    void shouldGiveUpTheFirstToBeOverOfThoseThatLieTogetherWhenAnElementIsEvicted() {
        try (KeyTable table = TestKeys.table(1, true, Extensions.TIMEOUT, 8, boundaries)) {
            final long[] keys = new long[4];
            final KeyIndex index = table.storage().current();
            int together = 0;
            for (long key = 0; together < keys.length; key++) {
                if (index.number(index.home(table.word(key))) == 3) {
                    keys[together++] = key;
                }
            }
            table.lock();
            final long[] expiries = {0, 30, 10, 20};
            for (int i = 0; i < keys.length; i++) {
                final long entry = table.add(TestKeys.key(keys[i]), 0);
                table.extensions().setExpiryNs(entry, expiries[i]);
                table.publish(entry);
            }
            for (final int next : new int[] {2, 3, 1, 0}) {
                assertNotEquals(0, table.findNarrow(keys[next], 0));
                assertTrue(table.evict(next));
                assertEquals(0, table.findNarrow(keys[next], 0));
            }
            assertFalse(table.evict(0));
            table.unlock();
        }
    }

    @Test
    void shouldLetOneWriteAtATime() {
        try (KeyTable table = TestKeys.table(1, true, 0, 8, boundaries)) {
            assertTrue(table.tryLock());
            assertFalse(table.tryLock());
            assertEquals(1, table.busy());
            table.unlock();
            table.lock();
            assertFalse(table.tryLock());
            // Control may hold it while it maintains.
            table.maintain();
            table.clear();
            table.expire(0, 1);
            table.forEach((key, entry) -> { });
            assertFalse(table.tryLock());
            table.unlock();
            assertTrue(table.tryLock());
            table.unlock();
        }
    }

    @Test
    void shouldRefuseToBeUsedWhenClosed() {
        final KeyTable table = TestKeys.table(1, true, 0, 8, boundaries);
        table.close();
        table.close();
        assertFalse(table.tryLock());
        assertEquals("the table is closed: elements=0; a set that is destroyed is not to be used",
                assertThrows(IllegalStateException.class, table::lock).getMessage());
        assertEquals(0, table.findNarrow(1, 0), "a worker may look until its next boundary");
    }

    @Test
    void shouldRefuseWhatIsNotPossible() {
        assertEquals("a table of such keys is not possible: keyWords=6 narrow=false; choose 1 to 5 words, 1 if narrow",
                assertThrows(IllegalArgumentException.class, () -> TestKeys.table(6, false, 0, 8, boundaries)).getMessage());
        assertEquals("a table of such keys is not possible: keyWords=2 narrow=true; choose 1 to 5 words, 1 if narrow",
                assertThrows(IllegalArgumentException.class, () -> TestKeys.table(2, true, 0, 8, boundaries)).getMessage());
        assertEquals("a table of such a size is not possible: hashsize=1 maxelem=4294967296; choose 1 to 4294967295 elements",
                assertThrows(IllegalArgumentException.class, () -> TestKeys.table(1, true, 0, 1L << 32, boundaries)).getMessage());
        assertEquals("there are no such extensions: which=32; choose among the constants of Extensions",
                assertThrows(IllegalArgumentException.class, () -> Extensions.of(32)).getMessage());
    }

    @Test
    void shouldTakeLittleMemoryWhenItMayHaveVeryManyElements() {
        try (KeyTable table = TestKeys.table(5, false, 31, KeyTable.MAX_ELEMENTS, boundaries)) {
            table.lock();
            assertNotEquals(0, TestKeys.add(table, TestKeys.key(1, 2, 3, 4, 5)));
            table.unlock();
            assertTrue(table.memoryBytes() < 8_192, () -> "bytes=" + table.memoryBytes());
        }
    }

    @Test
    void shouldTellASizeThatIpsetWouldTell() {
        try (KeyTable table = KeyTable.create(1, true, Extensions.of(0), 1024, 65_536, boundaries)) {
            assertEquals(1024, table.hashsize());
            final SetScratch key = new SetScratch();
            table.lock();
            for (int i = 0; i < 60_000; i++) {
                key.key0 = i;
                TestKeys.add(table, key);
            }
            table.unlock();
            settle(table);
            assertEquals(32_768, table.hashsize());
        }
    }

    @ParameterizedTest
    @CsvSource({"1, true, 0", "1, false, 16", "3, false, 1"})
    void shouldTellEachElementOnceWhenTheIndexGrowsInBetween(final int keyWords, final boolean narrow, final int which) {
        final int before = 30_000;
        try (KeyTable table = TestKeys.table(keyWords, narrow, which, 1 << 20, boundaries)) {
            final SetScratch key = new SetScratch();
            final int[] next = new int[1];
            table.lock();
            for (; next[0] < before; next[0]++) {
                key.key0 = next[0];
                TestKeys.add(table, key);
            }
            table.unlock();
            final int[] told = new int[before];
            table.forEach((each, entry) -> {
                if (each.key0 < before) {
                    told[(int) each.key0]++;
                }
                if (next[0] < 300_000) {
                    table.lock();
                    for (int i = 0; i < 50; i++) {
                        key.key0 = next[0]++;
                        TestKeys.add(table, key);
                    }
                    table.unlock();
                }
            });
            assertTrue(next[0] >= 300_000);
            for (int i = 0; i < before; i++) {
                assertEquals(1, told[i], "number=" + i);
            }
        }
    }

    /** A last lane that was left looks like the hash 0 with the number 1. */
    @Test
    void shouldNotFindAnElementWhoseHashIsZeroWhenALastLaneIsLeft() {
        final KeyPermutation permutation = new KeyPermutation(Integer.SIZE, 0, TestKeys.SECRET0, TestKeys.SECRET1);
        try (KeyTable table = TestKeys.table(1, true, Extensions.COUNTERS, 65_536, boundaries)) {
            table.lock();
            final SetScratch key = new SetScratch();
            for (long hash = 1; hash <= WordBucket.LANES + 1; hash++) {
                key.key0 = permutation.keyOf(hash << Integer.SIZE);
                assertNotEquals(0, TestKeys.add(table, key));
            }
            key.key0 = permutation.keyOf((long) WordBucket.LANES << Integer.SIZE);
            assertTrue(table.remove(key, 0), "which leaves the last lane, for one lies past it");
            assertEquals(0, table.findNarrow(permutation.keyOf(0), 0));
            key.key0 = permutation.keyOf(0);
            final long entry = TestKeys.add(table, key);
            assertEquals(entry, table.findNarrow(key.key0, 0));
            table.unlock();
        }
    }

    @Test
    void shouldBeginWithTheFirstNumberWhenItHasBeenCleared() {
        try (KeyTable table = TestKeys.table(2, false, 0, 1 << 20, boundaries)) {
            final long before = table.memoryBytes();
            table.lock();
            for (int i = 0; i < 1_000; i++) {
                TestKeys.add(table, TestKeys.key(i, 2));
            }
            table.clear();
            assertEquals(before, table.memoryBytes());
            assertEquals(0, table.find(TestKeys.key(7, 2), 0));
            assertNotEquals(0, TestKeys.add(table, TestKeys.key(7, 2)));
            assertEquals(1, table.size());
            table.unlock();
        }
    }

    @Test
    void shouldFreeMemoryOfAClosedTableOnlyWhenAllWorkersHavePassed() {
        final KeyTable table = TestKeys.table(2, false, 0, 1 << 20, boundaries);
        table.lock();
        TestKeys.add(table, TestKeys.key(1, 2));
        table.unlock();
        table.close();
        assertNotEquals(0, table.find(TestKeys.key(1, 2), 0), "the memory is there");
        boundaries.pass(0);
        RetiredBlocks.collect();
        assertNotEquals(0, table.find(TestKeys.key(1, 2), 0));
        boundaries.pass(1);
        RetiredBlocks.collect();
        assertEquals(0, table.find(TestKeys.key(1, 2), 0), "it is zeros, for the next table");
    }

    private static void settle(final KeyTable table) {
        int calls = 0;
        while (table.maintain()) {
            assertTrue(++calls < 1_000, "there is an end to what is to be done");
        }
    }

    private static long addAndRemove(final KeyTable table, final long key0) {
        final SetScratch key = TestKeys.key(key0, 2);
        final long entry = TestKeys.add(table, key);
        assertTrue(table.remove(key, 0));
        return entry;
    }
}
