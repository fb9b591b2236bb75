package io.penstock.rules.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnInfo;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.testkit.Allocation;
import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.RuleHook;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.RuleVerdict;
import io.penstock.rules.testkit.ConnectionPacket;
import io.penstock.rules.text.RuleText;
import io.penstock.rules.text.SystemNames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FullConeNatTest {

    private static final int ROUNDS = 1000;

    private final ConnectionPacket test = new ConnectionPacket(IpFamily.IPV4);

    @AfterEach
    void end() {
        test.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            4 | -o eth0 -j FULLCONENAT | ''
            4 | -j FULLCONENAT --to-source 192.0.2.1 | to:192.0.2.1
            4 | -j FULLCONENAT --to-source 192.0.2.1-192.0.2.9 --random | to:192.0.2.1-192.0.2.9 random
            4 | -p udp -j FULLCONENAT --to-ports 1024-65535 --random-fully | masq ports: 1024-65535 random-fully
            4 | -p udp -j FULLCONENAT --to-source 192.0.2.1 --to-ports 5000 | to:192.0.2.1 masq ports: 5000
            6 | -j FULLCONENAT --to-source 2001:db8::1-2001:db8::9 | to:2001:db8::1-2001:db8::9
            6 | -p udp -j FULLCONENAT --to-source 2001:db8::1 --to-ports 5000-5001 | to:2001:db8::1 masq ports: 5000-5001
            """)
    void shouldBeSavedAndListedAsRead(final int version, final String rule, final String listed) {
        final RuleText text = read(version, rule);
        assertEquals("", text.error());
        assertEquals("-A POSTROUTING " + rule, text.saved().getFirst().strip());
        final String row = text.listed().getFirst().replace("\n", "").strip();
        assertEquals(listed, row.substring(row.lastIndexOf("anywhere") + "anywhere".length()).replaceFirst("^ *udp", "").strip());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            -j FULLCONENAT --to-ports 5000 | Need TCP, UDP, SCTP or DCCP with port specification
            -p udp -j FULLCONENAT --to-ports 5000-4000 | Port range `4000' funky
            -p udp -j FULLCONENAT --to-ports 5000-5010/1 | Garbage after port range: `5000-5010/1'
            -j FULLCONENAT --to-source 192.0.2.1:80 | Bad IP address "192.0.2.1:80"
            -j FULLCONENAT --persistent | unknown option "--persistent"
            """)
    void shouldSayWhatDoesNotFit(final String rule, final String error) {
        assertEquals("iptables v1.8.9 (legacy): " + error, read(4, rule).error().lines().findFirst().orElse(""));
    }

    @Test
    void shouldNotBeAmongIptablesOwn() {
        assertFalse(Targets.all().contains(FullConeNat.KIND));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            -j FULLCONENAT | masquerade flags=65536 least=0 0 most=0 0 ports=0-0/0
            -p udp -j FULLCONENAT --to-ports 10-20 | masquerade flags=65538 least=0 0 most=0 0 ports=10-20/0
            -j FULLCONENAT --to-source 192.0.2.1 --random | source flags=65541 least=0 c0000201 most=0 c0000201 ports=0-0/0
            """)
    void shouldTranslateTheSourceOfFirstPacketsThatLeave(final String rule, final String call) {
        final HotTarget target = test.bound("nat", RuleHook.POSTROUTING, rule);
        assertEquals(List.of("track connections"), test.asked);
        test.asked.clear();
        for (final int info : new int[] {ConnInfo.NEW, ConnInfo.RELATED, ConnInfo.RELATED_REPLY}) {
            test.connect(1, info);
            assertEquals(RuleVerdict.ACCEPT, target.apply(test.packet));
        }
        assertEquals(List.of(call, call, call), test.asked);
        test.verdict = RuleVerdict.DROP;
        assertEquals(RuleVerdict.DROP, target.apply(test.packet));
        test.asked.clear();
        test.connect(1, ConnInfo.ESTABLISHED);
        assertEquals(RuleVerdict.ACCEPT, target.apply(test.packet));
        test.disconnect(ConnInfo.UNTRACKED);
        assertEquals(RuleVerdict.ACCEPT, target.apply(test.packet));
        test.connect(1, ConnInfo.NEW);
        ConnLayout.setTuple4(test.at(1), ConnDirection.ORIGINAL, 0, ConnectionPacket.SERVER4, 0);
        assertEquals(RuleVerdict.ACCEPT, target.apply(test.packet));
        assertEquals(List.of(), test.asked);
    }

    @Test
    void shouldEnterConesWithFirstUdpPacketsThatCome() {
        final HotTarget target = test.bound("nat", RuleHook.PREROUTING, "-j FULLCONENAT --random");
        test.asked.clear();
        assertEquals(RuleVerdict.CONTINUE, target.apply(test.packet));
        assertEquals(List.of(), test.asked);
        test.packet.protocol = IpProtocol.UDP;
        assertEquals(RuleVerdict.ACCEPT, target.apply(test.packet));
        test.verdict = RuleVerdict.CONTINUE;
        assertEquals(RuleVerdict.CONTINUE, target.apply(test.packet));
        assertEquals(List.of("enter cone", "enter cone"), test.asked);
        test.connect(1, ConnInfo.ESTABLISHED);
        assertEquals(RuleVerdict.CONTINUE, target.apply(test.packet));
        test.disconnect(ConnInfo.NONE);
        assertEquals(RuleVerdict.CONTINUE, target.apply(test.packet));
        assertEquals(2, test.asked.size());
        test.connect(1, ConnInfo.NEW);
        test.packet.connections = Nothing.INSTANCE;
        Allocation.atMost(ROUNDS, () -> {
            for (int i = 0; i < ROUNDS; i++) {
                target.apply(test.packet);
            }
        });
    }

    private static RuleText read(final int version, final String rule) {
        final List<String> words = new ArrayList<>(List.of("-t", "nat", "-A", "POSTROUTING"));
        words.addAll(Arrays.asList(rule.split(" ")));
        return RuleText.of(RuleExtensions.installed(), new SystemNames(), version == 4 ? IpFamily.IPV4 : IpFamily.IPV6, Set.of(), words);
    }
}
