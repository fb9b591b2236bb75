package io.penstock.perf.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.hot.packet.IpProtocol;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class RuleSetTest {

    private static final int FLOWS = 500;
    private static final int RULES = 300;

    @ParameterizedTest
    @EnumSource(RuleMix.class)
    void shouldMakeTheSameDistinctRulesAndFlowsEachTime(final RuleMix mix) {
        final RuleSet set = RuleSet.of(mix, RULES, FLOWS);
        assertEquals(RULES, new HashSet<>(set.rules()).size());
        assertEquals(FLOWS, new HashSet<>(set.flows()).size());
        assertEquals(set.rules(), RuleSet.of(mix, RULES, FLOWS).rules());
        assertEquals(set.flows(), RuleSet.of(mix, RULES, FLOWS).flows());
        assertEquals(mix, RuleMix.of(mix.text()));
    }

    @ParameterizedTest
    @EnumSource(RuleMix.class)
    void shouldLetEveryFlowReachTheLastRuleByEachTier(final RuleMix mix) {
        final RuleSet set = RuleSet.of(mix, RULES, FLOWS);
        for (final RuleTier tier : List.of(RuleTier.PLAIN, RuleTier.INDEXED, RuleTier.SPECIALIZED)) {
            try (TableLoop loop = new TableLoop(set, tier)) {
                assertEquals(2 * FLOWS, loop.run(2 * FLOWS), tier::text);
                assertEquals(2 * FLOWS, loop.last(), tier::text);
            }
        }
    }

    /** So that a rule cannot be left out for a field that no packet has. */
    @ParameterizedTest
    @EnumSource(RuleMix.class)
    void shouldMakeFlowsThatComeCloseToRules(final RuleMix mix) {
        final RuleSet set = RuleSet.of(mix, RULES, FLOWS);
        final long close = set.flows().stream().filter(flow -> set.rules().stream().limit(RULES - 1).anyMatch(rule ->
                rule.takes(new Flow(rule.source(), flow.destination(), rule.protocol(), flow.sourcePort(), flow.destinationPort()))
                || rule.takes(new Flow(flow.source(), flow.destination(), rule.protocol(), rule.sources().low(),
                        rule.destinations().low())))).count();
        assertTrue(close > FLOWS / 3, () -> "close=" + close);
    }

    @Test
    void shouldWriteARuleInBothLanguages() {
        final MixRule rule = new MixRule(0x0A01_0203, 24, 0xC000_0201, 32, IpProtocol.UDP, new PortSpan(5, 9), PortSpan.of(53));
        assertEquals(" -s 10.1.2.0/24 -d 192.0.2.1/32 -p udp -m udp --sport 5:9 --dport 53", rule.saveText());
        assertEquals("@10.1.2.0/24\t192.0.2.1/32\t5 : 9\t53 : 53\t0x11/0xFF\n", rule.filterText());
        assertEquals("", MixRule.ALL.saveText());
        assertEquals("@0.0.0.0/0\t0.0.0.0/0\t0 : 65535\t0 : 65535\t0x00/0x00\n", MixRule.ALL.filterText());
        assertEquals("167838211\t3221225985\t6\t53\t17\n",
                new Flow(0x0A01_0203, 0xC000_0201, IpProtocol.UDP, 6, 53).traceText());
    }
}
