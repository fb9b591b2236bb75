package io.penstock.dataplane.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.judge.random.RuleScenarios;
import io.penstock.os.testkit.Privileged;
import io.penstock.rules.api.IpFamily;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The kernel's iptables as the judge of random rules. */
@Privileged(programs = {"iptables-legacy-restore", "ip6tables-legacy-restore", "nft"})
class JudgeRulesKernelTest {

    private static final int RULE_SETS = 30;
    private static final int PACKETS = 200;
    private static final long SEED = 100_000;

    @ParameterizedTest
    @EnumSource
    void shouldAgreeWithTheKernelWhateverTheRules(final IpFamily family) {
        final Findings findings = new Findings();
        try (Judge judge = new Judge()) {
            for (int i = 0; i < RULE_SETS; i++) {
                final Case subject = RuleScenarios.of(family, SEED + i, PACKETS);
                findings.add("seed " + (SEED + i), subject, judge.judge(subject));
            }
        }
        assertTrue(findings.isClean(), findings::text);
        assertEquals((long) RULE_SETS * PACKETS, findings.packets());
    }

    @Test
    void shouldSayWhichRuleCountsOtherwiseWhenOneDoes() {
        final Case subject = new Case(ConfigTree.parse("""
                ports: { p0: { device: d0 }, p1: { device: d1 } }
                network:
                  addresses: { p0: [10.0.0.1/24], p1: [10.1.0.1/24] }
                rules:
                  ipv4: |
                    *filter
                    -A FORWARD -d 10.1.0.0/16 -j ACCEPT
                    COMMIT
                """), List.of(new Arrival(0, JudgePackets.with(JudgePackets.ipv4(8), 17, 1))));
        try (Judge judge = new Judge()) {
            final Judge.Finding finding = judge.judge(subject);
            assertEquals(List.of(), finding.differences());
            final String kernel = finding.rules().get(IpFamily.IPV4);
            assertTrue(kernel.contains("[1:28] -A FORWARD -d 10.1.0.0/16 -j ACCEPT\n"), kernel);
            assertEquals(List.of("rules, *filter: kernel: [1:28] -A FORWARD -d 10.1.0.0/16 -j ACCEPT  Penstock: [2:56]"),
                    RuleCounts.lines(kernel, kernel.replace("[1:28]", "[2:56]")));
        }
    }

    @Test
    void shouldSayThatBothRefuseWhenRulesAreWrong() {
        final Case subject = new Case(ConfigTree.parse("""
                ports: { p0: { device: d0 } }
                rules:
                  ipv4: |
                    *filter
                    -A FORWARD -j nowhere
                    COMMIT
                """), List.of());
        try (Judge judge = new Judge()) {
            judge.judge(subject);
            throw new AssertionError("rules that lead nowhere were taken");
        } catch (final JudgeException e) {
            assertTrue(e.getMessage().startsWith("the kernel's side refuses the configuration: 'iptables-legacy-restore -w'"),
                    e::getMessage);
        }
    }
}
