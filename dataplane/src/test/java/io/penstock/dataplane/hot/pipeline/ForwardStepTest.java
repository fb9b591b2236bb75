package io.penstock.dataplane.hot.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.testkit.Packets;
import io.penstock.dataplane.testkit.Places;
import io.penstock.dataplane.testkit.TestEngine;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From the routing decision to the wire, where the neighbour is known. */
class ForwardStepTest {

    private final TestEngine engine = new TestEngine();

    @AfterEach
    void close() {
        engine.assertBooks();
        engine.close();
    }

    @ParameterizedTest
    @CsvSource({"0, dropped ttl_expired", "1, dropped ttl_expired", "2, forwarded", "255, forwarded"})
    void shouldDropWhenTheTimeToLiveRunsOut(final int ttl, final String outcome) {
        engine.receive(TestEngine.LAN, Packets.editIpv4(Packets.udp4("10.1.0.5"), ip -> Ipv4Layout.setTtl(ip, ttl)));
        assertEquals(outcome, engine.outcome(0));
        engine.receive(TestEngine.LAN,
                Packets.edit(Packets.udp6("2001:db8:1::5"), eth -> Ipv6Layout.setHopLimit(eth + Packets.IP, ttl)));
        assertEquals(outcome, engine.outcome(0));
    }

    @Test
    void shouldKeepLinkLocalSourcesOnTheirLink() {
        engine.receive(TestEngine.LAN, Packets.udp6("fe80::1", "2001:db8:1::5", 8));
        assertEquals("dropped ipv6_link_local_source", engine.outcome(0));
    }

    @Test
    void shouldNotTakeFromTheTimeToLiveOfWhatIsForThisHost() {
        engine.receive(TestEngine.LAN, Packets.editIpv4(Packets.udp4("10.0.0.254"), ip -> Ipv4Layout.setTtl(ip, 1)));
        assertEquals("delivered", engine.outcome(0));
        assertEquals(1, engine.host.sent.getFirst()[Packets.IP + Ipv4Layout.TTL]);
    }

    @Test
    void shouldShowForwardFunctionsTheNewTimeToLive() {
        final int[] seen = new int[2];
        Places.register(engine, HookList.IPV4_FORWARD, 0, (packet, state) -> {
            seen[0] = Ipv4Layout.ttl(packet.network());
            return Verdict.ACCEPT;
        });
        Places.register(engine, HookList.IPV6_FORWARD, 0, (packet, state) -> {
            seen[1] = Ipv6Layout.hopLimit(packet.network());
            return Verdict.ACCEPT;
        });
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.5"), Packets.udp6("2001:db8:1::5"));
        assertEquals(63, seen[0]);
        assertEquals(63, seen[1]);
    }

    @Test
    void shouldLeaveWithTheNeighboursHeaderAndAValidChecksum() {
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.5"), Packets.udp6("2001:db8:1::5"));
        Packets.edit(engine.ports[TestEngine.WAN].sent.get(0).clone(), eth -> {
            assertEquals(TestEngine.GATEWAY_MAC, EthernetLayout.destination(eth));
            assertEquals(TestEngine.WAN_MAC, EthernetLayout.source(eth));
            assertEquals(EthernetLayout.TYPE_IPV4, EthernetLayout.etherType(eth));
            assertEquals(63, Ipv4Layout.ttl(eth + Packets.IP));
            assertTrue(Checksum.verifyIpv4(eth + Packets.IP));
        });
        Packets.edit(engine.ports[TestEngine.WAN].sent.get(1).clone(), eth -> {
            assertEquals(TestEngine.GATEWAY_MAC, EthernetLayout.destination(eth));
            assertEquals(EthernetLayout.TYPE_IPV6, EthernetLayout.etherType(eth));
            assertEquals(63, Ipv6Layout.hopLimit(eth + Packets.IP));
        });
    }

    @ParameterizedTest
    @CsvSource({"1472, 1452, forwarded", "1473, 1453, dropped mtu_exceeded"})
    void shouldDropWhatIsLargerThanTheMtu(final int payload4, final int payload6, final String outcome) {
        engine.receive(TestEngine.LAN, Packets.editIpv4(Packets.udp4("10.0.0.1", "10.1.0.5", payload4),
                        ip -> Ipv4Layout.setFragmentWord(ip, Ipv4Layout.DONT_FRAGMENT)),
                Packets.udp6("2001:db8::1", "2001:db8:1::5", payload6));
        assertEquals(outcome, engine.outcome(0));
        assertEquals(outcome, engine.outcome(1));
    }

    @Test
    void shouldDropWhenForwardingIsOff() {
        engine.namespace.portTable().forwarding(TestEngine.LAN, false, true);
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.5"), Packets.udp6("2001:db8:1::5"), Packets.udp4("10.0.0.254"));
        assertEquals("dropped forwarding_off", engine.outcome(0));
        assertEquals("forwarded", engine.outcome(1));
        assertEquals("delivered", engine.outcome(2));
        engine.namespace.portTable().forwarding(TestEngine.LAN, true, false);
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.5"), Packets.udp6("2001:db8:1::5"), Packets.udp6("2001:db8::fe"));
        assertEquals("forwarded", engine.outcome(0));
        assertEquals("dropped forwarding_off", engine.outcome(1));
        assertEquals("delivered", engine.outcome(2));
    }

    @ParameterizedTest
    @CsvSource({"0, dropped no_route", "1, delivered", "2, delivered",
        "4, dropped route_blackhole", "5, dropped route_unreachable", "6, dropped route_prohibit", "7, dropped no_route",
        "8, delivered"})
    void shouldFollowTheKindOfTheRoute(final int kind, final String outcome) {
        engine.route("10.7.0.0", 16, engine.kind(kind, 4));
        engine.route("2001:db8:7::", 48, engine.kind(kind, 6));
        engine.receive(TestEngine.LAN, Packets.udp4("10.7.0.5"), Packets.udp6("2001:db8:7::5"));
        assertEquals(outcome, engine.outcome(0));
        assertEquals(outcome, engine.outcome(1));
        final String originated = switch (kind) {
            case 1 -> "dropped local_undelivered";
            case 2 -> "dropped no_route";
            case 8 -> "dropped route_kernel";
            default -> outcome;
        };
        engine.originate(Packets.udp4("10.7.0.5"), Packets.udp6("2001:db8:7::5"));
        assertEquals(originated, engine.outcome(0), "from this host");
        assertEquals(originated, engine.outcome(1), "from this host");
    }

    @Test
    void shouldDropWhatIsForThisHostWhenNobodyTakesIt() {
        engine.lane.local(null);
        engine.receive(TestEngine.LAN, Packets.udp4("10.0.0.254"), Packets.arp());
        assertEquals("dropped local_undelivered", engine.outcome(0));
        assertEquals("dropped local_undelivered", engine.outcome(1));
    }

    @Test
    void shouldDropWhatTheHostHasNoRoomFor() {
        engine.host.room = 1;
        engine.receive(TestEngine.LAN, Packets.udp4("10.0.0.254"), Packets.udp4("10.0.0.254"), Packets.udp4("10.0.0.254"));
        assertEquals(1, engine.counters().delivered);
        assertEquals(2, engine.dropped(DropReason.LOCAL_UNDELIVERED));
    }

    @Test
    void shouldDropWhatThePortHasNoRoomFor() {
        engine.ports[TestEngine.WAN].room = 2;
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.1"), Packets.udp4("10.1.0.2"), Packets.udp4("10.1.0.3"));
        assertEquals(2, engine.counters().forwarded);
        assertEquals(1, engine.dropped(DropReason.TX_RING_FULL));
    }

    @Test
    void shouldDropWhenThePortIsGone() {
        engine.lane.removePort(TestEngine.WAN);
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.1"));
        assertEquals("dropped tx_port_down", engine.outcome(0));
        engine.lane.port(engine.devices.get(TestEngine.WAN), engine.ports[TestEngine.WAN]);
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.1"));
        assertEquals("forwarded", engine.outcome(0));
    }

    @Test
    void shouldKeepTheOrderOfPackets() {
        final byte[][] packets = new byte[Batch.CAPACITY][];
        for (int i = 0; i < packets.length; i++) {
            packets[i] = Packets.udp4("10.1.0." + i);
        }
        engine.receive(TestEngine.LAN, packets);
        for (int i = 0; i < packets.length; i++) {
            assertEquals(i, engine.ports[TestEngine.WAN].sent.get(i)[Packets.IP + Ipv4Layout.DESTINATION + 3]);
        }
    }

    @Test
    void shouldUseEveryNextHopOfSeveralAndStayWithOneForAFlow() {
        final int dmz = engine.gateway(4, TestEngine.DMZ, "10.9.0.2");
        engine.resolve(dmz);
        engine.route("10.6.0.0", 16, engine.fib().adjacencies().createMultipath(new int[] {engine.wan4, dmz}, new int[] {1, 1}));
        for (int i = 0; i < 64; i++) {
            engine.receive(TestEngine.LAN, Packets.udp4("10.6.0." + i));
        }
        final int wan = engine.ports[TestEngine.WAN].sent.size();
        assertTrue(wan > 16 && wan < 48, () -> "by wan: " + wan);
        assertEquals(64, wan + engine.ports[TestEngine.DMZ].sent.size());
        for (int i = 0; i < 20; i++) {
            engine.receive(TestEngine.LAN, Packets.udp4("10.6.0.1"));
        }
        final int more = engine.ports[TestEngine.WAN].sent.size() - wan;
        assertTrue(more == 0 || more == 20, () -> "by wan: " + more);
    }

    @Test
    void shouldPutTheHeaderRightInFrontOfTheNetworkHeader() {
        for (final int network : new int[] {18, 22, 34}) {
            // As if a tag of 4 or 8 bytes, or a tunnel's headers, had been taken off.
            final byte[] packet = Packets.insert(Packets.udp4("10.1.0.5"), Packets.IP, new int[network - Packets.IP]);
            engine.ports[TestEngine.LAN].offer(packet);
            final Batch b = engine.batch;
            b.count = engine.ports[TestEngine.LAN].receive(b, 1);
            engine.counters().received++;
            b.family[0] = 2;
            b.network[0] = network;
            b.transport[0] = network + Ipv4Layout.HEADER_BYTES;
            b.flags[0] = 0;
            b.adjacency[0] = engine.wan4;
            b.outPort[0] = TestEngine.WAN;
            assertTrue(TransmitStep.resolve(engine.lane, b, 0));
            assertEquals(50, b.length[0]);
            assertEquals(14, b.network[0]);
            assertEquals(34, b.transport[0]);
            TransmitStep.send(engine.lane, b, 0);
            b.count = 0;
            engine.lane.process(b);
            final byte[] sent = engine.ports[TestEngine.WAN].sent.getLast();
            final byte[] expected = Packets.edit(Packets.udp4("10.1.0.5"),
                    eth -> EthernetLayout.setAddresses(eth, TestEngine.GATEWAY_MAC, TestEngine.WAN_MAC));
            assertArrayEquals(expected, sent);
        }
    }
}
