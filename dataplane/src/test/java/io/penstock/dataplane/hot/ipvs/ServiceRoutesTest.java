package io.penstock.dataplane.hot.ipvs;

import static io.penstock.dataplane.hot.ipvs.ServicePackets.assertRight;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.icmp;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.quoted;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.syn;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.udp;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.withDontFragment;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.withTtl;
import static io.penstock.dataplane.hot.ipvs.ServiceRig.CLIENT;
import static io.penstock.dataplane.hot.ipvs.ServiceRig.CLIENT6;
import static io.penstock.dataplane.hot.ipvs.ServiceRig.VIP;
import static io.penstock.dataplane.hot.ipvs.ServiceRig.VIP6;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.ipvs.ServiceRegistry;
import io.penstock.dataplane.ipvs.model.Forwarding;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.dataplane.testkit.FlowPackets;
import io.penstock.dataplane.testkit.IpPackets;
import io.penstock.dataplane.testkit.Packets;
import io.penstock.dataplane.testkit.TestEngine;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.Ipv4Layout;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The way to servers: what is too old, too large, in fragments, or has to wait for a neighbour. */
final class ServiceRoutesTest {

    private final ServiceRig rig = new ServiceRig();

    @AfterEach
    void end() {
        rig.engine.assertBooks();
        rig.close();
    }

    private List<byte[]> toServers() {
        return rig.engine.ports[TestEngine.WAN].sent;
    }

    private byte[] toClients() {
        return rig.engine.ports[TestEngine.LAN].sent.getLast();
    }

    private static int port(final Forwarding method) {
        return method == Forwarding.MASQUERADE || method == Forwarding.FULL ? 5353 : 53;
    }

    private ServiceKey dns(final boolean is4, final Forwarding method, final String server) throws ServiceProblem {
        rig.services.setSetting(ServiceRegistry.SOURCES, VIP + "," + VIP6);
        final ServiceKey dns = rig.add(ServiceRig.udp(is4 ? VIP : VIP6, 53), "rr");
        rig.server(dns, server, port(method), method);
        return dns;
    }

    @ParameterizedTest
    @CsvSource({"true,MASQUERADE", "true,ROUTE", "true,TUNNEL", "true,FULL", "false,MASQUERADE", "false,ROUTE", "false,TUNNEL"})
    void shouldTellTheClientWhenItsPacketHasNoTimeLeft(final boolean is4, final Forwarding method) throws ServiceProblem {
        dns(is4, method, is4 ? "10.1.0.1" : "2001:db8:1::1");
        final byte[] asked = udp(is4 ? CLIENT : CLIENT6, 4000, is4 ? VIP : VIP6, 53);
        assertEquals("dropped ttl_expired", rig.fromClient(withTtl(asked, 1)).replaceAll(" [0-9:].*", ""));
        assertEquals(is4 ? "11/0 0" : "3/0 0", icmp(toClients()));
        assertRight(toClients());
        assertEquals(FlowPackets.ends(asked), FlowPackets.ends(quoted(toClients())));
        assertEquals(0, toServers().size());
        rig.fromClient(withTtl(asked, 2));
        assertEquals(1, toServers().size());
    }

    @ParameterizedTest
    @EnumSource(value = Forwarding.class, names = "LOCAL", mode = EnumSource.Mode.EXCLUDE)
    void shouldTellTheClientWhatFitsWhenItsPacketIsTooLarge(final Forwarding method) throws ServiceProblem {
        narrow(4, 1000);
        dns(true, method, "10.1.0.1");
        final byte[] asked = withDontFragment(FlowPackets.udp(CLIENT, 4000, VIP, 53, 1200), true);
        assertEquals("dropped mtu_exceeded", rig.fromClient(asked).replaceAll(" [0-9:].*", ""));
        assertEquals("3/4 " + (method == Forwarding.TUNNEL ? 980 : 1000), icmp(toClients()));
        assertRight(toClients());
        assertEquals(FlowPackets.ends(asked), FlowPackets.ends(quoted(toClients())));
        assertEquals(0, toServers().size());
    }

    @ParameterizedTest
    @EnumSource(value = Forwarding.class, names = {"MASQUERADE", "ROUTE", "TUNNEL"})
    void shouldTellTheClientWhatFitsWhenAPacketOfIpv6IsTooLarge(final Forwarding method) throws ServiceProblem {
        narrow(6, 1330);
        dns(false, method, "2001:db8:1::1");
        final byte[] asked = FlowPackets.udp(CLIENT6, 4000, VIP6, 53, 1400);
        assertEquals("dropped mtu_exceeded", rig.fromClient(asked).replaceAll(" [0-9:].*", ""));
        assertEquals("2/0 " + (method == Forwarding.TUNNEL ? 1290 : 1330), icmp(toClients()));
        assertRight(toClients());
    }

    @ParameterizedTest
    @EnumSource(value = Forwarding.class, names = {"MASQUERADE", "ROUTE", "TUNNEL"})
    void shouldFragmentWhatMayBe(final Forwarding method) throws ServiceProblem {
        narrow(4, 1000);
        dns(true, method, "10.1.0.1");
        if (method == Forwarding.TUNNEL) {
            rig.set("pmtu_disc", 0);
        }
        final byte[] asked = withDontFragment(FlowPackets.udp(CLIENT, 4000, VIP, 53, 1200), false);
        rig.fromClient(asked);
        assertEquals("fragmented", rig.engine.outcome(0));
        assertEquals(2, toServers().size());
        final int more = method == Forwarding.TUNNEL ? 20 : 0;
        assertEquals(asked.length - Packets.IP - 20 + more, payload(toServers().get(0)) + payload(toServers().get(1)));
        toServers().forEach(ServicePackets::assertHeaderRight);
        assertEquals(method == Forwarding.ROUTE ? "10.0.0.1 > 10.0.0.254" : (more == 0 ? CLIENT : "10.9.0.254") + " > 10.1.0.1",
                ServicePackets.addresses(toServers().get(0)));
    }

    private static int payload(final byte[] frame) {
        return frame.length - Packets.IP - 20;
    }

    private void narrow(final int family, final int mtu) {
        final int way = family == 4 ? rig.way(TestEngine.WAN, "10.9.0.2", "10.9.0.254", mtu)
                : rig.way(TestEngine.WAN, "2001:db8:9::2", "2001:db8:9::fe", mtu);
        rig.engine.resolve(way);
        rig.engine.route(family == 4 ? "10.1.0.0" : "2001:db8:1::", family == 4 ? 16 : 48, way);
    }

    @Test
    void shouldTranslateADatagramThatCameInFragments() throws ServiceProblem {
        final ServiceKey dns = dns(true, Forwarding.MASQUERADE, "10.1.0.1");
        final byte[] whole = withDontFragment(FlowPackets.udp(CLIENT, 4000, VIP, 53, 2000), false);
        rig.engine.receive(TestEngine.LAN, FlowPackets.fragments(whole, 1000, 800));
        assertEquals(3, toServers().size());
        assertEquals("10.0.0.1:4000 > 10.1.0.1:5353", FlowPackets.ends(toServers().getFirst()));
        assertRight(joined());
        assertEquals(1, rig.services.service(dns).orElseThrow().traffic().connections());
        // They come out of order, and in different batches.
        toServers().clear();
        final byte[][] fragments = FlowPackets.fragments(whole, 1000, 800);
        for (final int i : new int[] {2, 0, 1}) {
            rig.engine.receive(TestEngine.LAN, fragments[i]);
        }
        assertRight(joined());
        // What a server says is told in the service's name, however it came.
        final byte[] answer = withDontFragment(FlowPackets.udp("10.1.0.1", 5353, CLIENT, 4000, 2000), false);
        rig.engine.receive(TestEngine.WAN, FlowPackets.fragments(answer, 1000));
        assertEquals("10.0.0.254:53 > 10.0.0.1:4000", FlowPackets.ends(rig.engine.ports[TestEngine.LAN].sent.getFirst()));
    }

    @ParameterizedTest
    @EnumSource(value = Forwarding.class, names = {"MASQUERADE", "ROUTE", "TUNNEL", "FULL"})
    void shouldSendFragmentsToOneServer(final Forwarding method) throws ServiceProblem {
        final ServiceKey dns = dns(true, method, "10.1.0.1");
        rig.server(dns, "10.1.0.2", port(method), method);
        if (method == Forwarding.TUNNEL) {
            rig.set("pmtu_disc", 0);
        }
        for (int i = 0; i < 4; i++) {
            toServers().clear();
            final byte[] whole = withDontFragment(FlowPackets.udp(CLIENT, 4000 + i, VIP, 53, 2000), false);
            rig.engine.receive(TestEngine.LAN, FlowPackets.fragments(whole, 1000, 800));
            assertTrue(toServers().size() >= 2, () -> rig.engine.outcome(0) + " " + rig.engine.outcome(2));
            final int more = method == Forwarding.TUNNEL ? 20 : 0;
            assertEquals(2008 + more, joined().length - Packets.IP - 20);
            assertEquals(1, toServers().stream().map(ServicePackets::addresses).distinct().count());
        }
        assertEquals(4, rig.services.service(dns).orElseThrow().traffic().connections());
    }

    @Test
    void shouldTranslateADatagramOfIpv6ThatCameInFragments() throws ServiceProblem {
        final ServiceKey dns = dns(false, Forwarding.MASQUERADE, "2001:db8:1::1");
        final byte[] whole = FlowPackets.udp(CLIENT6, 4000, VIP6, 53, 1992);
        final byte[] first = FlowPackets.frame(IpPackets.fragment6(1, packet(whole, 0, 1000)));
        final byte[] rest = FlowPackets.frame(IpPackets.fragment6(1000, packet(whole, 1000, 1000)));
        rig.engine.receive(TestEngine.LAN, first);
        rig.engine.receive(TestEngine.LAN, rest);
        assertEquals(2, toServers().size());
        assertEquals(1, toServers().stream().map(ServicePackets::addresses).distinct().count());
        assertEquals("2001:db8::1 > 2001:db8:1::1", ServicePackets.addresses(toServers().getFirst()));
        assertEquals(1, rig.services.service(dns).orElseThrow().traffic().connections());
    }

    /** A part of what an IPv6 frame's packet carries, behind the same header. */
    private static byte[] packet(final byte[] whole, final int from, final int bytes) {
        final byte[] part = Arrays.copyOfRange(whole, Packets.IP, Packets.IP + 40 + bytes);
        System.arraycopy(whole, Packets.IP + 40 + from, part, 40, bytes);
        return part;
    }

    /** What has left in fragments by wan, as one packet. */
    private byte[] joined() {
        int bytes = 0;
        for (final byte[] fragment : toServers()) {
            bytes += payload(fragment);
        }
        final byte[] whole = Arrays.copyOf(toServers().getFirst(), Packets.IP + 20 + bytes);
        for (final byte[] fragment : toServers()) {
            final int offset = (ByteBuffer.wrap(fragment).getShort(Packets.IP + 6) & 0x1FFF) * 8;
            System.arraycopy(fragment, Packets.IP + 20, whole, Packets.IP + 20 + offset, payload(fragment));
        }
        return Packets.editIpv4(whole, ip -> {
            Ipv4Layout.setTotalLength(ip, whole.length - Packets.IP);
            Ipv4Layout.setFragmentWord(ip, 0);
        });
    }

    @ParameterizedTest
    @CsvSource({"true,MASQUERADE", "true,ROUTE", "true,TUNNEL", "true,FULL", "false,MASQUERADE", "false,ROUTE", "false,TUNNEL", "false,FULL"})
    void shouldSendToTheServersNeighbourWhenItIsFound(final boolean is4, final Forwarding method) throws ServiceProblem {
        // The server is on the link: who it is has to be asked for, not who the service is.
        rig.engine.route(is4 ? "10.1.7.0" : "2001:db8:1:7::", is4 ? 24 : 64, glean(is4));
        final String server = is4 ? "10.1.7.5" : "2001:db8:1:7::5";
        dns(is4, method, server);
        final byte[] asked = udp(is4 ? CLIENT : CLIENT6, 4000, is4 ? VIP : VIP6, 53);
        rig.fromClient(asked);
        assertEquals("parked", rig.engine.outcome(0));
        assertEquals(List.of("1 " + server), rig.engine.requests);
        assertEquals(0, toServers().size());
        final int host = rig.way(TestEngine.WAN, server, is4 ? "10.9.0.254" : "2001:db8:9::fe", TestEngine.MTU);
        rig.engine.resolve(host);
        rig.engine.route(server, is4 ? 32 : 128, host);
        rig.engine.boundary();
        assertEquals(1, toServers().size());
        final byte[] sent = toServers().getFirst();
        assertEquals(TestEngine.GATEWAY_MAC, destinationMac(sent));
        assertEquals(EthernetLayout.HEADER_BYTES, Packets.IP);
        assertTrue(ServicePackets.addresses(sent).endsWith(" > " + (method == Forwarding.ROUTE ? is4 ? VIP : VIP6 : server)),
                ServicePackets.addresses(sent));
        assertEquals(ServicePackets.ttl(asked) - 1, ServicePackets.ttl(method == Forwarding.TUNNEL ? unwrapped(sent, is4) : sent));
        // The next one does not wait.
        rig.fromClient(asked);
        assertEquals("forwarded", rig.engine.outcome(0));
        rig.engine.assertBooks();
    }

    @Test
    void shouldTellTheClientWhenTheServersNeighbourDoesNotAnswer() throws ServiceProblem {
        rig.engine.route("10.1.7.0", 24, glean(true));
        dns(true, Forwarding.ROUTE, "10.1.7.5");
        rig.fromClient(udp(CLIENT, 4000, VIP, 53));
        rig.engine.nowNs += Lane.NEIGHBOUR_WAIT_NS;
        rig.engine.boundary();
        assertEquals("3/1 0", icmp(toClients()));
    }

    private int glean(final boolean is4) {
        return rig.glean(TestEngine.WAN, is4 ? "10.9.0.254" : "2001:db8:9::fe");
    }

    private static byte[] unwrapped(final byte[] sent, final boolean is4) {
        return FlowPackets.frame(Arrays.copyOfRange(sent, Packets.IP + (is4 ? 20 : 40), sent.length));
    }

    private static long destinationMac(final byte[] frame) {
        return ByteBuffer.wrap(frame).getLong() >>> 16;
    }

    @ParameterizedTest
    @ValueSource(ints = {AdjacencyKind.UNREACHABLE, AdjacencyKind.BLACKHOLE, AdjacencyKind.PROHIBIT})
    void shouldTellTheClientWhenThereIsNoWayToTheServer(final int kind) throws ServiceProblem {
        rig.engine.route("10.1.7.0", 24, rig.engine.kind(kind, 4));
        dns(true, Forwarding.MASQUERADE, "10.1.7.5");
        assertTrue(rig.fromClient(udp(CLIENT, 4000, VIP, 53)).startsWith("dropped route_"));
        assertEquals("3/1 0", icmp(toClients()));
        assertEquals("10.0.0.1:4000 > 10.0.0.254:53", FlowPackets.ends(quoted(toClients())));
    }

    @Test
    void shouldSendWhatThisHostHasRoutedElsewhere() throws ServiceProblem {
        rig.engine.route("10.1.7.0", 24, glean(true));
        dns(true, Forwarding.MASQUERADE, "10.1.7.5");
        rig.engine.originateBy(TestEngine.LAN, udp(VIP, 4000, VIP, 53));
        assertEquals("parked", rig.engine.outcome(0));
        final int host = rig.way(TestEngine.WAN, "10.1.7.5", "10.9.0.254", TestEngine.MTU);
        rig.engine.resolve(host);
        rig.engine.route("10.1.7.5", 32, host);
        rig.engine.boundary();
        assertEquals(1, toServers().size());
        assertEquals(TestEngine.GATEWAY_MAC, destinationMac(toServers().getFirst()));
        assertEquals("10.0.0.254:4000 > 10.1.7.5:5353", FlowPackets.ends(toServers().getFirst()));
    }

    @Test
    void shouldLeaveSynsOfAnAddressThatIsNobodysAlone() throws ServiceProblem {
        rig.add(ServiceRig.tcp("10.0.0.77", 80), "rr");
        assertEquals("forwarded", rig.fromClient(syn(CLIENT, 4000, "10.1.0.7", 80)).replaceAll(" .*", ""));
    }
}
