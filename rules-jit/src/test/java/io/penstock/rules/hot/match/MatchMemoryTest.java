package io.penstock.rules.hot.match;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.hot.memory.Memory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The memory of matches with state: a process may have some 65,000 mappings, and a table many more rules. */
class MatchMemoryTest {

    private static final int RULES = 300;

    @Test
    void shouldNeedFewMappingsForManyRules() throws Exception {
        final long before = mappings();
        final List<AutoCloseable> all = new ArrayList<>();
        try {
            for (int i = 0; i < RULES; i++) {
                all.add(new RecentTable(-1, -1, RecentTable.DEFAULT_ADDRESSES));
                all.add(new ConnectionGroups());
            }
            final long more = mappings() - before;
            assertTrue(more < RULES, "mappings more for " + 2 * RULES + " rules: " + more);
        } finally {
            for (final AutoCloseable each : all) {
                each.close();
            }
        }
    }

    @Test
    void shouldFindNothingInMemoryThatAnotherHasUsed() {
        for (int i = 0; i < 5; i++) {
            try (EntryTable table = new EntryTable(1 << 10, 1 << 10, 64, i)) {
                assertEquals(0, table.used());
                for (int key = 1; key <= 1 << 10; key++) {
                    assertEquals(0, table.find(key, 0, 0, 0, 0));
                    final long entry = table.take();
                    assertEquals(0, Memory.getLong(entry + EntryTable.OWN));
                    Memory.putLong(entry + EntryTable.OWN, -1);
                    table.link(entry, key, 0, 0, 0, 0);
                }
            }
        }
    }

    private static long mappings() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.count();
        }
    }
}
