package io.penstock.dataplane.route;

import static io.penstock.dataplane.route.RoutingFixture.LAN;
import static io.penstock.dataplane.route.RoutingFixture.LOCAL;
import static io.penstock.dataplane.route.RoutingFixture.MAIN;
import static io.penstock.dataplane.route.RoutingFixture.OTHER_DEVICE;
import static io.penstock.dataplane.route.RoutingFixture.WAN;
import static io.penstock.dataplane.route.RoutingFixture.hop;
import static io.penstock.dataplane.route.RoutingFixture.key;
import static io.penstock.dataplane.route.RoutingFixture.route;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.hot.fib.AdjacencyLayout;
import io.penstock.dataplane.hot.fib.Fib;
import io.penstock.os.netlink.Address;
import io.penstock.os.netlink.IpAddress;
import io.penstock.os.netlink.Neighbour;
import io.penstock.os.netlink.Route;
import io.penstock.os.netlink.RouteType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the router asks of the table besides the way: sources, the way back, link-local links, failures. */
class RoutingRouterTest {

    private static final int LAN_PORT = 0;
    private static final int WAN_PORT = 1;
    private static final long MAC = 0x0200_0000_0001L;

    private final RoutingFixture net = new RoutingFixture();

    @BeforeEach
    void feed() {
        net.routing.addresses(List.of(address("10.0.0.1", 24, LAN, 0), address("192.0.2.1", 24, WAN, 0),
                address("10.7.0.1", 24, OTHER_DEVICE, 0)));
        net.put(key("10.0.0.1/32", LOCAL, 0), RouteType.LOCAL, 0, hop(null, LAN));
        net.put(key("10.0.0.255/32", LOCAL, 0), RouteType.BROADCAST, 0, hop(null, LAN));
        net.put("10.0.0.0/24", hop(null, LAN));
        net.put("192.0.2.0/24", hop(null, WAN));
    }

    @AfterEach
    void close() {
        net.close();
    }

    @Test
    void shouldSayWhatThisHostSendsFrom() {
        net.put("0.0.0.0/0", hop("192.0.2.254", WAN));
        net.put("10.8.0.0/16", hop(null, OTHER_DEVICE));
        net.routing.routes(key("10.9.0.0/16", MAIN, 0), List.of(new Route(key("10.9.0.0/16", MAIN, 0), RouteType.UNICAST, 0, 4,
                IpAddress.parse("10.7.0.1"), 0, 0, List.of(hop("192.0.2.254", WAN)), 0)));
        assertEquals("192.0.2.1", source("8.8.8.8"));
        assertEquals("10.0.0.1", source("10.0.0.7"));
        assertEquals("10.0.0.1", source("10.0.0.255"));
        assertEquals("10.7.0.1", source("10.8.0.1"));
        assertEquals("10.7.0.1", source("10.9.0.1"));
        net.neighbour("10.0.0.7", LAN, Neighbour.REACHABLE, MAC);
        assertEquals("10.0.0.1", source("10.0.0.7"));
        net.routing.address(address("10.0.0.2", 24, LAN, 0), null);
        net.routing.address(null, address("10.0.0.1", 24, LAN, 0));
        assertEquals("10.0.0.2", source("10.0.0.7"), "of a host's entry");
        assertEquals("10.0.0.2", source("10.0.0.8"), "of the link");
        assertTrue(net.fib.addresses().isOwn4(IpAddress.parse("10.0.0.2").toInt()));
        assertFalse(net.fib.addresses().isOwn4(IpAddress.parse("10.0.0.1").toInt()));
    }

    @Test
    void shouldJudgeSourcesAsTheKernelDoes() {
        net.put("0.0.0.0/0", hop("192.0.2.254", WAN));
        net.put(key("10.66.0.0/16", MAIN, 0), RouteType.BLACKHOLE, 0);
        assertEquals(Fib.SOURCE_OK, validate("8.8.8.8", LAN_PORT, WAN_PORT, 0));
        assertEquals(Fib.SOURCE_OWN, validate("10.0.0.1", LAN_PORT, WAN_PORT, 0));
        assertEquals(Fib.SOURCE_FILTERED, validate("8.8.8.8", LAN_PORT, WAN_PORT, 1));
        assertEquals(Fib.SOURCE_OK, validate("8.8.8.8", LAN_PORT, WAN_PORT, 2));
        assertEquals(Fib.SOURCE_OK, validate("8.8.8.8", WAN_PORT, LAN_PORT, 1), "by a gateway");
        assertEquals(Fib.SOURCE_ON_LINK, validate("10.0.0.7", LAN_PORT, WAN_PORT, 1));
        assertEquals(Fib.SOURCE_FILTERED, validate("10.66.0.1", LAN_PORT, WAN_PORT, 2), "no way back");
        assertEquals(Fib.SOURCE_INVALID, validate("10.0.0.255", LAN_PORT, WAN_PORT, 2));
        assertEquals(Fib.SOURCE_OK, validate("10.0.0.255", LAN_PORT, WAN_PORT, 0));
        assertEquals(Fib.SOURCE_ON_LINK, validate("10.0.0.7", LAN_PORT, LAN_PORT, 0), "to be redirected");
        assertEquals(Fib.SOURCE_OK, net.fib.validateSource4(ip("10.0.0.1"), LAN_PORT, WAN_PORT, 0, true, true, false));
        net.routing.address(null, address("10.0.0.1", 24, LAN, 0));
        assertEquals(Fib.SOURCE_FILTERED, validate("8.8.8.8", LAN_PORT, WAN_PORT, 2), "a port without addresses");
    }

    @Test
    void shouldMatchAnyNextHopWhenTheWayBackIsMultipath() {
        net.put("0.0.0.0/0", hop("192.0.2.254", WAN), hop("10.0.0.254", LAN));
        assertEquals(Fib.SOURCE_OK, validate("8.8.8.8", LAN_PORT, WAN_PORT, 1));
        assertEquals(Fib.SOURCE_OK, validate("8.8.8.8", WAN_PORT, LAN_PORT, 1));
    }

    @Test
    void shouldKeepLinksApartWhenAddressesAreLinkLocal() {
        net.routing.routes(key("fe80::/64", MAIN, 256), List.of(
                route(key("fe80::/64", MAIN, 256), RouteType.UNICAST, 0, hop(null, LAN)),
                route(key("fe80::/64", MAIN, 256), RouteType.UNICAST, 0, hop(null, WAN))));
        net.put(key("fe80::1/128", LOCAL, 0), RouteType.LOCAL, 0, hop(null, WAN));
        net.neighbour("fe80::7", WAN, Neighbour.REACHABLE, MAC);
        assertEquals("glean port=0 mtu=1500", linkLocal(LAN_PORT, "fe80::7"));
        assertEquals("forward port=1 mtu=1400 020000000001 020000000a02 86dd", linkLocal(WAN_PORT, "fe80::7"));
        assertEquals("local ifindex=3", linkLocal(WAN_PORT, "fe80::1"));
        assertEquals("glean port=0 mtu=1500", linkLocal(LAN_PORT, "fe80::1"));
        assertEquals("no route", linkLocal(LAN_PORT, "fe80:0:0:1::1"));
        net.routing.removePort(WAN);
        assertEquals("no route", linkLocal(WAN_PORT, "fe80::7"));
        net.routing.addPort(new RoutingPort(WAN_PORT, WAN, "wan", RoutingFixture.WAN_MAC, 1400));
        assertEquals("forward port=1 mtu=1400 020000000001 020000000a02 86dd", linkLocal(WAN_PORT, "fe80::7"));
    }

    @Test
    void shouldHideMoreSpecificRoutesWhenAnIpv6LocalRouteIsWide() {
        net.put("2001:db8:1::/48", hop(null, LAN));
        net.put(key("2001:db8::/32", LOCAL, 1024), RouteType.LOCAL, 0, hop(null, 1));
        assertEquals("local ifindex=1", net.describe("2001:db8:1::1"));
        net.put("2001:db8:2::/48", hop(null, LAN));
        assertEquals("local ifindex=1", net.describe("2001:db8:2::1"));
        net.routing.routes(key("2001:db8::/32", LOCAL, 1024), List.of());
        assertEquals("glean port=0 mtu=1500", net.describe("2001:db8:1::1"));
        assertEquals("glean port=0 mtu=1500", net.describe("2001:db8:2::1"));
    }

    @Test
    void shouldSayHowWideAnIpv6RouteIs() {
        net.put("::/0", hop("fe80::1", WAN));
        net.put("2001:db8::/48", hop(null, LAN));
        net.neighbour("2001:db8::7", LAN, Neighbour.REACHABLE, MAC);
        assertEquals(0, width("2a00::1"));
        assertEquals(48, width("2001:db8::9"));
        assertEquals(48, width("2001:db8::7"), "a neighbour counts as its link");
        assertTrue(isSubnetAnycast("2001:db8::"));
        assertFalse(isSubnetAnycast("2001:db8::7"));
        assertFalse(isSubnetAnycast("2a00::"), "by a gateway");
        net.neighbour("2001:db8::", LAN, Neighbour.REACHABLE, MAC);
        assertTrue(isSubnetAnycast("2001:db8::"));
        net.put("2001:db8:9::/127", hop(null, LAN));
        assertFalse(isSubnetAnycast("2001:db8:9::"));
        assertTrue(net.describe("2001:db8::7").startsWith("forward port=0"));
    }

    @Test
    void shouldTellOfANeighbourThatFailsOnlyWhenSomebodyWaits() {
        final List<String> failed = new ArrayList<>();
        net.routing.onFailure((port, ip) -> failed.add(port + " " + ip));
        final Neighbour none = new Neighbour(IpAddress.parse("10.0.0.7"), LAN, Neighbour.FAILED, 0, 0);
        net.routing.failed(none);
        net.routing.request(LAN_PORT, none.ip());
        net.routing.failed(none);
        net.routing.failed(none);
        net.routing.request(LAN_PORT, none.ip());
        net.neighbour("10.0.0.7", LAN, Neighbour.REACHABLE, MAC);
        net.routing.failed(none);
        assertEquals(List.of("0 10.0.0.7"), failed);
    }

    @Test
    void shouldLookSourcesUpWhenSomebodyHasMadeALocalRoute() {
        net.routing.routes(key("10.0.0.9/32", LOCAL, 0), List.of(new Route(key("10.0.0.9/32", LOCAL, 0), RouteType.LOCAL, 254,
                2, null, 0, 0, List.of(hop(null, LAN)), 0)));
        try (RoutingFixture fresh = new RoutingFixture()) {
            fresh.routing.routes(key("10.0.0.9/32", LOCAL, 0), List.of(new Route(key("10.0.0.9/32", LOCAL, 0), RouteType.LOCAL,
                    254, 2, null, 0, 0, List.of(hop(null, LAN)), 0)));
            assertFalse(fresh.routing.looksSourcesUp4(), "the kernel's own");
            fresh.put(key("10.99.0.0/16", LOCAL, 0), RouteType.LOCAL, 0, hop(null, 1));
            assertTrue(fresh.routing.looksSourcesUp4());
        }
    }

    private int validate(final String source, final int port, final int outPort, final int rpFilter) {
        return net.fib.validateSource4(ip(source), port, outPort, rpFilter, false, true, false);
    }

    private String source(final String destination) {
        return IpAddress.v4(AdjacencyLayout.source4(net.fib.adjacency(net.lookup(destination)))).toString();
    }

    private String linkLocal(final int port, final String destination) {
        final IpAddress ip = IpAddress.parse(destination);
        return net.describe(net.fib.lookupLinkLocal6(port, ip.high(), ip.low()));
    }

    private int width(final String destination) {
        final IpAddress ip = IpAddress.parse(destination);
        return net.fib.prefixLength6(ip.high(), ip.low());
    }

    private boolean isSubnetAnycast(final String destination) {
        final IpAddress ip = IpAddress.parse(destination);
        return net.fib.isSubnetAnycast6(ip.high(), ip.low());
    }

    private static Address address(final String ip, final int length, final int ifindex, final int scope) {
        return new Address(IpAddress.parse(ip), length, ifindex, scope, 0x80, null, null);
    }

    private static int ip(final String text) {
        return IpAddress.parse(text).toInt();
    }
}
