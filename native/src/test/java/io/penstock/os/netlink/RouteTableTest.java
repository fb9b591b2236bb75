package io.penstock.os.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RouteTableTest {

    private static final RouteKey V4 = key("20.0.0.0", 24);
    private static final RouteKey V6 = key("2001:20::", 48);

    private final RouteTable table = new RouteTable();

    @Test
    void shouldKeepKernelOrderWhenV4RoutesShareAKey() {
        apply(Change.PUT, v4("10.0.0.1"));
        apply(Change.APPENDED, v4("10.0.0.2"));
        apply(Change.PUT, v4("10.0.0.3"));
        assertEquals(List.of(v4("10.0.0.3"), v4("10.0.0.1"), v4("10.0.0.2")), table.get(V4));
        apply(Change.DELETED, v4("10.0.0.1"));
        assertEquals(List.of(v4("10.0.0.3"), v4("10.0.0.2")), table.get(V4));
        assertFalse(table.takeUnclear());
    }

    @Test
    void shouldReplaceFirstAndAskForDumpWhenSeveralV4RoutesShareAKey() {
        apply(Change.PUT, v4("10.0.0.1"));
        apply(Change.REPLACED, v4("10.0.0.2"));
        assertEquals(List.of(v4("10.0.0.2")), table.get(V4));
        assertFalse(table.takeUnclear());
        apply(Change.APPENDED, v4("10.0.0.3"));
        apply(Change.REPLACED, v4("10.0.0.4"));
        assertEquals(List.of(v4("10.0.0.4"), v4("10.0.0.3")), table.get(V4));
        assertTrue(table.takeUnclear());
        assertFalse(table.takeUnclear());
    }

    @Test
    void shouldFindRouteWhenOnlyDeviceStateDiffers() {
        final Route dead = v4("10.0.0.1").withNextHops(
                List.of(new NextHop(IpAddress.parse("10.0.0.1"), 2, 1, NextHop.DEAD | NextHop.LINKDOWN, 0)));
        apply(Change.PUT, dead);
        apply(Change.DELETED, v4("10.0.0.1"));
        assertEquals(List.of(), table.get(V4));
    }

    @Test
    void shouldAskForDumpWhenDeletedRouteIsNotTheOneThatIsThere() {
        apply(Change.PUT, v4("10.0.0.1"));
        assertFalse(table.apply(v4("10.0.0.2"), Change.DELETED, true));
        assertFalse(table.takeUnclear(), "an event older than the dump");
        assertFalse(table.apply(v4("10.0.0.2"), Change.DELETED, false));
        assertTrue(table.takeUnclear());
    }

    @Test
    void shouldGrowAndShrinkWhenV6RouteIsMultipath() {
        apply(Change.PUT, v6(way("2001:db8::1", 2, 1)));
        apply(Change.APPENDED, v6(way("2001:db8::1", 2, 1), way("2001:db8::2", 2, 3)));
        assertEquals(List.of(v6(way("2001:db8::1", 2, 1), way("2001:db8::2", 2, 3))), table.get(V6));
        apply(Change.DELETED, v6(way("2001:db8::1", 2, 1)));
        assertEquals(List.of(v6(way("2001:db8::2", 2, 1))), table.get(V6), "a single next hop has no weight");
        apply(Change.DELETED, v6(way("2001:db8::2", 2, 1)));
        assertEquals(List.of(), table.get(V6));
        assertFalse(table.takeUnclear());
    }

    @Test
    void shouldKeepBothWhenV6RoutesOfAKeyLeaveThroughDevices() {
        apply(Change.PUT, v6(way(null, 3, 1)));
        apply(Change.PUT, v6(way(null, 2, 1)));
        assertEquals(List.of(v6(way(null, 2, 1)), v6(way(null, 3, 1))), table.get(V6));
        apply(Change.DELETED, v6(way(null, 3, 1)));
        assertEquals(List.of(v6(way(null, 2, 1))), table.get(V6));
        assertFalse(table.takeUnclear());
    }

    @Test
    void shouldAskForDumpAtEachEventWhenV6KeyIsMixed() {
        apply(Change.PUT, v6(way("2001:db8::1", 2, 1)));
        apply(Change.APPENDED, v6(way(null, 3, 1)));
        assertTrue(table.takeUnclear());
        apply(Change.DELETED, v6(way("2001:db8::1", 2, 1)));
        assertTrue(table.takeUnclear());
    }

    @Test
    void shouldAskForDumpWhenNextHopsOfAV6RouteHaveOtherMtus() {
        apply(Change.PUT, v6(way("2001:db8::1", 2, 1)));
        final Route other = v6(way("2001:db8::1", 2, 1), way("2001:db8::2", 2, 1));
        apply(Change.APPENDED, new Route(other.key(), other.type(), 0, 3, null, 1400, 0, other.nextHops(), 0));
        assertTrue(table.takeUnclear());
    }

    @Test
    void shouldForgetAndTellWhatDiffersWhenDumped() {
        apply(Change.PUT, v4("10.0.0.1"));
        apply(Change.PUT, v6(way(null, 3, 1)));
        table.startDump();
        table.addDumped(v6(way(null, 3, 1)));
        table.addDumped(v6(way(null, 3, 1)));
        table.addDumped(v6(way(null, 4, 1)));
        final List<String> told = new ArrayList<>();
        table.finishDump((key, now) -> told.add(key.destination() + " " + now.size()));
        assertEquals(List.of("20.0.0.0 0", "2001:20:: 2"), told);
        assertTrue(table.usesDevice(4));
        assertFalse(table.usesDevice(2));
    }

    @Test
    void shouldCountUsesWhenRoutesComeAndGo() {
        final Route route = new Route(V4, RouteType.UNICAST, 0, 3, null, 0, 7, List.of(way("10.0.0.1", 2, 1)), 0);
        apply(Change.PUT, route);
        apply(Change.APPENDED, v4("10.0.0.2"));
        assertTrue(table.usesNextHop(7));
        apply(Change.DELETED, route);
        assertFalse(table.usesNextHop(7));
        assertTrue(table.usesDevice(2));
        apply(Change.DELETED, v4("10.0.0.2"));
        assertFalse(table.usesDevice(2));
    }

    /** From every point of a history on, the rest applied to its end must not change the end. */
    @Test
    void shouldEndInSameStateWhenEventsOlderThanTheDumpAreReplayed() {
        final Object[][] history = {
            {Change.PUT, v4("10.0.0.1")}, {Change.PUT, v4("10.0.0.2")}, {Change.DELETED, v4("10.0.0.1")},
            {Change.PUT, v4("10.0.0.1")}, {Change.APPENDED, v4("10.0.0.3")}, {Change.DELETED, v4("10.0.0.2")},
            {Change.PUT, v4("10.0.0.2")}, {Change.DELETED, v4("10.0.0.3")}, {Change.PUT, v4("10.0.0.4")},
            {Change.PUT, v6(way("::1", 2, 1))}, {Change.APPENDED, v6(way("::1", 2, 1), way("::2", 2, 1))},
            {Change.DELETED, v6(way("::1", 2, 1))}, {Change.REPLACED, v6(way("::3", 2, 1))},
            {Change.APPENDED, v6(way("::3", 2, 1), way("::4", 2, 1))},
        };
        Arrays.stream(history).forEach(e -> apply((Change) e[0], (Route) e[1]));
        final List<Route> v4 = table.get(V4);
        final List<Route> v6 = table.get(V6);
        for (int from = history.length; from >= 0; from--) {
            table.takeUnclear();
            for (int i = from; i < history.length; i++) {
                table.apply((Route) history[i][1], (Change) history[i][0], true);
            }
            final boolean asks = table.takeUnclear();
            assertTrue(asks || v4.equals(table.get(V4)) && v6.equals(table.get(V6)), "replay from event " + from + ": "
                    + table.get(V4) + table.get(V6));
            table.startDump();
            Stream.concat(v4.stream(), v6.stream()).forEach(table::addDumped);
            table.finishDump((key, now) -> { });
        }
    }

    private void apply(final Change change, final Route route) {
        table.apply(route, change, false);
    }

    private static RouteKey key(final String network, final int length) {
        final IpAddress ip = IpAddress.parse(network);
        return new RouteKey(ip, length, IpAddress.any(ip.family()), 0, 254, 0, 0);
    }

    private static Route v4(final String gateway) {
        return new Route(V4, RouteType.UNICAST, 0, 3, null, 0, 0, List.of(way(gateway, 2, 1)), 0);
    }

    private static Route v6(final NextHop... ways) {
        return new Route(V6, RouteType.UNICAST, 0, 3, null, 0, 0, List.of(ways), 0);
    }

    private static NextHop way(final String gateway, final int ifindex, final int weight) {
        return new NextHop(gateway == null ? null : IpAddress.parse(gateway), ifindex, weight, 0, 0);
    }
}
