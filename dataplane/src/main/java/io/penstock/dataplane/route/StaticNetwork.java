package io.penstock.dataplane.route;

import io.penstock.dataplane.config.NetworkConfig;
import io.penstock.dataplane.fib.FibWriter;
import io.penstock.dataplane.settings.ConfiguredSettings;
import io.penstock.os.netlink.Address;
import io.penstock.os.netlink.IpAddress;
import io.penstock.os.netlink.Neighbour;
import io.penstock.os.netlink.NextHop;
import io.penstock.os.netlink.Route;
import io.penstock.os.netlink.RouteKey;
import io.penstock.os.netlink.RouteType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Routing where no kernel supplies the network: addresses, routes and neighbours from the configuration.
 *
 * <p>Invariants:
 * <ol>
 *   <li>The table holds what the kernel would have after the same addresses were added in their order, then the routes:
 *       {@link DerivedRoutes} says what comes with an address.</li>
 *   <li>A port whose IPv6 is on has the link-local address of its Ethernet address, unless one is configured.</li>
 *   <li>A neighbour that the configuration does not know has the Ethernet address 02:00 followed by the last four bytes
 *       of its address. It is there as soon as a route or a packet needs it.</li>
 * </ol>
 *
 * <p>Source: RFC 4291 appendix A for the link-local address. Threads: the control thread.
 */
public final class StaticNetwork {

    static final int LOOPBACK_IFINDEX = 1;

    private static final int TABLE_MAIN = 254;
    private static final int TABLE_LOCAL = 255;
    private static final int PROTOCOL_BOOT = 3;
    /** What the kernel gives to an IPv6 route without a metric. */
    private static final int METRIC6_USER = 1024;
    /** Bytes that every IPv6 link carries (RFC 8200 section 5): with less the kernel has no IPv6 on a device. */
    private static final int MIN_MTU6 = 1280;
    private static final int ONLINK = 0x04;
    private static final long DERIVED_MAC = 0x0200_0000_0000L;

    private final Map<String, RoutingPort> ports = new HashMap<>();
    private final Set<NeighbourTable.Key> known = new HashSet<>();
    private final Map<RouteKey, List<Route>> routes = new HashMap<>();
    private final Routing routing;

    /** Puts a configuration in force with the usual settings; {@link IllegalArgumentException} says what cannot be. */
    public StaticNetwork(final FibWriter fib, final List<RoutingPort> ports, final NetworkConfig network) {
        this(fib, ports, network, ConfiguredSettings.of(ports.stream().map(RoutingPort::name).toList(), Map.of()));
    }

    /**
     * Puts a configuration in force; {@link IllegalArgumentException} says what cannot be.
     *
     * @param settings of the same ports, by their index
     */
    public StaticNetwork(final FibWriter fib, final List<RoutingPort> ports, final NetworkConfig network,
            final ConfiguredSettings settings) {
        this.routing = new Routing(fib, new Resolver());
        for (final RoutingPort port : ports) {
            this.ports.put(port.name(), port);
            routing.addPort(port);
        }
        // First, so that no gateway is given an address that the configuration knows better.
        for (final NetworkConfig.Neighbour neighbour : network.neighbours()) {
            addNeighbour(new NeighbourTable.Key(neighbour.ip(), port(neighbour.port()).ifindex()), neighbour.mac());
        }
        // One by one, as they would be added to the kernel: its order decides which one is a source.
        addAddresses(ports, network, settings).forEach(address -> routing.address(address, null));
        network.routes().forEach(this::addRoute);
    }

    /** The routing that was fed. */
    public Routing routing() {
        return routing;
    }

    private List<Address> addAddresses(
            final List<RoutingPort> all, final NetworkConfig network, final ConfiguredSettings settings) {
        network.addresses().keySet().forEach(this::port);
        final DerivedRoutes derived = new DerivedRoutes();
        derived.loopback();
        for (final RoutingPort port : all) {
            final boolean ipv6 = settings.hasIpv6(port.index()) && port.mtu() >= MIN_MTU6;
            final boolean router = settings.isRouter6(port.index());
            final List<NetworkConfig.Address> own = network.addresses().getOrDefault(port.name(), List.of());
            if (ipv6 && own.stream().noneMatch(StaticNetwork::isLinkLocal6)) {
                derived.add(port.ifindex(), linkLocal(port.mac()), router);
            }
            for (final NetworkConfig.Address address : own) {
                if (ipv6 || address.address().family() == IpAddress.V4) {
                    derived.add(port.ifindex(), address, router);
                }
            }
        }
        final Map<RouteKey, List<Route>> changed = new LinkedHashMap<>();
        for (final Route route : derived.routes()) {
            final List<Route> list = routes.computeIfAbsent(route.key(), k -> new ArrayList<>(1));
            list.add(route);
            changed.put(route.key(), list);
        }
        changed.forEach((key, list) -> routing.routes(key, List.copyOf(list)));
        return derived.addresses();
    }

    private void addRoute(final NetworkConfig.Route route) {
        final IpAddress to = route.to().address();
        final boolean ipv4 = to.family() == IpAddress.V4;
        final RouteType type = RouteType.valueOf(route.type().name());
        final boolean local = switch (type) {
            case LOCAL, BROADCAST, ANYCAST -> true;
            default -> false;
        };
        final RouteKey key = new RouteKey(to, route.to().length(), IpAddress.any(to.family()), 0,
                local ? TABLE_LOCAL : TABLE_MAIN, 0, route.metric() == 0 && !ipv4 ? METRIC6_USER : route.metric());
        if (routes.containsKey(key)) {
            throw new IllegalArgumentException("network.routes has a route to where one leads already: to=" + route.to()
                    + "; remove it, or the other route or the address that brings the other");
        }
        final List<NextHop> nextHops = route.nextHops().stream().map(this::nextHop).toList();
        final Route added = new Route(key, type, ipv4 ? route.scope().number() : 0, PROTOCOL_BOOT, route.source(),
                route.mtu(), 0, nextHops, 0, route.mtuLocked());
        routes.put(key, List.of(added));
        routing.routes(key, List.of(added));
    }

    private NextHop nextHop(final NetworkConfig.NextHop way) {
        final int ifindex = way.port() == null ? LOOPBACK_IFINDEX : port(way.port()).ifindex();
        return new NextHop(way.via(), ifindex, way.weight(), way.onLink() ? ONLINK : 0, 0);
    }

    private void addNeighbour(final NeighbourTable.Key key, final long mac) {
        known.add(key);
        routing.neighbour(new Neighbour(key.ip(), key.ifindex(), Neighbour.PERMANENT, mac, 0), null);
    }

    private RoutingPort port(final String name) {
        final RoutingPort port = ports.get(name);
        if (port == null) {
            throw new IllegalArgumentException("network names a port that does not exist: port=" + name + "; define it "
                    + "under 'ports' or correct the name");
        }
        return port;
    }

    private static boolean isLinkLocal6(final NetworkConfig.Address address) {
        return address.address().family() == IpAddress.V6 && address.address().isLinkLocal();
    }

    /** The address that a device makes of its Ethernet address: its halves around ff:fe, the local bit turned round. */
    private static NetworkConfig.Address linkLocal(final long mac) {
        final long low = (mac >>> 24 ^ 0x02_0000L) << 40 | 0xFF_FE00_0000L | mac & 0xFF_FFFFL;
        return NetworkConfig.Address.of(new NetworkConfig.Prefix(IpAddress.v6(0xFE80_0000_0000_0000L, low), 64));
    }

    /** Knows every neighbour at once. */
    private final class Resolver implements NeighbourResolver {

        @Override
        public void request(final int ifindex, final IpAddress ip, final Neighbour now) {
            final NeighbourTable.Key key = new NeighbourTable.Key(ip, ifindex);
            if (!known.contains(key)) {
                addNeighbour(key, DERIVED_MAC | ip.low() & 0xFFFF_FFFFL);
            }
        }

        @Override
        public void manage(final int ifindex, final IpAddress ip, final Neighbour now) {
            request(ifindex, ip, now);
        }

        @Override
        public void unmanage(final int ifindex, final IpAddress ip, final Neighbour now) {
            // A neighbour that is known stays known.
        }
    }
}
