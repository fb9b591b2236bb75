package io.penstock.dataplane.route;

import io.penstock.dataplane.config.NetworkConfig;
import io.penstock.os.netlink.Address;
import io.penstock.os.netlink.IpAddress;
import io.penstock.os.netlink.NextHop;
import io.penstock.os.netlink.Route;
import io.penstock.os.netlink.RouteKey;
import io.penstock.os.netlink.RouteType;
import java.util.ArrayList;
import java.util.List;

/**
 * What the kernel makes of the addresses that a device is given, in their order.
 *
 * <p>Invariants:
 * <ol>
 *   <li>IPv4: the address itself is local; the network of a primary address is on the link, and its last address is
 *       broadcast where the prefix is shorter than /31; a broadcast address that is given is one besides. The routes of a
 *       secondary address, the second of its network on the device, name the primary one as their source.</li>
 *   <li>IPv6: the address itself is local, its network is on the link, and so is a peer; where the device is a router's,
 *       the first address of a network shorter than /127 is anycast.</li>
 *   <li>Of several routes with one key the first is used.</li>
 * </ol>
 *
 * <p>Source: net/ipv4/fib_frontend.c fib_add_ifaddr, net/ipv4/devinet.c __inet_insert_ifa; net/ipv6/addrconf.c
 * inet6_addr_add, __ipv6_ifa_notify, addrconf_join_anycast; RFC 4291 section 2.6.1, RFC 6164. Threads: the control thread.
 */
final class DerivedRoutes {

    private static final int TABLE_MAIN = 254;
    private static final int TABLE_LOCAL = 255;
    private static final int PROTOCOL_KERNEL = 2;
    private static final int IFA_F_SECONDARY = 0x01;
    private static final int IFA_F_PERMANENT = 0x80;
    /** What the kernel gives to the route of an IPv6 address's network. */
    private static final int METRIC6_NETWORK = 256;

    private static final int SCOPE_LINK = NetworkConfig.Scope.LINK.number();
    private static final int SCOPE_HOST = NetworkConfig.Scope.HOST.number();

    private final List<Address> addresses = new ArrayList<>();
    private final List<Route> routes = new ArrayList<>();

    /** All addresses, in their order. */
    List<Address> addresses() {
        return addresses;
    }

    /** All routes, in their order. */
    List<Route> routes() {
        return routes;
    }

    /** The addresses of the loopback device. */
    void loopback() {
        final IpAddress ip = IpAddress.parse("127.0.0.1");
        final int device = StaticNetwork.LOOPBACK_IFINDEX;
        addresses.add(new Address(ip, 8, device, SCOPE_HOST, IFA_F_PERMANENT, null, null));
        put(RouteType.LOCAL, ip, 32, device, ip, SCOPE_HOST);
        put(RouteType.LOCAL, ip.prefix(8), 8, device, ip, SCOPE_HOST);
        put(RouteType.BROADCAST, new Prefix(ip.prefix(8), 8).last(), 32, device, ip, SCOPE_LINK);
        final IpAddress ip6 = IpAddress.parse("::1");
        addresses.add(new Address(ip6, 128, device, SCOPE_HOST, IFA_F_PERMANENT, null, null));
        put(RouteType.LOCAL, ip6, 128, device, null, 0);
    }

    /**
     * Adds an address to a device; {@link IllegalArgumentException} says why it cannot be.
     *
     * @param router the device forwards IPv6
     */
    void add(final int ifindex, final NetworkConfig.Address address, final boolean router) {
        if (address.address().family() == IpAddress.V4) {
            add4(ifindex, address);
        } else {
            add6(ifindex, address, router);
        }
    }

    private void add4(final int ifindex, final NetworkConfig.Address address) {
        final IpAddress ip = address.address();
        final int length = address.length();
        final IpAddress network = (address.peer() == null ? ip : address.peer()).prefix(length);
        final Address primary = primaryOf(ifindex, network, length);
        if (primary != null && primary.scope() != address.scope().number()) {
            throw new IllegalArgumentException("network.addresses gives one network addresses of different scopes: network="
                    + network + '/' + length + "; give them the same scope");
        }
        final IpAddress source = primary == null ? ip : primary.ip();
        addresses.add(new Address(ip, length, ifindex, address.scope().number(),
                IFA_F_PERMANENT | (primary == null ? 0 : IFA_F_SECONDARY), address.peer(), address.broadcast()));
        put(RouteType.LOCAL, ip, 32, ifindex, source, SCOPE_HOST);
        if (address.broadcast() != null && address.broadcast().toInt() != -1) {
            put(RouteType.BROADCAST, address.broadcast(), 32, ifindex, source, SCOPE_LINK);
        }
        if (primary == null && !network.isAny() && (!network.equals(ip) || length < 32)) {
            put(RouteType.UNICAST, network, length, ifindex, source, SCOPE_LINK);
            if (length < 31) {
                put(RouteType.BROADCAST, new Prefix(network, length).last(), 32, ifindex, source, SCOPE_LINK);
            }
        }
    }

    private Address primaryOf(final int ifindex, final IpAddress network, final int length) {
        for (final Address other : addresses) {
            if (other.ifindex() == ifindex && !other.secondary() && other.prefixLength() == length
                    && other.family() == IpAddress.V4
                    && (other.peer() == null ? other.ip() : other.peer()).prefix(length).equals(network)) {
                return other;
            }
        }
        return null;
    }

    private void add6(final int ifindex, final NetworkConfig.Address address, final boolean router) {
        final IpAddress ip = address.address();
        final IpAddress network = ip.prefix(address.length());
        addresses.add(new Address(ip, address.length(), ifindex, address.scope().number(), IFA_F_PERMANENT, address.peer(),
                null));
        put(RouteType.LOCAL, ip, 128, ifindex, null, 0);
        put(RouteType.UNICAST, network, address.length(), ifindex, null, 0);
        if (address.peer() != null) {
            put(RouteType.UNICAST, address.peer(), 128, ifindex, null, 0);
        }
        if (router && address.length() < 127 && !network.isAny()) {
            put(RouteType.ANYCAST, network, 128, ifindex, null, 0);
        }
    }

    private void put(final RouteType type, final IpAddress to, final int length, final int ifindex, final IpAddress source,
            final int scope) {
        final boolean main = type == RouteType.UNICAST;
        final int metric = main && to.family() == IpAddress.V6 ? METRIC6_NETWORK : 0;
        final RouteKey key = new RouteKey(to, length, IpAddress.any(to.family()), 0, main ? TABLE_MAIN : TABLE_LOCAL, 0,
                metric);
        routes.add(new Route(key, type, scope, PROTOCOL_KERNEL, source, 0, 0,
                List.of(new NextHop(null, ifindex, 1, 0, 0)), 0));
    }
}
