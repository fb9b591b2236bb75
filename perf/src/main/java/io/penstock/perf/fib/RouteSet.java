package io.penstock.perf.fib;

import io.penstock.dataplane.fib.FibWriter;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Made-up routes of one family: distinct prefixes as long as the Internet's, spread over its unicast space, no default route
 * among them. The first N of a larger set are the smaller one.
 *
 * <p>Invariants:
 * <ol>
 *   <li>The same number gives the same routes, in an order that says nothing about their prefixes.</li>
 *   <li>IPv6 prefixes have 64 bits at most: their addresses' low halves decide nothing.</li>
 *   <li>Route i leads to next hop {@code i % NEXT_HOPS}.</li>
 * </ol>
 *
 * <p>An address is a long: IPv4's as an unsigned number, IPv6's high half. Threads: any, once made.
 */
public final class RouteSet {

    /** Next hops that routes share, as a router with some dozen peers has them. */
    public static final int NEXT_HOPS = 64;

    /** Routes at the most; the FIB is made for a million IPv4 routes and 200,000 of IPv6. */
    public static final int MAX_ROUTES4 = 1_000_000;
    public static final int MAX_ROUTES6 = 200_000;

    private static final long SEED = 20_240_601;
    private static final int IPV4_BITS = 32;
    /** First octets of IPv4 unicast that are in no test, loopback or private network here: 11 to 126 and 128 to 191. */
    private static final int FIRST_OCTET = 11;
    private static final int OCTETS_BELOW_LOOPBACK = 116;
    private static final int OCTETS = OCTETS_BELOW_LOOPBACK + 64;
    private static final int LOOPBACK = 127;
    private static final int OCTET_SHIFT = 24;
    /** What the registries give IPv6 from, each a /12: 2400::, 2600::, 2800::, 2a00::, 2c00::. */
    private static final long[] REGISTRIES = {0x240, 0x260, 0x280, 0x2A0, 0x2C0};
    private static final int REGISTRY_SHIFT = 52;
    /** Holders in each of them, which announce about five routes each when there are 200,000, all from one /29. */
    private static final int HOLDERS = 1 << 13;
    private static final int HOLDER_SHIFT = 39;
    private static final int HOLDER_BITS = 35;

    private final boolean ipv6;
    private final long[] networks;
    private final byte[] lengths;

    private RouteSet(final boolean ipv6, final int count) {
        this.ipv6 = ipv6;
        this.networks = new long[count];
        this.lengths = new byte[count];
    }

    /** Makes so many routes. */
    public static RouteSet of(final boolean ipv6, final int count) {
        final RouteSet routes = new RouteSet(ipv6, count);
        final SplittableRandom random = new SplittableRandom(SEED);
        final PrefixMix mix = ipv6 ? PrefixMix.IPV6 : PrefixMix.IPV4;
        final Set<Long> taken = new HashSet<>(count * 2);
        int made = 0;
        while (made < count) {
            final int length = mix.length(random.nextInt(PrefixMix.whole()));
            final long network = (ipv6 ? unicast6(random) : unicast4(random)) & routes.mask(length);
            // Networks end in zeros where the length fits in.
            if (taken.add(network | length)) {
                routes.networks[made] = network;
                routes.lengths[made] = (byte) length;
                made++;
            }
        }
        return routes;
    }

    /** How many. */
    public int count() {
        return networks.length;
    }

    /** True for IPv6. */
    public boolean ipv6() {
        return ipv6;
    }

    /** A route's prefix, host bits zero. */
    public long network(final int route) {
        return networks[route];
    }

    /** How long it is. */
    public int length(final int route) {
        return lengths[route];
    }

    /** The number of its next hop, from 0. */
    public static int nextHop(final int route) {
        return route & NEXT_HOPS - 1;
    }

    /** A random address inside a route; a more specific one may cover it. */
    public long address(final int route, final SplittableRandom random) {
        return networks[route] | random.nextLong() & (mask(bits()) ^ mask(lengths[route]));
    }

    /** Random addresses, uniform over the routes. */
    public long[] addresses(final int count, final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        final long[] addresses = new long[count];
        Arrays.setAll(addresses, i -> address(random.nextInt(networks.length), random));
        return addresses;
    }

    /** Puts a route in force; false when the table has no memory left. */
    public boolean put(final FibWriter table, final int route, final int adjacency) {
        return ipv6 ? table.put6(networks[route], 0, lengths[route], adjacency)
                : table.put4((int) networks[route], lengths[route], adjacency);
    }

    /** Withdraws a route; false when it is not there. */
    public boolean remove(final FibWriter table, final int route) {
        return ipv6 ? table.remove6(networks[route], 0, lengths[route]) : table.remove4((int) networks[route], lengths[route]);
    }

    /** Puts all routes in force, by the adjacencies of their next hops. */
    public void putAll(final FibWriter table, final int[] adjacencies) {
        for (int route = 0; route < networks.length; route++) {
            if (!put(table, route, adjacencies[nextHop(route)])) {
                throw new IllegalStateException("the forwarding table has no memory left: routes=" + route + " of "
                        + networks.length);
            }
        }
    }

    /** The bits that a prefix of this length decides. */
    long mask(final int length) {
        return length == 0 ? 0 : -1L << Long.SIZE - length >>> Long.SIZE - bits();
    }

    /** The longest prefix. */
    int bits() {
        return ipv6 ? Long.SIZE : IPV4_BITS;
    }

    private static long unicast4(final SplittableRandom random) {
        final int octet = FIRST_OCTET + random.nextInt(OCTETS);
        return (long) (octet >= LOOPBACK ? octet + 1 : octet) << OCTET_SHIFT | random.nextInt(1 << OCTET_SHIFT);
    }

    private static long unicast6(final SplittableRandom random) {
        final long registry = REGISTRIES[random.nextInt(REGISTRIES.length)] << REGISTRY_SHIFT;
        final long holder = (long) random.nextInt(HOLDERS) << HOLDER_SHIFT;
        return registry | holder | random.nextLong() & (1L << HOLDER_BITS) - 1;
    }
}
