package io.penstock.dataplane.route;

import static io.penstock.dataplane.route.RoutingFixture.LAN;
import static io.penstock.dataplane.route.RoutingFixture.WAN;
import static io.penstock.dataplane.route.RoutingFixture.hop;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.fib.AdjacencyLayout;
import io.penstock.os.netlink.IpAddress;
import io.penstock.os.netlink.Neighbour;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Neighbours that are known and have to be asked for all the same, and gateways that were set by hand. */
class ConfirmationsTest {

    private static final long MAC = 0x0200_0000_0001L;
    private static final int LAN_PORT = 0;
    private static final int WAN_PORT = 1;
    private static final String HOST = "10.0.0.7";
    private static final String GATEWAY = "192.0.2.254";
    private static final String FORWARD = "forward port=0 mtu=1500 020000000001 020000000a01 0800";
    private static final String UNCONFIRMED = "forward unconfirmed port=0 mtu=1500 020000000001 020000000a01 0800";

    private final RoutingFixture net = new RoutingFixture();

    @AfterEach
    void close() {
        net.close();
    }

    @Test
    void shouldHaveAHostAskedForEachTimeThatItBecomesStale() {
        net.put("10.0.0.0/24", hop(null, LAN));
        for (int i = 0; i < 2; i++) {
            net.neighbour(HOST, LAN, Neighbour.REACHABLE, MAC);
            assertEquals(FORWARD, net.describe(HOST));
            net.neighbour(HOST, LAN, Neighbour.STALE, MAC);
            assertEquals(UNCONFIRMED, net.describe(HOST));
            worker(HOST);
            assertEquals(FORWARD, net.describe(HOST));
            net.put("10.0.0.0/25", hop(null, LAN));
            net.remove("10.0.0.0/25");
            assertEquals(FORWARD, net.describe(HOST), "it is being asked for");
            net.neighbour(HOST, LAN, Neighbour.PROBE, MAC);
            assertEquals(FORWARD, net.describe(HOST));
        }
        assertEquals(List.of("request 2 10.0.0.7", "request 2 10.0.0.7"), net.asked);
    }

    @Test
    void shouldKeepAskingWhenTheKernelTellsNothing() {
        net.put("10.0.0.0/24", hop(null, LAN));
        net.neighbour(HOST, LAN, Neighbour.STALE, MAC);
        net.routing.tick(0);
        worker(HOST);
        net.routing.tick(Confirmations.PATIENCE_NS - 1);
        assertEquals(FORWARD, net.describe(HOST));
        net.routing.tick(Confirmations.PATIENCE_NS);
        assertEquals(UNCONFIRMED, net.describe(HOST));
        worker(HOST);
        net.neighbour(HOST, LAN, Neighbour.REACHABLE, MAC);
        net.routing.tick(3 * Confirmations.PATIENCE_NS);
        assertEquals(FORWARD, net.describe(HOST));
    }

    @Test
    void shouldHaveAllWaysToALinkLocalGatewayAskedFor() {
        net.put("fe80::/64", hop(null, LAN));
        net.put("10.1.0.0/16", hop("fe80::7", LAN));
        net.neighbour("fe80::7", LAN, Neighbour.STALE, MAC);
        final IpAddress ip = IpAddress.parse("fe80::7");
        final int own = net.fib.lookupLinkLocal6(LAN_PORT, ip.high(), ip.low());
        assertTrue(net.describe(own).startsWith("forward unconfirmed port=0"), net.describe(own));
        assertEquals(UNCONFIRMED, net.describe("10.1.0.1"));
        assertEquals(IpAddress.parse("fe80::7").low(), AdjacencyLayout.nextHopLow(net.fib.adjacency(own)));
        assertEquals(ip.high(), AdjacencyLayout.nextHopHigh(net.fib.adjacency(own)), "as it is in packets");
        net.neighbour("fe80::7", LAN, Neighbour.REACHABLE, MAC);
        assertTrue(net.describe(own).startsWith("forward port=0"), net.describe(own));
        assertEquals(FORWARD, net.describe("10.1.0.1"));
    }

    @Test
    void shouldManageAGatewayWhenItIsNoLongerByHand() {
        net.neighbour(GATEWAY, WAN, Neighbour.PERMANENT, MAC);
        net.put("10.1.0.0/16", hop(GATEWAY, WAN));
        net.routing.tick(0);
        assertEquals(List.of(), net.asked);
        gone(GATEWAY);
        net.neighbour(GATEWAY, WAN, Neighbour.PERMANENT, MAC);
        net.routing.tick(0);
        assertEquals(List.of(), net.asked, "taken away and set again");
        gone(GATEWAY);
        net.routing.tick(0);
        assertEquals(List.of("manage 3 192.0.2.254"), net.asked);
        net.routing.tick(0);
        net.remove("10.1.0.0/16");
        assertEquals(List.of("manage 3 192.0.2.254", "unmanage 3 192.0.2.254"), net.asked);
    }

    @Test
    void shouldManageAGatewayAgainThatWasByHandMeanwhile() {
        net.put("10.1.0.0/16", hop(GATEWAY, WAN));
        net.neighbour(GATEWAY, WAN, Neighbour.PERMANENT, MAC);
        net.routing.tick(0);
        net.neighbour(GATEWAY, WAN, Neighbour.REACHABLE, MAC);
        net.routing.tick(0);
        assertEquals(List.of("manage 3 192.0.2.254", "manage 3 192.0.2.254"), net.asked);
    }

    @Test
    void shouldNotAskForWhatWasSetByHand() {
        net.neighbour(HOST, LAN, Neighbour.PERMANENT, MAC);
        net.routing.request(LAN_PORT, IpAddress.parse(HOST));
        assertEquals(List.of(), net.asked);
    }

    @Test
    void shouldSayWhatIsKnownOfANeighbourThatIsAskedFor() {
        net.put("10.0.0.0/24", hop(null, LAN));
        final Neighbour learned = new Neighbour(IpAddress.parse(HOST), LAN, Neighbour.STALE, MAC, 0x10);
        net.routing.neighbour(learned, null);
        worker(HOST);
        assertEquals(learned, net.known);
    }

    @Test
    void shouldNotKeepAGatewayManagedThatHasJustBeenGivenUp() {
        net.put("10.1.0.0/16", hop(GATEWAY, WAN));
        final IpAddress ip = IpAddress.parse(GATEWAY);
        net.routing.neighbour(new Neighbour(ip, WAN, Neighbour.FAILED, 0, 1 << 16 | 0x10), null);
        net.remove("10.1.0.0/16");
        net.routing.request(WAN_PORT, ip);
        assertEquals(List.of("manage 3 192.0.2.254", "unmanage 3 192.0.2.254", "request 3 192.0.2.254"), net.asked);
        assertEquals(new Neighbour(ip, WAN, Neighbour.FAILED, 0, 0x10), net.known);
    }

    /** What a worker does with the first packet. */
    private void worker(final String destination) {
        final long adjacency = net.fib.adjacency(net.lookup(destination));
        final long head = AdjacencyLayout.headAcquire(adjacency);
        assertEquals(AdjacencyKind.UNCONFIRMED, AdjacencyLayout.kind(head));
        assertTrue(AdjacencyLayout.changeKind(adjacency, head, AdjacencyKind.FORWARD));
        net.routing.request(LAN_PORT, IpAddress.v4((int) AdjacencyLayout.nextHopLow(adjacency)));
    }

    private void gone(final String ip) {
        net.routing.neighbour(null, new Neighbour(IpAddress.parse(ip), WAN, Neighbour.PERMANENT, MAC, 0));
    }
}
