package io.penstock.dataplane.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.judge.random.SetScenario;
import io.penstock.dataplane.judge.random.SetScenarios;
import io.penstock.dataplane.program.ProgramKind;
import io.penstock.os.testkit.Privileged;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.set.SetType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The kernel's ip_set as the judge of random sets, commands, rules and packets. */
@Privileged(programs = {"ipset", "iptables-legacy-restore", "ip6tables-legacy-restore", "nft"})
class JudgeSetsKernelTest {

    private static final int SCENARIOS = 12;
    private static final int PACKETS = 80;
    private static final long SEED = 300_000;

    @ParameterizedTest
    @EnumSource
    void shouldHaveTheSetsThatTheKernelHas(final IpFamily family) {
        try (SetsJudge judge = new SetsJudge(ProgramKind.COMPILED)) {
            assertTrue(judge.types().contains(SetType.HASH_IP), () -> "types: " + judge.types());
            final SetFindings findings = new SetFindings(judge.types());
            for (int i = 0; i < SCENARIOS; i++) {
                final SetScenario scenario = SetScenarios.of(family, SEED + i, PACKETS, judge.types());
                findings.add("seed " + (SEED + i), judge.judge(scenario));
            }
            assertTrue(findings.isClean(), findings::text);
            assertEquals((long) SCENARIOS * PACKETS, findings.packets());
        }
    }
}
