package io.penstock.dataplane.config;

import io.penstock.os.netlink.IpAddress;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Addresses, routes and neighbours where no kernel supplies them.
 *
 * @param addresses  by port name, in the order of the file
 * @param routes     in the order of the file
 * @param neighbours in the order of the file
 */
public record NetworkConfig(Map<String, List<Prefix>> addresses, List<Route> routes, List<Neighbour> neighbours) {

    /** Nothing configured. */
    public static final NetworkConfig EMPTY = new NetworkConfig(Map.of(), List.of(), List.of());

    /** Copies what could change. */
    public NetworkConfig {
        final Map<String, List<Prefix>> copy = new LinkedHashMap<>();
        addresses.forEach((port, prefixes) -> copy.put(port, List.copyOf(prefixes)));
        addresses = Collections.unmodifiableMap(copy);
        routes = List.copyOf(routes);
        neighbours = List.copyOf(neighbours);
    }

    /** True when nothing is configured. */
    public boolean isEmpty() {
        return addresses.isEmpty() && routes.isEmpty() && neighbours.isEmpty();
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

    /** What a route does. */
    public enum RouteType {
        /** Sends out of a port. */
        UNICAST,
        /** Drops silently. */
        BLACKHOLE,
        /** Answers ICMP host unreachable, ICMPv6 no route. */
        UNREACHABLE,
        /** Answers ICMP communication administratively prohibited. */
        PROHIBIT
    }

    /**
     * A route.
     *
     * @param to   the destination, host bits zero
     * @param via  the gateway, of the destination's family, or null when on link
     * @param port the name of the port; null exactly when the type is not {@link RouteType#UNICAST}
     * @param type what it does
     */
    public record Route(Prefix to, IpAddress via, String port, RouteType type) {
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
