package io.penstock.dataplane.judge.random;

import io.penstock.dataplane.judge.ConfigTree;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * IPv4 addresses and routes of a random router, in few networks, so that they meet and overlap.
 *
 * <p>Threads: one.
 */
final class Setup4 {

    private static final int MAX_ADDRESSES = 3;
    private static final int MAX_ROUTES = 14;

    /** Networks that set-ups lie in. The last two are odd on purpose: link-local, and of the reserved class E. */
    private static final int[] NETWORKS = {
        Prefix4.address(10, 0, 0, 0), Prefix4.address(10, 1, 0, 0), Prefix4.address(172, 16, 0, 0),
        Prefix4.address(192, 168, 4, 0), Prefix4.address(198, 18, 0, 0), Prefix4.address(203, 0, 113, 0),
        Prefix4.address(169, 254, 0, 0), Prefix4.address(241, 7, 0, 0)};

    private final Dice dice;
    private final ConfigTree config;
    private final RouteWords words;
    /** What packets aim at: every prefix that the set-up speaks of. */
    final List<Prefix4> prefixes = new ArrayList<>();
    /** This router's own addresses. */
    final List<Integer> own = new ArrayList<>();
    /** By port: networks that hosts can be in. */
    final List<List<Prefix4>> links = new ArrayList<>();

    Setup4(final Dice dice, final ConfigTree config) {
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
        final Set<Prefix4> taken = new HashSet<>(prefixes);
        for (int i = dice.below(MAX_ROUTES); i >= 0; i--) {
            route(ports, taken);
        }
    }

    private void addresses(final int port) {
        final int count = dice.oneIn(12) ? 0 : dice.between(1, MAX_ADDRESSES);
        for (int i = 0; i < count; i++) {
            final int length = dice.of(8, 16, 22, 24, 24, 24, 25, 28, 29, 30, 31, 32);
            final int network = dice.of(NETWORKS) + (port << 8) + (dice.oneIn(3) ? dice.below(256) : 0);
            final Prefix4 link = new Prefix4(network, length);
            // Mostly a host; once in a while the first or last of the network, which the kernel takes as well.
            final int host = length >= 31 || dice.oneIn(15) ? link.any(dice)
                    : link.address() + dice.between(1, Math.min(20, link.last() - link.first() - 1));
            if (own.contains(host)) {
                continue;
            }
            own.add(host);
            prefixes.add(link);
            links.get(port).add(link);
            config.list("network", "addresses", Names.port(port)).add(Prefix4.text(host) + '/' + length);
        }
    }

    private void route(final int ports, final Set<Prefix4> taken) {
        final Prefix4 to = destination();
        final boolean again = !taken.add(to);
        final Map<String, Object> route = new LinkedHashMap<>();
        route.put("to", to.toString());
        if (dice.oneIn(5)) {
            route.put("type", words.type());
        } else {
            words.ways(route, ports, this::gateway, false);
            words.attributes(route, own.isEmpty() ? null : Prefix4.text(dice.of(own)), 68);
        }
        words.metric(route, again);
        prefixes.add(to);
        config.list("network", "routes").add(route);
    }

    /** A gateway on a port's link, or null for none. */
    private String gateway(final int port) {
        final List<Prefix4> near = links.get(port);
        if (near.isEmpty() || dice.oneIn(3)) {
            return null;
        }
        final Prefix4 link = dice.of(near);
        final int gateway = link.any(dice);
        final boolean isEdge = link.length() < 31 && (gateway == link.first() || gateway == link.last());
        return isEdge || own.contains(gateway) ? null : Prefix4.text(gateway);
    }

    private Prefix4 destination() {
        if (dice.oneIn(8)) {
            return new Prefix4(0, 0);
        }
        if (!prefixes.isEmpty() && dice.oneIn(2)) {
            // Inside or around what is there.
            final Prefix4 other = dice.of(prefixes);
            return new Prefix4(other.any(dice), Math.clamp(other.length() + dice.between(-6, 8), 1, 32));
        }
        return new Prefix4(dice.of(NETWORKS) ^ dice.bits() & 0x00FF_FFFF, dice.of(8, 12, 15, 16, 17, 20, 24, 24, 25, 30, 31, 32));
    }
}
