package io.penstock.dataplane.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.penstock.dataplane.config.NetworkConfig;
import io.penstock.os.netlink.IpAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StaticNetworkTest {

    private static final List<RoutingPort> PORTS = List.of(new RoutingPort(0, 11, "lan", 0x0200_0000_0A01L, 1500),
            new RoutingPort(1, 12, "wan", 0x0200_0000_0A02L, 1500));

    private final RoutingFixture net = new RoutingFixture();

    @AfterEach
    void close() {
        net.close();
    }

    @Test
    void shouldMakeOfAddressesWhatTheKernelWould() {
        feed(Map.of("lan", List.of(prefix("10.0.0.254", 24), prefix("2001:db8::fe", 64)),
                "wan", List.of(prefix("192.0.2.0", 31))), List.of(), List.of());
        assertEquals("local ifindex=11", net.describe("10.0.0.254"));
        assertEquals("broadcast", net.describe("10.0.0.255"));
        assertEquals("glean port=0 mtu=1500", net.describe("10.0.0.0"));
        assertEquals("local ifindex=11", net.describe("2001:db8::fe"));
        assertEquals("local ifindex=11", net.describe("2001:db8::"), "subnet-router anycast");
        assertEquals("glean port=0 mtu=1500", net.describe("2001:db8::1"));
        assertEquals("local ifindex=12", net.describe("192.0.2.0"));
        assertEquals("glean port=1 mtu=1500", net.describe("192.0.2.1"));
        assertEquals("local ifindex=1", net.describe("127.1.2.3"));
        assertEquals("no route", net.describe("8.8.8.8"));
    }

    @Test
    void shouldDeriveMacsOfNeighboursThatAreNotConfigured() {
        final StaticNetwork network = feed(Map.of("lan", List.of(prefix("10.0.0.254", 24), prefix("2001:db8::fe", 64)),
                        "wan", List.of(prefix("192.0.2.1", 24))),
                List.of(new NetworkConfig.Route(prefix("0.0.0.0", 0), IpAddress.parse("192.0.2.254"), "wan",
                        NetworkConfig.RouteType.UNICAST),
                        new NetworkConfig.Route(prefix("10.9.0.0", 16), IpAddress.parse("10.0.0.9"), "lan",
                                NetworkConfig.RouteType.UNICAST),
                        new NetworkConfig.Route(prefix("10.8.0.0", 16), null, null, NetworkConfig.RouteType.PROHIBIT)),
                List.of(new NetworkConfig.Neighbour(IpAddress.parse("192.0.2.254"), 0x0200_0000_00FEL, "wan")));
        assertEquals("forward port=1 mtu=1500 0200000000fe 020000000a02 0800", net.describe("8.8.8.8"));
        assertEquals("forward port=0 mtu=1500 02000a000009 020000000a01 0800", net.describe("10.9.1.1"));
        assertEquals("prohibit", net.describe("10.8.1.1"));
        network.routing().request(0, IpAddress.parse("10.0.0.7"));
        network.routing().request(0, IpAddress.parse("2001:db8::1:2"));
        assertEquals("forward port=0 mtu=1500 02000a000007 020000000a01 0800", net.describe("10.0.0.7"));
        assertEquals("forward port=0 mtu=1500 020000010002 020000000a01 86dd", net.describe("2001:db8::1:2"));
    }

    @Test
    void shouldRefuseTwoRoutesToOneDestination() {
        final NetworkConfig.Route route =
                new NetworkConfig.Route(prefix("10.8.0.0", 16), null, null, NetworkConfig.RouteType.PROHIBIT);
        assertEquals("network.routes has a route to where one leads already: to=10.8.0.0/16; remove it, or the other route "
                + "or the address that brings the other", assertThrows(IllegalArgumentException.class,
                () -> feed(Map.of(), List.of(route, route), List.of())).getMessage());
    }

    @Test
    void shouldRefuseAPortThatDoesNotExist() {
        assertEquals("network names a port that does not exist: port=dmz; define it under 'ports' or correct the name",
                assertThrows(IllegalArgumentException.class,
                        () -> feed(Map.of("dmz", List.of(prefix("10.0.0.1", 24))), List.of(), List.of())).getMessage());
    }

    private StaticNetwork feed(final Map<String, List<NetworkConfig.Prefix>> addresses,
            final List<NetworkConfig.Route> routes, final List<NetworkConfig.Neighbour> neighbours) {
        return new StaticNetwork(net.writer, PORTS, new NetworkConfig(addresses, routes, neighbours));
    }

    private static NetworkConfig.Prefix prefix(final String address, final int length) {
        return new NetworkConfig.Prefix(IpAddress.parse(address), length);
    }
}
