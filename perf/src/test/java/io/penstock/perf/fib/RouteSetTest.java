package io.penstock.perf.fib;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.hot.pipeline.Batch;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RouteSetTest {

    private static final int ROUTES = 20_000;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldMakeDistinctPrefixesWithoutHostBits(final boolean ipv6) {
        final RouteSet routes = RouteSet.of(ipv6, ROUTES);
        final Set<String> seen = new HashSet<>();
        for (int route = 0; route < ROUTES; route++) {
            assertEquals(0, routes.network(route) & ~routes.mask(routes.length(route)));
            assertTrue(seen.add(routes.network(route) + "/" + routes.length(route)));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldBeginLikeALargerSet(final boolean ipv6) {
        final RouteSet small = RouteSet.of(ipv6, 100);
        final RouteSet large = RouteSet.of(ipv6, ROUTES);
        for (int route = 0; route < small.count(); route++) {
            assertEquals(large.network(route), small.network(route));
            assertEquals(large.length(route), small.length(route));
        }
    }

    @Test
    void shouldHaveMostlyTheLengthsOfTheInternet() {
        assertEquals(0.6, share(RouteSet.of(false, ROUTES), 24), 0.03);
        assertEquals(0.11, share(RouteSet.of(false, ROUTES), 22), 0.02);
        assertEquals(0.47, share(RouteSet.of(true, ROUTES), 48), 0.03);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldMakeAddressesInsideTheirRoutes(final boolean ipv6) {
        final RouteSet routes = RouteSet.of(ipv6, 1_000);
        final SplittableRandom random = new SplittableRandom(1);
        for (int route = 0; route < routes.count(); route++) {
            final long address = routes.address(route, random);
            assertEquals(routes.network(route), address & routes.mask(routes.length(route)));
            assertEquals(0, address & ~routes.mask(routes.bits()));
        }
    }

    /** Of nested routes the longest, by both ways of looking up and the plain one. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldFindWhatThePlainLookupFinds(final boolean ipv6) {
        final RouteSet routes = RouteSet.of(ipv6, ROUTES);
        final PlainLookup plain = new PlainLookup(routes);
        final long[] addresses = routes.addresses(1 << 12, 1);
        try (RouteTable table = new RouteTable().with(routes)) {
            int sum = 0;
            for (final long address : addresses) {
                final int expected = table.adjacency(plain.route(address));
                assertNotEquals(0, expected);
                sum += expected;
            }
            final LookupLoop loop = new LookupLoop(table.fib(), ipv6, addresses);
            assertEquals(sum, loop.batches());
            assertEquals(sum, loop.singles());
        }
        assertEquals(0, addresses.length % Batch.CAPACITY);
    }

    @Test
    void shouldFindNothingWhereNoRouteIs() {
        assertEquals(-1, new PlainLookup(RouteSet.of(false, 1_000)).route(0x7F00_0001));
    }

    private static double share(final RouteSet routes, final int length) {
        int count = 0;
        for (int route = 0; route < routes.count(); route++) {
            count += routes.length(route) == length ? 1 : 0;
        }
        return (double) count / routes.count();
    }
}
