package io.penstock.rules.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Few words that stand for very much. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileLinesTest {

    private final ToolBox box = TestTools.box();

    private ToolBox.Outcome restore(final String lines) {
        return box.run("iptables-restore", "*filter\n" + lines + "COMMIT\n", List.of());
    }

    @Test
    void shouldRefuseALineThatStandsForMoreRulesThanATableMayHave() {
        final String many = "1" + ",1".repeat(65_535);
        for (final String command : List.of("-A", "-D", "-C")) {
            final ToolBox.Outcome outcome = box.run("iptables", "", List.of(command, "INPUT", "-s", many, "-d", many));
            assertEquals("iptables: Memory allocation problem.\n", outcome.err());
            assertEquals(1, outcome.status());
        }
        assertEquals("-P INPUT ACCEPT\n", TestTools.run(box, "iptables -S INPUT").out());
    }

    @Test
    void shouldRefuseATableOfMoreRulesThanItMayHaveAndChangeNothing() {
        assertEquals(0, restore("-A INPUT -j DROP\n").status());
        final String most = "1" + ",1".repeat(500);
        final ToolBox.Outcome outcome = restore(("-A INPUT -s " + most + " -d " + most + '\n').repeat(100));
        assertTrue(outcome.err().matches("iptables-restore: line [0-9]+ failed\n"), outcome.err());
        assertEquals("-P INPUT ACCEPT\n-A INPUT -j DROP\n", TestTools.run(box, "iptables -S INPUT").out());
    }

    @Test
    void shouldRenameAChainManyTimesThatManyRulesJumpTo() {
        assertEquals(0, restore(":a -\n:c -\n" + "-A c -j a\n".repeat(50_000) + "-A INPUT -g a\n").status());
        assertEquals("", restoreOnto("-E a b\n-E b a\n".repeat(50_000) + "-E a b\n-N a\n-A INPUT -j a\n-E b z\n-A INPUT -j z\n").err());
        assertEquals("-P INPUT ACCEPT\n-A INPUT -g z\n-A INPUT -j a\n-A INPUT -j z\n", TestTools.run(box, "iptables -S INPUT").out());
        assertTrue(TestTools.run(box, "iptables -S c").out().endsWith("-A c -j z\n"));
        assertEquals("iptables: Too many links.\n", TestTools.run(box, "iptables -X z").err());
    }

    @Test
    void shouldKnowReferencesByNewNames() {
        assertEquals(0, restore(":a -\n:b -\n-A INPUT -j a\n").status());
        assertEquals("iptables-restore: line 6 failed\n", restoreOnto("-X b\n-E a b\n-N a\n-X a\n-X b\n").err());
        assertEquals("", restoreOnto("-E a b2\n-D INPUT -j b2\n-X b2\n-X b\n").err());
        assertEquals("-P INPUT ACCEPT\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT\n", TestTools.run(box, "iptables -S").out());
    }

    private ToolBox.Outcome restoreOnto(final String lines) {
        return box.run("iptables-restore", "*filter\n" + lines + "COMMIT\n", List.of("-n"));
    }
}
