package io.penstock.conntrack.hot.nat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.conntrack.hot.table.TableWorker;
import io.penstock.os.hot.memory.Prefetch;
import io.penstock.os.hot.packet.IpProtocol;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which tuples connections get, against what Linux 6.18 chose. */
final class NatWorkerTest {

    private static final Map<String, Integer> PROTOCOLS = Map.of("udp", IpProtocol.UDP, "tcp", IpProtocol.TCP, "icmp", IpProtocol.ICMP,
            "icmpv6", IpProtocol.ICMPV6, "sctp", IpProtocol.SCTP, "udplite", IpProtocol.UDPLITE, "gre", IpProtocol.GRE, "unknown", 253);

    @TestFactory
    Stream<DynamicTest> shouldChooseTheTupleThatTheKernelChooses() {
        return NatScripts.tests("nat-flows.txt", NatWorkerTest::check);
    }

    @Test
    void shouldLetPassWhenConnectionIsConfirmed() {
        try (NatBox box = new NatBox()) {
            final long entry = flow(box, "udp 10.0.0.2 1000 8.8.8.8 53");
            assertTrue(box.nat.setup(entry, range(NatRange.MAP_ADDRESSES, "192.0.2.1"), true));
            assertEquals("8.8.8.8 10.0.0.2 53 1000", NatBox.text(entry, ConnDirection.REPLY));
        }
    }

    @Test
    void shouldRefuseWhenHalfIsSettled() {
        try (NatBox box = new NatBox()) {
            final long entry = begin(box, "udp 10.0.0.2 1000 8.8.8.8 53");
            assertFalse(NatWorker.isSettled(entry, true));
            assertTrue(box.nat.setup(entry, range(NatRange.MAP_ADDRESSES, "192.0.2.1"), true));
            assertTrue(NatWorker.isSettled(entry, true));
            assertFalse(NatWorker.isSettled(entry, false));
            assertFalse(box.nat.setupNull(entry, true));
            assertEquals("8.8.8.8 192.0.2.1 53 1000", NatBox.text(entry, ConnDirection.REPLY));
        }
    }

    @Test
    void shouldTellWhatIsRewrittenWhenHalvesAreSettled() {
        try (NatBox box = new NatBox()) {
            final long entry = begin(box, "udp 10.0.0.2 1000 8.8.8.8 53");
            assertTrue(box.nat.setupNull(entry, false));
            assertEquals(ConnStatus.DST_NAT_DONE, ConnLayout.status(entry));
            assertTrue(box.nat.setup(entry, range(NatRange.MAP_ADDRESSES, "192.0.2.1"), true));
            assertEquals(ConnStatus.DST_NAT_DONE | ConnStatus.SRC_NAT_DONE | ConnStatus.SRC_NAT, ConnLayout.status(entry));
        }
    }

    @Test
    void shouldChooseAnotherPortWhenTupleIsTakenByAnotherConnection() {
        try (NatBox box = new NatBox()) {
            box.rules.add(NatRule.parse("rule src 1 1 192.0.2.1 192.0.2.1 0 0 0"));
            flow(box, "udp 10.0.0.2 1000 8.8.8.8 53");
            final long other = flow(box, "udp 10.0.0.3 1000 8.8.8.8 53");
            final int port = ConnLayout.destinationKey(ConnLayout.keysOf(other, ConnDirection.REPLY));
            assertNotEquals(1000, port);
            assertTrue(port >= 600 && port <= 1023, "port=" + port);
        }
    }

    /** 128, 64, 32, 16 and 8 in a row, after the key itself. */
    @Test
    void shouldGiveUpAfterABoundedNumberOfLookUpsWhenAllPortsAreTaken() {
        try (NatBox box = new NatBox()) {
            box.rules.add(NatRule.parse("rule src 1 3 192.0.2.1 192.0.2.1 5000 5999 0"));
            for (int port = 5000; port < 6000; port++) {
                assertNotEquals(0, flow(box, "udp 10.0.0.2 " + port + " 8.8.8.8 53"));
            }
            final long found = box.found();
            assertEquals(0, flow(box, "udp 10.0.0.3 5000 8.8.8.8 53"));
            assertEquals(249, box.found() - found);
            assertNotEquals(0, flow(box, "udp 10.0.0.3 5000 8.8.4.4 53"));
        }
    }

    /** The guess is of the last connection's rules: the first is not known, and others change it. */
    @ParameterizedTest
    @ValueSource(strings = {
        "rule src 1 1 192.0.2.1 192.0.2.250 0 0 0|udp 10.0.0.2 1000 8.8.8.8 53|udp 10.0.0.9 2000 8.8.4.4 53",
        "rule dst 1 1 192.0.2.1 192.0.2.250 0 0 0|tcp 10.0.0.2 1000 8.8.8.8 53|tcp 10.0.0.9 2000 8.8.8.8 53",
        "rule dst 1 3 192.0.2.1 192.0.2.1 80 80 0|tcp 10.0.0.2 1000 8.8.8.8 53|tcp 10.0.0.9 2000 8.8.4.4 53",
        "rule src 1 1 2001:db8::1 2001:db8::ffff 0 0 0|udp fd00::2 1000 fd01::8 53|udp fd00::9 2000 fd01::4 53",
        "|udp 10.0.0.2 1000 8.8.8.8 53|udp 10.0.0.9 2000 8.8.4.4 53",
    })
    void shouldPrefetchWhereTheReplyWillBeWhenTheSameRulesSpeakAgain(final String lines) {
        final String[] parts = lines.split("\\|");
        try (NatBox box = new NatBox()) {
            if (!parts[0].isEmpty()) {
                box.rules.add(NatRule.parse(parts[0]));
            }
            assertNotEquals(0, flow(box, parts[1]));
            final Prefetch prefetch = prefetched(box, parts[2]);
            final long next = flow(box, parts[2]);
            final boolean ipv4 = NatBox.isIpv4(next);
            final int keys = ConnLayout.keysOf(next, ConnDirection.REPLY);
            final long[] from = NatBox.source(next, ConnDirection.REPLY);
            final long[] to = NatBox.destination(next, ConnDirection.REPLY);
            final long home = box.worker(ipv4).home(box.hash(ipv4, ConnLayout.protocol(next), from, to, keys));
            assertTrue(IntStream.range(0, prefetch.count()).anyMatch(i -> prefetch.address(i) == home), parts[2]);
            prefetch.load();
        }
    }

    private static Prefetch prefetched(final NatBox box, final String text) {
        final String[] words = text.split(" ");
        final Prefetch prefetch = new Prefetch();
        final long[] from = TestAddress.parse(words[1]);
        final long[] to = TestAddress.parse(words[3]);
        if (text.indexOf(':') < 0) {
            box.nat.prefetch4((int) from[1], (int) to[1], keys(words), PROTOCOLS.get(words[0]), prefetch);
        } else {
            box.nat.prefetch6(from[0], from[1], to[0], to[1], keys(words), PROTOCOLS.get(words[0]), prefetch);
        }
        return prefetch;
    }

    private static void check(final NatBox box, final boolean random, final String input, final String expected) {
        box.forcedKeys = random && !expected.equals("-") ? NatScripts.keys(expected) : -1;
        final long entry = flow(box, input);
        assertEquals(NatScripts.normal(expected), entry == 0 ? "-" : NatBox.text(entry, ConnDirection.REPLY), input);
    }

    /** A packet's connection, the old one or a new one; 0 when the packet is dropped. */
    private static long flow(final NatBox box, final String text) {
        final String[] words = text.split(" ");
        final boolean ipv4 = text.indexOf(':') < 0;
        final long old = box.find(ipv4, PROTOCOLS.get(words[0]), TestAddress.parse(words[1]), TestAddress.parse(words[3]), keys(words));
        if (old != 0) {
            return TableWorker.entry(old);
        }
        final long entry = begin(box, text);
        assertTrue(box.prerouting(entry, 0));
        assertTrue(box.postrouting(entry, NatBox.route(ipv4, NatBox.source(entry, ConnDirection.REPLY))));
        return box.confirm(entry) ? entry : 0;
    }

    private static long begin(final NatBox box, final String text) {
        final String[] words = text.split(" ");
        return box.begin(text.indexOf(':') < 0, PROTOCOLS.get(words[0]), TestAddress.parse(words[1]), TestAddress.parse(words[3]), keys(words));
    }

    private static int keys(final String[] words) {
        return ConnLayout.keys(Integer.parseInt(words[2]), Integer.parseInt(words[4]));
    }

    private static NatRange range(final int flags, final String address) {
        final long[] to = TestAddress.parse(address);
        return new NatRange(flags, to[0], to[1], to[0], to[1], 0, 0, 0);
    }
}
