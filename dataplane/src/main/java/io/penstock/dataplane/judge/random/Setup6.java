package io.penstock.dataplane.judge.random;

import io.penstock.dataplane.judge.ConfigTree;
import io.penstock.os.netlink.IpAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * IPv6 addresses and routes of a random router, in few networks, so that they meet and overlap.
 *
 * <p>Threads: one.
 */
final class Setup6 {

    private static final int MAX_ADDRESSES = 3;
    private static final int MAX_ROUTES = 14;
    private static final int LINK_LOCAL_BITS = 10;
    private static final String[] NETWORKS = {
        "2001:db8::", "2001:db8:0:1::", "2001:db8:1::", "2001:db8:8000::", "fd00:1:2:3::", "2a00:1::", "64:ff9b::", "3fff::"};
    private static final Prefix6 LINK_LOCAL = Prefix6.of("fe80::", 64);

    private final Dice dice;
    private final ConfigTree config;
    private final RouteWords words;
    /** What packets aim at: every prefix that the set-up speaks of. */
    final List<Prefix6> prefixes = new ArrayList<>();
    /** This router's own addresses. */
    final List<IpAddress> own = new ArrayList<>();
    /** By port: networks that hosts can be in. */
    final List<List<Prefix6>> links = new ArrayList<>();

    Setup6(final Dice dice, final ConfigTree config) {
        this.dice = dice;
        this.config = config;
        this.words = new RouteWords(dice);
    }

    /** Writes addresses and routes of so many ports into the configuration. */
    void make(final int ports) {
        for (int port = 0; port < ports; port++) {
            links.add(new ArrayList<>());
            addresses(port);
        }
        final Set<Prefix6> taken = new HashSet<>(prefixes);
        for (int i = dice.below(MAX_ROUTES); i >= 0; i--) {
            route(ports, taken);
        }
    }

    private void addresses(final int port) {
        if (dice.oneIn(6)) {
            add(port, new Prefix6(LINK_LOCAL.host(dice), 64), LINK_LOCAL.host(dice));
        }
        final int count = dice.oneIn(12) ? 0 : dice.between(1, MAX_ADDRESSES);
        for (int i = 0; i < count; i++) {
            final int length = dice.of(32, 48, 56, 60, 64, 64, 64, 64, 80, 112, 120, 126, 127, 128);
            final IpAddress base = IpAddress.parse(dice.of(NETWORKS));
            final Prefix6 link = new Prefix6(IpAddress.v6(base.high() + port, dice.longBits() & 0xFFFF), length);
            // Mostly a host; once in a while the subnet-router anycast address, which the kernel takes as well.
            add(port, link, dice.oneIn(15) ? link.first() : link.host(dice));
        }
    }

    private void add(final int port, final Prefix6 link, final IpAddress host) {
        if (own.contains(host) || host.isAny() || isOtherPorts(port, link)) {
            return;
        }
        own.add(host);
        prefixes.add(link);
        links.get(port).add(link);
        config.list("network", "addresses", Names.port(port)).add(host + "/" + link.length());
    }

    /** One prefix on two links makes two ways to a host of which the kernel takes the one that the packet came by. */
    private boolean isOtherPorts(final int port, final Prefix6 link) {
        return !link.address().isLinkLocal() && prefixes.contains(link) && !links.get(port).contains(link);
    }

    private void route(final int ports, final Set<Prefix6> taken) {
        final Prefix6 to = destination();
        final boolean again = !taken.add(to);
        final Map<String, Object> route = new LinkedHashMap<>();
        route.put("to", to.toString());
        if (dice.oneIn(5)) {
            route.put("type", words.type());
        } else {
            words.ways(route, ports, this::gateway, true);
            words.attributes(route, source(), 1280);
        }
        words.metric(route, again);
        prefixes.add(to);
        config.list("network", "routes").add(route);
    }

    /** One of this router's addresses that are good everywhere, or null. */
    private String source() {
        final List<IpAddress> global = own.stream().filter(address -> !address.isLinkLocal()).toList();
        return global.isEmpty() ? null : dice.of(global).toString();
    }

    /** A gateway on a port's link, or null for none. */
    private String gateway(final int port) {
        if (dice.oneIn(3)) {
            return null;
        }
        final List<Prefix6> near = links.get(port);
        final Prefix6 link = near.isEmpty() || dice.oneIn(2) ? LINK_LOCAL : dice.of(near);
        final IpAddress gateway = link.host(dice);
        final boolean isTaken = own.contains(gateway) || gateway.equals(link.first()) && link.length() < 127;
        return isTaken ? null : gateway.toString();
    }

    /** Anywhere but inside of fe80::/10, where Penstock has each port's /64 and nothing else. */
    private Prefix6 destination() {
        Prefix6 to = any();
        while (to.address().isLinkLocal() && to.length() >= LINK_LOCAL_BITS) {
            to = any();
        }
        return to;
    }

    private Prefix6 any() {
        if (dice.oneIn(8)) {
            return Prefix6.of("::", 0);
        }
        if (!prefixes.isEmpty() && dice.oneIn(2)) {
            final Prefix6 other = dice.of(prefixes);
            return new Prefix6(other.any(dice), Math.clamp(other.length() + dice.between(-9, 16), 3, 128));
        }
        final IpAddress base = IpAddress.parse(dice.of(NETWORKS));
        return new Prefix6(IpAddress.v6(base.high() ^ dice.below(1 << 4), dice.longBits()),
                dice.of(3, 16, 32, 33, 47, 48, 61, 64, 64, 65, 96, 127, 128));
    }
}
