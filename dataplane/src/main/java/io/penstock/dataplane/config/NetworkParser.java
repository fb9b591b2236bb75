package io.penstock.dataplane.config;

import io.penstock.dataplane.config.NetworkConfig.Address;
import io.penstock.dataplane.config.NetworkConfig.NextHop;
import io.penstock.dataplane.config.NetworkConfig.Prefix;
import io.penstock.dataplane.config.NetworkConfig.Route;
import io.penstock.dataplane.config.NetworkConfig.RouteType;
import io.penstock.dataplane.config.NetworkConfig.Scope;
import io.penstock.os.netlink.IpAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads {@code network:} of the file: form, types and ranges, and what ip(8) would refuse of a single object. */
final class NetworkParser {

    /** Bytes; what the kernel takes for a device at the least (RFC 791) and at the most. */
    private static final int MIN_MTU = 68;
    private static final int MAX_MTU = 65_535;

    /** What the kernel's eight bits hold. */
    private static final int MAX_WEIGHT = 256;

    /** Digits that a number of this format may have. */
    private static final int MAX_METRIC = 999_999_999;

    /** Ways of a route at the most: as many as the forwarding table tells apart. */
    private static final int MAX_WAYS = 128;

    private static final List<String> ROUTE_KEYS =
            List.of("to", "via", "port", "type", "src", "mtu", "metric", "scope", "onlink");
    private static final List<String> WAY_KEYS = List.of("via", "port", "weight", "onlink");
    private static final List<String> UNICAST_ONLY = List.of("via", "onlink", "mtu", "src");

    private final ConfigurationBuilder into;

    private NetworkParser(final ConfigurationBuilder into) {
        this.into = into;
    }

    static void parse(final Yaml network, final ConfigurationBuilder into) {
        new NetworkParser(into).parse(network);
    }

    private void parse(final Yaml network) {
        final Map<String, Yaml> keys = network.mapping(List.of("addresses", "routes", "neighbours", "mtu"));
        if (keys.containsKey("addresses")) {
            keys.get("addresses").mapping().forEach(this::addresses);
        }
        if (keys.containsKey("routes")) {
            keys.get("routes").sequence("[ { to: default, via: 192.0.2.254, port: wan } ]").forEach(this::route);
        }
        if (keys.containsKey("neighbours")) {
            keys.get("neighbours")
                    .sequence("[ { ip: 192.0.2.254, mac: \"02:00:00:00:00:fe\", port: wan } ]")
                    .forEach(this::neighbour);
        }
        if (keys.containsKey("mtu")) {
            keys.get("mtu").mapping().forEach((port, value) ->
                    into.mtu(port, value.integer(MIN_MTU, MAX_MTU), value.keyWhere(), value.where()));
        }
    }

    private void addresses(final String port, final Yaml value) {
        final List<Address> addresses = new ArrayList<>();
        final Set<List<Object>> known = new HashSet<>();
        for (final Yaml element : value.sequence("[192.0.2.1/24, \"2001:db8::1/64\"]")) {
            final Address address = element.isMapping() ? address(element) : Address.of(element.literal(Literals::prefix));
            if (!known.add(List.of(address.address(), address.length()))) {
                throw element.error(value.name() + ": the address " + address.address() + '/' + address.length()
                        + " is given twice; keep one");
            }
            addresses.add(address);
        }
        into.addresses(port, addresses, value.keyWhere());
    }

    private static Address address(final Yaml value) {
        final Map<String, Yaml> keys = value.mapping(List.of("ip", "peer", "broadcast", "scope"));
        final Yaml ip = required(value, keys, "ip");
        final Prefix own = ip.literal(Literals::prefix);
        final boolean ipv6 = own.isIpv6();
        Prefix peer = null;
        if (keys.containsKey("peer")) {
            peer = keys.get("peer").literal(Literals::prefix);
            if (ip.text().contains("/")) {
                throw ip.error(value.name() + ".ip=" + ip.text() + " has a prefix length beside a peer, whose length counts; write "
                        + own.address());
            }
            checkFamily(keys.get("peer"), peer.address(), own.address());
        }
        IpAddress broadcast = null;
        if (keys.containsKey("broadcast")) {
            if (ipv6) {
                throw keys.get("broadcast").keyError(value.name() + ": IPv6 has no broadcast; remove it");
            }
            broadcast = keys.get("broadcast").literal(Literals::address);
            checkFamily(keys.get("broadcast"), broadcast, own.address());
        }
        Scope scope = Address.usualScope(own.address());
        if (keys.containsKey("scope")) {
            if (ipv6) {
                throw keys.get("scope").keyError(value.name() + ": the scope of an IPv6 address is told by the address; remove it");
            }
            scope = keys.get("scope").choice(Scope.class);
        }
        return new Address(own.address(), peer == null ? own.length() : peer.length(), peer == null ? null : peer.address(),
                broadcast, scope);
    }

    private void route(final Yaml value) {
        final Map<String, Yaml> keys = value.mapping(ROUTE_KEYS);
        final Yaml to = required(value, keys, "to");
        final RouteType type = keys.containsKey("type") ? keys.get("type").choice(RouteType.class) : RouteType.UNICAST;
        final Yaml via = keys.get("via");
        final IpAddress gateway = via == null || via.isSequence() ? null : via.literal(Literals::address);
        final Prefix destination = destination(to, gateway);
        checkType(value, keys, type, destination);
        final List<NextHop> ways = new ArrayList<>();
        if (via != null && via.isSequence()) {
            final List<Yaml> elements = via.sequence("[ { via: 192.0.2.254, port: wan, weight: 2 } ]");
            if (elements.isEmpty() || elements.size() > MAX_WAYS) {
                throw via.error(via.name() + " must have 1 to " + MAX_WAYS + " ways: ways=" + elements.size());
            }
            elements.forEach(element -> ways.add(way(element, keys, destination)));
        } else if (type == RouteType.UNICAST || keys.containsKey("port")) {
            final Yaml port = required(value, keys, "port");
            into.portReference(port.text(), port.where());
            if (gateway != null) {
                checkGateway(via, gateway, destination);
            }
            ways.add(new NextHop(gateway, port.text(), 1, onLink(keys, gateway)));
        } else if (type.hasPort()) {
            ways.add(new NextHop(null, null, 1, false));
        }
        final IpAddress source = keys.containsKey("src") ? keys.get("src").literal(Literals::address) : null;
        if (source != null) {
            checkFamily(keys.get("src"), source, destination.address());
        }
        final String mtu = keys.containsKey("mtu") ? keys.get("mtu").text() : "0";
        final boolean locked = mtu.startsWith("lock ");
        into.route(new Route(destination, type, ways, source, keys.containsKey("mtu") ? mtu(keys.get("mtu"), locked) : 0, locked,
                keys.containsKey("metric") ? keys.get("metric").integer(0, MAX_METRIC) : 0, scope(value, keys, type, ways,
                destination)));
    }

    private static void checkType(
            final Yaml value, final Map<String, Yaml> keys, final RouteType type, final Prefix destination) {
        if (type == RouteType.BROADCAST && destination.isIpv6() || type == RouteType.ANYCAST && !destination.isIpv6()) {
            throw keys.get("type").error(value.name() + ": " + (destination.isIpv6() ? "IPv6" : "IPv4") + " has no "
                    + keys.get("type").text() + " routes; use another type");
        }
        if (type == RouteType.UNICAST) {
            return;
        }
        for (final String key : UNICAST_ONLY) {
            if (keys.containsKey(key)) {
                throw hasNo(value, keys, key);
            }
        }
        if (!type.hasPort() && keys.containsKey("port")) {
            throw hasNo(value, keys, "port");
        }
    }

    private static ConfigurationException hasNo(final Yaml value, final Map<String, Yaml> keys, final String key) {
        return keys.get(key).keyError(value.name() + ": a " + keys.get("type").text() + " route has no " + key + "; remove it");
    }

    private NextHop way(final Yaml value, final Map<String, Yaml> routeKeys, final Prefix destination) {
        final Map<String, Yaml> keys = value.mapping(WAY_KEYS);
        final Yaml port = keys.containsKey("port") ? keys.get("port") : required(value, routeKeys, "port");
        into.portReference(port.text(), port.where());
        final Yaml via = keys.get("via");
        final IpAddress gateway = via == null ? null : via.literal(Literals::address);
        if (gateway != null) {
            checkGateway(via, gateway, destination);
        }
        return new NextHop(gateway, port.text(), keys.containsKey("weight") ? keys.get("weight").integer(1, MAX_WEIGHT) : 1,
                onLink(keys, gateway));
    }

    private static boolean onLink(final Map<String, Yaml> keys, final IpAddress gateway) {
        final Yaml onLink = keys.get("onlink");
        if (onLink != null && gateway == null) {
            throw onLink.keyError(onLink.name() + " is about a gateway, and there is none; add via or remove it");
        }
        return onLink != null && onLink.yesOrNo();
    }

    private static int mtu(final Yaml value, final boolean locked) {
        final String number = locked ? value.text().substring("lock ".length()).strip() : value.text();
        if (number.matches("\\d{1,6}")) {
            final int mtu = Integer.parseInt(number);
            if (mtu >= MIN_MTU && mtu <= MAX_MTU) {
                return mtu;
            }
        }
        throw value.error(value.name() + " must be a whole number from " + MIN_MTU + " to " + MAX_MTU
                + ", with 'lock' before it if it is not to be lowered, not '" + value.text() + '\'');
    }

    private static Scope scope(final Yaml value, final Map<String, Yaml> keys, final RouteType type,
            final List<NextHop> ways, final Prefix destination) {
        if (!keys.containsKey("scope")) {
            return Route.usualScope(type, ways.stream().anyMatch(w -> w.via() != null));
        }
        if (destination.isIpv6()) {
            throw keys.get("scope").keyError(value.name() + ": IPv6 routes have no scope; remove it");
        }
        final Scope scope = keys.get("scope").choice(Scope.class);
        if (scope.number() >= Scope.LINK.number() && ways.stream().anyMatch(w -> w.via() != null)) {
            throw keys.get("scope").error(value.name() + ": a destination of scope " + keys.get("scope").text()
                    + " has no gateway; remove via or scope");
        }
        return scope;
    }

    private static void checkGateway(final Yaml place, final IpAddress gateway, final Prefix destination) {
        // An IPv4 route may have an IPv6 gateway (RFC 8950); the other way round nothing of the kind exists.
        if (destination.isIpv6() && gateway.family() == IpAddress.V4) {
            throw place.error(place.name() + ": the gateway " + gateway + " is not of the same family as to=" + destination
                    + "; name one that is");
        }
    }

    private static void checkFamily(final Yaml place, final IpAddress address, final IpAddress other) {
        if (address.family() != other.family()) {
            throw place.error(place.name() + ": " + address + " and " + other + " are not of the same family; name one that is");
        }
    }

    private static Prefix destination(final Yaml to, final IpAddress via) {
        if (!"default".equals(to.text())) {
            return to.literal(Literals::network);
        }
        if (via == null) {
            throw to.error("network.routes: 'default' without via could be either family; write 0.0.0.0/0 or ::/0");
        }
        return Literals.prefix(via.family() == IpAddress.V4 ? "0.0.0.0/0" : "::/0");
    }

    private void neighbour(final Yaml value) {
        final Map<String, Yaml> keys = value.mapping(List.of("ip", "mac", "port"));
        final Yaml ip = required(value, keys, "ip");
        final Yaml port = required(value, keys, "port");
        into.neighbour(
                new NetworkConfig.Neighbour(
                        ip.literal(Literals::address), required(value, keys, "mac").literal(Literals::mac), port.text()),
                ip.where(),
                port.where());
    }

    private static Yaml required(final Yaml in, final Map<String, Yaml> keys, final String key) {
        final Yaml value = keys.get(key);
        if (value == null) {
            throw in.error(in.name() + ": the key '" + key + "' is missing; add it");
        }
        return value;
    }
}
