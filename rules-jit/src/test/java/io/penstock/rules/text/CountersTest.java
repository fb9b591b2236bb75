package io.penstock.rules.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.TableName;
import io.penstock.rules.model.MemoryTableStore;
import io.penstock.rules.model.RuleTable;
import io.penstock.rules.model.TableReplacement;
import io.penstock.rules.model.TableSnapshot;
import io.penstock.rules.model.TableStore;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CountersTest {

    private static final int COUNTERS = 9;

    private final MemoryTableStore store = new MemoryTableStore();
    private ToolBox box;

    /** Packets that pass between reading a table and replacing it. */
    private final class Busy implements TableStore {

        private boolean isBusy;

        @Override
        public TableSnapshot read(final IpFamily family, final TableName table) {
            final TableSnapshot now = store.read(family, table);
            final TableSnapshot copy = new TableSnapshot(now.table(), now.version(), now.packets().clone(), now.bytes().clone());
            for (int i = 0; isBusy && i < copy.packets().length; i++) {
                store.count(family, table, i, 1, 100);
            }
            return copy;
        }

        @Override
        public void replace(final TableReplacement replacement) {
            store.replace(replacement);
        }

        @Override
        public void test(final RuleTable table) {
            store.test(table);
        }
    }

    @BeforeEach
    void restore() {
        final Busy busy = new Busy();
        box = TestTools.box(busy);
        final ToolBox.Outcome outcome = box.run("iptables-restore", """
                *filter
                :INPUT ACCEPT [1:2]
                :FORWARD ACCEPT [3:4]
                :OUTPUT ACCEPT [5:6]
                :a - [0:0]
                :b - [0:0]
                [10:1] -A INPUT -s 1.1.1.1 -j a
                [20:2] -A INPUT -s 2.2.2.2
                [30:3] -A a -j b
                [40:4] -A b -j ACCEPT
                COMMIT
                """, List.of("-c"));
        assertEquals("", outcome.err());
        assertEquals(COUNTERS, store.read(IpFamily.IPV4, TableName.FILTER).packets().length);
        busy.isBusy = true;
    }

    private String packets() {
        return box.run("iptables-save", "", List.of("-c", "-t", "filter")).out().lines()
                .filter(line -> line.startsWith("[") || line.startsWith(":") && !line.contains(" - "))
                .map(line -> line.replaceFirst("^:.*\\[", "[")).map(line -> line.substring(1, line.indexOf(':')))
                .collect(Collectors.joining(" "));
    }

    /**
     * Before: policies 1 3 5; rules 10 20, 30, 40. A packet passes everywhere while the command runs, which is what is left of a policy's
     * counters after any change, and of a zeroed rule's.
     */
    @ParameterizedTest
    @CsvSource({
        "-A INPUT -c 7 7, 1 1 1 11 21 7 31 41",
        "-I INPUT 1 -c 7 7, 1 1 1 7 11 21 31 41",
        "-I INPUT 2, 1 1 1 11 0 21 31 41",
        "-D INPUT 1, 1 1 1 21 31 41",
        "-D INPUT -s 2.2.2.2, 1 1 1 11 31 41",
        "-R INPUT 1 -s 3.3.3.3 -c 8 9, 1 1 1 8 21 31 41",
        "-E a z, 1 1 1 11 21 41 31",
        "-N c, 1 1 1 11 21 31 41",
        "-F b, 1 1 1 11 21 31",
        "-Z, 1 1 1 1 1 1 1",
        "-Z INPUT, 1 1 1 1 1 31 41",
        "-Z INPUT 2, 1 1 1 11 1 31 41",
        "-P INPUT DROP, 0 1 1 11 21 31 41",
        "-P INPUT DROP -c 50 60, 50 1 1 11 21 31 41",
        "-C INPUT -s 2.2.2.2, 2 4 6 11 21 31 41",
    })
    void shouldKeepWhatWasCountedWhenTheTableIsChanged(final String command, final String left) {
        final ToolBox.Outcome outcome = TestTools.run(box, "iptables " + command);
        assertEquals("", outcome.err());
        assertEquals(left, packets());
    }

    @Test
    void shouldKeepCountersOfOtherChainsWhenAFileDoesNotFlush() {
        final ToolBox.Outcome outcome = box.run("iptables-restore", """
                *filter
                :b - [0:0]
                -A b -j DROP
                -Z INPUT 1
                COMMIT
                """, List.of("-n"));
        assertEquals("", outcome.err());
        assertEquals("1 1 1 1 21 31 0", packets());
    }
}
