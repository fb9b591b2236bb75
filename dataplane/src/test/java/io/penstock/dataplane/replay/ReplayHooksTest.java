package io.penstock.dataplane.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.api.HookFunction;
import io.penstock.dataplane.api.HookModule;
import io.penstock.dataplane.api.HookOps;
import io.penstock.dataplane.api.HookPoint;
import io.penstock.dataplane.api.Priority;
import io.penstock.dataplane.api.QueueHandler;
import io.penstock.dataplane.api.StolenPackets;
import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.pcap.LinkType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class ReplayHooksTest {

    private static final byte[] PACKET = Packets.udp("10.0.0.7", "8.8.8.8", 64);

    @TempDir
    private Path folder;

    private ReplayFixture net;

    @BeforeEach
    void create() {
        net = new ReplayFixture(folder);
    }

    @Test
    void shouldShowHooksThePacketsTimeAndDevices() {
        final List<String> seen = new ArrayList<>();
        final HookFunction look = (packet, state) -> {
            seen.add(state.point() + " " + (state.in() == null ? null : state.in().name()) + ' '
                    + (state.out() == null ? null : state.out().name()) + ' ' + state.nowNs() + ' ' + packet.length());
            return Verdict.ACCEPT;
        };
        net.replay(hooks -> {
            for (final HookPoint point : List.of(HookPoint.PRE_ROUTING, HookPoint.FORWARD, HookPoint.LOCAL_IN,
                    HookPoint.LOCAL_OUT, HookPoint.POST_ROUTING)) {
                hooks.register(HookOps.of("look", Family.IPV4, point, Priority.FILTER, look));
            }
        }, net.input("lan", LinkType.ETHERNET, PACKET, Packets.udp("10.0.0.7", "10.0.0.254", 64)),
                net.input("local", LinkType.RAW, Packets.ip("192.0.2.1", "8.8.8.8", 64, 10)));
        assertEquals(List.of(
                "PRE_ROUTING d0 null 1000000000000 52",
                "FORWARD d0 d1 1000000000000 52",
                "POST_ROUTING d0 d1 1000000000000 52",
                "LOCAL_OUT null d1 1000000000000 52",
                "POST_ROUTING null d1 1000000000000 52",
                "PRE_ROUTING d0 null 1001000000000 52",
                "LOCAL_IN d0 null 1001000000000 52"), seen);
    }

    @Test
    void shouldTellWhatHooksDecided() {
        final int[] count = new int[1];
        final ReplaySummary summary = net.replay(hooks -> {
            hooks.register(HookOps.of("decide", Family.IPV4, HookPoint.FORWARD, Priority.FILTER, (packet, state) -> {
                count[0]++;
                return switch (count[0]) {
                    case 1 -> Verdict.DROP;
                    case 2 -> packet.steal() < 0 ? Verdict.DROP : Verdict.STOLEN;
                    case 3 -> Verdict.queue(7);
                    case 4 -> Verdict.queue(8);
                    case 5 -> throw new IllegalStateException("no idea");
                    default -> Verdict.ACCEPT;
                };
            }));
            hooks.registerQueueHandler("", (packet, state, queue, token) ->
                    queue == 7 ? QueueHandler.QUEUED : QueueHandler.NOBODY);
        }, net.input("lan", LinkType.ETHERNET, PACKET, PACKET, PACKET, PACKET, PACKET, PACKET));
        assertEquals("""
                {"n":1,"port":"lan","verdict":"drop","reason":"hook_drop"}
                {"n":2,"port":"lan","verdict":"stolen"}
                {"n":3,"port":"lan","verdict":"queue"}
                {"n":4,"port":"lan","verdict":"drop","reason":"queue_unheard"}
                {"n":5,"port":"lan","verdict":"drop","reason":"hook_exception"}
                {"n":6,"port":"lan","verdict":"forward","out":"wan"}
                """, net.verdicts());
        assertEquals(List.of("hook functions threw, their packets were dropped (hook_exception): exceptions=1, the last one "
                + "java.lang.IllegalStateException: no idea"), summary.notes());
        assertEquals(0, summary.counters().unaccounted());
    }

    @Test
    void shouldCallHooksOnceWhenAPacketWaitsForItsNeighbour() {
        final List<HookPoint> seen = new ArrayList<>();
        net.replay(hooks -> {
            for (final HookPoint point : List.of(HookPoint.FORWARD, HookPoint.POST_ROUTING)) {
                hooks.register(HookOps.of("look", Family.INET, point, Priority.FILTER, (packet, state) -> {
                    seen.add(point);
                    return Verdict.ACCEPT;
                }));
            }
        }, net.input("wan", LinkType.ETHERNET, Packets.udp("8.8.8.8", "10.0.0.7", 64)));
        assertEquals("{\"n\":1,\"port\":\"wan\",\"verdict\":\"forward\",\"out\":\"lan\"}\n", net.verdicts());
        assertEquals(List.of(HookPoint.FORWARD, HookPoint.POST_ROUTING), seen);
        assertEquals(1, net.packets("lan.pcap").size());
    }

    @Test
    void shouldLetStolenPacketsGoOnWhenTheyComeBack() {
        final List<Long> tokens = new ArrayList<>();
        final ReplaySummary summary = net.replay(hooks -> {
            final StolenPackets stolen = hooks.stolenPackets();
            hooks.register(HookOps.of("hold every first", Family.IPV4, HookPoint.FORWARD, Priority.FILTER, (packet, state) -> {
                if (tokens.isEmpty()) {
                    tokens.add(packet.steal());
                    return Verdict.STOLEN;
                }
                stolen.resume(tokens.removeFirst(), Verdict.ACCEPT);
                return Verdict.ACCEPT;
            }));
            assertThrows(IllegalArgumentException.class, () -> stolen.release(-1));
            stolen.release(5);
        }, net.input("lan", LinkType.ETHERNET, PACKET, Packets.udp("10.0.0.8", "8.8.8.8", 64)));
        assertEquals("""
                {"n":1,"port":"lan","verdict":"stolen"}
                {"n":2,"port":"lan","verdict":"forward","out":"wan"}
                """, net.verdicts());
        final List<String> out = net.packets("wan.pcap");
        assertEquals(2, out.size());
        assertEquals(ReplayFixture.shown(1001 * ReplayFixture.SECOND_NS,
                Packets.forwarded(PACKET, ReplayFixture.GATEWAY_MAC, ReplayFixture.WAN_MAC)), out.get(1), "after the other");
        assertEquals(0, summary.counters().unaccounted());
    }

    @Test
    void shouldEndWhenHooksStealAndGiveBackForEver() {
        final ReplaySummary summary = net.replay(hooks -> hooks.register(HookOps.of(
                "again", Family.IPV4, HookPoint.FORWARD, Priority.FILTER, (packet, state) -> {
                    hooks.stolenPackets().resume(packet.steal(), Verdict.REPEAT);
                    return Verdict.STOLEN;
                })), net.input("lan", LinkType.ETHERNET, PACKET, Packets.udp("10.0.0.7", "10.0.0.254", 64)));
        assertEquals("""
                {"n":1,"port":"lan","verdict":"stolen"}
                {"n":2,"port":"lan","verdict":"local"}
                """, net.verdicts());
        assertEquals(0, summary.counters().unaccounted());
    }

    @Test
    void shouldBindHooksToDevices() {
        final HookModule drop = hooks -> hooks.register(
                HookOps.of("drop", Family.NETDEV, HookPoint.INGRESS, 0, (packet, state) -> Verdict.DROP).on("d1"));
        net.replay(drop, net.input("lan", LinkType.ETHERNET, PACKET),
                net.input("wan", LinkType.ETHERNET, Packets.udp("8.8.8.8", "10.0.0.7", 64)));
        assertEquals("""
                {"n":1,"port":"lan","verdict":"forward","out":"wan"}
                {"n":2,"port":"wan","verdict":"drop","reason":"hook_drop"}
                """, net.verdicts());
    }

    @Test
    void shouldShowArpToHooks() {
        net.replay(hooks -> hooks.register(
                        HookOps.of("arp", Family.ARP, HookPoint.ARP_IN, 0, (packet, state) -> Verdict.DROP)),
                net.input("lan", LinkType.ETHERNET,
                        Packets.frame(Packets.BROADCAST_MAC, Packets.SOME_MAC, Packets.ARP, new byte[28])));
        assertEquals("{\"n\":1,\"port\":\"lan\",\"verdict\":\"drop\",\"reason\":\"hook_drop\"}\n", net.verdicts());
    }
}
