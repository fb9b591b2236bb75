package io.penstock.dataplane.hot.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.api.HookRegistrar.Registration;
import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.program.HookSet;
import io.penstock.dataplane.program.ProgramCompiler;
import io.penstock.dataplane.testkit.Packets;
import io.penstock.dataplane.testkit.Places;
import io.penstock.dataplane.testkit.TestEngine;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.UdpLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Packets whose neighbour is not known yet. */
class NeighbourWaitTest {

    private static final long SECOND_NS = 1_000_000_000L;

    private final TestEngine engine = new TestEngine();
    private int gateway4;
    private int gateway6;

    @BeforeEach
    void routes() {
        gateway4 = engine.gateway(4, TestEngine.DMZ, "10.9.9.9");
        gateway6 = engine.gateway(6, TestEngine.DMZ, "2001:db8:9::9");
        engine.route("10.3.0.0", 16, gateway4);
        engine.route("2001:db8:3::", 48, gateway6);
        engine.route("10.2.0.0", 16, engine.glean(4, TestEngine.DMZ));
        engine.route("2001:db8:2::", 48, engine.glean(6, TestEngine.DMZ));
        engine.boundary();
    }

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void shouldAskOnceForAGatewayAndSendWhatWaitedInOrder() {
        for (int i = 0; i < 5; i++) {
            engine.receive(TestEngine.LAN, Packets.udp4("10.3.0." + i));
            assertEquals("parked", engine.outcome(0));
        }
        assertEquals(List.of("2 10.9.9.9"), engine.requests);
        engine.assertBooks(5);
        assertEquals(0, engine.boundary());
        engine.resolve(gateway4);
        assertEquals(5, engine.boundary());
        engine.assertBooks();
        final List<byte[]> sent = engine.ports[TestEngine.DMZ].sent;
        for (int i = 0; i < 5; i++) {
            assertEquals(i, sent.get(i)[Packets.IP + Ipv4Layout.DESTINATION + 3]);
        }
        Packets.edit(sent.getFirst().clone(), eth -> assertEquals(TestEngine.GATEWAY_MAC, EthernetLayout.destination(eth)));
        assertEquals(5, engine.counters().unparked);
    }

    @Test
    void shouldAskForEachDestinationOnALink() {
        engine.receive(TestEngine.LAN, Packets.udp4("10.2.0.1"), Packets.udp4("10.2.0.2"), Packets.udp4("10.2.0.1"),
                Packets.udp6("2001:db8:2::7"), Packets.udp6("2001:db8:3::7"));
        assertEquals(List.of("2 10.2.0.1", "2 10.2.0.2", "2 2001:db8:2::7", "2 2001:db8:9::9"), engine.requests);
        final int host = engine.gateway(4, TestEngine.DMZ, "10.2.0.2");
        engine.route("10.2.0.2", 32, host);
        engine.resolve(host);
        assertEquals(1, engine.boundary());
        engine.assertBooks(4);
    }

    @Test
    void shouldNotMistakeOneNeighbourForAnother() {
        // A key made of 31 * high + low would be the same for the two: the second would never be asked for.
        engine.route("2001:db8:4::", 48, engine.glean(6, TestEngine.DMZ));
        engine.receive(TestEngine.LAN, Packets.udp6("2001:db8:4::1f"), Packets.udp6("2001:db8:4:1::"));
        assertEquals(List.of("2 2001:db8:4::1f", "2 2001:db8:4:1::"), engine.requests);
        // One address behind two ports.
        engine.route("2001:db8:4::1f", 128, engine.gateway(6, TestEngine.WAN, "2001:db8:4:1::"));
        engine.receive(TestEngine.LAN, Packets.udp6("2001:db8:4::1f"));
        assertEquals("1 2001:db8:4:1::", engine.requests.getLast());
    }

    @Test
    void shouldRunPostRoutingOnceAndEgressWhenItLeaves() {
        final List<String> calls = new ArrayList<>();
        for (final HookList list : List.of(HookList.IPV4_FORWARD, HookList.IPV4_POST_ROUTING)) {
            Places.register(engine, list, 0, (packet, state) -> {
                calls.add(list.name());
                return Verdict.ACCEPT;
            });
        }
        engine.hooks.register(Places.ops(HookList.EGRESS, "egress", 0, (packet, state) -> {
            calls.add("egress " + EthernetLayout.destination(packet.frame()) + ' ' + state.out().name());
            return Verdict.ACCEPT;
        }).on("dmz"));
        engine.receive(TestEngine.LAN, Packets.udp4("10.3.0.1"));
        engine.resolve(gateway4);
        engine.boundary();
        assertEquals(List.of("IPV4_FORWARD", "IPV4_POST_ROUTING", "egress " + TestEngine.GATEWAY_MAC + " dmz"), calls);
        engine.assertBooks();
    }

    @Test
    void shouldGiveUpAfterThreeSeconds() {
        engine.receive(TestEngine.LAN, Packets.udp4("10.3.0.1"));
        engine.nowNs += SECOND_NS;
        engine.receive(TestEngine.LAN, Packets.udp4("10.3.0.2"));
        engine.nowNs += 2 * SECOND_NS - 1;
        assertEquals(0, engine.boundary());
        engine.nowNs += SECOND_NS / 10;
        assertEquals(1, engine.boundary());
        assertEquals(1, engine.dropped(DropReason.NEIGHBOUR_FAILED));
        engine.nowNs += SECOND_NS;
        assertEquals(1, engine.boundary());
        engine.assertBooks();
        engine.receive(TestEngine.LAN, Packets.udp4("10.3.0.3"));
        assertEquals(2, engine.requests.size(), "whoever comes later asks again");
        engine.assertBooks(1);
    }

    @Test
    void shouldHoldSoManyForOneNeighbour() {
        for (int i = 0; i < Parking.PER_NEIGHBOUR + 4; i++) {
            engine.receive(TestEngine.LAN, Packets.udp4("10.3.0.1"));
        }
        assertEquals("dropped parking_full", engine.outcome(0));
        assertEquals(4, engine.dropped(DropReason.PARKING_FULL));
        engine.receive(TestEngine.LAN, Packets.udp4("10.2.0.1"));
        assertEquals("parked", engine.outcome(0));
        engine.assertBooks(Parking.PER_NEIGHBOUR + 1);
        engine.resolve(gateway4);
        for (int left = Parking.PER_NEIGHBOUR; left > 0; left -= Batch.CAPACITY) {
            assertEquals(Math.min(left, Batch.CAPACITY), engine.boundary(), "a batch at a time");
        }
        engine.assertBooks(1);
        assertEquals(Parking.PER_NEIGHBOUR, engine.counters().forwarded);
    }

    @Test
    void shouldKeepPlacesForThoseWhoSteal() {
        for (int i = 0; i < Parking.MAX_WAITING + 10; i++) {
            engine.receive(TestEngine.LAN, Packets.udp4("10.2." + (i >> 8) + '.' + (i & 0xFF)));
        }
        assertEquals(10, engine.dropped(DropReason.PARKING_FULL));
        assertEquals(Parking.MAX_WAITING + 10, engine.requests.size(), "hosts without a place to wait are asked for too");
        engine.assertBooks(Parking.MAX_WAITING);
        final long[] token = new long[1];
        Places.register(engine, HookList.IPV4_FORWARD, 0, (packet, state) -> {
            token[0] = packet.steal();
            return Verdict.STOLEN;
        });
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.5"));
        assertTrue(token[0] >= 0);
        engine.stolen.release(token[0]);
        engine.nowNs += 4 * SECOND_NS;
        int moved = 0;
        for (int i = 0; i < 2 + Parking.MAX_WAITING / Batch.CAPACITY; i++) {
            moved += engine.boundary();
        }
        assertEquals(Parking.MAX_WAITING, moved);
        engine.assertBooks();
    }

    @Test
    void shouldDropWhenEveryPlaceIsTaken() {
        final List<Long> tokens = new ArrayList<>();
        final Registration registration = Places.register(engine, HookList.IPV4_FORWARD, 0, (packet, state) -> {
            tokens.add(packet.steal());
            return Verdict.STOLEN;
        });
        for (int i = 0; i < Lane.PARKING_PLACES; i++) {
            engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.5"));
        }
        registration.close();
        engine.receive(TestEngine.LAN, Packets.udp4("10.3.0.1"));
        assertEquals("dropped parking_full", engine.outcome(0));
        tokens.forEach(engine.stolen::release);
        engine.boundary();
        engine.assertBooks();
    }

    @Test
    void shouldLeaveByTheRouteThatIsInForceWhenItLeaves() {
        engine.receive(TestEngine.LAN, Packets.udp4("10.3.0.1"));
        engine.route("10.3.0.0", 16, engine.wan4);
        assertEquals(1, engine.boundary());
        assertEquals(1, engine.ports[TestEngine.WAN].sent.size());
        engine.assertBooks();
    }

    @Test
    void shouldDropWhenTheRouteEnds() {
        engine.receive(TestEngine.LAN, Packets.udp4("10.3.0.1"), Packets.udp4("10.3.0.2"), Packets.udp4("10.3.0.3"));
        engine.route("10.3.0.1", 32, engine.kind(AdjacencyKind.BLACKHOLE, 4));
        engine.route("10.3.0.2", 32, engine.kind(AdjacencyKind.LOCAL, 4));
        assertEquals(2, engine.boundary());
        assertEquals(1, engine.dropped(DropReason.ROUTE_BLACKHOLE));
        assertEquals(1, engine.counters().delivered);
        engine.assertBooks(1);
    }

    @Test
    void shouldCompleteAChecksumThatWasOnlyBegunWhenItLeaves() {
        engine.receive(TestEngine.LAN, Packets.edit(Packets.udp4("10.3.0.1"), eth -> {
            final long udp = eth + Packets.IP + Ipv4Layout.HEADER_BYTES;
            Memory.putShort(udp + UdpLayout.CHECKSUM, Checksum.fold(Checksum.pseudo4(eth + Packets.IP, IpProtocol.UDP, 16)));
        }));
        engine.resolve(gateway4);
        engine.boundary();
        assertEquals(1, engine.counters().partialChecksums);
        final byte[] whole = Packets.udp4("10.3.0.1");
        final byte[] sent = engine.ports[TestEngine.DMZ].sent.getFirst();
        assertEquals(whole[40], sent[40]);
        assertEquals(whole[41], sent[41]);
        engine.assertBooks();
    }

    /** Between the look whether the neighbour has answered and the packet's sending, the control thread may change it. */
    @Test
    void shouldWaitAgainWhenTheNeighbourIsLostOnTheWay() {
        final PacketProgram real = ProgramCompiler.compile(HookSet.EMPTY);
        for (int i = 0; i < 3; i++) {
            engine.receive(TestEngine.LAN, Packets.udp4("10.3.0." + i));
        }
        engine.lane.publish(new Losing(real, () -> engine.fib().adjacencies().unresolve(
                gateway4, AdjacencyKind.UNRESOLVED_GATEWAY)), null, 1);
        engine.resolve(gateway4);
        assertEquals(1, engine.boundary(), "the first was taken out and waits again behind the others");
        engine.assertBooks(3);
        assertEquals(1, engine.requests.size());
        engine.lane.publish(real, null, 2);
        engine.resolve(gateway4);
        assertEquals(3, engine.boundary());
        engine.assertBooks();
    }

    @Test
    void shouldCountBothWaysOfAPacketThatWaitsAgain() {
        engine.receive(TestEngine.LAN, Packets.udp4("10.3.0.1"));
        engine.lane.publish(new Losing(ProgramCompiler.compile(HookSet.EMPTY), () -> engine.fib().adjacencies().unresolve(
                gateway4, AdjacencyKind.UNRESOLVED_GATEWAY)), null, 1);
        engine.resolve(gateway4);
        engine.boundary();
        assertEquals(2, engine.counters().parked);
        assertEquals(1, engine.counters().unparked);
        assertEquals(2, engine.requests.size());
        engine.assertBooks(1);
    }

    /** A program during whose run another thread does something. */
    private static final class Losing extends PacketProgram {

        private final PacketProgram real;
        private final Runnable meanwhile;

        private Losing(final PacketProgram real, final Runnable meanwhile) {
            super(new int[0][], new long[0][]);
            this.real = real;
            this.meanwhile = meanwhile;
        }

        @Override
        public void run(final Lane lane, final Batch batch) {
            real.run(lane, batch);
        }

        @Override
        public void output(final Lane lane, final Batch batch) {
            real.output(lane, batch);
        }

        @Override
        public void resume(final Lane lane, final Batch batch, final int slot, final int list, final int position) {
            meanwhile.run();
            real.resume(lane, batch, slot, list, position);
        }
    }
}
