package io.penstock.dataplane.judge.random;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntFunction;

/** What a random route says beside its destination, of either family. Threads: one. */
final class RouteWords {

    private static final String[] TYPES = {"blackhole", "unreachable", "prohibit", "throw"};
    private static final int MAX_WAYS = 4;

    private final Dice dice;

    RouteWords(final Dice dice) {
        this.dice = dice;
    }

    String type() {
        return dice.of(TYPES);
    }

    /**
     * One way, or several with weights.
     *
     * @param gateways     a gateway on a port's link, or null for none
     * @param gatewaysOnly true where each of several ways must have a gateway, as of IPv6
     */
    void ways(
            final Map<String, Object> route, final int ports, final IntFunction<String> gateways,
            final boolean gatewaysOnly) {
        if (dice.oneIn(6)) {
            final List<Object> ways = new ArrayList<>();
            final int count = dice.between(2, MAX_WAYS);
            for (int i = 0; i < count; i++) {
                final Map<String, Object> way = way(dice.below(ports), gateways);
                if (gatewaysOnly && !way.containsKey("via") || ways.stream().anyMatch(other -> isSame(other, way))) {
                    continue;
                }
                if (dice.oneIn(2)) {
                    way.put("weight", String.valueOf(dice.between(1, 5)));
                }
                ways.add(way);
            }
            if (ways.size() > 1) {
                route.put("via", ways);
                return;
            }
        }
        route.putAll(way(dice.below(ports), gateways));
    }

    /** Now and then a source address and an MTU. */
    void attributes(final Map<String, Object> route, final String source, final int minMtu) {
        if (source != null && dice.oneIn(6)) {
            route.put("src", source);
        }
        if (dice.oneIn(6)) {
            route.put("mtu", (dice.oneIn(3) ? "lock " : "") + dice.between(minMtu, 1600));
        }
    }

    /** A metric: always where there is a route to the same destination already. */
    void metric(final Map<String, Object> route, final boolean needed) {
        if (needed || dice.oneIn(8)) {
            route.put("metric", String.valueOf(dice.between(1, 3000)));
        }
    }

    private Map<String, Object> way(final int port, final IntFunction<String> gateways) {
        final Map<String, Object> way = new LinkedHashMap<>();
        final String gateway = gateways.apply(port);
        if (gateway != null) {
            way.put("via", gateway);
        }
        way.put("port", Names.port(port));
        return way;
    }

    private static boolean isSame(final Object one, final Map<String, Object> other) {
        return one instanceof Map<?, ?> map && other.get("port").equals(map.get("port"))
                && Objects.equals(other.get("via"), map.get("via"));
    }
}
