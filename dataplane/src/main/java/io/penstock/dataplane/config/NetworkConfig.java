package io.penstock.dataplane.config;

import io.penstock.os.netlink.IpAddress;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Addresses, routes and neighbours where no kernel supplies them, in the words of ip-address(8) and ip-route(8).
 *
 * @param addresses  by port name, in the order of the file
 * @param routes     in the order of the file
 * @param neighbours in the order of the file
 * @param mtu        ports' MTUs by port name, where they are not the usual one
 */
public record NetworkConfig(
        Map<String, List<Address>> addresses, List<Route> routes, List<Neighbour> neighbours, Map<String, Integer> mtu) {

    /** Nothing configured. */
    public static final NetworkConfig EMPTY = new NetworkConfig(Map.of(), List.of(), List.of());

    /** Copies what could change. */
    public NetworkConfig {
        final Map<String, List<Address>> copy = new LinkedHashMap<>();
        addresses.forEach((port, list) -> copy.put(port, List.copyOf(list)));
        addresses = Collections.unmodifiableMap(copy);
        routes = List.copyOf(routes);
        neighbours = List.copyOf(neighbours);
        mtu = Map.copyOf(mtu);
    }

    /** A network of plain addresses and usual MTUs. */
    public NetworkConfig(
            final Map<String, List<Prefix>> addresses, final List<Route> routes, final List<Neighbour> neighbours) {
        this(plain(addresses), routes, neighbours, Map.of());
    }

    private static Map<String, List<Address>> plain(final Map<String, List<Prefix>> addresses) {
        final Map<String, List<Address>> all = new LinkedHashMap<>();
        addresses.forEach((port, list) -> all.put(port, list.stream().map(Address::of).toList()));
        return all;
    }

    /** True when nothing is configured. */
    public boolean isEmpty() {
        return addresses.isEmpty() && routes.isEmpty() && neighbours.isEmpty() && mtu.isEmpty();
    }

    /**
     * An address with the length of its prefix. Host bits may be set for an interface's address; a route's are zero.
     *
     * @param address the address
     * @param length  0 to 32 or 128
     */
    public record Prefix(IpAddress address, int length) {

        /** True for IPv6. */
        public boolean isIpv6() {
            return address.family() == IpAddress.V6;
        }

        @Override
        public String toString() {
            return address + "/" + length;
        }
    }

    /** How far an address or a route reaches; the number is the kernel's ({@code RT_SCOPE_*}). */
    public enum Scope {
        /** Everywhere. */
        GLOBAL(0),
        /** Within the site; not in use any more. */
        SITE(200),
        /** On the link. */
        LINK(253),
        /** On this host. */
        HOST(254);

        private final int number;

        Scope(final int number) {
            this.number = number;
        }

        /** The kernel's number. */
        public int number() {
            return number;
        }
    }

    /**
     * An address of a port.
     *
     * @param address   this host's address
     * @param length    how many bits of it, or of the peer's, name the network
     * @param peer      the other end of a point-to-point link, or null
     * @param broadcast a broadcast address besides the network's last, or null (IPv4)
     * @param scope     how far it reaches; of IPv6 addresses the kernel tells by the address
     */
    public record Address(IpAddress address, int length, IpAddress peer, IpAddress broadcast, Scope scope) {

        /** An address and nothing else. */
        public static Address of(final Prefix prefix) {
            return new Address(prefix.address(), prefix.length(), null, null, usualScope(prefix.address()));
        }

        /** The scope of an address where none is given. */
        static Scope usualScope(final IpAddress address) {
            if (address.family() == IpAddress.V6) {
                return address.isLinkLocal() ? Scope.LINK : Scope.GLOBAL;
            }
            return address.isIn(IpAddress.v4(0x7F00_0000), 8) ? Scope.HOST : Scope.GLOBAL;
        }

        @Override
        public String toString() {
            return address + (peer == null ? "/" + length : " peer " + peer + '/' + length);
        }
    }

    /** What a route does. */
    public enum RouteType {
        /** Sends out of a port. */
        UNICAST,
        /** Is this host's. */
        LOCAL,
        /** Is this host's, and everybody's on the link (IPv4). */
        BROADCAST,
        /** Is this host's, and perhaps others' (IPv6). */
        ANYCAST,
        /** Drops silently. */
        BLACKHOLE,
        /** Answers ICMP host unreachable, ICMPv6 no route. */
        UNREACHABLE,
        /** Answers ICMP communication administratively prohibited. */
        PROHIBIT,
        /** As if there were no route. */
        THROW;

        /** True for routes that have a port. */
        boolean hasPort() {
            return ordinal() <= ANYCAST.ordinal();
        }
    }

    /**
     * One way of a route.
     *
     * @param via    the gateway, or null when the destination is on the link
     * @param port   the name of the port, or null for this host itself
     * @param weight its share among the route's ways, 1 to 256
     * @param onLink the gateway is taken to be on the port's link though no address says so
     */
    public record NextHop(IpAddress via, String port, int weight, boolean onLink) {
    }

    /**
     * A route.
     *
     * @param to        the destination, host bits zero
     * @param type      what it does
     * @param nextHops  its ways; none exactly when the type has no port
     * @param source    the source address of what this host sends by it, or null
     * @param mtu       its own MTU, or 0
     * @param mtuLocked no learnt path MTU lowers it
     * @param metric    the least is used; 0 for the usual one
     * @param scope     how far away the destination is
     */
    public record Route(
            Prefix to,
            RouteType type,
            List<NextHop> nextHops,
            IpAddress source,
            int mtu,
            boolean mtuLocked,
            int metric,
            Scope scope) {

        /** Copies what could change. */
        public Route {
            nextHops = List.copyOf(nextHops);
        }

        /**
         * A route with one way at most, and nothing of its own.
         *
         * @param via  the gateway, of the destination's family, or null when on link
         * @param port the name of the port; null exactly when the type has none
         */
        public Route(final Prefix to, final IpAddress via, final String port, final RouteType type) {
            this(to, type, port == null ? List.of() : List.of(new NextHop(via, port, 1, false)), null, 0, false, 0,
                    usualScope(type, via != null));
        }

        /** The scope of a route where none is given: what ip-route(8) says. */
        static Scope usualScope(final RouteType type, final boolean hasGateway) {
            return switch (type) {
                case LOCAL -> Scope.HOST;
                case BROADCAST, ANYCAST -> Scope.LINK;
                case UNICAST -> hasGateway ? Scope.GLOBAL : Scope.LINK;
                case BLACKHOLE, UNREACHABLE, PROHIBIT, THROW -> Scope.GLOBAL;
            };
        }
    }

    /**
     * A neighbour that is always known.
     *
     * @param ip   its address
     * @param mac  its Ethernet address, the first byte in bits 47 to 40
     * @param port the name of the port behind which it is
     */
    public record Neighbour(IpAddress ip, long mac, String port) {
    }
}
