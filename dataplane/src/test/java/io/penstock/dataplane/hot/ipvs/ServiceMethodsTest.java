package io.penstock.dataplane.hot.ipvs;

import static io.penstock.dataplane.hot.ipvs.ServicePackets.INIT;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.INIT_ACK;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.ack;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.assertRight;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.sctp;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.syn;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.synAck;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.udp;
import static io.penstock.dataplane.hot.ipvs.ServiceRig.CLIENT;
import static io.penstock.dataplane.hot.ipvs.ServiceRig.CLIENT6;
import static io.penstock.dataplane.hot.ipvs.ServiceRig.VIP;
import static io.penstock.dataplane.hot.ipvs.ServiceRig.VIP6;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.ipvs.ServiceRegistry;
import io.penstock.dataplane.ipvs.model.Forwarding;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServerSpec;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.dataplane.ipvs.model.TunnelSpec;
import io.penstock.dataplane.testkit.FlowPackets;
import io.penstock.dataplane.testkit.Packets;
import io.penstock.dataplane.testkit.TestEngine;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.netlink.IpAddress;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every way to a server, for each family and protocol. */
final class ServiceMethodsTest {

    private static final String SERVER = "10.1.0.1";
    private static final String SERVER6 = "2001:db8:1::5";
    private static final int IPIP = 4;
    private static final int IPV6_IN = 41;
    private static final int GRE = 47;

    private final ServiceRig rig = new ServiceRig();

    @AfterEach
    void end() {
        rig.engine.assertBooks();
        rig.close();
    }

    private byte[] toServers() {
        return rig.engine.ports[TestEngine.WAN].sent.getLast();
    }

    private byte[] toClients() {
        return rig.engine.ports[TestEngine.LAN].sent.getLast();
    }

    private static byte[] first(final int protocol, final String from, final int port, final String to, final int service) {
        return switch (protocol) {
            case IpProtocol.TCP -> syn(from, port, to, service);
            case IpProtocol.UDP -> udp(from, port, to, service);
            default -> sctp(from, port, to, service, INIT);
        };
    }

    private static byte[] answer(final int protocol, final String from, final int port, final String to, final int service) {
        return switch (protocol) {
            case IpProtocol.TCP -> synAck(from, port, to, service);
            case IpProtocol.UDP -> udp(from, port, to, service);
            default -> sctp(from, port, to, service, INIT_ACK);
        };
    }

    @ParameterizedTest
    @CsvSource({"6,4", "17,4", "132,4", "6,6", "17,6", "132,6"})
    void shouldTranslateBothWaysWhenTheServerIsReachedByNat(final int protocol, final int family) throws ServiceProblem {
        final boolean is4 = family == 4;
        final String vip = is4 ? VIP : VIP6;
        final String client = is4 ? CLIENT : CLIENT6;
        final String server = is4 ? SERVER : SERVER6;
        final ServiceKey service = rig.add(ServiceKey.of(protocol, IpAddress.parse(vip), 80), "rr");
        final ServerKey one = rig.server(service, server, 8080, Forwarding.MASQUERADE);
        final byte[] first = first(protocol, client, 4000, vip, 80);
        assertEquals("forwarded " + client + ":4000 > " + server + ":8080", rig.fromClient(first));
        assertRight(toServers());
        assertEquals(ServicePackets.ttl(first) - 1, ServicePackets.ttl(toServers()));
        assertEquals("forwarded " + vip + ":80 > " + client + ":4000", rig.fromServer(answer(protocol, server, 8080, client, 4000)));
        assertRight(toClients());
        assertEquals(first.length - Packets.IP, rig.state(service, one).traffic().bytesIn());
        assertEquals(toClients().length - Packets.IP, rig.state(service, one).traffic().bytesOut());
        rig.pass(1000);
        rig.assertAtRest(service);
    }

    @ParameterizedTest
    @CsvSource({"6,4", "17,4", "132,4", "6,6", "17,6", "132,6"})
    void shouldTranslateBothAddressesWhenTheServerIsToAnswerThisHost(final int protocol, final int family) throws ServiceProblem {
        final boolean is4 = family == 4;
        final String vip = is4 ? VIP : VIP6;
        final String client = is4 ? CLIENT : CLIENT6;
        final String server = is4 ? SERVER : SERVER6;
        rig.services.setSetting(ServiceRegistry.SOURCES, VIP + "," + VIP6);
        final ServiceKey service = rig.add(ServiceKey.of(protocol, IpAddress.parse(vip), 80), "rr");
        rig.server(service, server, 8080, Forwarding.FULL);
        final String sent = rig.fromClient(first(protocol, client, 4000, vip, 80));
        assertTrue(sent.startsWith("forwarded " + vip + ':') && sent.endsWith(" > " + server + ":8080"), sent);
        assertRight(toServers());
        final int port = Integer.parseInt(sent.replaceAll(".*:(\\d+) > .*", "$1"));
        assertTrue(port >= 1024 && port < 32768, sent);
        assertEquals("forwarded " + vip + ":80 > " + client + ":4000", rig.fromServer(answer(protocol, server, 8080, vip, port)));
        assertRight(toClients());
        // The same connection keeps its source; another one has another.
        assertEquals(sent, rig.fromClient(first(protocol, client, 4000, vip, 80)));
        assertTrue(!sent.equals(rig.fromClient(first(protocol, client, 4001, vip, 80))));
        assertEquals(2, rig.connections().size());
        rig.pass(1000);
        rig.assertAtRest(service);
    }

    @ParameterizedTest
    @CsvSource({"6,4", "17,4", "132,4", "6,6", "17,6", "132,6"})
    void shouldLeaveThePacketAsItIsWhenItIsRoutedDirectly(final int protocol, final int family) throws ServiceProblem {
        final boolean is4 = family == 4;
        final String vip = is4 ? VIP : VIP6;
        final String client = is4 ? CLIENT : CLIENT6;
        final ServiceKey service = rig.add(ServiceKey.of(protocol, IpAddress.parse(vip), 80), "rr");
        final ServerKey one = rig.server(service, is4 ? SERVER : SERVER6, 80, Forwarding.ROUTE);
        final byte[] first = first(protocol, client, 4000, vip, 80);
        assertEquals("forwarded " + client + ":4000 > " + vip + ":80", rig.fromClient(first));
        assertArrayEquals(Arrays.copyOfRange(ServicePackets.withTtl(first, ServicePackets.ttl(first) - 1), Packets.IP, first.length),
                Arrays.copyOfRange(toServers(), Packets.IP, toServers().length));
        assertEquals(List.of(protocol + " " + client + ":4000 " + vip + ":80 " + (is4 ? SERVER : SERVER6) + ":80 "
                + (protocol == IpProtocol.TCP ? "SYN_RECV" : protocol == IpProtocol.UDP ? "UDP" : "INIT1")), rig.connections());
        assertEquals(1, rig.state(service, one).traffic().packetsIn());
        rig.pass(1000);
        rig.assertAtRest(service);
    }

    @ParameterizedTest
    @CsvSource({"4,4,IPIP,4,20", "4,4,GRE,47,24", "4,4,GUE,17,32", "6,6,IPIP,41,40", "6,6,GRE,47,44", "4,6,IPIP,4,40", "6,4,IPIP,41,20"})
    void shouldPutThePacketIntoAnotherWhenTheServerIsReachedByATunnel(
            final int inner, final int outer, final TunnelSpec.Kind kind, final int next, final int more) throws ServiceProblem {
        final String vip = inner == 4 ? VIP : VIP6;
        final ServiceKey web = rig.add(ServiceRig.tcp(vip, 80), "wrr");
        final String server = outer == 4 ? SERVER : SERVER6;
        rig.server(web, server, 80, new ServerSpec(Forwarding.TUNNEL, 1, 0, 0,
                new TunnelSpec(kind, kind == TunnelSpec.Kind.GUE ? 6080 : 0, TunnelSpec.Checksum.NONE)));
        final byte[] first = syn(inner == 4 ? CLIENT : CLIENT6, 4000, vip, 80);
        rig.fromClient(first);
        assertEquals("forwarded", rig.engine.outcome(0));
        final byte[] sent = toServers();
        assertEquals(first.length + more, sent.length);
        assertEquals(next, ServicePackets.protocol(sent));
        assertTrue(List.of(IPIP, IPV6_IN, GRE, IpProtocol.UDP).contains(next));
        assertEquals((outer == 4 ? "10.9.0.254" : "2001:db8:9::fe") + " > " + server, ServicePackets.addresses(sent));
        assertArrayEquals(Arrays.copyOfRange(ServicePackets.withTtl(first, ServicePackets.ttl(first) - 1), Packets.IP, first.length),
                Arrays.copyOfRange(sent, Packets.IP + more, sent.length));
        rig.pass(200);
        rig.assertAtRest(web);
    }

    @Test
    void shouldKeepThePacketWhenThisHostIsTheServer() throws ServiceProblem {
        rig.engine.route("10.0.0.253", 32, rig.engine.kind(AdjacencyKind.LOCAL, 4));
        final ServiceKey web = rig.add(ServiceRig.tcp(VIP, 80), "rr");
        for (final Forwarding method : List.of(Forwarding.ROUTE, Forwarding.TUNNEL)) {
            final ServerKey own = rig.server(web, "10.0.0.253", 80, method);
            final byte[] first = syn(CLIENT, 4000, VIP, 80);
            assertEquals("delivered", rig.fromClient(first));
            assertArrayEquals(first, rig.engine.host.sent.getLast());
            assertEquals(1, rig.state(web, own).active());
            rig.engine.originate(synAck(VIP, 80, CLIENT, 4000));
            assertEquals("forwarded", rig.engine.outcome(0));
            assertEquals(1, rig.state(web, own).traffic().packetsOut());
            assertEquals("delivered", rig.fromClient(ack(CLIENT, 4000, VIP, 80)));
            assertEquals(List.of("6 10.0.0.1:4000 10.0.0.254:80 10.0.0.253:80 ESTABLISHED"), rig.connections());
            rig.services.deleteServer(web, own);
            rig.pass(1000);
        }
        rig.assertAtRest(web);
    }

    @Test
    void shouldTranslateForThisHostWhenItIsReachedByNat() throws ServiceProblem {
        rig.engine.route("10.0.0.253", 32, rig.engine.kind(AdjacencyKind.LOCAL, 4));
        final ServiceKey web = rig.add(ServiceRig.tcp(VIP, 80), "rr");
        rig.server(web, "10.0.0.253", 8080, Forwarding.MASQUERADE);
        assertEquals("delivered", rig.fromClient(syn(CLIENT, 4000, VIP, 80)));
        assertEquals("10.0.0.1:4000 > 10.0.0.253:8080", FlowPackets.ends(rig.engine.host.sent.getLast()));
        assertRight(rig.engine.host.sent.getLast());
        rig.engine.originate(synAck("10.0.0.253", 8080, CLIENT, 4000));
        assertEquals("10.0.0.254:80 > 10.0.0.1:4000", FlowPackets.ends(toClients()));
        assertRight(toClients());
        rig.pass(1000);
        rig.assertAtRest(web);
    }

    @Test
    void shouldLetPacketsPassWhenThereIsNoServerForAMark() throws ServiceProblem {
        rig.engine.route("198.51.100.0", 24, rig.engine.wan4);
        final ServiceKey cache = rig.add(ServiceKey.ofMark(IpAddress.V4, 7), "rr");
        rig.rule("-t mangle -A OUTPUT -p tcp --dport 80 -j MARK --set-mark 7");
        rig.engine.originate(syn(VIP, 4000, "198.51.100.7", 80));
        assertEquals("dropped service_unavailable", rig.engine.outcome(0));
        rig.set("cache_bypass", 1);
        rig.engine.originate(syn(VIP, 4000, "198.51.100.7", 80));
        assertEquals("forwarded", rig.engine.outcome(0));
        assertEquals("10.0.0.254:4000 > 198.51.100.7:80", FlowPackets.ends(toServers()));
        assertEquals(List.of("6 10.0.0.254:4000 198.51.100.7:80 0.0.0.0:0 SYN_RECV"), rig.connections());
        rig.engine.originate(syn(VIP, 4000, "198.51.100.7", 81));
        assertEquals(1, rig.connections().size());
        rig.pass(200);
        rig.assertAtRest(cache);
    }
}
