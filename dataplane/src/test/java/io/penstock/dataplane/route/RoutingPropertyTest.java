package io.penstock.dataplane.route;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.dataplane.fib.FibWriter;
import io.penstock.os.netlink.IpAddress;
import io.penstock.os.netlink.Neighbour;
import io.penstock.os.netlink.NextHop;
import io.penstock.os.netlink.Route;
import io.penstock.os.netlink.RouteKey;
import io.penstock.os.netlink.RouteType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What is in force depends on the routes and neighbours there are, not on the changes that led to them. */
class RoutingPropertyTest {

    private static final int CHANGES = 120;
    private static final List<String> PREFIXES = List.of("0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/24", "10.0.0.0/29",
            "10.0.0.2/32", "10.0.0.128/25", "::/0", "2001:db8::/32", "2001:db8::/64", "2001:db8::2/128");
    private static final List<String> HOSTS = List.of("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.200", "10.1.1.1",
            "8.8.8.8", "2001:db8::1", "2001:db8::2", "2001:db8:1::1", "2a00::1");
    private static final List<Integer> DEVICES =
            List.of(RoutingFixture.LAN, RoutingFixture.WAN, RoutingFixture.OTHER_DEVICE);
    private static final List<RouteType> TYPES = List.of(RouteType.UNICAST, RouteType.UNICAST, RouteType.UNICAST,
            RouteType.LOCAL, RouteType.BLACKHOLE);

    private final Map<RouteKey, List<Route>> routes = new LinkedHashMap<>();
    private final Map<NeighbourTable.Key, Neighbour> neighbours = new LinkedHashMap<>();

    @Property(tries = 60)
    void shouldBeAsIfMadeAnewWhenRoutesAndNeighboursChange(@ForAll final long seed) {
        final Random random = new Random(seed);
        routes.clear();
        neighbours.clear();
        try (RoutingFixture changed = new RoutingFixture()) {
            final FibWriter.Usage empty = changed.writer.usage();
            for (int i = 0; i < CHANGES; i++) {
                change(changed, random);
                if (random.nextInt(8) == 0) {
                    changed.reclaimer.quiesce();
                }
            }
            try (RoutingFixture fresh = new RoutingFixture()) {
                feedShuffled(fresh, random);
                for (final String host : HOSTS) {
                    assertEquals(describe(fresh, host), describe(changed, host), () -> host + " seed=" + seed);
                }
                assertEquals(fresh.writer.usage(), changed.writer.usage());
            }
            routes.keySet().forEach(key -> changed.routing.routes(key, List.of()));
            assertEquals(empty, changed.writer.usage());
        }
    }

    private void change(final RoutingFixture net, final Random random) {
        if (random.nextInt(3) == 0) {
            final IpAddress ip = IpAddress.parse(pick(HOSTS, random));
            final int state = random.nextBoolean() ? Neighbour.REACHABLE : Neighbour.FAILED;
            final Neighbour neighbour = new Neighbour(ip, pick(DEVICES, random), state, 1 + random.nextInt(3), 0);
            final NeighbourTable.Key key = NeighbourTable.Key.of(neighbour);
            if (random.nextInt(4) == 0 && neighbours.containsKey(key)) {
                net.routing.neighbour(null, neighbours.remove(key));
            } else {
                net.routing.neighbour(neighbour, neighbours.put(key, neighbour));
            }
            return;
        }
        final RouteKey key = RoutingFixture.key(pick(PREFIXES, random), random.nextInt(4) == 0 ? 255 : 254,
                random.nextInt(2));
        if (random.nextInt(3) == 0) {
            routes.remove(key);
            net.routing.routes(key, List.of());
        } else {
            final List<Route> now = List.of(route(key, random));
            routes.put(key, now);
            net.routing.routes(key, now);
        }
    }

    private static Route route(final RouteKey key, final Random random) {
        final RouteType type = pick(TYPES, random);
        final int hops = type == RouteType.BLACKHOLE ? 0 : type == RouteType.LOCAL ? 1 : 1 + random.nextInt(3);
        final NextHop[] nextHops = new NextHop[hops];
        for (int i = 0; i < hops; i++) {
            final boolean onLink = type == RouteType.LOCAL || random.nextInt(3) == 0;
            nextHops[i] = new NextHop(onLink ? null : gateway(key.family(), random), pick(DEVICES, random),
                    1 + random.nextInt(4), random.nextInt(8) == 0 ? 1 : 0, 0);
        }
        return RoutingFixture.route(key, type, random.nextInt(3) == 0 ? 1280 : 0, nextHops);
    }

    private static IpAddress gateway(final int family, final Random random) {
        IpAddress ip;
        do {
            ip = IpAddress.parse(pick(HOSTS, random));
        } while (ip.family() != family);
        return ip;
    }

    private void feedShuffled(final RoutingFixture net, final Random random) {
        final List<Runnable> feeds = new ArrayList<>();
        routes.forEach((key, now) -> feeds.add(() -> net.routing.routes(key, now)));
        neighbours.values().forEach(n -> feeds.add(() -> net.routing.neighbour(n, null)));
        Collections.shuffle(feeds, random);
        feeds.forEach(Runnable::run);
    }

    /** With what each bucket leads to, where there are several next hops. */
    private static String describe(final RoutingFixture net, final String host) {
        final int adjacency = net.lookup(host);
        final StringBuilder text = new StringBuilder(net.describe(adjacency));
        if (net.fib.select(adjacency, 0) != adjacency) {
            for (int bucket = 0; bucket < 128; bucket++) {
                text.append('\n').append(net.describe(net.fib.select(adjacency, bucket << 25)));
            }
        }
        return text.toString();
    }

    private static <T> T pick(final List<T> from, final Random random) {
        return from.get(random.nextInt(from.size()));
    }
}
