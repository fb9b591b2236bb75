package io.penstock.rules.hot.match;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Chains of one bucket: what they have when entries are taken out of them. */
final class EntryTableTest {

    private static final int ENTRIES = 5;

    @Test
    void shouldKeepTheOthersWhenSomeAreTakenOutInOneWalk() {
        for (int gone = 0; gone < 1 << ENTRIES; gone++) {
            try (EntryTable table = filled()) {
                final long bucket = table.bucketAt(0);
                final long head = table.claim(bucket);
                int first = (int) head;
                int before = 0;
                int number = first;
                while (number != 0) {
                    final int behind = table.behind(number);
                    if (isIn(gone, EntryTable.key(table.at(number - 1), 0))) {
                        first = table.without(first, before, number);
                        table.give(table.at(number - 1));
                    } else {
                        before = number;
                    }
                    number = behind;
                }
                table.release(bucket, head, first);
                assertHasAllBut(table, gone);
            }
        }
    }

    @Test
    void shouldKeepTheOthersWhenOneAfterTheOtherIsRemoved() {
        for (int gone = 0; gone < 1 << ENTRIES; gone++) {
            try (EntryTable table = filled()) {
                for (int key = 0; key < ENTRIES; key++) {
                    if (isIn(gone, key)) {
                        final long entry = table.find(key, 0, 0, 0, 0);
                        final long life = EntryTable.life(entry);
                        assertTrue(table.remove(entry, life));
                        assertFalse(table.remove(entry, life));
                    }
                }
                assertHasAllBut(table, gone);
            }
        }
    }

    private static EntryTable filled() {
        final EntryTable table = new EntryTable(1, ENTRIES, 64, 7);
        for (int key = 0; key < ENTRIES; key++) {
            assertNotEquals(0, table.link(table.take(), key, 0, 0, 0, 0));
        }
        return table;
    }

    private static boolean isIn(final int keys, final long key) {
        return (keys >>> key & 1) != 0;
    }

    private static void assertHasAllBut(final EntryTable table, final int gone) {
        final List<Long> taken = new ArrayList<>();
        for (int key = 0; key < ENTRIES; key++) {
            assertEquals(isIn(gone, key), table.find(key, 0, 0, 0, 0) == 0, "key=" + key + " gone=" + gone);
        }
        for (int i = 0; i < Integer.bitCount(gone); i++) {
            taken.add(table.take());
        }
        assertFalse(taken.contains(0L), "gone=" + gone);
        assertEquals(taken.size(), taken.stream().distinct().count());
        assertEquals(0, table.take());
        assertEquals(ENTRIES, table.used());
    }
}
