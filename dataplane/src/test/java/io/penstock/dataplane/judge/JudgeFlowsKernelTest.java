package io.penstock.dataplane.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.judge.random.FlowScenarios;
import io.penstock.os.testkit.Privileged;
import io.penstock.rules.api.IpFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The kernel's nf_conntrack and nf_nat as the judge of random connections. */
@Privileged(programs = {"iptables-legacy-restore", "ip6tables-legacy-restore", "nft", "conntrack"})
class JudgeFlowsKernelTest {

    private static final int SCENARIOS = 25;
    private static final int PACKETS = 200;
    private static final long SEED = 200_000;

    @ParameterizedTest
    @EnumSource
    void shouldTrackAndTranslateAsTheKernelDoes(final IpFamily family) {
        final Findings findings = Findings.ofFlows();
        try (Judge judge = new Judge()) {
            for (int i = 0; i < SCENARIOS; i++) {
                final FlowScenarios.Scenario scenario = FlowScenarios.of(family, SEED + i, PACKETS);
                final List<Arrival> arrivals = new ArrayList<>();
                final Judge.Finding finding = judge.judge(scenario.config(), scenario.traffic(), arrivals, PACKETS);
                findings.add("seed " + (SEED + i), new Case(scenario.config(), arrivals), finding);
            }
        }
        assertTrue(findings.isClean(), findings::text);
        assertEquals((long) SCENARIOS * PACKETS, findings.packets());
    }

    @Test
    void shouldAddUpCountersOfProcessors() {
        assertEquals(Map.of("invalid", 5L, "drop", 2L), ConnectionList.counters("""
                cpu=0   \tfound=3 invalid=1 drop=0
                cpu=1   \tfound=0 invalid=4 drop=2
                """));
    }

    @Test
    void shouldTellConnectionsThatDiffer() {
        final String kernel = """
                tcp      6 431999 ESTABLISHED src=10.0.0.1 dst=10.1.0.1 sport=1 dport=2 src=10.1.0.1 dst=10.0.0.1 sport=2 dport=1 [ASSURED] mark=0 use=1
                udp      17 29 src=10.0.0.1 dst=10.1.0.1 sport=5 dport=53 [UNREPLIED] src=10.1.0.1 dst=10.0.0.1 sport=53 dport=5 mark=0 use=2
                """;
        final ConnectionList list = new ConnectionList(kernel, 0, 0);
        assertEquals(List.of(), list.differences(kernel.replace(" 29 ", " 30 ").replace("use=2", "use=1")));
        assertEquals(List.of("connections: timeouts: kernel: 29  Penstock: 120  of: udp      17 src=10.0.0.1 dst=10.1.0.1 sport=5 dport=53 "
                + "[UNREPLIED] src=10.1.0.1 dst=10.0.0.1 sport=53 dport=5 mark=0"), list.differences(kernel.replace(" 29 ", " 120 ")));
        assertEquals(List.of("connections: kernel: 29 udp      17 src=10.0.0.1 dst=10.1.0.1 sport=5 dport=53 "
                + "[UNREPLIED] src=10.1.0.1 dst=10.0.0.1 sport=53 dport=5 mark=0  Penstock: nothing"),
                list.differences(kernel.lines().findFirst().orElseThrow()));
        assertEquals(2, list.differences(kernel.replace("ESTABLISHED", "CLOSE_WAIT")).size());
    }
}
