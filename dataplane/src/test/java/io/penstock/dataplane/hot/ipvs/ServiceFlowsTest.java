package io.penstock.dataplane.hot.ipvs;

import static io.penstock.dataplane.hot.ipvs.ServicePackets.COOKIE_ECHO;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.ABORT;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.INIT;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.ack;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.fin;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.sctp;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.syn;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.synAck;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.udp;
import static io.penstock.dataplane.hot.ipvs.ServiceRig.CLIENT;
import static io.penstock.dataplane.hot.ipvs.ServiceRig.CLIENT6;
import static io.penstock.dataplane.hot.ipvs.ServiceRig.VIP;
import static io.penstock.dataplane.hot.ipvs.ServiceRig.VIP6;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.dataplane.ipvs.model.Forwarding;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.dataplane.ipvs.model.ServiceSpec;
import io.penstock.dataplane.testkit.FlowPackets;
import io.penstock.os.netlink.IpAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which packets begin connections, of which service, and which go on with one that is there. */
final class ServiceFlowsTest {

    private final ServiceRig rig = new ServiceRig();

    @AfterEach
    void end() {
        rig.engine.assertBooks();
        rig.close();
    }

    /** Opens a connection of {@link ServiceRig#CLIENT}'s with the server that it gets, and closes it. */
    private void openAndClose(final int port, final String server) {
        assertEquals("forwarded 10.0.0.1:" + port + " > " + server, rig.fromClient(syn(CLIENT, port, VIP, 80)));
        final int at = Integer.parseInt(server.replaceAll(".*:", ""));
        final String address = server.replaceAll(":.*", "");
        rig.fromServer(synAck(address, at, CLIENT, port));
        rig.fromClient(ack(CLIENT, port, VIP, 80));
        rig.fromClient(fin(CLIENT, port, VIP, 80));
        rig.fromServer(fin(address, at, CLIENT, port));
        rig.fromClient(ack(CLIENT, port, VIP, 80));
    }

    @Test
    void shouldChooseForEachPacketWhenTheServiceSaysSo() throws ServiceProblem {
        final ServiceKey dns = rig.add(ServiceRig.udp(VIP, 53), "rr", ServiceSpec.ONE_PACKET, 0);
        final ServerKey one = rig.server(dns, "10.1.0.1", 53, Forwarding.MASQUERADE);
        final ServerKey two = rig.server(dns, "10.1.0.2", 53, Forwarding.MASQUERADE);
        for (int i = 0; i < 10; i++) {
            rig.fromClient(udp(CLIENT, 4000, VIP, 53));
        }
        assertEquals(5, rig.state(dns, one).traffic().connections());
        assertEquals(5, rig.state(dns, two).traffic().packetsIn());
        rig.assertAtRest(dns);
        // Nobody knows whose answer it is.
        assertEquals("forwarded 10.1.0.1:53 > 10.0.0.1:4000", rig.fromServer(udp("10.1.0.1", 53, CLIENT, 4000)));
    }

    @Test
    void shouldKeepConnectionsOfTcpWhenTheServiceChoosesForEachPacket() throws ServiceProblem {
        final ServiceKey web = rig.add(ServiceRig.tcp(VIP, 80), "rr", ServiceSpec.ONE_PACKET, 0);
        rig.server(web, "10.1.0.1", 80, Forwarding.MASQUERADE);
        rig.fromClient(syn(CLIENT, 4000, VIP, 80));
        assertEquals(1, rig.connections().size());
    }

    @Test
    void shouldServeEveryPortWhenThePortIsZero() throws ServiceProblem {
        final ServiceKey any = rig.add(ServiceRig.tcp(VIP, 0), "rr", 0, 300);
        rig.server(any, "10.1.0.1", 0, Forwarding.MASQUERADE);
        rig.server(any, "10.1.0.2", 0, Forwarding.MASQUERADE);
        final String server = rig.fromClient(syn(CLIENT, 4000, VIP, 80)).replaceAll(".*> (.*):80", "$1");
        assertEquals("forwarded 10.0.0.1:4001 > " + server + ":443", rig.fromClient(syn(CLIENT, 4001, VIP, 443)));
        assertEquals("delivered", rig.fromClient(udp(CLIENT, 4001, VIP, 443)));
        assertEquals(List.of("6 10.0.0.1:0 10.0.0.254:0 " + server + ":0 NONE", "6 10.0.0.1:4000 10.0.0.254:80 " + server + ":80 SYN_RECV",
                "6 10.0.0.1:4001 10.0.0.254:443 " + server + ":443 SYN_RECV"), rig.connections().stream().sorted().toList());
        // One with its own port comes first.
        final ServiceKey ssh = rig.add(ServiceRig.tcp(VIP, 22), "rr");
        rig.server(ssh, "10.1.0.9", 22, Forwarding.MASQUERADE);
        assertEquals("forwarded 10.0.0.1:4002 > 10.1.0.9:22", rig.fromClient(syn(CLIENT, 4002, VIP, 22)));
        rig.pass(1000);
        rig.assertAtRest(any);
    }

    @Test
    void shouldRefuseWhenAServiceOfEveryPortIsNotPersistent() throws ServiceProblem {
        final ServiceKey any = rig.add(ServiceRig.tcp(VIP, 0), "rr");
        rig.server(any, "10.1.0.1", 0, Forwarding.MASQUERADE);
        assertEquals("dropped service_unavailable", rig.fromClient(syn(CLIENT, 4000, VIP, 80)));
    }

    @ParameterizedTest
    @CsvSource({"4,0", "6,0", "4,300", "6,300"})
    void shouldServeWhatIsMarkedWhenTheServiceIsByMark(final int family, final int persistence) throws ServiceProblem {
        final boolean is4 = family == 4;
        final String vip = is4 ? VIP : VIP6;
        final String client = is4 ? CLIENT : CLIENT6;
        final String server = is4 ? "10.1.0.1" : "2001:db8:1::1";
        rig.rule("-t mangle -A PREROUTING -d " + vip + " -p tcp --dport 80 -j MARK --set-mark 9");
        rig.rule("-t mangle -A PREROUTING -d " + vip + " -p udp --dport 443 -j MARK --set-mark 9");
        final ServiceKey marked = rig.add(ServiceKey.ofMark(is4 ? IpAddress.V4 : IpAddress.V6, 9), "rr", 0, persistence);
        rig.server(marked, server, 0, Forwarding.MASQUERADE);
        assertEquals("forwarded " + client + ":4000 > " + server + ":80", rig.fromClient(syn(client, 4000, vip, 80)));
        assertEquals("forwarded " + client + ":4000 > " + server + ":443", rig.fromClient(udp(client, 4000, vip, 443)));
        assertEquals("delivered", rig.fromClient(syn(client, 4000, vip, 81)));
        assertEquals("forwarded " + vip + ":80 > " + client + ":4000", rig.fromServer(synAck(server, 80, client, 4000)));
        if (persistence != 0) {
            assertEquals(1, rig.connections().stream().filter(line -> line.equals("0 " + client + ":0 0.0.0.9:0 " + server + ":0 NONE")
                    || line.equals("0 " + client + ":0 0.0.0.9:0 " + server + ":0 ASSURED")).count(), rig.connections().toString());
        }
        rig.pass(1000);
        rig.assertAtRest(marked);
    }

    @Test
    void shouldKeepDataConnectionsWithTheControlConnectionWhenTheServiceIsFtp() throws ServiceProblem {
        final ServiceKey ftp = rig.add(ServiceRig.tcp(VIP, 21), "rr", 0, 300);
        rig.server(ftp, "10.1.0.1", 21, Forwarding.ROUTE);
        rig.server(ftp, "10.1.0.2", 21, Forwarding.ROUTE);
        rig.fromClient(syn(CLIENT, 4000, VIP, 21));
        rig.fromClient(syn(CLIENT, 4001, VIP, 5000));
        final List<String> lines = rig.connections().stream().sorted().toList();
        assertEquals(3, lines.size(), lines.toString());
        assertEquals(1, lines.stream().map(line -> line.split(" ")[3].replaceAll(":.*", "")).distinct().count(), lines.toString());
        assertEquals("6 10.0.0.1:0 10.0.0.254:0", lines.getFirst().replaceAll("(6 \\S+ \\S+) .*", "$1"));
        // The service's own ports below 1024 are others', and what a server opens from its data port is no client's.
        assertEquals("delivered", rig.fromClient(syn(CLIENT, 4002, VIP, 80)));
        assertEquals("delivered", rig.fromClient(syn(CLIENT, 20, VIP, 21)));
    }

    @Test
    void shouldPassUnknownPortsOnWhenFtpIsNotPersistent() throws ServiceProblem {
        final ServiceKey ftp = rig.add(ServiceRig.tcp(VIP, 21), "rr");
        rig.server(ftp, "10.1.0.1", 21, Forwarding.MASQUERADE);
        assertEquals("delivered", rig.fromClient(syn(CLIENT, 4001, VIP, 5000)));
        assertEquals("forwarded 10.0.0.1:4000 > 10.1.0.1:21", rig.fromClient(syn(CLIENT, 4000, VIP, 21)));
    }

    @Test
    void shouldBeginWithAnySegmentWhenTcpIsSloppy() throws ServiceProblem {
        final ServiceKey web = rig.add(ServiceRig.tcp(VIP, 80), "rr");
        rig.server(web, "10.1.0.1", 80, Forwarding.MASQUERADE);
        assertEquals("delivered", rig.fromClient(ack(CLIENT, 4000, VIP, 80)));
        rig.set("sloppy_tcp", 1);
        assertEquals("delivered", rig.fromClient(FlowPackets.tcp(CLIENT, 4000, VIP, 80, FlowPackets.RST, 1, 0)));
        assertEquals("forwarded 10.0.0.1:4000 > 10.1.0.1:80", rig.fromClient(ack(CLIENT, 4000, VIP, 80)));
    }

    @Test
    void shouldBeginWithAnyChunkWhenSctpIsSloppy() throws ServiceProblem {
        final ServiceKey web = rig.add(ServiceRig.sctp(VIP, 80), "rr");
        rig.server(web, "10.1.0.1", 80, Forwarding.MASQUERADE);
        assertEquals("delivered", rig.fromClient(sctp(CLIENT, 4000, VIP, 80, COOKIE_ECHO)));
        assertEquals("forwarded 10.0.0.1:4001 > 10.1.0.1:80", rig.fromClient(sctp(CLIENT, 4001, VIP, 80, INIT)));
        rig.set("sloppy_sctp", 1);
        assertEquals("delivered", rig.fromClient(sctp(CLIENT, 4000, VIP, 80, ABORT)));
        assertEquals("forwarded 10.0.0.1:4000 > 10.1.0.1:80", rig.fromClient(sctp(CLIENT, 4000, VIP, 80, COOKIE_ECHO)));
    }

    @Test
    void shouldChooseAnewWhenThePortsOfAnEndedConnectionComeAgain() throws ServiceProblem {
        final ServiceKey web = rig.add(ServiceRig.tcp(VIP, 80), "rr");
        rig.server(web, "10.1.0.1", 80, Forwarding.MASQUERADE);
        rig.server(web, "10.1.0.2", 80, Forwarding.MASQUERADE);
        final String first = rig.fromClient(syn(CLIENT, 3999, VIP, 80)).replaceAll(".*> ", "");
        final String other = first.equals("10.1.0.1:80") ? "10.1.0.2:80" : "10.1.0.1:80";
        openAndClose(4000, other);
        assertEquals("TIME_WAIT", rig.connections().stream().filter(line -> line.contains(":4000 ")).findFirst().orElseThrow().replaceAll(".* ", ""));
        openAndClose(4000, first);
        assertEquals(2, rig.connections().size());
        rig.set("conn_reuse_mode", 0);
        openAndClose(4000, first);
        openAndClose(4000, first);
        assertEquals(2, rig.connections().size());
        rig.pass(1000);
        rig.assertAtRest(web);
    }

    @Test
    void shouldChooseAnewAfterAClientsFinWhenAnswersPassElsewhere() throws ServiceProblem {
        final ServiceKey web = rig.add(ServiceRig.tcp(VIP, 80), "rr");
        final ServerKey one = rig.server(web, "10.1.0.1", 80, Forwarding.ROUTE);
        for (final int mode : List.of(1, 2, 3)) {
            rig.set("conn_reuse_mode", mode);
            final long before = rig.state(web, one).traffic().connections();
            final int port = 4000 + mode;
            rig.fromClient(syn(CLIENT, port, VIP, 80));
            rig.fromClient(ack(CLIENT, port, VIP, 80));
            rig.fromClient(fin(CLIENT, port, VIP, 80));
            rig.fromClient(syn(CLIENT, port, VIP, 80));
            assertEquals((mode & 2) == 0 ? 1 : 2, rig.state(web, one).traffic().connections() - before, "mode=" + mode);
        }
        rig.pass(1000);
        rig.assertAtRest(web);
    }

    @Test
    void shouldTakeTheLastOneWhenTwoServicesLeadToTheSameServer() throws ServiceProblem {
        final ServiceKey web = rig.add(ServiceRig.tcp(VIP, 80), "rr");
        final ServiceKey other = rig.add(ServiceRig.tcp(VIP, 81), "rr");
        rig.server(web, "10.1.0.1", 80, Forwarding.MASQUERADE);
        rig.server(other, "10.1.0.1", 80, Forwarding.MASQUERADE);
        rig.fromClient(syn(CLIENT, 4000, VIP, 80));
        rig.fromClient(syn(CLIENT, 4000, VIP, 81));
        assertEquals("forwarded 10.0.0.254:81 > 10.0.0.1:4000", rig.fromServer(synAck("10.1.0.1", 80, CLIENT, 4000)));
        rig.pass(1000);
        rig.assertAtRest(web);
        rig.assertAtRest(other);
    }

    @Test
    void shouldLeaveAloneWhatIsForNobodysService() throws ServiceProblem {
        rig.add(ServiceRig.tcp(VIP, 80), "rr");
        assertEquals("delivered", rig.fromClient(udp(CLIENT, 4000, VIP, 80)));
        assertEquals("forwarded 10.0.0.1:4000 > 10.1.0.7:80", rig.fromClient(syn(CLIENT, 4000, "10.1.0.7", 80)));
        assertEquals("delivered", rig.fromClient(syn(CLIENT6, 4000, VIP6, 80)));
        assertEquals(List.of(), rig.connections());
    }

    @Test
    void shouldBeginNoConnectionWhenThereMayBeNone() throws ServiceProblem {
        final ServiceKey web = rig.add(ServiceRig.tcp(VIP, 80), "rr");
        final ServiceKey shop = rig.add(ServiceRig.tcp(VIP, 81), "rr", 0, 300);
        rig.server(web, "10.1.0.1", 80, Forwarding.MASQUERADE);
        rig.server(shop, "10.1.0.1", 81, Forwarding.MASQUERADE);
        rig.fromClient(syn(CLIENT, 4000, VIP, 80));
        rig.fromClient(syn(CLIENT, 4000, VIP, 81));
        rig.set("conn_max", 0);
        assertEquals("dropped connections_full", rig.fromClient(syn(CLIENT, 4001, VIP, 80)));
        assertEquals("dropped connections_full", rig.fromClient(syn(CLIENT, 4001, VIP, 81)));
        assertEquals("forwarded 10.0.0.1:4000 > 10.1.0.1:80", rig.fromClient(ack(CLIENT, 4000, VIP, 80)));
        assertEquals(3, rig.connections().size());
        rig.pass(1000);
        rig.assertAtRest(web);
        assertEquals("dropped connections_full", rig.fromClient(syn(CLIENT, 4001, VIP, 80)));
        rig.set("conn_max", 1);
        assertEquals("forwarded 10.0.0.1:4001 > 10.1.0.1:80", rig.fromClient(syn(CLIENT, 4001, VIP, 80)));
    }

    @Test
    void shouldDropAllThatBeginsWhenThereIsNoRoom() throws ServiceProblem {
        final ServiceKey web = rig.add(ServiceRig.tcp(VIP, 80), "rr");
        rig.server(web, "10.1.0.1", 80, Forwarding.MASQUERADE);
        rig.set("conn_max", 2);
        rig.fromClient(syn(CLIENT, 4000, VIP, 80));
        rig.fromClient(syn(CLIENT, 4001, VIP, 80));
        assertEquals("dropped connections_full", rig.fromClient(syn(CLIENT, 4002, VIP, 80)));
        assertEquals("forwarded 10.0.0.1:4000 > 10.1.0.1:80", rig.fromClient(syn(CLIENT, 4000, VIP, 80)));
        rig.pass(1000);
        rig.assertAtRest(web);
    }
}
