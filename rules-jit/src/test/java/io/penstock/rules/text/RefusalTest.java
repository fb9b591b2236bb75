package io.penstock.rules.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.TableName;
import io.penstock.rules.model.MemoryTableStore;
import io.penstock.rules.model.RuleTable;
import io.penstock.rules.model.TableRefusal;
import io.penstock.rules.model.TableReplacement;
import io.penstock.rules.model.TableSnapshot;
import io.penstock.rules.model.TableStore;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefusalTest {

    private static final String FILE = "*filter\n-A INPUT -j ACCEPT\nCOMMIT\n";

    /** Refuses everything, with one errno. */
    private static final class Refusing implements TableStore {

        private final MemoryTableStore store = new MemoryTableStore();
        private final int errno;

        Refusing(final int errno) {
            this.errno = errno;
        }

        @Override
        public TableSnapshot read(final IpFamily family, final TableName table) {
            return store.read(family, table);
        }

        @Override
        public void replace(final TableReplacement replacement) {
            test(replacement.table());
        }

        @Override
        public void test(final RuleTable table) {
            throw new TableRefusal(errno, "INPUT", 1, "target X cannot run here: chain=INPUT rule=1");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "22; 1; iptables: Invalid argument. Run `dmesg' for more information.",
        "2; 1; iptables: No chain/target/match by that name.",
        "40; 1; iptables: Too many levels of symbolic links.",
        "12; 1; iptables: Memory allocation problem.",
        "11; 4; iptables: Resource temporarily unavailable.",
        "34; 1; iptables: Numerical result out of range.",
        "95; 1; iptables: target X cannot run here: chain=INPUT rule=1",
    })
    void shouldSayWhatTheRealToolSaysWhenATableIsRefused(final int errno, final int status, final String text) {
        final ToolBox.Outcome outcome = TestTools.run(TestTools.box(new Refusing(errno)), "iptables -A INPUT -j ACCEPT");
        assertEquals(text + "\n", outcome.err());
        assertEquals(status, outcome.status());
    }

    @Test
    void shouldSayWhichLineAndColumnAndWhyWhenAFilesTableIsRefused() {
        final ToolBox.Outcome outcome = TestTools.box(new Refusing(TableRefusal.EINVAL)).run("ip6tables-restore", FILE, List.of());
        assertEquals("""
                ip6tables-restore: line 3 failed
                penstock: line=2 column=1 errno=22: target X cannot run here: chain=INPUT rule=1
                """, outcome.err());
        assertEquals(1, outcome.status());
    }

    @Test
    void shouldEndWellAndSayWhyNotWhenATestedFileWouldBeRefused() {
        final ToolBox.Outcome outcome = TestTools.box(new Refusing(TableRefusal.EINVAL)).run("iptables-restore", FILE, List.of("-t"));
        assertEquals("penstock: line=2 column=1 errno=22: target X cannot run here: chain=INPUT rule=1\n", outcome.err());
        assertEquals(0, outcome.status());
    }
}
