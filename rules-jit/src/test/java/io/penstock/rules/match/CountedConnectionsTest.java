package io.penstock.rules.match;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnInfo;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.testkit.Allocation;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.testkit.ConnectionPacket;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Matches of what connections have carried, of their labels, and of nodes of a cluster. */
class CountedConnectionsTest {

    private static final int ROUNDS = 1000;

    private final ConnectionPacket test = new ConnectionPacket(IpFamily.IPV4);
    private final ConnectionPacket test6 = new ConnectionPacket(IpFamily.IPV6);

    @AfterEach
    void close() {
        test.close();
        test6.close();
    }

    private void carry() {
        ConnLayout.setFlags(test.at(1), ConnLayout.FLAG_ACCOUNTING);
        ConnLayout.account(test.at(1), ConnDirection.ORIGINAL, 10, 1009);
        ConnLayout.account(test.at(1), ConnDirection.REPLY, 4, 6000);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            10:10       | original | packets | true
            11          | original | packets | false
            0:9         | original | packets | false
            ! 0:9       | original | packets | true
            ! 10:20     | original | packets | false
            4:4         | reply    | packets | true
            14:14       | both     | packets | true
            1009:1009   | original | bytes   | true
            6000        | reply    | bytes   | true
            7009:7009   | both     | bytes   | true
            ! 7009      | both     | bytes   | false
            100:100     | original | avgpkt  | true
            1500:1500   | reply    | avgpkt  | true
            500:500     | both     | avgpkt  | true
            """)
    void shouldCompareWhatWasCarried(final String range, final String direction, final String what, final boolean taken) {
        carry();
        final String option = range.startsWith("! ") ? "! --connbytes " + range.substring(2) : "--connbytes " + range;
        assertEquals(taken, test.ask("-m connbytes " + option + " --connbytes-dir " + direction + " --connbytes-mode " + what));
        assertEquals(List.of("track connections", "count connections"), test.asked);
    }

    @Test
    void shouldTakeNothingThatIsNotCounted() {
        final String both = " --connbytes-dir both --connbytes-mode packets";
        assertFalse(test.ask("-m connbytes --connbytes 0" + both));
        carry();
        assertTrue(test.ask("-m connbytes --connbytes 0" + both));
        test.disconnect(ConnInfo.NONE);
        assertFalse(test.ask("-m connbytes --connbytes 0" + both));
        assertFalse(test.ask("-m connbytes ! --connbytes 5" + both));
    }

    @Test
    void shouldHaveNoAverageWithoutPackets() {
        ConnLayout.setFlags(test.at(1), ConnLayout.FLAG_ACCOUNTING);
        assertTrue(test.ask("-m connbytes --connbytes 0:0 --connbytes-dir reply --connbytes-mode avgpkt"));
        ConnLayout.account(test.at(1), ConnDirection.ORIGINAL, 2, -2);
        assertTrue(test.ask("-m connbytes --connbytes 9223372036854775807:9223372036854775807 --connbytes-dir original "
                + "--connbytes-mode avgpkt"));
        assertTrue(test.ask("-m connbytes --connbytes 9223372036854775808: --connbytes-dir original --connbytes-mode bytes"));
    }

    @Test
    void shouldLookAtLabelsAndSetThem() {
        ConnLayout.setFlags(test.at(1), ConnLayout.FLAG_LABELS);
        assertFalse(test.ask("-m connlabel --label 77"));
        assertTrue(test.ask("-m connlabel ! --label 77"));
        assertEquals(List.of("track connections", "label connections", "track connections", "label connections"), test.asked);
        test.asked.clear();
        final HotMatch set = test.match("-m connlabel --label 77 --set");
        test.asked.clear();
        assertTrue(set.matches(test.packet));
        assertTrue(set.matches(test.packet));
        assertEquals(List.of("changed 1024"), test.asked);
        assertEquals(0, ConnLayout.labels(test.at(1), 0));
        assertEquals(1L << 13, ConnLayout.labels(test.at(1), 1));
        assertTrue(test.ask("-m connlabel --label 77"));
        assertFalse(test.ask("-m connlabel ! --label 77"));
        assertFalse(test.ask("-m connlabel ! --label 0 --set"));
        assertEquals(1, ConnLayout.labels(test.at(1), 0));
    }

    @Test
    void shouldHaveNoLabelsWithoutRoomOrConnection() {
        assertFalse(test.ask("-m connlabel --label 1 --set"));
        assertTrue(test.ask("-m connlabel ! --label 1 --set"));
        assertEquals(0, ConnLayout.labels(test.at(1), 0));
        test.disconnect(ConnInfo.UNTRACKED);
        assertFalse(test.ask("-m connlabel --label 1"));
        assertTrue(test.ask("-m connlabel ! --label 1 --set"));
    }

    /** The nodes are those that a kernel has told. */
    @ParameterizedTest
    @CsvSource({"10.0.0.11,3,2", "10.0.0.12,3,2", "10.0.0.13,1,2", "10.0.0.14,2,2", "10.0.0.15,2,1", "192.0.2.77,4,1", "172.16.99.1,2,1"})
    void shouldHashTheOriginalSource(final String source, final int ofFour, final int ofTwo) {
        int address = 0;
        for (final String part : source.split("\\.")) {
            address = address << 8 | Integer.parseInt(part);
        }
        ConnLayout.setTuple4(test.at(1), ConnDirection.ORIGINAL, address, ConnectionPacket.SERVER4, 0);
        test.connect(1, ConnInfo.ESTABLISHED_REPLY);
        for (int node = 1; node <= 4; node++) {
            assertEquals(node == ofFour, test.ask(
                    "-m cluster --cluster-total-nodes 4 --cluster-local-node " + node + " --cluster-hash-seed 0xdeadbeef"));
        }
        assertEquals(ofTwo == 2, test.ask("-m cluster --cluster-total-nodes 2 ! --cluster-local-node 1 --cluster-hash-seed 7"));
        assertTrue(test.ask("-m cluster --cluster-total-nodes 2 --cluster-local-nodemask 3 --cluster-hash-seed 7"));
        test.disconnect(ConnInfo.NONE);
        assertFalse(test.ask("-m cluster --cluster-total-nodes 2 ! --cluster-local-node 1 --cluster-hash-seed 7"));
        assertFalse(test.ask("-m cluster --cluster-total-nodes 2 --cluster-local-node 1 --cluster-hash-seed 7"));
    }

    /** So are these. */
    @ParameterizedTest
    @CsvSource({"fd00000000000000,2,2", "fd00000000000000,3,2", "fd00000000000000,4,2", "20010db800000000,1,3", "20010db800000000,deadbeef,3"})
    void shouldHashTheOriginalSourceOfIpv6(final String high, final String low, final int ofFour) {
        ConnLayout.setTuple6(test6.at(1), ConnDirection.ORIGINAL, Long.parseUnsignedLong(high, 16), Long.parseUnsignedLong(low, 16), 0, 0, 0);
        for (int node = 1; node <= 4; node++) {
            assertEquals(node == ofFour, test6.ask(
                    "-m cluster --cluster-total-nodes 4 --cluster-local-node " + node + " --cluster-hash-seed 0xdeadbeef"));
        }
    }

    @Test
    void shouldTakeForThisHostsWhatCameByAGroupsLinkAddress() {
        final HotMatch match = test.match("-m cluster --cluster-total-nodes 2 --cluster-local-node 1 --cluster-hash-seed 7");
        test.packet.packetType = RulePacket.MULTICAST;
        Ipv4Layout.setDestination(test.packet.network, 0xE0000005);
        match.matches(test.packet);
        assertEquals(RulePacket.MULTICAST, test.packet.packetType);
        Ipv4Layout.setDestination(test.packet.network, ConnectionPacket.SERVER4);
        match.matches(test.packet);
        assertEquals(RulePacket.HOST, test.packet.packetType);
    }

    @Test
    void shouldAllocateNothing() {
        ConnLayout.setFlags(test.at(1), ConnLayout.FLAG_LABELS);
        carry();
        for (final String rule : List.of("-m connbytes --connbytes 1 --connbytes-dir both --connbytes-mode avgpkt", "-m connlabel --label 9",
                "-m cluster --cluster-total-nodes 2 --cluster-local-node 1 --cluster-hash-seed 7")) {
            final HotMatch match = test.match(rule);
            Allocation.atMost(ROUNDS, () -> {
                for (int i = 0; i < ROUNDS; i++) {
                    match.matches(test.packet);
                }
            });
        }
    }
}
