package io.penstock.dataplane.hot.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.fib.AdjacencyLayout;
import io.penstock.dataplane.testkit.Packets;
import io.penstock.dataplane.testkit.TestEngine;
import io.penstock.os.hot.packet.EthernetLayout;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Packets to neighbours that the kernel has not heard of for a while. */
class NeighbourConfirmTest {

    private static final long OTHER_MAC = 0x0200_0000_0C02L;

    private final TestEngine engine = new TestEngine();

    @AfterEach
    void close() {
        engine.assertBooks();
        engine.close();
    }

    @Test
    void shouldForwardEveryPacketAndAskOnceWhenTheNeighbourIsUnconfirmed() {
        unconfirm(engine.wan4);
        unconfirm(engine.wan6);
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.5"), Packets.udp6("2001:db8:1::5"), Packets.udp4("10.1.0.6"));
        engine.receive(TestEngine.LAN, Packets.udp6("2001:db8:1::6"), Packets.udp4("10.1.0.7"));
        assertEquals(List.of("1 10.9.0.1", "1 2001:db8:9::1"), engine.requests);
        assertEquals(5, engine.ports[TestEngine.WAN].sent.size());
        for (final byte[] frame : engine.ports[TestEngine.WAN].sent) {
            Packets.edit(frame.clone(), eth -> assertEquals(OTHER_MAC, EthernetLayout.destination(eth)));
        }
        assertEquals(AdjacencyKind.FORWARD, kind(engine.wan4));
        assertEquals(AdjacencyKind.FORWARD, kind(engine.wan6));
        unconfirm(engine.wan4);
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.5"));
        assertEquals(List.of("1 10.9.0.1", "1 2001:db8:9::1", "1 10.9.0.1"), engine.requests);
    }

    @Test
    void shouldAskAgainWhenTheRequestWasForgotten() {
        unconfirm(engine.wan4);
        engine.confirmsNothing = true;
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.5"));
        assertEquals("forwarded", engine.outcome(0));
        assertEquals(AdjacencyKind.UNCONFIRMED, kind(engine.wan4));
        engine.confirmsNothing = false;
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.5"));
        assertEquals(List.of("1 10.9.0.1"), engine.requests);
    }

    @Test
    void shouldCountAsAWayForWhatThisHostSendsWhenItIsUnconfirmed() {
        unconfirm(engine.wan4);
        engine.originate(Packets.udp4("10.0.0.254", "10.1.0.5", 8));
        assertEquals("forwarded", engine.outcome(0));
        assertEquals(List.of("1 10.9.0.1"), engine.requests);
    }

    private void unconfirm(final int adjacency) {
        engine.fib().adjacencies().resolve(adjacency, OTHER_MAC, TestEngine.WAN_MAC, false);
    }

    private int kind(final int adjacency) {
        return AdjacencyLayout.kind(AdjacencyLayout.headAcquire(engine.fib().fib().adjacency(adjacency)));
    }
}
