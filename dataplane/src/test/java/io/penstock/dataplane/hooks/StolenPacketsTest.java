package io.penstock.dataplane.hooks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.api.HookFunction;
import io.penstock.dataplane.api.HookRegistrar.Registration;
import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.hot.pipeline.HookList;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.testkit.Packets;
import io.penstock.dataplane.testkit.Places;
import io.penstock.dataplane.testkit.TestEngine;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Verdict STOLEN, what becomes of the packet, and what functions do wrong with it. */
class StolenPacketsTest {

    private final TestEngine engine = new TestEngine();
    private final List<String> calls = new ArrayList<>();
    private long token = -1;

    @AfterEach
    void close() {
        engine.close();
    }

    @ParameterizedTest
    @EnumSource
    void shouldFreeThePacketWhenItsOwnerReleasesIt(final HookList list) {
        stealOnce(list);
        assertEquals("stolen", engine.outcome(0));
        engine.assertBooks(1);
        engine.stolen.release(token);
        engine.boundary();
        assertEquals(1, engine.dropped(DropReason.STOLEN_RELEASED));
        assertEquals(1, engine.counters().returned);
        assertEquals(List.of("before", "thief"), calls);
        engine.assertBooks();
    }

    @ParameterizedTest
    @EnumSource
    void shouldGoOnAtTheNextFunctionWhenItsOwnerAccepts(final HookList list) {
        stealOnce(list);
        engine.stolen.resume(token, Verdict.ACCEPT);
        engine.boundary();
        assertEquals(List.of("before", "thief", "after"), calls);
        assertEquals(1, Places.arrived(engine, list));
        engine.assertBooks();
    }

    @ParameterizedTest
    @EnumSource
    void shouldRunTheSameFunctionAgainWhenItsOwnerRepeats(final HookList list) {
        stealOnce(list);
        engine.stolen.resume(token, Verdict.REPEAT);
        engine.boundary();
        assertEquals(List.of("before", "thief", "thief", "after"), calls);
        assertEquals(1, Places.arrived(engine, list));
        engine.assertBooks();
    }

    @ParameterizedTest
    @EnumSource
    void shouldSkipTheFunctionsThatAreLeftWhenItsOwnerStops(final HookList list) {
        stealOnce(list);
        engine.stolen.resume(token, Verdict.STOP);
        engine.boundary();
        assertEquals(List.of("before", "thief"), calls);
        assertEquals(1, Places.arrived(engine, list));
        engine.assertBooks();
    }

    @ParameterizedTest
    @EnumSource
    void shouldDropThePacketWhenItsOwnerAnswersNonsense(final HookList list) {
        stealOnce(list);
        engine.stolen.resume(token, 77);
        engine.boundary();
        assertEquals(1, engine.dropped(DropReason.HOOK_VERDICT));
        engine.assertBooks();
    }

    @ParameterizedTest
    @EnumSource
    void shouldGoOnWithTheFunctionsThatAreThereByThen(final HookList list) {
        final Registration thief = Places.register(engine, list, 10, thief("thief"));
        final Registration after = Places.register(engine, list, 20, accepting("after"));
        Places.send(engine, list, 1);
        Places.register(engine, list, 10, accepting("same priority, later"));
        Places.register(engine, list, 5, accepting("earlier"));
        Places.register(engine, list, 15, accepting("between"));
        thief.close();
        after.close();
        engine.stolen.resume(token, Verdict.ACCEPT);
        engine.boundary();
        assertEquals(List.of("thief", "same priority, later", "between"), calls);
        assertEquals(1, Places.arrived(engine, list));
        engine.assertBooks();
    }

    @ParameterizedTest
    @EnumSource
    void shouldGoOnWhenNoFunctionIsLeft(final HookList list) {
        final Registration thief = Places.register(engine, list, 10, thief("thief"));
        Places.send(engine, list, 1);
        thief.close();
        engine.stolen.resume(token, Verdict.ACCEPT);
        engine.boundary();
        assertEquals(1, Places.arrived(engine, list));
        engine.assertBooks();
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepTheMarkWhileThePacketIsAway(final HookList list) {
        Places.register(engine, list, 0, (packet, state) -> {
            packet.mark(0x1234);
            token = packet.steal();
            return Verdict.STOLEN;
        });
        Places.register(engine, list, 1, (packet, state) -> {
            calls.add(packet.mark() + " " + (packet.length() == Places.packet(list).length));
            return Verdict.ACCEPT;
        });
        Places.send(engine, list, 1);
        engine.stolen.resume(token, Verdict.ACCEPT);
        engine.boundary();
        assertEquals(List.of("4660 true"), calls);
        engine.assertBooks();
    }

    @Test
    void shouldSendTheSameBytesWhetherStolenOrNot() {
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.5"));
        for (final HookList list : List.of(HookList.INGRESS, HookList.IPV4_PRE_ROUTING, HookList.IPV4_FORWARD,
                HookList.IPV4_POST_ROUTING, HookList.EGRESS)) {
            final Registration registration = Places.register(engine, list, 0, thief("thief"));
            engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.5"));
            registration.close();
            engine.stolen.resume(token, Verdict.ACCEPT);
            engine.boundary();
            assertArrayEquals(engine.ports[TestEngine.WAN].sent.getFirst(), engine.ports[TestEngine.WAN].sent.getLast());
        }
        assertEquals(6, engine.ports[TestEngine.WAN].sent.size());
    }

    @ParameterizedTest
    @EnumSource
    void shouldCountATokenThatIsUsedTwice(final HookList list) {
        stealOnce(list);
        engine.stolen.resume(token, Verdict.ACCEPT);
        engine.stolen.resume(token, Verdict.ACCEPT);
        engine.stolen.release(token);
        engine.boundary();
        assertEquals(2, engine.counters().badTokens);
        assertEquals(1, engine.counters().returned);
        assertEquals(1, Places.arrived(engine, list));
        engine.assertBooks();
    }

    @Test
    void shouldCountTokensThatWereNeverGiven() {
        final HookList list = HookList.IPV4_FORWARD;
        stealOnce(list);
        for (final long wrong : new long[] {token + 1, token + (1L << 16), token | 0xFFFF, token | 1L << 48, 5_000}) {
            engine.lane.resume(wrong, Verdict.DROP, engine.nowNs);
        }
        assertEquals(5, engine.counters().badTokens);
        engine.assertBooks(1);
        engine.stolen.resume(token, Verdict.ACCEPT);
        engine.boundary();
        assertEquals(1, Places.arrived(engine, list));
        engine.assertBooks();
    }

    @Test
    void shouldNotTakeAnOldTokenForAPlacesNewPacket() {
        final Registration registration = Places.register(engine, HookList.IPV4_FORWARD, 0, thief("thief"));
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.5"));
        final long old = token;
        engine.stolen.release(old);
        engine.boundary();
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.5"));
        engine.stolen.release(old);
        engine.boundary();
        assertEquals(1, engine.counters().badTokens);
        engine.assertBooks(1);
        registration.close();
        engine.stolen.release(token);
        engine.boundary();
        engine.assertBooks();
    }

    @ParameterizedTest
    @EnumSource
    void shouldDropWhenAFunctionSaysStolenAndHasNotStolen(final HookList list) {
        Places.register(engine, list, 0, (packet, state) -> Verdict.STOLEN);
        Places.send(engine, list, 2);
        assertEquals("dropped hook_verdict", engine.outcome(1));
        engine.assertBooks();
    }

    @ParameterizedTest
    @EnumSource
    void shouldGiveThePlaceBackWhenAFunctionStealsAndAccepts(final HookList list) {
        Places.register(engine, list, 0, (packet, state) -> {
            token = packet.steal();
            return Verdict.ACCEPT;
        });
        Places.send(engine, list, 3);
        assertEquals(Places.accepted(list), engine.outcome(2));
        engine.assertBooks();
        engine.stolen.release(token);
        engine.boundary();
        assertEquals(1, engine.counters().badTokens);
        engine.assertBooks();
    }

    @ParameterizedTest
    @EnumSource
    void shouldNotLetAFunctionUseTheTokenOfTheOneBefore(final HookList list) {
        Places.register(engine, list, 0, (packet, state) -> {
            token = packet.steal();
            return Verdict.ACCEPT;
        });
        final long[] second = new long[1];
        Places.register(engine, list, 1, (packet, state) -> {
            second[0] = packet.steal();
            return Verdict.STOLEN;
        });
        Places.send(engine, list, 1);
        engine.stolen.resume(token, Verdict.ACCEPT);
        engine.boundary();
        assertEquals(1, engine.counters().badTokens);
        engine.assertBooks(1);
        engine.stolen.release(second[0]);
        engine.boundary();
        engine.assertBooks();
    }

    @Test
    void shouldDropWhenOnlyAnEarlierFunctionHadStolen() {
        Places.register(engine, HookList.IPV4_FORWARD, 0, (packet, state) -> {
            packet.steal();
            return Verdict.ACCEPT;
        });
        Places.register(engine, HookList.IPV4_FORWARD, 1, (packet, state) -> Verdict.STOLEN);
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.5"));
        assertEquals("dropped hook_verdict", engine.outcome(0));
        engine.assertBooks();
    }

    @Test
    void shouldGiveThePlaceBackWhateverElseAFunctionSaysAfterStealing() {
        for (final int verdict : new int[] {Verdict.DROP, Verdict.STOP, Verdict.REPEAT, Verdict.QUEUE, 99}) {
            final Registration registration = Places.register(engine, HookList.IPV4_FORWARD, 0, (packet, state) -> {
                packet.steal();
                packet.steal();
                return verdict;
            });
            engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.5"));
            registration.close();
            engine.assertBooks();
        }
    }

    @Test
    void shouldTellAFunctionWhenNoPlaceIsLeft() {
        final List<Long> tokens = new ArrayList<>();
        Places.register(engine, HookList.IPV4_FORWARD, 0, (packet, state) -> {
            final long next = packet.steal();
            if (next < 0) {
                return Verdict.ACCEPT;
            }
            tokens.add(next);
            return Verdict.STOLEN;
        });
        assertEquals(Lane.PARKING_PLACES, engine.stolen.capacity());
        for (int i = 0; i < Lane.PARKING_PLACES + 10; i++) {
            engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.5"));
        }
        assertEquals(Lane.PARKING_PLACES, tokens.size());
        assertEquals(10, engine.counters().forwarded);
        engine.assertBooks(Lane.PARKING_PLACES);
        tokens.forEach(engine.stolen::release);
        engine.boundary();
        assertEquals(Lane.PARKING_PLACES, engine.dropped(DropReason.STOLEN_RELEASED));
        engine.assertBooks();
    }

    @Test
    void shouldStealAgainWhenThePacketComesBack() {
        Places.register(engine, HookList.IPV4_FORWARD, 0, thief("thief"));
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.5"));
        for (int i = 0; i < 5; i++) {
            engine.stolen.resume(token, Verdict.REPEAT);
            engine.boundary();
            engine.assertBooks(1);
        }
        assertEquals(6, engine.counters().stolen);
        engine.stolen.resume(token, Verdict.ACCEPT);
        engine.boundary();
        assertEquals(1, engine.counters().forwarded);
        engine.assertBooks();
    }

    /** What a packet keeps is an index; by the time that it is back, the index may be another route's. */
    @ParameterizedTest
    @EnumSource(names = {"IPV4_FORWARD", "IPV6_FORWARD", "IPV4_POST_ROUTING", "IPV6_POST_ROUTING", "IPV4_LOCAL_OUT",
        "IPV6_LOCAL_OUT"})
    void shouldLeaveByTheRouteThatIsInForceByThen(final HookList list) {
        stealOnce(list);
        final boolean ipv4 = list.family() == Family.IPV4;
        final int old = ipv4 ? engine.wan4 : engine.wan6;
        final int now = engine.gateway(ipv4 ? 4 : 6, TestEngine.DMZ, ipv4 ? "10.9.0.2" : "2001:db8:9::2");
        engine.resolve(now);
        engine.route(ipv4 ? "10.1.0.0" : "2001:db8:1::", ipv4 ? 16 : 48, now);
        engine.fib().adjacencies().release(old);
        engine.boundary();
        // Takes the old one's memory.
        engine.kind(AdjacencyKind.BLACKHOLE, ipv4 ? 4 : 6);
        engine.stolen.resume(token, Verdict.ACCEPT);
        engine.boundary();
        assertEquals(1, engine.ports[TestEngine.DMZ].sent.size());
        assertEquals(0, engine.ports[TestEngine.WAN].sent.size());
        engine.assertBooks();
    }

    @ParameterizedTest
    @EnumSource(names = {"IPV4_FORWARD", "IPV6_FORWARD", "IPV4_POST_ROUTING", "IPV6_POST_ROUTING"})
    void shouldPassLocalInWhenTheDestinationIsThisHostByThen(final HookList list) {
        stealOnce(list);
        final boolean ipv4 = list.family() == Family.IPV4;
        Places.register(engine, ipv4 ? HookList.IPV4_LOCAL_IN : HookList.IPV6_LOCAL_IN, 0, accepting("local"));
        engine.route(ipv4 ? "10.1.0.5" : "2001:db8:1::5", ipv4 ? 32 : 128, engine.kind(AdjacencyKind.LOCAL, ipv4 ? 4 : 6));
        engine.stolen.resume(token, Verdict.ACCEPT);
        engine.boundary();
        assertEquals(List.of("before", "thief", "local"), calls);
        assertEquals(1, engine.counters().delivered);
        engine.assertBooks();
    }

    @Test
    void shouldDropWhenTheRouteIsGoneByThen() {
        stealOnce(HookList.IPV4_FORWARD);
        engine.route("10.1.0.5", 32, engine.kind(AdjacencyKind.PROHIBIT, 4));
        engine.stolen.resume(token, Verdict.ACCEPT);
        engine.boundary();
        assertEquals(1, engine.dropped(DropReason.ROUTE_PROHIBIT));
        engine.assertBooks();
    }

    @Test
    void shouldDropWhenTheNewRoutesMtuIsSmaller() {
        stealOnce(HookList.IPV6_FORWARD);
        engine.fib().adjacencies().setMtu(engine.wan6, 30);
        engine.stolen.resume(token, Verdict.ACCEPT);
        engine.boundary();
        assertEquals(1, engine.dropped(DropReason.MTU_EXCEEDED));
        engine.assertBooks();
    }

    private void stealOnce(final HookList list) {
        Places.register(engine, list, 1, accepting("before"));
        Places.register(engine, list, 2, (packet, state) -> {
            calls.add("thief");
            if (token >= 0) {
                return Verdict.ACCEPT;
            }
            token = packet.steal();
            return Verdict.STOLEN;
        });
        Places.register(engine, list, 2, accepting("after"));
        Places.send(engine, list, 1);
    }

    private HookFunction thief(final String name) {
        return (packet, state) -> {
            calls.add(name);
            token = packet.steal();
            return Verdict.STOLEN;
        };
    }

    private HookFunction accepting(final String name) {
        return (packet, state) -> {
            calls.add(name);
            return Verdict.ACCEPT;
        };
    }
}
