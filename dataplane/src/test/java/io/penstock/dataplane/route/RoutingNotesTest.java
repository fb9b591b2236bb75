package io.penstock.dataplane.route;

import static io.penstock.dataplane.route.RoutingFixture.LAN;
import static io.penstock.dataplane.route.RoutingFixture.WAN;
import static io.penstock.dataplane.route.RoutingFixture.hop;
import static io.penstock.dataplane.route.RoutingFixture.key;
import static io.penstock.dataplane.route.RoutingFixture.route;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.os.netlink.IpAddress;
import io.penstock.os.netlink.RouteKey;
import io.penstock.os.netlink.RouteType;
import io.penstock.os.netlink.Rule;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RoutingNotesTest {

    private final RoutingFixture net = new RoutingFixture();

    @AfterEach
    void close() {
        net.close();
    }

    @Test
    void shouldNoteRoutesOfOtherTablesUntilTheyGo() {
        final RouteKey key = key("10.0.0.0/8", 100, 0);
        net.put(key, RouteType.BLACKHOLE, 0);
        assertEquals("no route", net.describe("10.0.0.1"));
        assertEquals(List.of("routes of other tables are not used: table=100 routes=1; move what is needed to the table "
                + "main, see 'ip route show table 100'"), net.routing.notes());
        net.routing.routes(key, List.of());
        assertEquals(List.of(), net.routing.notes());
    }

    @Test
    void shouldNoteRoutesForATypeOfServiceOrASource() {
        final RouteKey tos = new RouteKey(IpAddress.parse("10.0.0.0"), 8, IpAddress.any(IpAddress.V4), 0, 254, 16, 0);
        net.routing.routes(tos, List.of(route(tos, RouteType.BLACKHOLE, 0)));
        final RouteKey source =
                new RouteKey(IpAddress.parse("2001:db8::"), 32, IpAddress.parse("2001:db8:1::"), 48, 254, 0, 0);
        net.routing.routes(source, List.of(route(source, RouteType.BLACKHOLE, 0)));
        assertEquals(List.of(
                "routes for a type of service are not used: routes=1; see 'ip -4 route show table main'",
                "routes for a source prefix are not used: routes=1; see 'ip -6 route show table main'"),
                net.routing.notes());
    }

    @Test
    void shouldNoteNextHopsThatAreLeftOut() {
        net.put("10.0.0.0/8", hop("192.0.2.1", WAN), hop(null, LAN));
        assertEquals("unresolved gateway port=1 mtu=1400 192.0.2.1", net.describe("10.0.0.1"));
        assertEquals(List.of("the route to 10.0.0.0/8 has several next hops, some without a gateway: those are left out; "
                + "give each a gateway with 'via'"), net.routing.notes());
        net.put("10.0.0.0/8", hop("192.0.2.1", WAN));
        assertEquals(List.of(), net.routing.notes());
    }

    @Test
    void shouldNoteRulesThatAreNotFollowed() {
        final Rule local = rule(0, 255, 0);
        final Rule main = rule(32766, 254, 0);
        final Rule last = rule(32767, 253, 0);
        net.routing.rules(List.of(local, main, last));
        assertEquals(List.of(), net.routing.notes());
        net.routing.rules(List.of(local, rule(100, 42, 7), main, last));
        assertEquals(List.of("routing rules besides the standard ones are not followed: IPv4 priority=100 table=42; routes "
                + "are taken from the tables local, main and default, see 'ip rule'"), net.routing.notes());
    }

    private static Rule rule(final int priority, final int table, final int mark) {
        final IpAddress any = IpAddress.any(IpAddress.V4);
        return new Rule(IpAddress.V4, priority, Rule.Action.TABLE, table, 0, false, any, 0, any, 0, 0, mark,
                mark == 0 ? 0 : -1, "", "", 0, 0, 0, -1, -1, -1, false, 2, 0);
    }
}
