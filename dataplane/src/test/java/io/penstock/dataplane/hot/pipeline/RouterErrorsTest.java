package io.penstock.dataplane.hot.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.testkit.Packets;
import io.penstock.dataplane.testkit.Places;
import io.penstock.dataplane.testkit.RouterRig;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.IcmpLayout;
import io.penstock.os.hot.packet.Icmpv6Layout;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.netlink.IpAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the lane itself sends: errors, redirects and fragments, in their place in the order, and counted. */
class RouterErrorsTest {

    private static final int IP = Packets.IP;
    private static final int ICMP4 = IP + Ipv4Layout.HEADER_BYTES;
    private static final int ICMP6 = IP + Ipv6Layout.HEADER_BYTES;
    private static final String FROM4 = "10.0.0.7";
    private static final String FROM6 = "2001:db8::7";

    @Test
    void shouldTellWhenTheTimeToLiveRanOut() {
        try (RouterRig rig = new RouterRig()) {
            final byte[] packet = Packets.editIpv4(Packets.udp4(FROM4, "10.1.0.5", 8), ip -> Ipv4Layout.setTtl(ip, 1));
            rig.receive(RouterRig.LAN, packet);
            assertEquals("dropped ttl_expired", rig.outcome(0));
            assertEquals("10.0.0.254 -> 10.0.0.7 11/0 0", shown4(rig.last(RouterRig.LAN)));
            assertArrayEquals(Arrays.copyOfRange(packet, IP, packet.length), quoted(rig.last(RouterRig.LAN), ICMP4));
            rig.receive(RouterRig.LAN, Packets.edit(Packets.udp6(FROM6, "2001:db8:1::5", 8),
                    eth -> Ipv6Layout.setHopLimit(eth + IP, 1)));
            assertEquals("dropped ttl_expired", rig.outcome(0));
            assertEquals("2001:db8::fe -> 2001:db8::7 3/0 0", shown6(rig.last(RouterRig.LAN)));
            assertEquals(2, rig.counters().originated);
        }
    }

    @ParameterizedTest
    @CsvSource({"10.77.0.1, no_route, 3/0", "10.67.0.1, route_unreachable, 3/1", "10.68.0.1, route_prohibit, 3/13",
        "10.66.0.1, route_blackhole, ''"})
    void shouldTellWhereNoRouteLeads(final String to, final String reason, final String error) {
        try (RouterRig rig = new RouterRig()) {
            rig.receive(RouterRig.LAN, Packets.udp4(FROM4, to, 8));
            assertEquals("dropped " + reason, rig.outcome(0));
            assertEquals(error.isEmpty() ? List.of() : List.of("10.0.0.254 -> 10.0.0.7 " + error + " 0"),
                    all4(rig, RouterRig.LAN));
        }
    }

    @ParameterizedTest
    @CsvSource({"2001:db8:77::1, no_route, 1/0", "2001:db8:67::1, route_unreachable, 1/0",
        "2001:db8:68::1, route_prohibit, 1/1", "2001:db8:66::1, route_blackhole, ''"})
    void shouldTellWhereNoRouteLeadsForIpv6WhetherOrNotItForwards(final String to, final String reason, final String error) {
        for (final String forwarding : List.of("1", "0")) {
            try (RouterRig rig = new RouterRig("net.ipv6.conf.all.forwarding: " + forwarding)) {
                rig.receive(RouterRig.LAN, Packets.udp6(FROM6, to, 8));
                assertEquals("dropped " + reason, rig.outcome(0));
                assertEquals(error.isEmpty() ? List.of() : List.of("2001:db8::fe -> 2001:db8::7 " + error + " 0"),
                        rig.ports[RouterRig.LAN].sent.stream().map(RouterErrorsTest::shown6).toList());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.1.0.5", "10.77.0.1", "10.67.0.1", "10.66.0.1"})
    void shouldSayNothingWhenForwardingIsOff(final String to) {
        try (RouterRig rig = new RouterRig("net.ipv4.ip_forward: 0")) {
            rig.receive(RouterRig.LAN, Packets.udp4(FROM4, to, 8));
            assertEquals("dropped forwarding_off", rig.outcome(0));
            assertEquals(0, rig.counters().originated);
        }
    }

    @Test
    void shouldTellTheMtuWhenThePacketMayNotBeFragmented() {
        try (RouterRig rig = new RouterRig()) {
            rig.receive(RouterRig.LAN, Packets.editIpv4(Packets.udp4(FROM4, "10.1.0.5", 1400),
                    ip -> Ipv4Layout.setFragmentWord(ip, Ipv4Layout.DONT_FRAGMENT)));
            assertEquals("dropped mtu_exceeded", rig.outcome(0));
            assertEquals("10.0.0.254 -> 10.0.0.7 3/4 1400", shown4(rig.last(RouterRig.LAN)));
            assertEquals(576, rig.last(RouterRig.LAN).length - IP);
            rig.receive(RouterRig.LAN, Packets.udp6(FROM6, "2001:db8:1::5", 1400));
            assertEquals("dropped mtu_exceeded", rig.outcome(0));
            assertEquals("2001:db8::fe -> 2001:db8::7 2/0 1400", shown6(rig.last(RouterRig.LAN)));
        }
    }

    @Test
    void shouldFragmentAfterPostRouting() {
        try (RouterRig rig = new RouterRig()) {
            final List<Integer> seen = new ArrayList<>();
            rig.engine.hooks().register(Places.ops(HookList.IPV4_POST_ROUTING, "post", 0, (packet, state) -> {
                seen.add(packet.networkLength());
                return Verdict.ACCEPT;
            }));
            rig.receive(RouterRig.LAN, Packets.udp4(FROM4, "10.1.0.5", 1400), Packets.udp4(FROM4, "10.1.0.6", 8));
            assertEquals("fragmented", rig.outcome(0));
            assertEquals("forwarded", rig.outcome(1));
            assertEquals(List.of(1428, 36), seen);
            final List<String> sent = rig.ports[RouterRig.WAN].sent.stream().map(RouterErrorsTest::fragment).toList();
            assertEquals(List.of("10.1.0.5 1396 bytes at 0 more", "10.1.0.5 52 bytes at 1376 last",
                    "10.1.0.6 36 bytes at 0 last"), sent);
            assertEquals(1, rig.counters().fragmented);
            assertEquals(2, rig.counters().originated);
            assertEquals(3, rig.counters().forwarded);
        }
    }

    @Test
    void shouldDropWhenNoFrameIsFreeForTheFragments() {
        try (RouterRig rig = new RouterRig()) {
            final long[] taken = new long[rig.engine.frames().count() - 1];
            Arrays.setAll(taken, i -> rig.engine.frames().pop());
            rig.ports[RouterRig.LAN].offer(Packets.udp4(FROM4, "10.1.0.5", 1400));
            rig.batch.count = rig.ports[RouterRig.LAN].receive(rig.batch, 1);
            rig.batch.inPort[0] = RouterRig.LAN;
            rig.lane.process(rig.batch);
            assertEquals("dropped fragment_failed", rig.outcome(0));
            rig.ports[RouterRig.LAN].offer(Packets.udp4(FROM4, "10.77.0.1", 8));
            rig.batch.count = rig.ports[RouterRig.LAN].receive(rig.batch, 1);
            rig.lane.process(rig.batch);
            assertEquals("dropped no_route", rig.outcome(0));
            assertEquals(1, rig.counters().icmpNoFrame);
            Arrays.stream(taken).forEach(rig.engine.frames()::push);
            rig.assertBooks();
        }
    }

    @Test
    void shouldRedirectHostsOnTheLink() {
        try (RouterRig rig = new RouterRig()) {
            rig.receive(RouterRig.LAN, Packets.udp4(FROM4, "10.2.0.5", 8));
            assertEquals("forwarded", rig.outcome(0));
            assertEquals(List.of("10.0.0.254 -> 10.0.0.7 5/1 " + IpAddress.parse("10.0.0.2").toInt()),
                    all4(rig, RouterRig.LAN).stream().filter(text -> !text.startsWith("10.0.0.7")).toList());
            rig.receive(RouterRig.LAN, Packets.udp6(FROM6, "2001:db8:2::5", 8));
            assertEquals("forwarded", rig.outcome(0));
            final byte[] redirect = rig.ports[RouterRig.LAN].sent.stream()
                    .filter(bytes -> bytes[IP] >>> 4 == 6 && bytes[IP + 6] == 58).findFirst().orElseThrow();
            assertTrue(shown6(redirect).startsWith("fe80::fe -> 2001:db8::7 137/0"), () -> shown6(redirect));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"net.ipv4.conf.all.send_redirects: 0\n  net.ipv4.conf.lan.send_redirects: 0"})
    void shouldNotRedirectWhenItIsSwitchedOff(final String sysctl) {
        try (RouterRig rig = new RouterRig(sysctl)) {
            rig.receive(RouterRig.LAN, Packets.udp4(FROM4, "10.2.0.5", 8));
            assertEquals("forwarded", rig.outcome(0));
            assertEquals(0, rig.counters().originated);
        }
    }

    @ParameterizedTest
    @CsvSource({"0x82, 2", "0xC2, 0", "0x42, -1", "0x02, -2"})
    void shouldActOnHopByHopOptionsItDoesNotKnow(final String kind, final int code) {
        try (RouterRig rig = new RouterRig()) {
            final byte[] packet = Packets.edit(Packets.insert(Packets.udp6(FROM6, "2001:db8:1::5", 8), IP + 40,
                    17, 0, Integer.decode(kind), 4, 0, 0, 0, 1), eth -> {
                        Ipv6Layout.setNextHeader(eth + IP, 0);
                        Ipv6Layout.setPayloadLength(eth + IP, 24);
                    });
            final byte[] before = Packets.udp6(FROM6, "2001:db8:1::6", 8);
            rig.receive(RouterRig.LAN, before, packet);
            assertEquals("forwarded", rig.outcome(0));
            assertEquals(code == -2 ? "forwarded" : "dropped ipv6_hop_by_hop", rig.outcome(1));
            assertEquals(code < 0 ? List.of() : List.of("2001:db8::fe -> 2001:db8::7 4/" + code + (code == 0 ? " 44" : " 42")),
                    rig.ports[RouterRig.LAN].sent.stream().map(RouterErrorsTest::shown6).toList());
        }
    }

    @Test
    void shouldTellWhoeverSendsFromItsLinkToAnother() {
        try (RouterRig rig = new RouterRig()) {
            rig.receive(RouterRig.LAN, Packets.udp6("fe80::7", "2001:db8:1::5", 8));
            assertEquals("dropped ipv6_link_local_source", rig.outcome(0));
            assertEquals("fe80::fe -> fe80::7 1/2 0", shown6(rig.last(RouterRig.LAN)));
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 10.0.0.254, dropped source_own", "0, 10.9.0.254, dropped source_own", "0, 10.9.0.1, forwarded",
        "1, 10.9.0.1, dropped source_filtered", "2, 10.9.0.1, forwarded", "2, 10.77.0.1, dropped source_filtered",
        "0, 10.77.0.1, forwarded", "1, 10.0.0.255, dropped ipv4_martian_source"})
    void shouldValidateSources(final int rpFilter, final String source, final String outcome) {
        try (RouterRig rig = new RouterRig("net.ipv4.conf.lan.rp_filter: " + rpFilter)) {
            rig.receive(RouterRig.LAN, Packets.udp4(source, "10.1.0.5", 8));
            assertEquals(outcome, rig.outcome(0));
        }
    }

    @Test
    void shouldAnswerNeitherErrorsNorLaterFragmentsNorWhatWasSentToAll() {
        try (RouterRig rig = new RouterRig()) {
            final byte[] error = Packets.editIpv4(Packets.udp4(FROM4, "10.77.0.1", 8), ip -> {
                Ipv4Layout.setProtocol(ip, 1);
                IcmpLayout.setType(ip + 20, IcmpLayout.TIME_EXCEEDED);
            });
            final byte[] later = Packets.editIpv4(Packets.udp4(FROM4, "10.77.0.1", 8), ip -> Ipv4Layout.setFragmentWord(ip, 1));
            final byte[] toAll = Packets.udp4(FROM4, "10.77.0.1", 8);
            toAll[0] |= 1;
            rig.receive(RouterRig.LAN, error, later, toAll);
            for (int slot = 0; slot < 3; slot++) {
                assertEquals("dropped no_route", rig.outcome(slot));
            }
            assertEquals(0, rig.counters().originated);
        }
    }

    @Test
    void shouldCountWhatTheLimitsHoldBack() {
        try (RouterRig rig = new RouterRig("net.ipv4.route.error_burst: 0")) {
            rig.receive(RouterRig.LAN, Packets.udp4(FROM4, "10.77.0.1", 8));
            assertEquals(0, rig.counters().originated);
            assertEquals(1, rig.counters().icmpLimited);
        }
    }

    @Test
    void shouldTellWhenTheNeighbourFailed() {
        try (RouterRig rig = new RouterRig()) {
            rig.ports[RouterRig.LAN].offer(Packets.udp4(FROM4, "10.8.0.9", 8));
            rig.ports[RouterRig.LAN].offer(Packets.udp6(FROM6, "2001:db8:8::9", 8));
            rig.batch.count = rig.ports[RouterRig.LAN].receive(rig.batch, 2);
            Arrays.fill(rig.batch.inPort, RouterRig.LAN);
            rig.batch.nowNs = rig.nowNs;
            rig.lane.process(rig.batch);
            assertEquals("parked", rig.outcome(0));
            assertEquals(1, rig.lane.failNeighbour(RouterRig.DMZ, 0, IpAddress.parse("10.8.0.9").low(), rig.nowNs));
            final IpAddress absent = IpAddress.parse("2001:db8:8::9");
            assertEquals(1, rig.lane.failNeighbour(RouterRig.DMZ, absent.high(), absent.low(), rig.nowNs));
            rig.engine.settle(rig.nowNs);
            assertEquals(2, rig.counters().dropped[DropReason.NEIGHBOUR_FAILED.id()]);
            assertEquals("10.0.0.254 -> 10.0.0.7 3/1 0", shown4(rig.ports[RouterRig.LAN].sent.get(0)));
            assertEquals("2001:db8::fe -> 2001:db8::7 1/3 0", shown6(rig.ports[RouterRig.LAN].sent.get(1)));
            rig.assertBooks();
        }
    }

    @Test
    void shouldKeepEveryPacketOfABatchThatCausesAsManyErrors() {
        try (RouterRig rig = new RouterRig()) {
            final byte[][] packets = new byte[Batch.CAPACITY][];
            for (int i = 0; i < packets.length; i++) {
                packets[i] = i % 4 == 0 ? Packets.udp4(FROM4, "10.1.0." + i, 1400) : Packets.udp4(FROM4, "10.77.0.1", 8);
            }
            for (int round = 0; round < 8; round++) {
                rig.receive(RouterRig.LAN, packets);
            }
            assertEquals(8 * 16 * 2, rig.ports[RouterRig.WAN].sent.size());
            assertEquals(8 * 48, rig.counters().dropped[DropReason.NO_ROUTE.id()]);
        }
    }

    @Test
    void shouldShowHookFunctionsTheErrorAsThisHostsOwn() {
        try (RouterRig rig = new RouterRig()) {
            final List<String> seen = new ArrayList<>();
            for (final HookList list : List.of(HookList.IPV4_PRE_ROUTING, HookList.IPV4_FORWARD, HookList.IPV4_LOCAL_OUT,
                    HookList.IPV4_POST_ROUTING)) {
                rig.engine.hooks().register(Places.ops(list, "see", 0, (packet, state) -> {
                    seen.add(state.point() + " " + packet.protocol() + " in=" + (state.in() == null ? "none" : state.in().name()));
                    return Verdict.ACCEPT;
                }));
            }
            rig.receive(RouterRig.LAN, Packets.editIpv4(Packets.udp4(FROM4, "10.1.0.5", 8), ip -> Ipv4Layout.setTtl(ip, 1)),
                    Packets.udp4(FROM4, "10.1.0.6", 8));
            assertEquals(List.of("PRE_ROUTING 17 in=lan", "LOCAL_OUT 1 in=none", "POST_ROUTING 1 in=none",
                    "PRE_ROUTING 17 in=lan", "FORWARD 17 in=lan", "POST_ROUTING 17 in=lan"), seen);
        }
    }

    private static List<String> all4(final RouterRig rig, final int port) {
        return rig.ports[port].sent.stream().map(RouterErrorsTest::shown4).toList();
    }

    /** Source, destination, type, code and the second word of an ICMP message whose checksums are right. */
    private static String shown4(final byte... packet) {
        final StringBuilder text = new StringBuilder();
        Packets.edit(packet.clone(), eth -> {
            final long ip = eth + IP;
            final long icmp = eth + ICMP4;
            assertTrue(Checksum.verifyIpv4(ip, Ipv4Layout.headerBytes(ip)));
            text.append(IpAddress.v4(Ipv4Layout.source(ip))).append(" -> ").append(IpAddress.v4(Ipv4Layout.destination(ip)));
            if (Ipv4Layout.protocol(ip) == 1) {
                assertTrue(Checksum.verifyIcmp(icmp, packet.length - ICMP4));
                text.append(' ').append(IcmpLayout.type(icmp)).append('/').append(IcmpLayout.code(icmp)).append(' ')
                        .append(IcmpLayout.gateway(icmp));
            }
        });
        return text.toString();
    }

    private static String shown6(final byte... packet) {
        final StringBuilder text = new StringBuilder();
        Packets.edit(packet.clone(), eth -> {
            final long ip = eth + IP;
            final long icmp = eth + ICMP6;
            assertTrue(Checksum.verifyIcmpv6(ip, icmp, packet.length - ICMP6));
            text.append(IpAddress.v6(Ipv6Layout.sourceHigh(ip), Ipv6Layout.sourceLow(ip))).append(" -> ")
                    .append(IpAddress.v6(Ipv6Layout.destinationHigh(ip), Ipv6Layout.destinationLow(ip))).append(' ')
                    .append(Icmpv6Layout.type(icmp)).append('/').append(Icmpv6Layout.code(icmp)).append(' ')
                    .append(Icmpv6Layout.mtu(icmp));
        });
        return text.toString();
    }

    private static String fragment(final byte... packet) {
        final StringBuilder text = new StringBuilder();
        Packets.edit(packet.clone(), eth -> {
            final long ip = eth + IP;
            assertTrue(Checksum.verifyIpv4(ip, Ipv4Layout.headerBytes(ip)));
            text.append(IpAddress.v4(Ipv4Layout.destination(ip))).append(' ').append(packet.length - IP).append(" bytes at ")
                    .append(Ipv4Layout.fragmentOffset(ip))
                    .append((Ipv4Layout.flags(ip) & Ipv4Layout.MORE_FRAGMENTS) != 0 ? " more" : " last");
        });
        return text.toString();
    }

    private static byte[] quoted(final byte[] packet, final int icmp) {
        return Arrays.copyOfRange(packet, icmp + IcmpLayout.HEADER_BYTES, packet.length);
    }
}
