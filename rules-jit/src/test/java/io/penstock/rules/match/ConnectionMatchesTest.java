package io.penstock.rules.match;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnInfo;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.testkit.Allocation;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.testkit.ConnectionPacket;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Matches of a packet's connection: its state, its tuples, its status, its mark. */
class ConnectionMatchesTest {

    private static final List<String> STATES =
            List.of("INVALID", "NEW", "ESTABLISHED", "RELATED", "UNTRACKED", "SNAT", "DNAT");
    private static final int ROUNDS = 1000;

    private final ConnectionPacket test = new ConnectionPacket(IpFamily.IPV4);
    private final ConnectionPacket test6 = new ConnectionPacket(IpFamily.IPV6);

    @AfterEach
    void close() {
        test.close();
        test6.close();
    }

    private String states() {
        final TreeSet<String> states = new TreeSet<>();
        for (final String state : STATES) {
            final boolean is = test.ask("-m conntrack --ctstate " + state);
            assertEquals(!is, test.ask("-m conntrack ! --ctstate " + state), state);
            if (!state.endsWith("NAT")) {
                assertEquals(is, test.ask("-m state --state " + state), state);
                assertEquals(!is, test.ask("-m state ! --state " + state), state);
            }
            if (is) {
                states.add(state);
            }
        }
        return String.join(",", states);
    }

    @ParameterizedTest
    @CsvSource({"0,ESTABLISHED", "1,RELATED", "2,NEW", "3,ESTABLISHED", "4,RELATED"})
    void shouldTellTheStateOfWhatHasAConnection(final int info, final String state) {
        test.connect(1, info);
        assertEquals(state, states());
    }

    @Test
    void shouldTellTheStateOfWhatHasNoConnection() {
        test.disconnect(ConnInfo.UNTRACKED);
        assertEquals("UNTRACKED", states());
        test.disconnect(ConnInfo.NONE);
        assertEquals("INVALID", states());
        test.disconnect(0);
        assertEquals("INVALID", states());
    }

    /** So the kernel shows it to the rules behind the one that said so. */
    @Test
    void shouldCallNewWhatARuleHasPlanned() {
        test.disconnect(ConnInfo.TEMPLATE);
        assertEquals("NEW", states());
        assertTrue(test.ask("-m conntrack --ctdir ORIGINAL"));
        assertFalse(test.ask("-m conntrack --ctdir REPLY"));
        assertTrue(test.ask("-m conntrack --ctstate NEW --ctorigsrcport 0:5 --ctstatus CONFIRMED --ctexpire 0"));
        assertTrue(test.ask("-m conntrack ! --ctstatus ASSURED ! --ctproto 6 ! --ctorigsrc 10.0.0.0/8 --ctrepldst 0.0.0.0/0"));
        assertFalse(test.ask("-m conntrack --ctstate NEW --ctproto tcp"));
        assertFalse(test.ask("-m conntrack --ctstate INVALID --ctdir ORIGINAL"));
        assertTrue(test.ask("-m connmark --mark 0/0xff"));
        assertFalse(test.ask("-m connmark ! --mark 0"));
        assertTrue(test.ask("-m connmark ! --mark 1"));
    }

    @Test
    void shouldTellTranslationBesideTheState() {
        test.connect(1, ConnInfo.ESTABLISHED_REPLY);
        ConnLayout.setStatus(test.at(1), ConnStatus.DST_NAT);
        assertEquals("DNAT,ESTABLISHED", states());
        ConnLayout.setStatus(test.at(1), ConnStatus.SRC_NAT);
        assertEquals("DNAT,ESTABLISHED,SNAT", states());
        assertTrue(test.ask("-m conntrack --ctstate NEW,SNAT"));
        test.disconnect(ConnInfo.UNTRACKED);
        assertEquals("UNTRACKED", states());
    }

    /** The other tests have nothing to look at. */
    @Test
    void shouldTakeInvalidWhateverElseIsAskedWhenStateIsAsked() {
        test.disconnect(ConnInfo.NONE);
        assertTrue(test.ask("-m conntrack --ctstate INVALID --ctproto udp --ctdir REPLY --ctexpire 77"));
        assertFalse(test.ask("-m conntrack --ctstate NEW --ctproto tcp"));
        assertFalse(test.ask("-m conntrack --ctproto tcp"));
        assertFalse(test.ask("-m conntrack ! --ctproto udp"));
        assertFalse(test.ask("-m conntrack --ctdir ORIGINAL"));
        assertFalse(test.ask("-m conntrack ! --ctstatus ASSURED"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --ctproto 6                       | true
            ! --ctproto tcp                   | false
            --ctproto udp                     | false
            --ctorigsrc 10.0.0.0/24           | true
            --ctorigsrc 10.0.0.2              | false
            ! --ctorigsrc 10.0.0.2            | true
            --ctorigdst 10.0.1.2              | true
            --ctorigdst 10.9.1.9/255.0.0.0    | true
            --ctreplsrc 10.0.1.2              | false
            --ctreplsrc 10.0.9.9              | true
            --ctrepldst 192.0.2.1             | true
            ! --ctrepldst 192.0.2.0/24        | false
            --ctorigsrcport 40000             | true
            --ctorigsrcport 1:39999           | false
            ! --ctorigsrcport 40000:          | false
            --ctorigdstport 80:81             | true
            --ctreplsrcport 8080              | true
            --ctreplsrcport 80                | false
            --ctrepldstport 1024:1025         | true
            ! --ctrepldstport 1024            | false
            --ctproto 6 --ctorigdstport 81    | false
            """)
    void shouldCompareBothTuples(final String given, final boolean taken) {
        ConnLayout.setTuple4(test.at(1), ConnDirection.REPLY, 0x0A000909, 0xC0000201, ConnLayout.keys(8080, 1024));
        test.connect(1, ConnInfo.ESTABLISHED);
        assertEquals(taken, test.ask("-m conntrack " + given));
        assertEquals(taken, test.ask("-m conntrack --ctstate ESTABLISHED " + given));
        assertFalse(test.ask("-m conntrack --ctstate NEW " + given));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --ctorigsrc 2001:db8::/64         | true
            --ctorigsrc 2001:db8::1           | true
            --ctorigsrc 2001:db8::2           | false
            ! --ctorigdst 2001:db8::/48       | true
            --ctorigdst 2001:db8:1::2         | true
            --ctreplsrc 2001:db8:2::9         | true
            --ctreplsrc 2001:db8:2::8/125     | false
            --ctrepldst 2001:db8::1           | true
            ! --ctrepldst ::1                 | true
            --ctorigdstport 80                | true
            """)
    void shouldCompareTuplesOfIpv6(final String given, final boolean taken) {
        ConnLayout.setTuple6(test6.at(1), ConnDirection.REPLY, 0x20010DB8_00020000L, given.contains("125") ? 16 : 9,
                ConnectionPacket.HIGH6, 1, ConnLayout.keys(80, 40_000));
        assertEquals(taken, test6.ask("-m conntrack " + given));
    }

    @Test
    void shouldTakeIdentifierAndTypeForPortsOfIcmp() {
        ConnLayout.setProtocol(test.at(1), IpProtocol.ICMP);
        ConnLayout.setTuple4(test.at(1), ConnDirection.ORIGINAL, 1, 2, ConnLayout.keys(77, 8 << 8));
        assertTrue(test.ask("-m conntrack --ctproto icmp --ctorigsrcport 77 --ctorigdstport 2048"));
    }

    @Test
    void shouldCompareDirectionAndStatus() {
        assertTrue(test.ask("-m conntrack --ctdir ORIGINAL"));
        test.connect(1, ConnInfo.RELATED_REPLY);
        assertTrue(test.ask("-m conntrack --ctdir REPLY"));
        assertFalse(test.ask("-m conntrack --ctdir ORIGINAL"));
        ConnLayout.setStatus(test.at(1), ConnStatus.ASSURED | ConnStatus.CONFIRMED);
        assertTrue(test.ask("-m conntrack --ctstatus ASSURED,EXPECTED"));
        assertFalse(test.ask("-m conntrack --ctstatus SEEN_REPLY,EXPECTED"));
        assertFalse(test.ask("-m conntrack ! --ctstatus CONFIRMED"));
        assertFalse(test.ask("-m conntrack --ctstatus NONE"));
        assertTrue(test.ask("-m conntrack ! --ctstatus NONE"));
    }

    @Test
    void shouldCountWholeSecondsThatAreLeft() {
        assertTrue(test.ask("-m conntrack --ctexpire 0"));
        test.confirm(1, 30 * ConnectionPacket.SECOND_NS - 1);
        assertTrue(test.ask("-m conntrack --ctexpire 29"));
        assertTrue(test.ask("-m conntrack --ctexpire 20:29"));
        assertFalse(test.ask("-m conntrack --ctexpire 30:"));
        assertTrue(test.ask("-m conntrack ! --ctexpire 30"));
        test.packet.nowNs += 40 * ConnectionPacket.SECOND_NS;
        assertTrue(test.ask("-m conntrack --ctexpire 0"));
    }

    @Test
    void shouldCompareTheConnectionsMark() {
        ConnLayout.setMark(test.at(1), 0x1234);
        assertTrue(test.ask("-m connmark --mark 0x1234"));
        assertTrue(test.ask("-m connmark --mark 0x34/0xff"));
        assertFalse(test.ask("-m connmark ! --mark 0x34/0xff"));
        assertTrue(test.ask("-m connmark ! --mark 0x34"));
        test.disconnect(ConnInfo.UNTRACKED);
        assertFalse(test.ask("-m connmark --mark 0"));
        assertFalse(test.ask("-m connmark ! --mark 0"));
    }

    @Test
    void shouldSayThatConnectionsAreTracked() {
        test.match("-m conntrack --ctdir REPLY");
        test.match("-m state --state NEW");
        test.match("-m connmark --mark 1");
        assertEquals(List.of("track connections", "track connections", "track connections"), test.asked);
    }

    @Test
    void shouldAllocateNothing() {
        test.confirm(1, ConnectionPacket.SECOND_NS);
        for (final String rule : List.of("-m conntrack --ctstate NEW,DNAT", "-m state --state ESTABLISHED", "-m connmark --mark 0",
                "-m conntrack --ctstate NEW --ctproto 6 --ctorigsrc 10.0.0.1 --ctorigdstport 80 --ctstatus CONFIRMED --ctexpire 1 "
                        + "--ctdir ORIGINAL")) {
            final HotMatch match = test.match(rule);
            Allocation.atMost(ROUNDS, () -> {
                for (int i = 0; i < ROUNDS; i++) {
                    match.matches(test.packet);
                }
            });
        }
    }
}
