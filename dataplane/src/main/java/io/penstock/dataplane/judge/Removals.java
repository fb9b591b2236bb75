package io.penstock.dataplane.judge;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What can be taken out of a configuration: each route, address and sysctl, each word of a route that it can do without, and of rules what
 * {@link RuleRemovals} says.
 *
 * <p>Threads: any.
 */
final class Removals {

    private static final List<String> NEEDED = List.of("to", "port", "type");

    private Removals() {
    }

    /** How many things can be taken out. */
    static int count(final ConfigTree config) {
        return actions(config.copy()).size();
    }

    /** A copy without those from one to below another. */
    static ConfigTree without(final ConfigTree config, final int from, final int to) {
        final ConfigTree copy = config.copy();
        actions(copy).subList(from, to).forEach(Runnable::run);
        prune(copy.root());
        return copy;
    }

    private static List<Runnable> actions(final ConfigTree config) {
        final List<Runnable> actions = new ArrayList<>();
        final Map<String, Object> root = config.root();
        if (root.get("sysctl") instanceof Map<?, ?> sysctl) {
            sysctl.keySet().forEach(key -> actions.add(() -> sysctl.remove(key)));
        }
        if (root.get("rules") instanceof Map<?, ?> rules) {
            actions.addAll(RuleRemovals.of(ConfigTree.cast(rules)));
        }
        if (!(root.get("network") instanceof Map<?, ?> network)) {
            return actions;
        }
        if (network.get("mtu") instanceof Map<?, ?> mtu) {
            mtu.keySet().forEach(key -> actions.add(() -> mtu.remove(key)));
        }
        if (network.get("addresses") instanceof Map<?, ?> addresses) {
            addresses.values().forEach(list -> elements(ConfigTree.castList(list), actions));
        }
        for (final String list : List.of("neighbours", "routes")) {
            if (network.get(list) instanceof List<?> all) {
                elements(ConfigTree.castList(all), actions);
                all.forEach(element -> words(ConfigTree.cast(element), actions));
            }
        }
        return actions;
    }

    private static void elements(final List<Object> list, final List<Runnable> actions) {
        // By identity: others may be gone when its turn comes.
        list.forEach(element -> actions.add(() -> list.removeIf(other -> other == element)));
    }

    private static void words(final Map<String, Object> route, final List<Runnable> actions) {
        for (final Map.Entry<String, Object> word : route.entrySet()) {
            if (word.getValue() instanceof List<?> ways) {
                if (ways.size() > 1) {
                    elements(ConfigTree.castList(ways), actions);
                }
                ways.forEach(way -> words(ConfigTree.cast(way), actions));
            } else if (!NEEDED.contains(word.getKey())) {
                actions.add(() -> route.remove(word.getKey()));
            }
        }
    }

    /** Takes out what is empty by now, but for ports. */
    private static void prune(final Map<String, Object> map) {
        map.forEach((key, value) -> {
            if (value instanceof Map<?, ?> inner && !"ports".equals(key)) {
                prune(ConfigTree.cast(inner));
            }
        });
        map.values().removeIf(value -> value instanceof Map<?, ?> inner && inner.isEmpty()
                || value instanceof List<?> list && list.isEmpty());
    }
}
