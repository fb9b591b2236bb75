package io.penstock.dataplane.route;

import static io.penstock.dataplane.route.RoutingFixture.LAN;
import static io.penstock.dataplane.route.RoutingFixture.WAN;
import static io.penstock.dataplane.route.RoutingFixture.hop;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.fib.AdjacencyFields;
import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.os.netlink.Neighbour;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What there is no room for, and what becomes of it. */
class RoutingRefusedTest {

    private static final long MAC = 0x0200_0000_0001L;
    private static final String LEFT_OUT = "the forwarding table is full: prefixes left out=";
    /** Each of them, and each 256 of them, has a node of its own. */
    private static final int STRIDE = 256;
    private static final int FIRST = 0x1400_0000;

    private final RoutingFixture net = new RoutingFixture();

    @AfterEach
    void close() {
        net.close();
    }

    @Test
    void shouldTakeRoutesAndHostsInWhenThereIsRoomAgain() {
        net.put("10.0.0.0/24", hop(null, LAN));
        final int filled = fillTable();
        net.put("10.9.0.0/24", hop("192.0.2.1", WAN));
        net.put("10.9.0.128/25", hop("192.0.2.1", WAN));
        net.neighbour("10.0.0.7", LAN, Neighbour.REACHABLE, MAC);
        assertEquals("no route", net.describe("10.9.0.1"));
        assertEquals("glean port=0 mtu=1500", net.describe("10.0.0.7"));
        assertEquals(List.of(LEFT_OUT + "3; aggregate routes"), net.routing.news());
        net.routing.tick(0);
        assertEquals(List.of(LEFT_OUT + "3; aggregate routes"), net.routing.notes());
        assertEquals(List.of(), net.routing.news());
        for (int i = 1; i <= 8; i++) {
            net.writer.remove4(FIRST + (filled - i) * STRIDE, 25);
        }
        net.reclaimer.quiesce();
        net.routing.tick(0);
        assertTrue(net.describe("10.9.0.1").startsWith("unresolved gateway port=1"), net.describe("10.9.0.1"));
        assertTrue(net.describe("10.9.0.129").startsWith("unresolved gateway port=1"), net.describe("10.9.0.129"));
        assertTrue(net.describe("10.0.0.7").startsWith("forward port=0"), net.describe("10.0.0.7"));
        assertEquals(List.of(), net.routing.notes());
    }

    @Test
    void shouldForgetARefusedRouteWhenItIsWithdrawn() {
        final int filled = fillTable();
        net.put("10.9.0.0/24", hop("192.0.2.1", WAN));
        assertEquals(List.of(LEFT_OUT + "1; aggregate routes"), net.routing.notes());
        net.remove("10.9.0.0/24");
        assertEquals(List.of(), net.routing.notes());
        net.writer.remove4(FIRST + (filled - 1) * STRIDE, 25);
        net.writer.remove4(FIRST + (filled - 2) * STRIDE, 25);
        net.routing.tick(0);
        assertEquals("no route", net.describe("10.9.0.1"));
    }

    @Test
    void shouldTakeRoutesAndHostsInWhenThereAreAdjacenciesAgain() {
        net.put("10.0.0.0/24", hop(null, LAN));
        int last = 0;
        int before = 0;
        for (int next = adjacency(); next != 0; next = adjacency()) {
            before = last;
            last = next;
        }
        net.put("10.9.0.0/16", hop("192.0.2.1", WAN));
        net.neighbour("10.0.0.7", LAN, Neighbour.REACHABLE, MAC);
        assertEquals("no route", net.describe("10.9.0.1"));
        assertEquals("glean port=0 mtu=1500", net.describe("10.0.0.7"));
        net.routing.tick(0);
        assertEquals(2, net.routing.notes().size(), () -> net.routing.notes().toString());
        net.writer.adjacencies().release(last);
        net.writer.adjacencies().release(before);
        net.reclaimer.quiesce();
        net.routing.tick(0);
        assertTrue(net.describe("10.9.0.1").startsWith("unresolved gateway port=1"), net.describe("10.9.0.1"));
        assertTrue(net.describe("10.0.0.7").startsWith("forward port=0"), net.describe("10.0.0.7"));
    }

    /** Puts prefixes into the table until it is full; how many. */
    private int fillTable() {
        int count = 0;
        while (net.writer.put4(FIRST + count * STRIDE, 25, 1)) {
            count++;
            if ((count & 0x3FF) == 0) {
                net.reclaimer.quiesce();
            }
        }
        return count;
    }

    private int adjacency() {
        return net.writer.adjacencies().create(AdjacencyFields.ofKind(AdjacencyKind.BLACKHOLE, 4, 0, 1500));
    }
}
