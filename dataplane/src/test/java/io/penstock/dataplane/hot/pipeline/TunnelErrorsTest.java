package io.penstock.dataplane.hot.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.api.Packet;
import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.hot.ipvs.tunnel.TunnelErrors;
import io.penstock.dataplane.ipvs.TunnelPackets;
import io.penstock.dataplane.ipvs.model.TunnelSpec;
import io.penstock.dataplane.testkit.FlowPackets;
import io.penstock.dataplane.testkit.IpPackets;
import io.penstock.dataplane.testkit.Packets;
import io.penstock.dataplane.testkit.Places;
import io.penstock.dataplane.testkit.TestEngine;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.netlink.IpAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Errors about outer packets, as routers and servers send them, and what clients get. */
final class TunnelErrorsTest {

    private static final String CLIENT4 = "10.0.0.1";
    private static final String SERVICE4 = "10.1.0.5";
    private static final String OWN4 = "10.0.0.254";
    private static final String SERVER4 = "10.2.0.7";
    private static final String ROUTER4 = "10.9.0.1";
    private static final String CLIENT6 = "2001:db8::1";
    private static final String SERVICE6 = "2001:db8:1::5";
    private static final String OWN6 = "2001:db8::fe";
    private static final String SERVER6 = "2001:db8:2::7";
    private static final String ROUTER6 = "2001:db8:9::1";
    private static final int DF = Ipv4Layout.DONT_FRAGMENT;
    private static final int PORT = 6080;
    /** Unit: packets; enough for every branch. */
    private static final int RANDOM_PACKETS = 10_000;
    private static final byte[] NO_OPTIONS = {};

    private final TestEngine engine = new TestEngine();
    private final TunnelErrors errors = new TunnelErrors();
    private String said = "nothing";
    private byte[] unwrapped;
    private int mtu = TestEngine.MTU;
    private boolean isStrict = true;

    @BeforeEach
    void listen() {
        final int lan4 = engine.gateway(4, TestEngine.LAN, "10.0.0.2");
        final int lan6 = engine.gateway(6, TestEngine.LAN, "2001:db8::2");
        engine.resolve(lan4);
        engine.resolve(lan6);
        engine.route("10.0.0.0", 24, lan4);
        engine.route("2001:db8::", 64, lan6);
        Places.register(engine, HookList.IPV4_LOCAL_IN, 0, (packet, state) -> judge(packet));
        Places.register(engine, HookList.IPV6_LOCAL_IN, 0, (packet, state) -> judge(packet));
    }

    @AfterEach
    void close() {
        engine.assertBooks();
        engine.close();
    }

    @ParameterizedTest
    @CsvSource({"IPIP, '', 20", "GRE, 00000800, 24", "GRE, 8000080012340000, 28", "GUE, c57f17c00080000000040000, 32",
        "GUE, c57f17c0008000000204000180000000001400 1a, 40"})
    void shouldTellTheClientTheMtuThatIsLeft(final TunnelSpec.Kind kind, final String between, final int overhead) {
        final byte[] inner = udp4(DF, 1400);
        final byte[] outer = outer4(kind, between, inner);
        receive(error4(3, 4, 1400, outer, 576));
        assertEquals(kind.ordinal() + " " + (kind == TunnelSpec.Kind.GUE ? PORT : 0) + " 10.2.0.7 17 1000 2000: 3 4 "
                + (1400 - overhead), said);
        final byte[] told = engine.ports[TestEngine.LAN].sent.getLast();
        final ByteBuffer ip = ByteBuffer.wrap(told, Packets.IP, told.length - Packets.IP).slice();
        assertEquals(IpAddress.parse(SERVICE4).low(), ip.getInt(12) & 0xFFFF_FFFFL, "source");
        assertEquals(IpAddress.parse(CLIENT4).low(), ip.getInt(16) & 0xFFFF_FFFFL, "destination");
        assertEquals(0x0304, ip.getShort(20));
        assertEquals(1400 - overhead, ip.getInt(24));
        final byte[] quoted = Arrays.copyOfRange(told, Packets.IP + 28, told.length);
        assertArrayEquals(Arrays.copyOf(inner, quoted.length), quoted);
        assertEquals(576 - 28 - overhead, quoted.length);
        assertEquals(0xFFFF, TunnelPackets.sum(told, Packets.IP + 20, told.length - Packets.IP - 20, 0));
    }

    @ParameterizedTest
    @CsvSource({"1400, 1500, 1380", "1400, 1300, 1280", "552, 1500, 532", "100, 1500, 532", "0, 1500, 532", "9000, 1500, 1480",
        "0, 80, 80"})
    void shouldBelieveNoMtuThatIsTinyOrMoreThanTheRoutes(final int told, final int routeMtu, final int left) {
        mtu = routeMtu;
        receive(error4(3, 4, told, outer4(TunnelSpec.Kind.IPIP, "", udp4(DF, 1400)), 576));
        assertEquals("0 0 10.2.0.7 17 1000 2000: 3 4 " + left, said);
    }

    @ParameterizedTest
    @CsvSource({"3, 1", "3, 3", "4, 0", "11, 0", "11, 1"})
    void shouldPassOtherErrorsOnAsTheyAre(final int type, final int code) {
        receive(error4(type, code, 0, outer4(TunnelSpec.Kind.IPIP, "", udp4(0, 100)), 72));
        assertEquals("0 0 10.2.0.7 17 1000 2000: " + type + ' ' + code + " 0", said);
        assertEquals(type << 8 | code, ByteBuffer.wrap(engine.ports[TestEngine.LAN].sent.getLast()).getShort(Packets.IP + 20));
    }

    @Test
    void shouldTellNothingWhenTheClientDoesNotAskForThePathsMtu() {
        receive(error4(3, 4, 1400, outer4(TunnelSpec.Kind.IPIP, "", udp4(0, 1400)), 576));
        assertEquals("0 0 10.2.0.7 17 1000 2000: silence", said);
    }

    @ParameterizedTest
    @CsvSource({"IPIP, '', 71", "IPIP, '', 48", "IPIP, '', 29", "IPIP, '', 28", "GRE, 00000800, 75", "GRE, 00000800, 51",
        "GUE, c57f17c00080000000040000, 83", "GUE, c57f17c00080000000040000, 59", "GRE, 20000800, 576",
        "GRE, 00000806, 576",
        "GUE, c57f17c00080000000110000, 576", "GUE, c57f17c00080000020040000, 576", "GUE, c57f17c0008000001f040000, 100"})
    void shouldLeaveAloneWhatIsNoTunnelsPacketOrIsCutOff(final TunnelSpec.Kind kind, final String between, final int bytes) {
        receive(error4(3, 1, 0, outer4(kind, between, udp4(DF, 1400)), bytes));
        assertEquals("nothing", said);
    }

    @Test
    void shouldLeaveAloneWhatQuotesALaterFragment() {
        final byte[] outer = outer4(TunnelSpec.Kind.IPIP, "", udp4(DF, 1400));
        outer[7] = 1;
        receive(error4(3, 1, 0, outer, 576));
        assertEquals("nothing", said);
        final byte[] inner = udp4(DF, 1400);
        inner[7] = 1;
        receive(error4(3, 1, 0, outer4(TunnelSpec.Kind.IPIP, "", inner), 576));
        assertEquals("nothing", said);
        receive(IpPackets.udp(CLIENT4, OWN4, 100));
        assertEquals("nothing", said);
    }

    @ParameterizedTest
    @CsvSource({"2, 0, 1400, 2 0 1360", "2, 0, 1200, 2 0 1280", "2, 0, -1, 2 0 1460", "1, 3, 0, 1 3 0", "3, 0, 0, 3 0 0"})
    void shouldUnderstandIpv6(final int type, final int code, final int rest, final String told) {
        final byte[] inner = IpPackets.udp(CLIENT6, SERVICE6, 1300);
        receive(error6(type, code, rest, IpPackets.of(OWN6, SERVER6, 41, inner)));
        assertEquals("0 0 2001:db8:2::7 17 1000 2000: " + told, said);
        assertArrayEquals(Arrays.copyOf(inner, unwrapped.length), unwrapped);
    }

    @ParameterizedTest
    @CsvSource({"3, 4, 1400, 2 0 1380", "3, 4, 600, 2 0 1280", "3, 1, 0, 1 3 0", "3, 13, 0, 1 3 0", "11, 0, 0, 3 0 0", "4, 0, 0, silence"})
    void shouldTranslateWhenIpv6IsInIpv4(final int type, final int code, final int rest, final String told) {
        receive(error4(type, code, rest, IpPackets.of(OWN4, SERVER4, 41, IpPackets.udp(CLIENT6, SERVICE6, 1300)), 576));
        assertEquals("0 0 10.2.0.7 17 1000 2000: " + told, said);
    }

    @ParameterizedTest
    @CsvSource({"2, 0, 1400, 3 4 1356", "1, 0, 0, 3 1 0", "1, 4, 0, 3 1 0", "3, 0, 0, 11 0 0"})
    void shouldTranslateWhenIpv4IsInIpv6(final int type, final int code, final int rest, final String told) {
        receive(error6(type, code, rest, IpPackets.of(OWN6, SERVER6, 47, join(HexFormat.of().parseHex("00000800"), udp4(DF, 1300)))));
        assertEquals("2 0 2001:db8:2::7 17 1000 2000: " + told, said);
    }

    @Test
    void shouldStayInsideOfTheFrameWhenWhatIsQuotedIsRandom() {
        final Random random = new Random(7);
        final byte[][] outers = {
            outer4(TunnelSpec.Kind.IPIP, "", udp4(DF, 60)), outer4(TunnelSpec.Kind.GRE, "8000080012340000", udp4(DF, 60)),
            outer4(TunnelSpec.Kind.GUE, "c57f17c00080000000040000", udp4(DF, 60)),
            IpPackets.of(OWN4, SERVER4, 41, IpPackets.behind(60, IpPackets.udp(CLIENT6, SERVICE6, 60)))};
        isStrict = false;
        for (int i = 0; i < RANDOM_PACKETS; i++) {
            final byte[] outer = outers[i & 3].clone();
            for (int k = random.nextInt(6); k > 0; k--) {
                outer[20 + random.nextInt(outer.length - 20)] = (byte) random.nextInt();
            }
            receive(error4(3, random.nextInt(16), random.nextInt(), outer, 28 + random.nextInt(outer.length)));
        }
        assertEquals(0, engine.counters().hookExceptions, () -> String.valueOf(engine.lane.lastException()));
    }

    private int judge(final Packet packet) {
        final PacketView view = (PacketView) packet;
        final Batch b = view.batch();
        final int slot = view.slot();
        said = "nothing";
        if (!errors.read(b, slot)) {
            return Verdict.DROP;
        }
        final IpAddress server = errors.isOuterIpv4() ? IpAddress.v4((int) errors.serverLow())
                : IpAddress.v6(errors.serverHigh(), errors.serverLow());
        said = errors.kind() + " " + errors.port() + ' ' + server + ' ' + errors.protocol() + ' ' + (errors.keys() >>> 16) + ' '
                + (errors.keys() & 0xFFFF) + ": ";
        final boolean isClients = errors.isIpv4() ? Ipv4Layout.source(errors.ip()) == (int) IpAddress.parse(CLIENT4).low()
                : Ipv6Layout.sourceLow(errors.ip()) == IpAddress.parse(CLIENT6).low();
        assertTrue(!isStrict || isClients, "the inner packet is the client's");
        if (!errors.unwrap(b, slot, mtu)) {
            said += "silence";
            return Verdict.DROP;
        }
        said += errors.type() + " " + errors.code() + ' ' + errors.rest();
        unwrapped = new byte[b.length[slot] - b.network[slot]];
        Memory.copyToArray(b.frame[slot] + b.network[slot], unwrapped, 0, unwrapped.length);
        if (errors.isIpv4()) {
            view.lane().errors4.send(b, slot, errors.type(), errors.code(), errors.rest());
        } else {
            view.lane().errors6.send(b, slot, errors.type(), errors.code(), errors.rest(), b.inPort[slot]);
        }
        return Verdict.DROP;
    }

    private void receive(final byte[] packet) {
        engine.receive(TestEngine.LAN, FlowPackets.frame(packet));
        assertEquals("dropped hook_drop", engine.outcome(0));
    }

    private static byte[] udp4(final int fragmentWord, final int bytes) {
        return IpPackets.of(CLIENT4, SERVICE4, IpPackets.UDP, fragmentWord, NO_OPTIONS, IpPackets.udpBytes(CLIENT4, SERVICE4, bytes));
    }

    private static byte[] outer4(final TunnelSpec.Kind kind, final String between, final byte[] inner) {
        final int protocol = switch (kind) {
            case IPIP -> 4;
            case GRE -> 47;
            case GUE -> 17;
        };
        return IpPackets.of(OWN4, SERVER4, protocol, join(HexFormat.of().parseHex(between.replace(" ", "")), inner));
    }

    private static byte[] error4(final int type, final int code, final int rest, final byte[] outer, final int bytes) {
        final byte[] quoted = Arrays.copyOf(outer, Math.min(outer.length, bytes - 28));
        final byte[] icmp = join(ByteBuffer.allocate(8).put((byte) type).put((byte) code).putShort((short) 0).putInt(rest).array(), quoted);
        return IpPackets.of(ROUTER4, OWN4, IpPackets.ICMP, IpPackets.summed(ROUTER4, OWN4, IpPackets.ICMP, icmp, 2));
    }

    private static byte[] error6(final int type, final int code, final int rest, final byte[] outer) {
        final byte[] quoted = Arrays.copyOf(outer, Math.min(outer.length, 1280 - 48));
        final byte[] icmp = join(ByteBuffer.allocate(8).put((byte) type).put((byte) code).putShort((short) 0).putInt(rest).array(), quoted);
        return IpPackets.of(ROUTER6, OWN6, IpPackets.ICMPV6, IpPackets.summed(ROUTER6, OWN6, IpPackets.ICMPV6, icmp, 2));
    }

    private static byte[] join(final byte[] first, final byte[] second) {
        return ByteBuffer.allocate(first.length + second.length).put(first).put(second).array();
    }
}
