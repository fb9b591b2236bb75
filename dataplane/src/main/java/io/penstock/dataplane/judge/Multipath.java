package io.penstock.dataplane.judge;

import io.penstock.os.netlink.IpAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A configuration whose routes have several ways, as several configurations whose routes have one: the kernel chooses among ways
 * by a hash that is its own business, but whatever it chooses, it does what one of these would do.
 *
 * <p>Threads: any.
 */
final class Multipath {

    /** Configurations at the most: choices multiply, and what is rare beyond this is told as a difference. */
    private static final int MAX_VARIANTS = 128;

    private static final String RP_FILTER = ".rp_filter";

    private Multipath() {
    }

    /** Each way of each route in turn, which explains most; none when no route has several. */
    static List<ConfigTree> variants(final ConfigTree config) {
        final List<Object> routes = config.list("network", "routes");
        final int rounds = rounds(routes);
        if (rounds < 2) {
            return List.of();
        }
        final List<ConfigTree> variants = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            final ConfigTree variant = config.copy();
            for (int i = 0; i < routes.size(); i++) {
                if (ways(routes.get(i)) > 1) {
                    only(variant, i, round % ways(routes.get(i)));
                }
            }
            variants.add(variant);
        }
        return variants;
    }

    /** The least number that all numbers of ways divide. */
    private static int rounds(final List<Object> routes) {
        int rounds = 1;
        for (final Object route : routes) {
            int multiple = rounds;
            while (multiple % ways(route) != 0) {
                multiple += rounds;
            }
            rounds = Math.min(multiple, MAX_VARIANTS);
        }
        return rounds;
    }

    /**
     * For one packet: all combinations of the ways of those routes that can concern it, also with a way of its own for what goes
     * back to its sender, which is hashed by itself.
     */
    static List<ConfigTree> variants(final ConfigTree config, final Arrival arrival) {
        final List<ConfigTree> all = new ArrayList<>();
        final IpAddress sender = arrival.source();
        final List<ConfigTree> combinations = combinations(config, arrival.addresses());
        if (combinations.size() > 1) {
            all.addAll(combinations);
        }
        for (final Object element : config.list("network", "routes")) {
            final Map<String, Object> route = ConfigTree.cast(element);
            if (sender == null || ways(route) < 2 || !covers((String) route.get("to"), sender)) {
                continue;
            }
            for (final Object way : ConfigTree.castList(route.get("via"))) {
                final Map<String, Object> back = new LinkedHashMap<>(route);
                back.put("to", sender + "/" + sender.bits());
                back.put("via", new ArrayList<>(List.of(way)));
                for (final ConfigTree variant : combinations) {
                    final ConfigTree both = variant.copy();
                    both.list("network", "routes").add(back);
                    all.add(both);
                }
            }
        }
        all.forEach(Multipath::trust);
        return all.subList(0, Math.min(all.size(), MAX_VARIANTS));
    }

    /** With one way only a source may be behind another port than with several, and was let in all the same. */
    private static void trust(final ConfigTree variant) {
        final Map<String, Object> sysctl = variant.map("sysctl");
        sysctl.keySet().removeIf(name -> name.endsWith(RP_FILTER));
        sysctl.put("net.ipv4.conf.all" + RP_FILTER, "0");
    }

    private static List<ConfigTree> combinations(final ConfigTree config, final List<IpAddress> addresses) {
        final List<Object> routes = config.list("network", "routes");
        List<ConfigTree> variants = new ArrayList<>();
        variants.add(config);
        for (int i = 0; i < routes.size(); i++) {
            final int ways = ways(routes.get(i));
            if (ways < 2 || variants.size() * ways > MAX_VARIANTS || !coversAny(routes.get(i), addresses)) {
                continue;
            }
            final List<ConfigTree> more = new ArrayList<>();
            for (final ConfigTree variant : variants) {
                for (int way = 0; way < ways; way++) {
                    more.add(only(variant.copy(), i, way));
                }
            }
            variants = more;
        }
        return variants;
    }

    private static boolean coversAny(final Object route, final List<IpAddress> addresses) {
        final String to = (String) ConfigTree.cast(route).get("to");
        return addresses.stream().anyMatch(address -> covers(to, address));
    }

    private static boolean covers(final String prefix, final IpAddress address) {
        final int slash = prefix.indexOf('/');
        return slash > 0 && address.isIn(IpAddress.parse(prefix.substring(0, slash)),
                Integer.parseInt(prefix.substring(slash + 1)));
    }

    private static int ways(final Object route) {
        return route instanceof Map<?, ?> map && map.get("via") instanceof List<?> list ? Math.max(1, list.size()) : 1;
    }

    private static ConfigTree only(final ConfigTree config, final int route, final int way) {
        final Map<String, Object> map = ConfigTree.cast(config.list("network", "routes").get(route));
        final List<Object> ways = ConfigTree.castList(map.get("via"));
        final Object kept = ways.get(way);
        ways.clear();
        ways.add(kept);
        return config;
    }
}
