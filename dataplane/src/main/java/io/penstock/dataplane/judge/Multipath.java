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
    private static final int MAX_VARIANTS = 64;

    private Multipath() {
    }

    /** All combinations of single ways; none when no route has several. */
    static List<ConfigTree> variants(final ConfigTree config) {
        final List<Object> routes = config.list("network", "routes");
        List<ConfigTree> variants = new ArrayList<>();
        variants.add(config);
        for (int i = 0; i < routes.size(); i++) {
            final int ways = ways(routes.get(i));
            if (ways < 2 || variants.size() * ways > MAX_VARIANTS) {
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
        return variants.size() == 1 ? List.of() : variants;
    }

    /**
     * For one packet: the same, with a way of its own for what goes back to its sender, which is hashed by itself.
     *
     * @param sender the packet's source
     */
    static List<ConfigTree> variants(final ConfigTree config, final IpAddress sender) {
        final List<ConfigTree> all = new ArrayList<>();
        for (final Object element : config.list("network", "routes")) {
            final Map<String, Object> route = ConfigTree.cast(element);
            if (ways(route) < 2 || !covers((String) route.get("to"), sender)) {
                continue;
            }
            for (final Object way : ConfigTree.castList(route.get("via"))) {
                final Map<String, Object> back = new LinkedHashMap<>(route);
                back.put("to", sender + "/" + sender.bits());
                back.put("via", new ArrayList<>(List.of(way)));
                for (final ConfigTree variant : variants(config)) {
                    final ConfigTree both = variant.copy();
                    both.list("network", "routes").add(back);
                    all.add(both);
                }
            }
        }
        return all.subList(0, Math.min(all.size(), MAX_VARIANTS));
    }

    private static boolean covers(final String prefix, final IpAddress address) {
        final int slash = prefix.indexOf('/');
        return slash > 0 && address.isIn(IpAddress.parse(prefix.substring(0, slash)),
                Integer.parseInt(prefix.substring(slash + 1)));
    }

    private static int ways(final Object route) {
        return route instanceof Map<?, ?> map && map.get("via") instanceof List<?> list ? list.size() : 1;
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
