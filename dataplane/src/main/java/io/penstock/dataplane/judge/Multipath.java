package io.penstock.dataplane.judge;

import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.program.ProgramKind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The choice among the ways of a route, which the kernel makes by a hash with a secret: what it did with a packet is right when
 * Penstock does the same with one choice or another. Penstock gets all packets again, with one seed of its own hash after the
 * other, all else the same.
 *
 * <p>Threads: any.
 */
final class Multipath {

    /**
     * Seeds that are tried at the most. What one choice in 64 leads to is missed by all of them once in 100 cases; higher takes
     * longer where something is wrong in earnest.
     */
    private static final int MAX_CHOICES = 300;

    private Multipath() {
    }

    /** True when a route has several ways. */
    static boolean isIn(final Configuration configuration) {
        return configuration.network().routes().stream().anyMatch(route -> route.nextHops().size() > 1);
    }

    /**
     * The configuration with those ways only that Penstock uses, or null when it uses all: of a route with several, those without
     * a gateway only where there is no other.
     */
    static ConfigTree usedOnly(final ConfigTree config) {
        final ConfigTree used = config.copy();
        boolean changed = false;
        for (final Object element : used.list("network", "routes")) {
            final Map<String, Object> route = ConfigTree.cast(element);
            if (!(route.get("via") instanceof List<?> list) || list.size() < 2) {
                continue;
            }
            final List<Object> ways = ConfigTree.castList(list);
            final Object first = ways.getFirst();
            if (!ways.removeIf(way -> !ConfigTree.cast(way).containsKey("via"))) {
                continue;
            }
            changed = true;
            if (ways.size() < 2) {
                final Map<String, Object> way = ConfigTree.cast(ways.isEmpty() ? first : ways.getFirst());
                route.remove("via");
                way.forEach((key, value) -> {
                    if (!"weight".equals(key)) {
                        route.put(key, value);
                    }
                });
            }
        }
        return changed ? used : null;
    }

    /** Those differences that are there whatever the choice, and those of packets that go another way than their flow. */
    static List<Difference> unexplained(
            final Configuration configuration, final ProgramKind program, final Run run, final List<Difference> differences) {
        List<Difference> left = differences;
        for (int seed = 1; seed <= MAX_CHOICES && !left.isEmpty(); seed++) {
            left = with(seed, configuration, program, run, left);
        }
        final Set<Difference> still = new HashSet<>(left);
        final Flows flows = new Flows();
        final List<Difference> all = new ArrayList<>();
        for (final Difference difference : differences) {
            if (still.contains(difference)) {
                all.add(difference);
            } else if (!flows.isConstant(difference.arrival(), difference.penstock())) {
                all.add(new Difference(difference.index(), difference.arrival(), difference.kernel(), difference.penstock(),
                        "IPv" + difference.arrival().version() + ": packets of one flow go several ways"));
            }
        }
        return all;
    }

    private static List<Difference> with(
            final long seed, final Configuration configuration, final ProgramKind program, final Run run,
            final List<Difference> differences) {
        final int count = differences.getLast().index() + 1;
        try (PenstockRouter penstock = new PenstockRouter(configuration, program, null, PenstockRouter.startNs(run.times()))) {
            penstock.choose(seed);
            final Run again = run.first(count, penstock);
            final Set<Integer> differ = new HashSet<>();
            for (final Difference difference : again.differences(configuration.ports().size())) {
                if (Purpose.of(difference, again, penstock) == null) {
                    differ.add(difference.index());
                }
            }
            return differences.stream().filter(difference -> differ.contains(difference.index())).toList();
        }
    }
}
