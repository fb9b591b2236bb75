package io.penstock.dataplane.route;

import io.penstock.dataplane.config.NetworkConfig;
import io.penstock.dataplane.fib.FibWriter;
import io.penstock.os.netlink.IpAddress;
import io.penstock.os.netlink.Neighbour;
import io.penstock.os.netlink.NextHop;
import io.penstock.os.netlink.Route;
import io.penstock.os.netlink.RouteKey;
import io.penstock.os.netlink.RouteType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Routing where no kernel supplies the network: addresses, routes and neighbours from the configuration.
 *
 * <p>Invariants:
 * <ol>
 *   <li>An address brings the routes that the kernel makes of it: the host's own, the link's, IPv4's broadcast (shorter
 *       than /31), and IPv6's subnet-router anycast (shorter than /127), since this host forwards. The loopback networks
 *       are this host's.</li>
 *   <li>A neighbour that the configuration does not know has the Ethernet address 02:00 followed by the last four bytes
 *       of its address. It is there as soon as a route or a packet needs it.</li>
 * </ol>
 *
 * <p>Differs from Linux: ports have no link-local addresses but those configured.
 *
 * <p>Source: the kernel's fib_add_ifaddr and addrconf; RFC 4291 section 2.6.1, RFC 6164. Threads: the control thread.
 */
public final class StaticNetwork {

    private static final int TABLE_MAIN = 254;
    private static final int TABLE_LOCAL = 255;
    private static final int PROTOCOL_STATIC = 4;
    /** What the kernel gives to the route of an IPv6 address's link, and to one that is configured. */
    private static final int METRIC6_KERNEL = 256;
    private static final int METRIC6_STATIC = 1024;
    private static final int LOOPBACK_IFINDEX = 1;
    private static final long DERIVED_MAC = 0x0200_0000_0000L;

    private final Map<String, RoutingPort> ports = new HashMap<>();
    private final Set<NeighbourTable.Key> known = new HashSet<>();
    private final Set<RouteKey> keys = new HashSet<>();
    private final Routing routing;

    /** Puts a configuration in force; {@link IllegalArgumentException} says what cannot be. */
    public StaticNetwork(final FibWriter fib, final List<RoutingPort> ports, final NetworkConfig network) {
        this.routing = new Routing(fib, new Resolver());
        for (final RoutingPort port : ports) {
            this.ports.put(port.name(), port);
            routing.addPort(port);
        }
        // First, so that no gateway is given an address that the configuration knows better.
        for (final NetworkConfig.Neighbour neighbour : network.neighbours()) {
            addNeighbour(new NeighbourTable.Key(neighbour.ip(), port(neighbour.port()).ifindex()), neighbour.mac());
        }
        put(TABLE_LOCAL, IpAddress.parse("127.0.0.0"), 8, 0, RouteType.LOCAL, null, LOOPBACK_IFINDEX);
        put(TABLE_LOCAL, IpAddress.parse("::1"), 128, 0, RouteType.LOCAL, null, LOOPBACK_IFINDEX);
        network.addresses().forEach((name, prefixes) -> {
            for (final NetworkConfig.Prefix prefix : prefixes) {
                addAddress(port(name), prefix.address(), prefix.length());
            }
        });
        network.routes().forEach(this::addRoute);
    }

    /** The routing that was fed. */
    public Routing routing() {
        return routing;
    }

    private void addAddress(final RoutingPort port, final IpAddress ip, final int length) {
        final IpAddress network = ip.prefix(length);
        put(TABLE_LOCAL, ip, ip.bits(), 0, RouteType.LOCAL, null, port.ifindex());
        if (ip.family() == IpAddress.V4) {
            if (length < 32) {
                put(TABLE_MAIN, network, length, 0, RouteType.UNICAST, null, port.ifindex());
            }
            if (length < 31) {
                put(TABLE_LOCAL, new Prefix(network, length).last(), 32, 0, RouteType.BROADCAST, null,
                        port.ifindex());
            }
        } else {
            put(TABLE_MAIN, network, length, METRIC6_KERNEL, RouteType.UNICAST, null, port.ifindex());
            if (length < 127) {
                put(TABLE_LOCAL, network, 128, 0, RouteType.ANYCAST, null, port.ifindex());
            }
        }
    }

    private void addRoute(final NetworkConfig.Route route) {
        final IpAddress to = route.to().address();
        final RouteType type = switch (route.type()) {
            case UNICAST -> RouteType.UNICAST;
            case BLACKHOLE -> RouteType.BLACKHOLE;
            case UNREACHABLE -> RouteType.UNREACHABLE;
            case PROHIBIT -> RouteType.PROHIBIT;
        };
        final boolean added = put(TABLE_MAIN, to, route.to().length(), to.family() == IpAddress.V4 ? 0 : METRIC6_STATIC,
                type, route.via(), route.port() == null ? 0 : port(route.port()).ifindex());
        if (!added) {
            throw new IllegalArgumentException("network.routes has a route to where one leads already: to=" + route.to()
                    + "; remove it, or the other route or the address that brings the other");
        }
    }

    /** False if there is one of this key: as in the kernel, the first is used. */
    private boolean put(final int table, final IpAddress to, final int length, final int metric, final RouteType type,
            final IpAddress gateway, final int ifindex) {
        final RouteKey key = new RouteKey(to, length, IpAddress.any(to.family()), 0, table, 0, metric);
        if (!keys.add(key)) {
            return false;
        }
        final List<NextHop> nextHops = ifindex == 0 ? List.of() : List.of(new NextHop(gateway, ifindex, 1, 0, 0));
        // The scope says nothing here: next hops name their devices.
        routing.routes(key, List.of(new Route(key, type, 0, PROTOCOL_STATIC, null, 0, 0, nextHops, 0)));
        return true;
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

    /** Knows every neighbour at once. */
    private final class Resolver implements NeighbourResolver {

        @Override
        public void request(final int ifindex, final IpAddress ip) {
            final NeighbourTable.Key key = new NeighbourTable.Key(ip, ifindex);
            if (!known.contains(key)) {
                addNeighbour(key, DERIVED_MAC | ip.low() & 0xFFFF_FFFFL);
            }
        }

        @Override
        public void manage(final int ifindex, final IpAddress ip) {
            request(ifindex, ip);
        }

        @Override
        public void unmanage(final int ifindex, final IpAddress ip) {
            // A neighbour that is known stays known.
        }
    }
}
