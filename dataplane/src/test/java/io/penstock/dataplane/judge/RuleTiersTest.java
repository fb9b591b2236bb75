package io.penstock.dataplane.judge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.judge.random.RuleScenarios;
import io.penstock.dataplane.program.ProgramKind;
import io.penstock.rules.api.IpFamily;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random rules in all the ways in which they run; the kernel has no part in it. */
class RuleTiersTest {

    private static final int RULE_SETS = 20;
    private static final int PACKETS = 150;
    private static final long SEED = 200_000;

    @ParameterizedTest
    @EnumSource
    void shouldDoTheSameWhateverTheWayRulesRun(final IpFamily family) {
        final Findings findings = new Findings();
        try (Judge judge = new Judge()) {
            for (int i = 0; i < RULE_SETS; i++) {
                final Case subject = RuleScenarios.of(family, SEED + i, PACKETS);
                findings.add("seed " + (SEED + i), subject, judge.tiers(subject));
            }
        }
        assertTrue(findings.isClean(), findings::text);
        assertEquals((long) RULE_SETS * PACKETS, findings.packets());
    }

    @ParameterizedTest
    @EnumSource
    void shouldMakeTheSameCaseWhenTheSeedIsTheSame(final IpFamily family) {
        final Case one = RuleScenarios.of(family, 7, PACKETS);
        final Case other = RuleScenarios.of(family, 7, PACKETS);
        assertEquals(one.config().toString(), other.config().toString());
        for (int i = 0; i < PACKETS; i++) {
            assertArrayEquals(one.arrivals().get(i).bytes(), other.arrivals().get(i).bytes());
        }
    }

    @Test
    void shouldTellAMarkFromOnePacketToTheNextInABatch() {
        final Case subject = new Case(ConfigTree.parse("""
                ports: { p0: { device: d0 }, p1: { device: d1 } }
                network:
                  addresses: { p0: [10.0.0.1/24], p1: [10.1.0.1/24] }
                rules:
                  ipv4: |
                    *mangle
                    -A PREROUTING -m statistic --mode nth --every 2 --packet 0 -j MARK --set-mark 1
                    -A FORWARD -m mark --mark 1
                    COMMIT
                """), Collections.nCopies(8, new Arrival(0, JudgePackets.with(JudgePackets.ipv4(8), 17, 1))));
        try (Judge judge = new Judge()) {
            final long[] times = new long[subject.arrivals().size()];
            for (final RuleTier tier : RuleTier.values()) {
                try (PenstockRouter router = new PenstockRouter(judge.configuration(subject.config()),
                        ProgramKind.COMPILED, tier)) {
                    assertEquals(List.of(8), router.runInBatches(subject.arrivals(), times).stream().map(r -> r.sent().size()).toList());
                    final String saved = router.rules(IpFamily.IPV4);
                    assertTrue(saved.contains("[4:112] -A FORWARD -m mark --mark 0x1\n"), saved);
                }
            }
        }
    }
}
