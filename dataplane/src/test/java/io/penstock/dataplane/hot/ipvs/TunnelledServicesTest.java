package io.penstock.dataplane.hot.ipvs;

import static io.penstock.dataplane.hot.ipvs.ServiceRig.CLIENT;
import static io.penstock.dataplane.hot.ipvs.ServiceRig.CLIENT6;
import static io.penstock.dataplane.hot.ipvs.ServiceRig.VIP;
import static io.penstock.dataplane.hot.ipvs.ServiceRig.VIP6;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.fib.AdjacencyFields;
import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.fib.AdjacencyLayout;
import io.penstock.dataplane.ipvs.TunnelPackets;
import io.penstock.dataplane.ipvs.model.Forwarding;
import io.penstock.dataplane.ipvs.model.ServerSpec;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.dataplane.ipvs.model.TunnelSpec;
import io.penstock.dataplane.testkit.FlowPackets;
import io.penstock.dataplane.testkit.IpPackets;
import io.penstock.dataplane.testkit.Packets;
import io.penstock.dataplane.testkit.TestEngine;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.netlink.IpAddress;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Servers behind tunnels, from the client's packet to the server's, and back what routers in between say. */
final class TunnelledServicesTest {

    private static final String SERVER = "10.1.0.1";
    private static final String SERVER6 = "2001:db8:1::1";
    private static final String ROUTER = "10.1.0.254";
    private static final int PORT = 6080;
    /** Bytes of the longest IP packet that is received: a frame of 2,048 without its headroom and the Ethernet header. */
    private static final int LONGEST = 2048 - 256 - 14;
    private static final byte[] NO_OPTIONS = {};

    private final ServiceRig rig = new ServiceRig();

    @BeforeEach
    void route() {
        rig.engine.resolve(way(4, TestEngine.WAN, "10.9.0.1", "10.1.0.0", 16));
        rig.engine.resolve(way(6, TestEngine.WAN, "2001:db8:9::1", "2001:db8:1::", 48));
        rig.engine.resolve(way(6, TestEngine.LAN, "2001:db8::2", "2001:db8::", 64));
    }

    @AfterEach
    void end() {
        rig.engine.assertBooks();
        rig.close();
    }

    @ParameterizedTest
    @CsvSource({"4, 4, IPIP, NONE", "4, 4, GRE, FULL", "4, 4, GUE, NONE", "4, 4, GUE, FULL", "4, 6, IPIP, NONE", "4, 6, GUE, FULL",
        "6, 6, IPIP, NONE", "6, 6, GRE, NONE", "6, 4, IPIP, NONE", "6, 4, GRE, FULL"})
    void shouldPutThePacketIntoTheServersTunnel(
            final int inner, final int outer, final TunnelSpec.Kind kind, final TunnelSpec.Checksum checksum) throws ServiceProblem {
        serve(inner, outer, kind, checksum);
        final byte[] packet = request(inner, 0, 100);
        assertEquals("forwarded", receive(packet));
        final byte[] sent = sent().getLast();
        assertEquals(outer, sent[0] >>> 4);
        assertArrayEquals(oneHopLess(packet), TunnelPackets.strip(sent));
        assertArrayEquals(oneHopLess(packet), TunnelPackets.strip(again(packet)));
    }

    @ParameterizedTest
    @CsvSource({"4, 4, IPIP, 1480", "4, 4, GRE, 1476", "4, 4, GUE, 1468", "4, 6, IPIP, 1460", "6, 6, IPIP, 1460", "6, 4, IPIP, 1480"})
    void shouldTellTheClientWhatFitsWhenItForbidsFragments(
            final int inner, final int outer, final TunnelSpec.Kind kind, final int mtu) throws ServiceProblem {
        serve(inner, outer, kind, TunnelSpec.Checksum.NONE);
        final int headers = inner == 4 ? 28 : 48;
        assertEquals("forwarded", receive(request(inner, Ipv4Layout.DONT_FRAGMENT, mtu - headers)));
        assertEquals(TestEngine.MTU, sent().getLast().length);
        assertEquals("dropped mtu_exceeded", receive(request(inner, Ipv4Layout.DONT_FRAGMENT, mtu - headers + 1)));
        final ByteBuffer told = ByteBuffer.wrap(rig.engine.ports[TestEngine.LAN].sent.getLast());
        assertEquals(inner == 4 ? 0x0304 : 0x0200, told.getShort(Packets.IP + headers - 8));
        assertEquals(mtu, told.getInt(Packets.IP + headers - 4));
    }

    @ParameterizedTest
    @CsvSource({"4, IPIP", "6, IPIP", "6, GUE"})
    void shouldSendTheOuterPacketInFragmentsWhenTheClientAllowsThem(final int outer, final TunnelSpec.Kind kind) throws ServiceProblem {
        serve(4, outer, kind, TunnelSpec.Checksum.FULL);
        assertEquals("fragmented", receive(request(4, 0, TestEngine.MTU - 28)));
        final List<byte[]> sent = sent();
        assertEquals(2, sent.size());
        sent.forEach(fragment -> assertTrue(fragment.length <= TestEngine.MTU));
    }

    @ParameterizedTest
    @CsvSource({"4", "6"})
    void shouldSendFragmentsThatFitIntoFramesWhenTheWayTakesLongerOnes(final int outer) throws ServiceProblem {
        serve(4, outer, TunnelSpec.Kind.IPIP, TunnelSpec.Checksum.NONE);
        rig.engine.resolve(outer == 4 ? way(4, TestEngine.WAN, "10.9.0.1", "10.1.0.0", 24, 1790)
                : way(6, TestEngine.WAN, "2001:db8:9::1", "2001:db8:1::", 64, 1790));
        final byte[] packet = request(4, 0, LONGEST - 28);
        assertEquals("fragmented", receive(packet));
        final List<byte[]> sent = sent();
        assertEquals(2, sent.size());
        final ByteArrayOutputStream payload = new ByteArrayOutputStream();
        sent.forEach(fragment -> {
            assertTrue(fragment.length <= LONGEST, "bytes=" + fragment.length);
            final int headers = outer == 4 ? 20 : 48;
            payload.write(fragment, headers, fragment.length - headers);
        });
        assertArrayEquals(oneHopLess(packet), payload.toByteArray());
    }

    @Test
    void shouldTellTheSenderOfIpv6EvenWhenDiscoveryIsOff() throws ServiceProblem {
        serve(6, 4, TunnelSpec.Kind.IPIP, TunnelSpec.Checksum.NONE);
        rig.services.setSetting("net.ipv4.vs.pmtu_disc", "0");
        assertEquals("dropped mtu_exceeded", receive(request(6, 0, TestEngine.MTU - 48)));
        assertEquals(0x0200, ByteBuffer.wrap(rig.engine.ports[TestEngine.LAN].sent.getLast()).getShort(Packets.IP + 40));
    }

    @Test
    void shouldSendFragmentsOfWhatForbidsThemWhenDiscoveryIsOff() throws ServiceProblem {
        serve(4, 4, TunnelSpec.Kind.IPIP, TunnelSpec.Checksum.NONE);
        rig.services.setSetting("net.ipv4.vs.pmtu_disc", "0");
        assertEquals("fragmented", receive(request(4, Ipv4Layout.DONT_FRAGMENT, TestEngine.MTU - 28)));
        assertEquals(2, sent().size());
        assertEquals("forwarded", receive(request(4, Ipv4Layout.DONT_FRAGMENT, 100)));
        assertEquals(0, ByteBuffer.wrap(sent().getLast()).getShort(6), "outer DF");
    }

    @Test
    void shouldWaitForTheServersNeighbour() throws ServiceProblem {
        serve(4, 6, TunnelSpec.Kind.GRE, TunnelSpec.Checksum.FULL);
        final int slow = way(6, TestEngine.WAN, "2001:db8:9::2", "2001:db8:1::", 64);
        final byte[] packet = request(4, 0, 100);
        assertEquals("parked", receive(packet));
        rig.engine.resolve(slow);
        rig.engine.boundary();
        assertArrayEquals(oneHopLess(packet), TunnelPackets.strip(sent().getLast()));
    }

    @Test
    void shouldTellTheClientWhenARouterCannotForwardTheOuterPacket() throws ServiceProblem {
        serve(4, 4, TunnelSpec.Kind.GUE, TunnelSpec.Checksum.FULL);
        assertEquals("forwarded", receive(request(4, Ipv4Layout.DONT_FRAGMENT, 1400)));
        final byte[] outer = sent().getLast();
        final byte[] icmp = ByteBuffer.allocate(8 + 120).putShort((short) 0x0304).putShort((short) 0).putInt(1300)
                .put(outer, 0, 120).array();
        rig.fromServer(FlowPackets.frame(IpPackets.of(ROUTER, VIP, IpPackets.ICMP,
                IpPackets.summed(ROUTER, VIP, IpPackets.ICMP, icmp, 2))));
        assertEquals("dropped tunnel_error", rig.engine.outcome(0));
        final ByteBuffer told = ByteBuffer.wrap(rig.engine.ports[TestEngine.LAN].sent.getLast());
        assertEquals(0x0304, told.getShort(Packets.IP + 20));
        assertEquals(1300 - 32, told.getInt(Packets.IP + 24));
        assertEquals(1000 << 16 | 2000, told.getInt(Packets.IP + 28 + 20), "ports of what is quoted");
    }

    @Test
    void shouldHandAnErrorToThisHostWhenTheTunnelIsNotItsOwn() throws ServiceProblem {
        serve(4, 4, TunnelSpec.Kind.IPIP, TunnelSpec.Checksum.NONE);
        assertEquals("forwarded", receive(request(4, Ipv4Layout.DONT_FRAGMENT, 100)));
        final byte[] other = IpPackets.of(VIP, "10.1.0.2", 4, request(4, 0, 100));
        final byte[] icmp = ByteBuffer.allocate(8 + 80).putShort((short) 0x0301).putShort((short) 0).putInt(0).put(other, 0, 80).array();
        rig.fromServer(FlowPackets.frame(IpPackets.of(ROUTER, VIP, IpPackets.ICMP, IpPackets.summed(ROUTER, VIP, IpPackets.ICMP, icmp, 2))));
        assertEquals("delivered", rig.engine.outcome(0));
    }

    @ParameterizedTest
    @CsvSource({"IPIP", "GRE", "GUE"})
    void shouldLetErrorsAboutTunnelsPassWhenTheyAreForOthers(final TunnelSpec.Kind kind) throws ServiceProblem {
        serve(4, 4, kind, TunnelSpec.Checksum.NONE);
        assertEquals("forwarded", receive(request(4, Ipv4Layout.DONT_FRAGMENT, 1400)));
        final byte[] outer = sent().getLast();
        final byte[] icmp = ByteBuffer.allocate(8 + 120).putShort((short) 0x0304).putShort((short) 0).putInt(1300).put(outer, 0, 120).array();
        final byte[] error = IpPackets.of(ROUTER, "10.0.0.77", IpPackets.ICMP, IpPackets.summed(ROUTER, "10.0.0.77", IpPackets.ICMP, icmp, 2));
        rig.fromServer(FlowPackets.frame(error));
        assertEquals("forwarded", rig.engine.outcome(0));
        final byte[] passed = rig.engine.ports[TestEngine.LAN].sent.getLast();
        assertArrayEquals(oneHopLess(error), Arrays.copyOfRange(passed, Packets.IP, passed.length));
        rig.engine.originate(FlowPackets.frame(error));
        assertEquals("forwarded", rig.engine.outcome(0));
        final byte[] own = rig.engine.ports[TestEngine.LAN].sent.getLast();
        assertArrayEquals(error, Arrays.copyOfRange(own, Packets.IP, own.length));
    }

    /** A way for packets that this host sends from its service's address. */
    private int way(final int family, final int port, final String gateway, final String prefix, final int length) {
        return way(family, port, gateway, prefix, length, TestEngine.MTU);
    }

    private int way(final int family, final int port, final String gateway, final String prefix, final int length, final int mtu) {
        final IpAddress hop = IpAddress.parse(gateway);
        final IpAddress own = IpAddress.parse(family == 4 ? VIP : VIP6);
        final int way = rig.engine.fib().adjacencies().create(new AdjacencyFields(AdjacencyKind.UNRESOLVED_GATEWAY,
                AdjacencyLayout.FLAG_GATEWAY, family, port, port + 11, mtu, hop.high(), hop.low(), own.high(), own.low()));
        rig.engine.route(prefix, length, way);
        return way;
    }

    private void serve(final int inner, final int outer, final TunnelSpec.Kind kind, final TunnelSpec.Checksum checksum) throws ServiceProblem {
        final ServiceKey service = rig.add(ServiceRig.udp(inner == 4 ? VIP : VIP6, 2000), "rr");
        rig.server(service, outer == 4 ? SERVER : SERVER6, 2000, new ServerSpec(Forwarding.TUNNEL, 1, 0, 0,
                new TunnelSpec(kind, kind == TunnelSpec.Kind.GUE ? PORT : 0, checksum)));
    }

    private static byte[] request(final int version, final int fragmentWord, final int bytes) {
        return version == 6 ? IpPackets.udp(CLIENT6, VIP6, bytes)
                : IpPackets.of(CLIENT, VIP, IpPackets.UDP, fragmentWord, NO_OPTIONS, IpPackets.udpBytes(CLIENT, VIP, bytes));
    }

    private String receive(final byte[] packet) {
        rig.engine.receive(TestEngine.LAN, FlowPackets.frame(packet));
        return rig.engine.outcome(0);
    }

    private byte[] again(final byte[] packet) {
        assertEquals("forwarded", receive(packet));
        return sent().getLast();
    }

    private List<byte[]> sent() {
        return rig.engine.ports[TestEngine.WAN].sent.stream().map(frame -> Arrays.copyOfRange(frame, Packets.IP, frame.length)).toList();
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
}
