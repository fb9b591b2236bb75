package io.penstock.dataplane.control;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.TableName;
import io.penstock.rules.model.MemoryTableStore;
import io.penstock.rules.model.TableSnapshot;
import io.penstock.rules.model.TableStore;
import io.penstock.rules.text.SystemNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RuleFilesTest {

    @TempDir
    private Path folder;

    private final MemoryTableStore tables = new MemoryTableStore();
    private final List<String> warnings = new ArrayList<>();

    @Test
    void shouldRestoreBothFamiliesWhenBothAreNamed() throws IOException {
        restore(tables, file("r4", "*filter\n-A FORWARD -j DROP\nCOMMIT\n"), file("r6", "*mangle\n-A FORWARD -j ACCEPT\nCOMMIT\n"));
        assertEquals(1, rules(IpFamily.IPV4, TableName.FILTER));
        assertEquals(1, rules(IpFamily.IPV6, TableName.MANGLE));
        restore(tables, null, null);
        assertEquals(List.of(), warnings);
    }

    @Test
    void shouldSayFileLineColumnAndReasonWhenAFileIsRefused() throws IOException {
        final Path option = file("option", "*filter\n-A FORWARD -j DROP\n-A FORWARD --bogus\nCOMMIT\n");
        assertEquals(option + ":3:12: the rules are refused: unknown option \"--bogus\"", refusal(option).getMessage());
        final Path chain = file("chain", "*filter\n-A NONE -j DROP\nCOMMIT\n");
        assertEquals(chain + ":2:1: the rules are refused: line 2 failed: No chain/target/match by that name",
                refusal(chain).getMessage());
        final Path loop = file("loop", "*filter\n:a -\n-A a -j a\n-A FORWARD -j a\nCOMMIT\n");
        assertTrue(refusal(loop).getMessage().startsWith(loop + ":3:9: the rules are refused: line 5 failed: "),
                refusal(loop).getMessage());
        final Path end = file("end", "*filter\n-A FORWARD -j DROP\n");
        assertEquals(end + ":3:1: the rules are refused: COMMIT expected at line 3", refusal(end).getMessage());
        final Path target = file("target", "*filter\n[3:4] -A FORWARD -p tcp -m comment --comment \"a b\" -j NONE\nCOMMIT\n");
        assertEquals(target + ":2:55: the rules are refused: Couldn't load target `NONE':No such file or directory",
                refusal(target).getMessage());
        final Path value = file("value", "*filter\n-A FORWARD -p tcp --dport 70000 -j DROP\nCOMMIT\n");
        assertEquals(value + ":2:27: the rules are refused: invalid port/service `70000' specified", refusal(value).getMessage());
        final Path match = file("match", "*filter\n-A FORWARD -j DROP\n-A FORWARD -p tcp -m mac -m udp -j DROP\nCOMMIT\n");
        assertEquals(match + ":3:22: the rules are refused: mac: option \"--mac-source\" must be specified", refusal(match).getMessage());
        final Path place = file("place", "*filter\n-A FORWARD -j DROP\n-A FORWARD -p tcp -m comment --comment c -m udp\nCOMMIT\n");
        assertTrue(refusal(place).getMessage().startsWith(place + ":3:45: the rules are refused: line 4 failed: "),
                refusal(place).getMessage());
        final Path none = folder.resolve("none");
        assertEquals(none + ": there is no such file of rules; check rules: or --rules", refusal(none).getMessage());
        assertEquals(folder + ": there is no such file of rules; check rules: or --rules", refusal(folder).getMessage());
    }

    @Test
    void shouldChangeNothingWhenStagedAndALaterTableIsRefused() throws IOException {
        final StagedTables staged = new StagedTables(tables);
        final Path bad = file("bad", "*filter\n-A FORWARD -j DROP\nCOMMIT\n*mangle\n-A NONE\nCOMMIT\n");
        assertThrows(RulesException.class, () -> restore(staged, bad, null));
        assertEquals(0, rules(IpFamily.IPV4, TableName.FILTER));
    }

    @Test
    void shouldEndAsWithoutStagingWhenATableComesTwice() throws IOException {
        final Path twice = file("twice", "*filter\n-A FORWARD -j DROP\nCOMMIT\n*filter\n:FORWARD DROP\n-A FORWARD -j ACCEPT\n"
                + "-A FORWARD -j DROP\nCOMMIT\n");
        final MemoryTableStore direct = new MemoryTableStore();
        tables.count(IpFamily.IPV4, TableName.FILTER, 1, 7, 700);
        direct.count(IpFamily.IPV4, TableName.FILTER, 1, 7, 700);
        final StagedTables staged = new StagedTables(tables);
        restore(staged, twice, null);
        assertEquals(0, rules(IpFamily.IPV4, TableName.FILTER));
        staged.apply();
        restore(direct, twice, null);
        final TableSnapshot expected = direct.read(IpFamily.IPV4, TableName.FILTER);
        final TableSnapshot applied = tables.read(IpFamily.IPV4, TableName.FILTER);
        assertEquals(2, rules(IpFamily.IPV4, TableName.FILTER));
        assertEquals(expected.table(), applied.table());
        assertEquals(expected.version(), applied.version());
        assertArrayEquals(expected.packets(), applied.packets());
        assertArrayEquals(expected.bytes(), applied.bytes());
    }

    private void restore(final TableStore into, final Path rules4, final Path rules6) {
        RuleFiles.restore(into, new TableFiles(null, rules4, rules6), new SystemNames(), warnings::add);
    }

    private RulesException refusal(final Path file) {
        return assertThrows(RulesException.class, () -> restore(tables, file, null));
    }

    private int rules(final IpFamily family, final TableName table) {
        return tables.read(family, table).table().chains().stream().mapToInt(chain -> chain.rules().size()).sum();
    }

    private Path file(final String name, final String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
