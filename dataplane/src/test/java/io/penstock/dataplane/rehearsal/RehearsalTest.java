package io.penstock.dataplane.rehearsal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.TableName;
import io.penstock.rules.model.MemoryTableStore;
import io.penstock.rules.text.IptablesRestoreCommand;
import io.penstock.rules.text.SystemNames;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class RehearsalTest {

    @Test
    void shouldComeToItsEndWithNothingToTell() {
        final List<String> told = new CopyOnWriteArrayList<>();
        Rehearsal.begin(told::add);
        Rehearsal.await(60);

        assertEquals(List.of(), told);
        // A second one has nothing to do.
        Rehearsal.begin(told::add);
        Rehearsal.await(60);
        assertEquals(List.of(), told);
    }

    @Test
    void shouldHaveTablesThatCanBeRestored() {
        for (final IpFamily family : IpFamily.values()) {
            for (final TableName table : List.of(TableName.FILTER, TableName.MANGLE)) {
                final String first = new RehearsalRules(family, 0).text(table);
                assertFalse(first.equals(new RehearsalRules(family, 1).text(table)));
                final ByteArrayOutputStream said = new ByteArrayOutputStream();
                final PrintStream out = new PrintStream(said, true, StandardCharsets.ISO_8859_1);
                assertEquals(0, new IptablesRestoreCommand(
                        new MemoryTableStore(), RuleExtensions.installed(), new SystemNames(), family).run(List.of(),
                        new ByteArrayInputStream(first.getBytes(StandardCharsets.ISO_8859_1)), out, out), said::toString);
            }
        }
    }
}
