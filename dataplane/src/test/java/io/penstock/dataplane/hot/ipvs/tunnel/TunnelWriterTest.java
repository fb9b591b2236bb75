package io.penstock.dataplane.hot.ipvs.tunnel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.api.HookRegistrar.Registration;
import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.hot.pipeline.HookList;
import io.penstock.dataplane.hot.pipeline.PacketView;
import io.penstock.dataplane.hot.pipeline.RuleServices;
import io.penstock.dataplane.ipvs.TunnelPackets;
import io.penstock.dataplane.rules.RuleTables;
import io.penstock.dataplane.testkit.FlowPackets;
import io.penstock.dataplane.testkit.IpPackets;
import io.penstock.dataplane.testkit.Packets;
import io.penstock.dataplane.testkit.Places;
import io.penstock.dataplane.testkit.TestEngine;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.netlink.IpAddress;
import io.penstock.rules.compile.CompiledTable;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Packets on their way out that are put into others: byte by byte, and through a decapsulator of the tests' own. */
final class TunnelWriterTest {

    private static final String CLIENT4 = "10.0.0.1";
    private static final String SERVICE4 = "10.1.0.5";
    private static final String CLIENT6 = "2001:db8::1";
    private static final String SERVICE6 = "2001:db8:1::5";
    private static final int DF = Ipv4Layout.DONT_FRAGMENT;
    private static final byte[] NO_OPTIONS = {};

    private final TestEngine engine = new TestEngine();
    private final TunnelWriter writer = new TunnelWriter(0, 0x1234_5678_9ABC_DEF0L);
    private RuleTables tables;
    private boolean pmtuDisc = true;

    @AfterEach
    void close() {
        engine.assertBooks();
        if (tables != null) {
            tables.close();
        }
        engine.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            IPIP NONE 4 4   | 455c0051 00004000 3c04293e 0a0900fe 0a020007
            IPIP NONE 6 4   | 65c00000 003d043c 20010db8 00090000 00000000 000000fe 20010db8 00020000 00000000 00000007
            IPIP NONE 6 6   | 60000000 0051293c 20010db8 00090000 00000000 000000fe 20010db8 00020000 00000000 00000007
            GRE NONE 4 4    | 455c0055 00004000 3c2f290f 0a0900fe 0a020007 00000800
            GRE NONE 6 4    | 65c00000 00412f3c 20010db8 00090000 00000000 000000fe 20010db8 00020000 00000000 00000007 00000800
            GRE NONE 6 6    | 60000000 00552f3c 20010db8 00090000 00000000 000000fe 20010db8 00020000 00000000 00000007 000086dd
            GRE FULL 4 4    | 455c0059 00004000 3c2f290b 0a0900fe 0a020007 80000800 8c400000
            GRE FULL 6 4    | 65c00000 00452f3c 20010db8 00090000 00000000 000000fe 20010db8 00020000 00000000 00000007 80000800 8c400000
            GRE FULL 6 6    | 60000000 00592f3c 20010db8 00090000 00000000 000000fe 20010db8 00020000 00000000 00000007 800086dd 87f60000
            GUE REMOTE 4 4  | 455c0065 00004000 3c11291d 0a0900fe 0a020007 c57f17c0 00513a1e 02040001 80000000 0014001a
            GUE REMOTE 6 4  | 65c00000 0051113c 20010db8 00090000 00000000 000000fe 20010db8 00020000 00000000 00000007 c57f17c0 0051f2ab 02040001 80000000 0014001a
            GUE REMOTE 6 6  | 60000000 0065113c 20010db8 00090000 00000000 000000fe 20010db8 00020000 00000000 00000007 90db17c0 0065128a 02290001 80000000 0028002e
            GUE NONE 4 4    | 455c005d 00004000 3c112925 0a0900fe 0a020007 c57f17c0 00490000 00040000
            GUE NONE 6 4    | 65c00000 0049113c 20010db8 00090000 00000000 000000fe 20010db8 00020000 00000000 00000007 c57f17c0 00490000 00040000
            GUE NONE 6 6    | 60000000 005d113c 20010db8 00090000 00000000 000000fe 20010db8 00020000 00000000 00000007 90db17c0 005d0000 00290000
            GUE FULL 4 4    | 455c005d 00004000 3c112925 0a0900fe 0a020007 c57f17c0 0049214a 00040000
            GUE FULL 6 4    | 65c00000 0049113c 20010db8 00090000 00000000 000000fe 20010db8 00020000 00000000 00000007 c57f17c0 0049d9d7 00040000
            GUE FULL 6 6    | 60000000 005d113c 20010db8 00090000 00000000 000000fe 20010db8 00020000 00000000 00000007 90db17c0 005d88c2 00290000
            """)
    void shouldWriteTheOuterHeadersAsTheKernelDoes(final String tunnel, final String expected) {
        final byte[] outer = send(tunnel, isBegun(tunnel) ? TunnelPackets.begun(inner(tunnel, DF, 33)) : inner(tunnel, DF, 33));
        assertEquals(expected.replace(" ", ""), HexFormat.of().formatHex(outer, 0, expected.replace(" ", "").length() / 2));
    }

    @ParameterizedTest
    @CsvSource({
        "IPIP NONE   4 4, 20", "IPIP NONE   4 6, 20", "IPIP NONE   6 4, 40", "IPIP NONE   6 6, 40",
        "GRE  NONE   4 4, 24", "GRE  NONE   4 6, 24", "GRE  NONE   6 4, 44", "GRE  NONE   6 6, 44",
        "GRE  FULL   4 4, 28", "GRE  FULL   4 6, 28", "GRE  FULL   6 4, 48", "GRE  FULL   6 6, 48", "GRE  REMOTE 4 4, 24",
        "GUE  NONE   4 4, 32", "GUE  NONE   4 6, 32", "GUE  NONE   6 4, 52", "GUE  NONE   6 6, 52",
        "GUE  FULL   4 4, 32", "GUE  FULL   4 6, 32", "GUE  FULL   6 4, 52", "GUE  FULL   6 6, 52",
        "GUE  REMOTE 4 4, 32", "GUE  REMOTE 4 6, 32", "GUE  REMOTE 6 4, 52", "GUE  REMOTE 6 6, 52"})
    void shouldCarryThePacketAsItCameWhenTheReceiverTakesItOut(final String tunnel, final int overhead) {
        final byte[] inner = inner(tunnel, 0, 33);
        final byte[] outer = send(tunnel, inner);
        assertEquals(inner.length + overhead, outer.length);
        assertEquals(overhead, TunnelSize.overhead(tunnel(tunnel), false));
        assertArrayEquals(oneHopLess(inner), TunnelPackets.strip(outer));
    }

    @ParameterizedTest
    @CsvSource({"GUE REMOTE 4 4", "GUE REMOTE 4 6", "GUE REMOTE 6 4", "GUE REMOTE 6 6"})
    void shouldLetTheReceiverCompleteTheChecksumWhenItIsOnlyBegun(final String tunnel) {
        final byte[] inner = inner(tunnel, 0, 33);
        final byte[] outer = send(tunnel, TunnelPackets.begun(inner));
        assertEquals(inner.length + TunnelSize.overhead(tunnel(tunnel), false) + 8, outer.length);
        assertArrayEquals(oneHopLess(inner), TunnelPackets.strip(outer));
        assertEquals(0, engine.counters().partialChecksums);
    }

    @ParameterizedTest
    @CsvSource({"IPIP NONE 4 4", "GRE FULL 6 4", "GUE FULL 4 6", "GUE NONE 6 6", "GRE REMOTE 4 6"})
    void shouldCompleteTheChecksumBeforeWhenTheReceiverCannot(final String tunnel) {
        final byte[] inner = inner(tunnel, 0, 33);
        assertArrayEquals(oneHopLess(inner), TunnelPackets.strip(send(tunnel, TunnelPackets.begun(inner))));
        assertEquals(1, engine.counters().partialChecksums);
    }

    @ParameterizedTest
    @CsvSource({"0x00, 0x00", "0x01, 0x01", "0x02, 0x02", "0x03, 0x02", "0xB9, 0xB9", "0xBB, 0xBA"})
    void shouldTakeOverTheServiceClassButNotCongestionWhenItIsMarked(final int inner, final int outer) {
        assertEquals(outer, send("IPIP NONE 4 4", ip4(ip -> Ipv4Layout.setTos(ip, inner)))[1] & 0xFF);
        assertEquals(outer, ByteBuffer.wrap(send("GRE NONE 6 4", ip4(ip -> Ipv4Layout.setTos(ip, inner)))).getInt() >>> 20 & 0xFF);
        final byte[] six = FlowPackets.frame(inner("x x 4 6", 0, 8));
        Packets.edit(six, eth -> Ipv6Layout.setTrafficClass(eth + Packets.IP, inner));
        assertEquals(outer, send("IPIP NONE 4 6", Arrays.copyOfRange(six, Packets.IP, six.length))[1] & 0xFF);
    }

    @ParameterizedTest
    @CsvSource({"2", "64", "255"})
    void shouldTakeOverHopsToLive(final int hops) {
        assertEquals(hops - 1, send("IPIP NONE 4 4", ip4(ip -> Ipv4Layout.setTtl(ip, hops)))[8] & 0xFF);
        assertEquals(hops - 1, send("GUE FULL 6 4", ip4(ip -> Ipv4Layout.setTtl(ip, hops)))[7] & 0xFF);
    }

    @ParameterizedTest
    @CsvSource({"IPIP NONE 4 4, true, 0x4000, 0x4000", "IPIP NONE 4 4, true, 0, 0", "IPIP NONE 4 4, false, 0x4000, 0",
        "GUE FULL 4 6, true, 0, 0"})
    void shouldForbidFragmentsOnlyWhenTheClientDoesAndTheSettingSays(
            final String tunnel, final boolean setting, final int inner, final int outer) {
        pmtuDisc = setting;
        final byte[] packet = inner(tunnel, inner, 8);
        final ByteBuffer first = ByteBuffer.wrap(send(tunnel, packet));
        final ByteBuffer second = ByteBuffer.wrap(send(tunnel, packet));
        assertEquals(outer, first.getShort(6));
        if (outer == 0) {
            assertNotEquals(first.getShort(4), second.getShort(4), "identifications");
        } else {
            assertEquals(0, first.getShort(4), "identification");
        }
    }

    @Test
    void shouldSendAFlowFromOnePortWhenItIsGue() {
        final int port = sourcePort(send("GUE NONE 4 4", inner("x x 4 4", 0, 8)));
        assertTrue(port >= 32_768 && port < 60_999, "port=" + port);
        assertEquals(port, sourcePort(send("GUE FULL 4 4", inner("x x 4 4", DF, 100))));
        assertNotEquals(port, sourcePort(send("GUE NONE 4 4", IpPackets.udp(CLIENT4, "10.1.0.6", 8))));
        final byte[][] fragments = FlowPackets.fragments(FlowPackets.frame(IpPackets.udp(CLIENT4, SERVICE4, 100)), 48);
        assertEquals(sourcePort(send("GUE NONE 4 4", Arrays.copyOfRange(fragments[0], Packets.IP, fragments[0].length))),
                sourcePort(send("GUE NONE 4 4", Arrays.copyOfRange(fragments[1], Packets.IP, fragments[1].length))));
    }

    @ParameterizedTest
    @CsvSource({"IPIP NONE 4 4", "IPIP NONE 6 4", "GRE FULL 4 6", "GUE FULL 6 6"})
    void shouldFragmentTheOuterPacketWhenItIsTooLarge(final String tunnel) {
        final int headerBytes = tunnel.endsWith("4") ? 28 : 48;
        final byte[] inner = inner(tunnel, 0, TestEngine.MTU - headerBytes);
        through(tunnel, inner);
        assertEquals("fragmented", engine.outcome(0));
        final List<byte[]> sent = sent();
        assertEquals(2, sent.size());
        sent.forEach(fragment -> assertTrue(fragment.length <= TestEngine.MTU, "bytes=" + fragment.length));
        assertArrayEquals(oneHopLess(inner), TunnelPackets.strip(joined(sent)));
    }

    @ParameterizedTest
    @CsvSource({"IPIP NONE 4 4, 4", "GUE FULL 4 4, 4", "IPIP NONE 6 4, 4", "GRE FULL 6 4, 4", "GRE NONE 4 4, 4"})
    void shouldSendFragmentsWhenThePacketWasPutTogether(final String tunnel, final int pieces) {
        tables = new RuleTables(engine.namespace, engine.hooks, RuleServices::new, () -> engine.nowNs, CompiledTable::indexed);
        tables.connections().acquire(Family.IPV4);
        final byte[] inner = IpPackets.udp(CLIENT4, SERVICE4, 4000);
        wrapWith(tunnel);
        engine.receive(TestEngine.LAN, FlowPackets.fragments(FlowPackets.frame(inner), 1280, 1280, 1280));
        assertEquals("fragmented", engine.outcome(3));
        final List<byte[]> sent = sent();
        assertEquals(pieces, sent.size());
        sent.forEach(fragment -> assertTrue(fragment.length <= 1300, "bytes=" + fragment.length));
        assertArrayEquals(oneHopLess(inner), TunnelPackets.strip(joined(sent)));
    }

    @Test
    void shouldRefuseWhenThereIsNoRoomInFrontOfThePacket() {
        engine.hooks.register(Places.ops(HookList.IPV4_POST_ROUTING, "test", 0, (packet, state) -> {
            final PacketView view = (PacketView) packet;
            assertTrue(hook("IPIP NONE 6 4").wrap(view));
            assertTrue(hook("IPIP NONE 6 6").wrap(view));
            final int[] before = {view.batch().length[0], view.batch().flags[0]};
            assertFalse(hook("IPIP NONE 6 6").wrap(view));
            assertArrayEquals(before, new int[] {view.batch().length[0], view.batch().flags[0]});
            return Verdict.DROP;
        }));
        engine.receive(TestEngine.LAN, FlowPackets.frame(IpPackets.udp(CLIENT4, SERVICE4, 8)));
        assertEquals("dropped hook_drop", engine.outcome(0));
    }

    /** What leaves when an IP packet comes in that is put into another one after it was routed, without its Ethernet header. */
    private byte[] send(final String tunnel, final byte[] packet) {
        through(tunnel, packet);
        assertEquals("forwarded", engine.outcome(0));
        return sent().getLast();
    }

    private void through(final String tunnel, final byte[] packet) {
        final Registration registration = wrapWith(tunnel);
        engine.receive(TestEngine.LAN, FlowPackets.frame(packet));
        registration.close();
    }

    private Registration wrapWith(final String tunnel) {
        return engine.hooks.register(Places.ops(WrapHook.innerVersion(tunnel) == 4 ? HookList.IPV4_POST_ROUTING : HookList.IPV6_POST_ROUTING,
                "test", 0, hook(tunnel)));
    }

    private WrapHook hook(final String words) {
        final Tunnel tunnel = tunnel(words);
        return new WrapHook(writer, tunnel, tunnel.isIpv4() ? engine.wan4 : engine.wan6,
                IpAddress.parse(tunnel.isIpv4() ? "10.9.0.254" : "2001:db8:9::fe"), pmtuDisc);
    }

    private static Tunnel tunnel(final String words) {
        return WrapHook.tunnel(words, "10.2.0.7", "2001:db8:2::7");
    }

    private static byte[] inner(final String tunnel, final int fragmentWord, final int payload) {
        if (WrapHook.innerVersion(tunnel) == 6) {
            return IpPackets.udp(CLIENT6, SERVICE6, payload);
        }
        return IpPackets.of(CLIENT4, SERVICE4, IpPackets.UDP, fragmentWord, NO_OPTIONS, IpPackets.udpBytes(CLIENT4, SERVICE4, payload));
    }

    private static boolean isBegun(final String tunnel) {
        return tunnel.contains("REMOTE");
    }

    private static byte[] ip4(final LongConsumer editor) {
        final byte[] frame = Packets.editIpv4(FlowPackets.frame(IpPackets.udp(CLIENT4, SERVICE4, 8)), editor);
        return Arrays.copyOfRange(frame, Packets.IP, frame.length);
    }

    private static byte[] oneHopLess(final byte[] packet) {
        final byte[] copy = packet.clone();
        if (copy[0] >>> 4 == 6) {
            copy[7]--;
            return copy;
        }
        copy[8]--;
        ByteBuffer.wrap(copy).putShort(10, (short) 0).putShort(10, (short) ~TunnelPackets.sum(copy, 0, 20, 0));
        return copy;
    }

    private List<byte[]> sent() {
        final List<byte[]> packets = new ArrayList<>();
        for (final byte[] frame : engine.ports[TestEngine.WAN].sent) {
            packets.add(Arrays.copyOfRange(frame, Packets.IP, frame.length));
        }
        return packets;
    }

    private static int sourcePort(final byte[] packet) {
        return ByteBuffer.wrap(packet).getShort(20) & 0xFFFF;
    }

    /** Puts fragments in order together again. */
    private static byte[] joined(final List<byte[]> fragments) {
        final boolean isIpv4 = fragments.getFirst()[0] >>> 4 == 4;
        final int headerBytes = isIpv4 ? 20 : 48;
        final ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(fragments.getFirst(), 0, isIpv4 ? 20 : 40);
        int offset = 0;
        for (final byte[] fragment : fragments) {
            final int word = ByteBuffer.wrap(fragment).getShort(isIpv4 ? 6 : 42) & 0xFFFF;
            assertEquals(offset, isIpv4 ? (word & 0x1FFF) * 8 : word & 0xFFF8, "offset");
            assertEquals(ByteBuffer.wrap(fragments.getFirst()).getShort(4), isIpv4 ? ByteBuffer.wrap(fragment).getShort(4)
                    : ByteBuffer.wrap(fragments.getFirst()).getShort(4), "identification");
            assertEquals(fragment != fragments.getLast(), (word & (isIpv4 ? 0x2000 : 1)) != 0, "more fragments");
            all.write(fragment, headerBytes, fragment.length - headerBytes);
            offset += fragment.length - headerBytes;
        }
        final ByteBuffer packet = ByteBuffer.wrap(all.toByteArray());
        if (isIpv4) {
            packet.putShort(2, (short) packet.capacity()).putShort(6, (short) 0).putShort(10, (short) 0);
            packet.putShort(10, (short) ~TunnelPackets.sum(packet.array(), 0, 20, 0));
        } else {
            packet.putShort(4, (short) (packet.capacity() - 40)).put(6, fragments.getFirst()[40]);
        }
        return packet.array();
    }
}
