package io.penstock.dataplane.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.judge.random.Scenarios;
import io.penstock.dataplane.program.ProgramKind;
import io.penstock.os.testkit.Privileged;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The kernel as the judge of random set-ups. */
@Privileged(programs = {"iptables-legacy-restore", "ip6tables-legacy-restore", "nft"})
class JudgeKernelTest {

    private static final int SETUPS = 20;
    private static final int PACKETS = 200;
    private static final long SEED = 1000;

    @Test
    void shouldAgreeWithTheKernelWhateverTheIpv4Setup() {
        final Findings findings = new Findings();
        try (Judge judge = new Judge()) {
            for (int i = 0; i < SETUPS; i++) {
                final Case random = Scenarios.ipv4(SEED + i, PACKETS);
                // Half of them without options, so that the counters are compared as well.
                final boolean plain = i % 2 == 0;
                final Case subject = plain ? covered(random, 4) : random;
                findings.add("seed " + (SEED + i), subject, judge.judge(subject));
            }
        }
        assertTrue(findings.isClean(), findings::text);
        assertTrue(findings.packets() > SETUPS * PACKETS / 2, "packets=" + findings.packets());
    }

    @ParameterizedTest
    @EnumSource
    void shouldAgreeWithTheKernelWhateverTheIpv6Setup(final ProgramKind program) {
        final Findings findings = new Findings();
        try (Judge judge = new Judge(program)) {
            for (int i = 0; i < SETUPS; i++) {
                final Case random = Scenarios.ipv6(SEED + i, PACKETS);
                final Case subject = i % 2 == 0 ? covered(random, 6) : random;
                try {
                    findings.add("seed " + (SEED + i), subject, judge.judge(subject));
                } catch (final JudgeException e) {
                    // Random set-ups may be such that the kernel takes them for a mistake.
                    findings.refuse("seed " + (SEED + i), e.getMessage());
                }
            }
        }
        assertTrue(findings.isClean(), findings::text);
        assertTrue(findings.packets() > SETUPS * PACKETS / 2, () -> "packets=" + findings.packets() + findings.refused());
    }

    private static Case covered(final Case random, final int version) {
        return new Case(random.config(), random.arrivals().stream()
                .filter(arrival -> arrival.version() == version && CounterMap.covers(arrival)).toList());
    }

    @Test
    void shouldAttributeEachAnswerToItsPacketWhenManyComeInARow() {
        final Case subject = new Case(ConfigTree.parse("""
                ports: { p0: { device: d0 }, p1: { device: d1 } }
                network:
                  addresses: { p0: [10.0.0.1/24], p1: [10.1.0.1/24] }
                """), List.of(new Arrival(0, JudgePackets.ipv4(8)),
                new Arrival(0, JudgePackets.with(JudgePackets.ipv4(8), 8, 1)),
                new Arrival(0, JudgePackets.with(JudgePackets.ipv4(8), 19, 1)),
                new Arrival(0, JudgePackets.with(JudgePackets.ipv4(8), 16, 99))));
        try (Judge judge = new Judge()) {
            final Judge.Finding finding = judge.judge(subject);
            final List<String> words = new ArrayList<>();
            for (int i = 0; i < subject.arrivals().size(); i++) {
                words.add(Words.of(subject.arrivals().get(i), finding.kernelDid().get(i)));
            }
            assertEquals(List.of("forward", "icmp 11/0", "local", "icmp 3/0"), words);
            assertEquals(Map.of("IpForwDatagrams", 1L, "IpInDelivers", 0L), Map.of(
                    "IpForwDatagrams", finding.kernel().getOrDefault("IpForwDatagrams", 0L),
                    "IpInDelivers", finding.kernel().getOrDefault("IpInDelivers", 0L)), finding.kernel()::toString);
        }
    }
}
