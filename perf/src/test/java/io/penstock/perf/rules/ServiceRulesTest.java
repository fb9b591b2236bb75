package io.penstock.perf.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.TableName;
import io.penstock.rules.model.MemoryTableStore;
import io.penstock.rules.model.RuleTable;
import io.penstock.rules.text.IptablesRestoreCommand;
import io.penstock.rules.text.SystemNames;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServiceRulesTest {

    @Test
    void shouldHaveAsManyRulesAndChainsAsTheSetThatItIsLike() {
        final ServiceRules set = new ServiceRules();
        final MemoryTableStore store = new MemoryTableStore();
        final ByteArrayOutputStream said = new ByteArrayOutputStream();
        final PrintStream out = new PrintStream(said, true, StandardCharsets.ISO_8859_1);
        assertEquals(0, new IptablesRestoreCommand(store, RuleExtensions.installed(), new SystemNames(), IpFamily.IPV4).run(List.of(),
                new ByteArrayInputStream(set.saveText("DROP").getBytes(StandardCharsets.ISO_8859_1)), out, out), said::toString);

        final RuleTable table = store.read(IpFamily.IPV4, TableName.MANGLE).table();
        assertEquals(11_008, set.rules());
        assertEquals(11_008, table.chains().stream().mapToInt(chain -> chain.rules().size()).sum());
        assertEquals(5 + 4 + 4 * ServiceRules.SERVICES, table.chains().size());
    }

    @Test
    void shouldMakeTheSameFlowsAgain() {
        assertEquals(new ServiceRules().flow(17), new ServiceRules().flow(17));
    }
}
