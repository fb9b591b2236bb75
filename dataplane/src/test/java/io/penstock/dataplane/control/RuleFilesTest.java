package io.penstock.dataplane.control;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.TableName;
import io.penstock.rules.model.MemoryTableStore;
import io.penstock.rules.model.TableSnapshot;
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
        RuleFiles.restore(tables, file("r4", "*filter\n-A FORWARD -j DROP\nCOMMIT\n"),
                file("r6", "*mangle\n-A FORWARD -j ACCEPT\nCOMMIT\n"), warnings::add);
        assertEquals(1, rules(IpFamily.IPV4, TableName.FILTER));
        assertEquals(1, rules(IpFamily.IPV6, TableName.MANGLE));
        RuleFiles.restore(tables, null, null, warnings::add);
        assertEquals(List.of(), warnings);
    }

    @Test
    void shouldSayFileLineAndReasonWhenAFileIsRefused() throws IOException {
        final Path option = file("option", "*filter\n-A FORWARD -j DROP\n-A FORWARD --bogus\nCOMMIT\n");
        assertEquals(option + ":3: the rules are refused: unknown option \"--bogus\"", refusal(option).getMessage());
        final Path chain = file("chain", "*filter\n-A NONE -j DROP\nCOMMIT\n");
        assertEquals(chain + ":2: the rules are refused: line 2 failed: No chain/target/match by that name",
                refusal(chain).getMessage());
        final Path loop = file("loop", "*filter\n:a -\n-A a -j a\n-A FORWARD -j a\nCOMMIT\n");
        assertTrue(refusal(loop).getMessage().startsWith(loop + ":5: the rules are refused: line 5 failed: "),
                refusal(loop).getMessage());
        final Path end = file("end", "*filter\n-A FORWARD -j DROP\n");
        assertEquals(end + ":2: the rules are refused: COMMIT expected at line 3", refusal(end).getMessage());
        final Path none = folder.resolve("none");
        assertEquals(none + ": there is no such file of rules; check rules: or --rules", refusal(none).getMessage());
        assertEquals(folder + ": there is no such file of rules; check rules: or --rules", refusal(folder).getMessage());
    }

    @Test
    void shouldChangeNothingWhenStagedAndALaterTableIsRefused() throws IOException {
        final StagedTables staged = new StagedTables(tables);
        final Path bad = file("bad", "*filter\n-A FORWARD -j DROP\nCOMMIT\n*mangle\n-A NONE\nCOMMIT\n");
        assertThrows(RulesException.class, () -> RuleFiles.restore(staged, bad, null, warnings::add));
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
        RuleFiles.restore(staged, twice, null, warnings::add);
        assertEquals(0, rules(IpFamily.IPV4, TableName.FILTER));
        staged.apply();
        RuleFiles.restore(direct, twice, null, warnings::add);
        final TableSnapshot expected = direct.read(IpFamily.IPV4, TableName.FILTER);
        final TableSnapshot applied = tables.read(IpFamily.IPV4, TableName.FILTER);
        assertEquals(2, rules(IpFamily.IPV4, TableName.FILTER));
        assertEquals(expected.table(), applied.table());
        assertEquals(expected.version(), applied.version());
        assertArrayEquals(expected.packets(), applied.packets());
        assertArrayEquals(expected.bytes(), applied.bytes());
    }

    private RulesException refusal(final Path file) {
        return assertThrows(RulesException.class, () -> RuleFiles.restore(tables, file, null, warnings::add));
    }

    private int rules(final IpFamily family, final TableName table) {
        return tables.read(family, table).table().chains().stream().mapToInt(chain -> chain.rules().size()).sum();
    }

    private Path file(final String name, final String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
