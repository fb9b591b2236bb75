package io.penstock.dataplane.route;

import static io.penstock.dataplane.route.RoutingFixture.LAN;
import static io.penstock.dataplane.route.RoutingFixture.LOCAL;
import static io.penstock.dataplane.route.RoutingFixture.MAIN;
import static io.penstock.dataplane.route.RoutingFixture.OTHER_DEVICE;
import static io.penstock.dataplane.route.RoutingFixture.WAN;
import static io.penstock.dataplane.route.RoutingFixture.hop;
import static io.penstock.dataplane.route.RoutingFixture.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.fib.FibWriter;
import io.penstock.os.netlink.IpAddress;
import io.penstock.os.netlink.Link;
import io.penstock.os.netlink.Neighbour;
import io.penstock.os.netlink.NextHop;
import io.penstock.os.netlink.RouteType;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RoutingTest {

    private static final long MAC_1 = 0x0200_0000_0001L;
    private static final long MAC_2 = 0x0200_0000_0002L;
    private static final int DEAD = 1;

    private final RoutingFixture net = new RoutingFixture();

    @AfterEach
    void close() {
        net.close();
    }

    @Test
    void shouldForwardWhenTheGatewayIsResolved() {
        net.put("0.0.0.0/0", hop("192.0.2.254", WAN));
        assertEquals("unresolved gateway port=1 mtu=1400 192.0.2.254", net.describe("8.8.8.8"));
        assertEquals(List.of("manage 3 192.0.2.254"), net.asked);
        net.neighbour("192.0.2.254", WAN, Neighbour.INCOMPLETE, 0);
        assertEquals("unresolved gateway port=1 mtu=1400 192.0.2.254", net.describe("8.8.8.8"));
        net.neighbour("192.0.2.254", WAN, Neighbour.REACHABLE, MAC_1);
        assertEquals("forward port=1 mtu=1400 020000000001 020000000a02 0800", net.describe("8.8.8.8"));
        net.neighbour("192.0.2.254", WAN, Neighbour.FAILED, 0);
        assertEquals("unresolved gateway port=1 mtu=1400 192.0.2.254", net.describe("8.8.8.8"));
    }

    @Test
    void shouldWriteOneAdjacencyWhenManyRoutesShareAGateway() {
        for (int i = 0; i < 1000; i++) {
            net.put("10." + (i >> 8) + '.' + (i & 255) + ".0/24", hop("192.0.2.254", WAN));
        }
        final int adjacency = net.lookup("10.0.7.1");
        final int inUse = net.writer.usage().adjacencies();
        net.neighbour("192.0.2.254", WAN, Neighbour.STALE, MAC_1);
        net.neighbour("192.0.2.254", WAN, Neighbour.REACHABLE, MAC_2);
        assertEquals(adjacency, net.lookup("10.3.9.1"));
        assertEquals(inUse, net.writer.usage().adjacencies());
        assertEquals("forward port=1 mtu=1400 020000000002 020000000a02 0800", net.describe("10.0.7.1"));
        assertEquals(List.of("manage 3 192.0.2.254"), net.asked);
    }

    @Test
    void shouldLeaveAGatewayAloneThatWasSetByHand() {
        net.neighbour("192.0.2.254", WAN, Neighbour.PERMANENT, MAC_1);
        net.put("10.1.0.0/16", hop("192.0.2.254", WAN));
        assertEquals("forward port=1 mtu=1400 020000000001 020000000a02 0800", net.describe("10.1.0.1"));
        net.remove("10.1.0.0/16");
        assertEquals(List.of(), net.asked);
    }

    @Test
    void shouldStopManagingWhenTheLastRouteGoes() {
        net.put("10.1.0.0/16", hop("192.0.2.254", WAN));
        net.put("10.2.0.0/16", hop("192.0.2.254", WAN));
        net.remove("10.1.0.0/16");
        assertEquals(List.of("manage 3 192.0.2.254"), net.asked);
        net.remove("10.2.0.0/16");
        assertEquals(List.of("manage 3 192.0.2.254", "unmanage 3 192.0.2.254"), net.asked);
        assertEquals("no route", net.describe("10.1.0.1"));
    }

    @Test
    void shouldEnterHostsWhenTheyAreUsableOnTheirLink() {
        net.put("10.0.0.0/24", hop(null, LAN));
        net.put("2001:db8::/64", hop(null, LAN));
        assertEquals("glean port=0 mtu=1500", net.describe("10.0.0.7"));
        net.neighbour("10.0.0.7", LAN, Neighbour.REACHABLE, MAC_1);
        net.neighbour("2001:db8::7", LAN, Neighbour.PERMANENT, MAC_1);
        net.neighbour("10.0.0.9", WAN, Neighbour.REACHABLE, MAC_1);
        assertEquals("forward port=0 mtu=1500 020000000001 020000000a01 0800", net.describe("10.0.0.7"));
        assertEquals("forward port=0 mtu=1500 020000000001 020000000a01 86dd", net.describe("2001:db8::7"));
        assertEquals("glean port=0 mtu=1500", net.describe("10.0.0.8"));
        assertEquals("glean port=0 mtu=1500", net.describe("10.0.0.9"), "on another link");
        net.neighbour("10.0.0.7", LAN, Neighbour.FAILED, 0);
        assertEquals("glean port=0 mtu=1500", net.describe("10.0.0.7"));
        net.routing.neighbour(null, new Neighbour(IpAddress.parse("2001:db8::7"), LAN, Neighbour.STALE, MAC_1, 0));
        assertEquals("glean port=0 mtu=1500", net.describe("2001:db8::7"));
    }

    @Test
    void shouldUseEveryStateThatMayBeSentToAndNoOther() {
        net.put("10.0.0.0/24", hop(null, LAN));
        for (final int state : List.of(Neighbour.REACHABLE, Neighbour.STALE, Neighbour.DELAY, Neighbour.PROBE,
                Neighbour.PERMANENT, Neighbour.NOARP)) {
            net.neighbour("10.0.0.7", LAN, state, MAC_1);
            assertTrue(net.describe("10.0.0.7").startsWith("forward"), "state=" + state);
            net.neighbour("10.0.0.7", LAN, Neighbour.INCOMPLETE, 0);
            assertTrue(net.describe("10.0.0.7").startsWith("glean"), "state=" + state);
        }
    }

    @Test
    void shouldFollowTheRouteWhenItHidesANeighbour() {
        net.neighbour("10.0.0.7", LAN, Neighbour.REACHABLE, MAC_1);
        assertEquals("no route", net.describe("10.0.0.7"));
        net.put("10.0.0.0/24", hop(null, LAN));
        assertTrue(net.describe("10.0.0.7").startsWith("forward port=0"));
        net.put("10.0.0.0/28", hop("192.0.2.254", WAN));
        assertTrue(net.describe("10.0.0.7").startsWith("unresolved gateway port=1"));
        net.remove("10.0.0.0/28");
        assertTrue(net.describe("10.0.0.7").startsWith("forward port=0"));
        net.put(key("10.0.0.7/32", LOCAL, 0), RouteType.LOCAL, 0, hop(null, LAN));
        assertEquals("local ifindex=2", net.describe("10.0.0.7"));
        net.routing.routes(key("10.0.0.7/32", LOCAL, 0), List.of());
        assertTrue(net.describe("10.0.0.7").startsWith("forward port=0"));
        net.remove("10.0.0.0/24");
        assertEquals("no route", net.describe("10.0.0.7"));
    }

    @Test
    void shouldForwardToThePeerWhenItsOwnRouteIsOnLink() {
        net.put("10.0.0.2/32", hop(null, LAN));
        assertEquals("glean port=0 mtu=1500", net.describe("10.0.0.2"));
        net.neighbour("10.0.0.2", LAN, Neighbour.REACHABLE, MAC_1);
        assertTrue(net.describe("10.0.0.2").startsWith("forward port=0"));
        net.neighbour("10.0.0.2", LAN, Neighbour.FAILED, 0);
        assertEquals("glean port=0 mtu=1500", net.describe("10.0.0.2"));
    }

    @Test
    void shouldPreferTheLocalTableThenTheLowestMetric() {
        net.put(key("10.0.0.0/8", MAIN, 20), RouteType.BLACKHOLE, 0);
        net.put(key("10.0.0.0/8", MAIN, -1), RouteType.PROHIBIT, 0);
        net.put(key("10.0.0.0/8", 253, 0), RouteType.THROW, 0);
        assertEquals("blackhole", net.describe("10.0.0.1"));
        net.put(key("10.0.0.0/8", MAIN, 10), RouteType.UNREACHABLE, 0);
        assertEquals("unreachable", net.describe("10.0.0.1"));
        net.put(key("10.0.0.0/8", LOCAL, 50), RouteType.LOCAL, 0, hop(null, 1));
        assertEquals("local ifindex=1", net.describe("10.0.0.1"));
        net.routing.routes(key("10.0.0.0/8", LOCAL, 50), List.of());
        net.routing.routes(key("10.0.0.0/8", MAIN, 10), List.of());
        net.routing.routes(key("10.0.0.0/8", MAIN, 20), List.of());
        assertEquals("prohibit", net.describe("10.0.0.1"));
        net.routing.routes(key("10.0.0.0/8", MAIN, -1), List.of());
        assertEquals("throw", net.describe("10.0.0.1"));
    }

    @Test
    void shouldLeaveItToTheKernelWhenTheDeviceIsNoPort() {
        net.put("10.9.0.0/16", hop("10.0.0.1", OTHER_DEVICE));
        net.put("10.8.0.0/16", hop(null, OTHER_DEVICE));
        net.neighbour("10.8.0.1", OTHER_DEVICE, Neighbour.REACHABLE, MAC_1);
        assertEquals("kernel ifindex=9", net.describe("10.9.0.1"));
        assertEquals(List.of(), net.asked);
        net.routing.addPort(new RoutingPort(2, OTHER_DEVICE, "new", 0x0200_0000_0A03L, 9000));
        assertEquals("unresolved gateway port=2 mtu=9000 10.0.0.1", net.describe("10.9.0.1"));
        assertEquals("forward port=2 mtu=9000 020000000001 020000000a03 0800", net.describe("10.8.0.1"));
        net.routing.removePort(OTHER_DEVICE);
        assertEquals("kernel ifindex=9", net.describe("10.9.0.1"));
        assertEquals("kernel ifindex=9", net.describe("10.8.0.1"));
    }

    @Test
    void shouldSpreadByWeightWhenARouteHasSeveralNextHops() {
        final NextHop heavy = new NextHop(IpAddress.parse("192.0.2.1"), WAN, 3, 0, 0);
        final NextHop light = new NextHop(IpAddress.parse("10.0.0.1"), LAN, 1, 0, 0);
        net.put("0.0.0.0/0", heavy, light);
        net.put("172.16.0.0/12", heavy, light);
        final int adjacency = net.lookup("8.8.8.8");
        assertEquals(adjacency, net.lookup("172.16.0.1"));
        assertEquals("multipath", net.describe(adjacency));
        int heavyFlows = 0;
        for (int bucket = 0; bucket < 128; bucket++) {
            final String chosen = net.describe(net.fib.select(adjacency, bucket << 25 | 12345));
            heavyFlows += chosen.startsWith("unresolved gateway port=1") ? 1 : 0;
        }
        assertEquals(96, heavyFlows);
        net.put("0.0.0.0/0", new NextHop(heavy.gateway(), WAN, 3, DEAD, 0), light);
        assertEquals("unresolved gateway port=0 mtu=1500 10.0.0.1", net.describe("8.8.8.8"));
        assertEquals("multipath", net.describe("172.16.0.1"));
        assertEquals(net.lookup("8.8.8.8"), net.fib.select(net.lookup("8.8.8.8"), -1));
    }

    @Test
    void shouldUseTheNextRouteWhenAllNextHopsAreDead() {
        net.put(key("10.0.0.0/8", MAIN, 1), RouteType.UNICAST, 0,
                new NextHop(IpAddress.parse("192.0.2.1"), WAN, 1, DEAD, 0));
        assertEquals("no route", net.describe("10.0.0.1"));
        net.put(key("10.0.0.0/8", MAIN, 2), RouteType.UNREACHABLE, 0);
        assertEquals("unreachable", net.describe("10.0.0.1"));
    }

    @Test
    void shouldKeepBroadcastAndMulticastWhateverTheRoutes() {
        net.put("0.0.0.0/0", hop("192.0.2.254", WAN));
        net.put("224.0.0.0/4", hop(null, LAN));
        net.put("255.255.255.255/32", hop(null, LAN));
        net.put("::/0", hop("2001:db8::1", WAN));
        assertEquals("multicast", net.describe("239.1.2.3"));
        assertEquals("broadcast", net.describe("255.255.255.255"));
        assertEquals("multicast", net.describe("ff02::1"));
    }

    @Test
    void shouldFollowThePortWhenItsMtuOrMacChanges() {
        net.put("10.0.0.0/24", hop(null, LAN));
        net.put(key("10.1.0.0/16", MAIN, 0), RouteType.UNICAST, 1280, hop("10.0.0.7", LAN));
        net.put("10.2.0.0/16", hop("10.0.0.7", LAN));
        net.neighbour("10.0.0.7", LAN, Neighbour.REACHABLE, MAC_1);
        assertEquals("forward port=0 mtu=1280 020000000001 020000000a01 0800", net.describe("10.1.0.1"));
        net.routing.link(new Link(LAN, "e0", 0x0200_0000_0B01L, 9000, 0, 1, 1, "veth", 1, 0, 0, -1), null);
        assertEquals("forward port=0 mtu=1280 020000000001 020000000b01 0800", net.describe("10.1.0.1"));
        assertEquals("forward port=0 mtu=9000 020000000001 020000000b01 0800", net.describe("10.2.0.1"));
        assertEquals("forward port=0 mtu=9000 020000000001 020000000b01 0800", net.describe("10.0.0.7"));
        assertEquals("glean port=0 mtu=9000", net.describe("10.0.0.8"));
    }

    @Test
    void shouldSendIpv4ByAnIpv6Gateway() {
        net.put("10.0.0.0/8", hop("fe80::1", LAN));
        assertEquals("unresolved gateway port=0 mtu=1500 fe80::1", net.describe("10.1.1.1"));
        net.neighbour("fe80::1", LAN, Neighbour.REACHABLE, MAC_1);
        assertEquals("forward port=0 mtu=1500 020000000001 020000000a01 0800", net.describe("10.1.1.1"));
    }

    @Test
    void shouldMoveTheVersionWhenANeighbourResolves() {
        net.put("10.0.0.0/24", hop(null, LAN));
        final long before = net.fib.version();
        net.neighbour("10.0.0.7", LAN, Neighbour.REACHABLE, MAC_1);
        assertTrue(net.fib.version() > before);
    }

    @Test
    void shouldAskForTheNeighbourOfAPort() {
        net.routing.request(1, IpAddress.parse("192.0.2.7"));
        net.routing.request(7, IpAddress.parse("192.0.2.7"));
        assertEquals(List.of("request 3 192.0.2.7"), net.asked);
    }

    @Test
    void shouldLeaveNothingBehindWhenAllIsWithdrawn() {
        final FibWriter.Usage empty = net.writer.usage();
        net.put("10.0.0.0/24", hop(null, LAN));
        net.put("2001:db8::/64", hop(null, LAN));
        net.put("0.0.0.0/0", hop("192.0.2.1", WAN), hop("192.0.2.2", WAN));
        net.neighbour("192.0.2.2", WAN, Neighbour.REACHABLE, MAC_2);
        net.neighbour("10.0.0.7", LAN, Neighbour.REACHABLE, MAC_1);
        net.neighbour("2001:db8::7", LAN, Neighbour.REACHABLE, MAC_1);
        net.remove("0.0.0.0/0");
        net.remove("2001:db8::/64");
        net.remove("10.0.0.0/24");
        assertEquals(empty, net.writer.usage());
    }
}
