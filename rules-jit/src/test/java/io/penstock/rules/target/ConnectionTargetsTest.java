package io.penstock.rules.target;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnInfo;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnTemplate;
import io.penstock.os.testkit.Allocation;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.RuleHook;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.RuleVerdict;
import io.penstock.rules.testkit.ConnectionPacket;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Targets that mark, plan and translate connections. */
class ConnectionTargetsTest {

    private static final String MARK_CHANGED = "changed 128";
    private static final int ROUNDS = 1000;

    private final ConnectionPacket test = new ConnectionPacket(IpFamily.IPV4);
    private final ConnectionPacket test6 = new ConnectionPacket(IpFamily.IPV6);

    @AfterEach
    void close() {
        test.close();
        test6.close();
    }

    private int mark(final String options) {
        return test.apply("mangle", RuleHook.PREROUTING, "-j CONNMARK " + options);
    }

    private void asked(final String... calls) {
        test.asked.remove("track connections");
        assertEquals(List.of(calls), test.asked);
        test.asked.clear();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --set-mark 0x5                                       | 00000005 | 00000600
            --set-mark 0x5/0xff                                  | 00001205 | 00000600
            --set-xmark 0x5/0xf                                  | 00001235 | 00000600
            --xor-mark 0xff                                      | 000012cb | 00000600
            --and-mark 0xff                                      | 00000034 | 00000600
            --or-mark 0x80000000                                 | 80001234 | 00000600
            --set-mark 0x5 --left-shift-mark 4                   | 00000050 | 00000600
            --set-xmark 0/0 --right-shift-mark 8                 | 00000012 | 00000600
            --save-mark                                          | 00000600 | 00000600
            --save-mark --mask 0xf0f                             | 00001630 | 00000600
            --save-mark --nfmask 0xf00 --ctmask 0xff             | 00001400 | 00000600
            --save-mark --ctmask 0xff --right-shift-mark 8       | 00001206 | 00000600
            --restore-mark                                       | 00001234 | 00001234
            --restore-mark --mask 0xff                           | 00001234 | 00000634
            --restore-mark --ctmask 0xf0 --nfmask 0xf00          | 00001234 | 00000030
            --restore-mark --left-shift-mark 4                   | 00001234 | 00012340
            """)
    void shouldSetAndCopyMarks(final String options, final String connection, final String packet) {
        ConnLayout.setMark(test.at(1), 0x1234);
        test.packet.mark = 0x600;
        assertEquals(RuleVerdict.CONTINUE, mark(options));
        assertEquals(Integer.parseUnsignedInt(connection, 16), ConnLayout.mark(test.at(1)));
        assertEquals(Integer.parseUnsignedInt(packet, 16), test.packet.mark);
        asked(connection.equals("00001234") ? new String[0] : new String[] {MARK_CHANGED});
    }

    @Test
    void shouldTellOnlyWhenTheMarkIsAnotherOne() {
        mark("--set-mark 7");
        mark("--set-mark 7");
        assertEquals(List.of("track connections", MARK_CHANGED, "track connections"), test.asked);
    }

    @Test
    void shouldLeaveMarksAloneWithoutAConnection() {
        test.packet.mark = 9;
        test.disconnect(ConnInfo.UNTRACKED);
        for (final String options : List.of("--set-mark 1", "--save-mark", "--restore-mark")) {
            assertEquals(RuleVerdict.CONTINUE, mark(options));
            assertEquals(9, test.packet.mark);
            asked();
        }
        test.disconnect(ConnInfo.TEMPLATE);
        mark("--restore-mark --mask 0x1");
        assertEquals(8, test.packet.mark);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-j NOTRACK", "-j CT --notrack", "-j CT --notrack --zone 3"})
    void shouldTakeOutOfTrackingWhatNothingIsKnownOf(final String rule) {
        test.disconnect(ConnInfo.NONE);
        assertEquals(RuleVerdict.CONTINUE, test.apply("raw", RuleHook.PREROUTING, rule));
        assertEquals(List.of("untrack"), test.asked);
        test.asked.clear();
        test.apply("raw", RuleHook.PREROUTING, "-j CT --zone 1");
        test.connect(1, ConnInfo.NEW);
        test.apply("raw", RuleHook.PREROUTING, rule);
        asked();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --zone 7                                 | 7     | 7     | 4095
            --zone-orig 8                            | 8     | 0     | 4095
            --zone-reply 9                           | 0     | 9     | 4095
            --zone mark                              | 4660  | 4660  | 4095
            --zone-orig mark                         | 4660  | 0     | 4095
            --ctevents new,mark                      | 0     | 0     | 129
            --ctevents natseqinfo,secmark --zone 1   | 1     | 1     | 768
            --expevents new                          | 0     | 0     | 0
            --expevents new --ctevents destroy       | 0     | 0     | 4
            """)
    void shouldPlanZonesAndEvents(final String options, final int original, final int reply, final int events) {
        test.disconnect(ConnInfo.NONE);
        assertEquals(RuleVerdict.CONTINUE, test.apply("raw", RuleHook.OUTPUT, "-j CT " + options));
        final String call = test.asked.getLast();
        final long template = Long.parseUnsignedLong(call.substring("track ".length()), 16);
        assertEquals(original, ConnTemplate.zone(template, ConnDirection.ORIGINAL, 0x51234));
        assertEquals(reply, ConnTemplate.zone(template, ConnDirection.REPLY, 0x51234));
        assertEquals(events, ConnTemplate.events(template));
        test.asked.clear();
        test.apply("raw", RuleHook.OUTPUT, "-j CT --zone 99");
        asked();
    }

    @Test
    void shouldSayWhatOfCtIsMissing() {
        final String others = "; --notrack, --zone, --zone-orig, --zone-reply and --ctevents are";
        assertEquals("", test.target("raw", RuleHook.OUTPUT, "-j CT --zone 1").missing());
        assertEquals("--helper is not there yet" + others, test.target("raw", RuleHook.OUTPUT, "-p tcp -j CT --helper ftp").missing());
        assertEquals("--timeout is not there yet" + others, test.target("raw", RuleHook.OUTPUT, "-p tcp -j CT --timeout x").missing());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            POSTROUTING | -j SNAT --to-source 192.0.2.1 | source flags=1 least=0 c0000201 most=0 c0000201 ports=0-0/0
            INPUT | -j SNAT --to-source 192.0.2.1-192.0.2.9 --random --persistent | source flags=13 least=0 c0000201 most=0 c0000209 ports=0-0/0
            POSTROUTING | -p tcp -j SNAT --to-source :10-20 --random-fully | source flags=18 least=0 0 most=0 0 ports=10-20/0
            POSTROUTING | -p tcp -j SNAT --to-source :10-20/5 | source flags=34 least=0 0 most=0 0 ports=10-20/0
            PREROUTING | -p tcp -j DNAT --to-destination 10.9.9.9:80 | destination flags=3 least=0 a090909 most=0 a090909 ports=80-80/0
            OUTPUT | -p udp -j DNAT --to-destination 10.9.9.9:80-90/1000 | destination flags=35 least=0 a090909 most=0 a090909 ports=80-90/1000
            POSTROUTING | -j MASQUERADE | masquerade flags=0 least=0 0 most=0 0 ports=0-0/0
            POSTROUTING | -p tcp -j MASQUERADE --to-ports 1000-2000 --random | masquerade flags=6 least=0 0 most=0 0 ports=1000-2000/0
            PREROUTING | -p tcp -j REDIRECT --to-ports 8080 | redirect flags=2 least=0 0 most=0 0 ports=8080-8080/0
            PREROUTING | -j NETMAP --to 172.16.0.0/16 | destination to 0 ac100102 flags=1 least=0 0 most=0 0 ports=0-0/0
            OUTPUT | -j NETMAP --to 172.16.5.0/24 | destination to 0 ac100502 flags=1 least=0 0 most=0 0 ports=0-0/0
            INPUT | -j NETMAP --to 172.16.5.0/24 | source to 0 ac100501 flags=1 least=0 0 most=0 0 ports=0-0/0
            POSTROUTING | -j NETMAP --to 172.16.5.6 | source to 0 ac100506 flags=1 least=0 0 most=0 0 ports=0-0/0
            """)
    void shouldTranslateFirstPackets(final RuleHook hook, final String rule, final String call) {
        final HotTarget target = test.bound("nat", hook, rule);
        asked();
        for (final int info : new int[] {ConnInfo.NEW, ConnInfo.RELATED, ConnInfo.RELATED_REPLY}) {
            test.connect(1, info);
            assertEquals(RuleVerdict.ACCEPT, target.apply(test.packet));
            asked(call);
        }
        test.verdict = RuleVerdict.DROP;
        assertEquals(RuleVerdict.DROP, target.apply(test.packet));
        test.asked.clear();
        test.connect(1, ConnInfo.ESTABLISHED);
        assertEquals(RuleVerdict.ACCEPT, target.apply(test.packet));
        test.disconnect(ConnInfo.NONE);
        assertEquals(RuleVerdict.ACCEPT, target.apply(test.packet));
        asked();
        test.connect(1, ConnInfo.NEW);
        test.asked.clear();
        Allocation.atMost(ROUNDS, () -> {
            test.packet.connections = Nothing.INSTANCE;
            for (int i = 0; i < ROUNDS; i++) {
                target.apply(test.packet);
            }
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            POSTROUTING | -j SNAT --to-source 2001:db8:9::1-2001:db8:9::f | source flags=1 least=20010db800090000 1 most=20010db800090000 f
            PREROUTING | -p tcp -j DNAT --to-destination [2001:db8:9::1]:80 | destination flags=3 least=20010db800090000 1 most=20010db800090000 1
            PREROUTING | -j NETMAP --to fd00:1::/32 | destination to fd00000100010000 2 flags=1 least=0 0 most=0 0
            POSTROUTING | -j NETMAP --to fd00:1::/120 | source to fd00000100000000 1 flags=1 least=0 0 most=0 0
            POSTROUTING | -j MASQUERADE | masquerade flags=0 least=0 0 most=0 0
            """)
    void shouldTranslateIpv6(final RuleHook hook, final String rule, final String call) {
        assertEquals(RuleVerdict.ACCEPT, test6.apply("nat", hook, rule));
        assertEquals(call.replaceAll("\\b0(?=[0-9a-f])", ""), test6.asked.getLast().replaceFirst(" ports=.*", ""));
    }

    @Test
    void shouldNotMasqueradeWhatHasNoSource() {
        ConnLayout.setTuple4(test.at(1), ConnDirection.ORIGINAL, 0, ConnectionPacket.SERVER4, 0);
        assertEquals(RuleVerdict.ACCEPT, test.apply("nat", RuleHook.POSTROUTING, "-j MASQUERADE"));
        asked();
    }
}
