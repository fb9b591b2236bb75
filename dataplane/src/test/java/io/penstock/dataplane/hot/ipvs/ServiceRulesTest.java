package io.penstock.dataplane.hot.ipvs;

import static io.penstock.dataplane.hot.ipvs.ServicePackets.ack;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.assertRight;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.fin;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.syn;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.synAck;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.udp;
import static io.penstock.dataplane.hot.ipvs.ServiceRig.CLIENT;
import static io.penstock.dataplane.hot.ipvs.ServiceRig.CLIENT6;
import static io.penstock.dataplane.hot.ipvs.ServiceRig.VIP;
import static io.penstock.dataplane.hot.ipvs.ServiceRig.VIP6;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.ipvs.ServiceRegistry;
import io.penstock.dataplane.ipvs.model.Forwarding;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.dataplane.testkit.TestEngine;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.TableName;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What rules see of the packets of virtual services, and what is tracked of them. */
final class ServiceRulesTest {

    private final ServiceRig rig = new ServiceRig();

    @AfterEach
    void end() {
        rig.engine.assertBooks();
        rig.close();
    }

    private ServiceKey web(final Forwarding method) throws ServiceProblem {
        rig.services.setSetting(ServiceRegistry.SOURCES, VIP);
        final ServiceKey web = rig.add(ServiceRig.tcp(VIP, 80), "rr");
        rig.server(web, "10.1.0.1", method == Forwarding.MASQUERADE ? 8080 : 80, method);
        return web;
    }

    private List<Long> seen(final String chain) {
        return rig.seen(IpFamily.IPV4, TableName.FILTER, chain);
    }

    private long tracked() {
        return rig.tables.connections().limit().count();
    }

    @ParameterizedTest
    @CsvSource({"MASQUERADE,10.1.0.1 --dport 8080", "ROUTE,10.0.0.254 --dport 80"})
    void shouldShowThePacketBeforeAndAfterWhenItIsSentOn(final Forwarding method, final String after) throws ServiceProblem {
        rig.rule("-A INPUT -p tcp -d 10.0.0.254 --dport 80 -j ACCEPT");
        rig.rule("-A FORWARD -p tcp -j ACCEPT");
        rig.rule("-A OUTPUT -o wan -p tcp -d " + after + " -j ACCEPT");
        rig.rule("-t mangle -A POSTROUTING -o wan -p tcp -d " + after + " -j ACCEPT");
        web(method);
        rig.fromClient(syn(CLIENT, 4000, VIP, 80));
        assertEquals("1 0 1 1", seen("INPUT").getFirst() + " " + seen("FORWARD").getFirst() + " " + seen("OUTPUT").getFirst() + " "
                + rig.seen(IpFamily.IPV4, TableName.MANGLE, "POSTROUTING").getFirst());
    }

    @Test
    void shouldShowTheOuterPacketWhenItIsSentByATunnel() throws ServiceProblem {
        rig.rule("-A INPUT -p tcp -d 10.0.0.254 --dport 80 -j ACCEPT");
        rig.rule("-A OUTPUT -o wan -p 4 -s 10.9.0.254 -d 10.1.0.1 -j ACCEPT");
        rig.rule("-A OUTPUT -m conntrack --ctstate NEW -j ACCEPT");
        web(Forwarding.TUNNEL);
        rig.fromClient(syn(CLIENT, 4000, VIP, 80));
        assertEquals(List.of(1L), seen("INPUT"));
        assertEquals(1L, seen("OUTPUT").getFirst());
        rig.rule("-D OUTPUT 1");
        rig.fromClient(syn(CLIENT, 4001, VIP, 80));
        assertEquals(List.of(1L), seen("OUTPUT"));
    }

    @Test
    void shouldShowTheAnswerBeforeItIsTranslatedWhenItIsForwarded() throws ServiceProblem {
        rig.rule("-A FORWARD -p tcp -s 10.1.0.1 --sport 8080 -d 10.0.0.1 -j ACCEPT");
        rig.rule("-A FORWARD -p tcp -s 10.0.0.254 -j ACCEPT");
        rig.rule("-t mangle -A POSTROUTING -o lan -p tcp -s 10.0.0.254 --sport 80 -j ACCEPT");
        web(Forwarding.MASQUERADE);
        rig.fromClient(syn(CLIENT, 4000, VIP, 80));
        rig.fromServer(synAck("10.1.0.1", 8080, CLIENT, 4000));
        assertEquals(List.of(1L, 0L), seen("FORWARD"));
        assertEquals(List.of(1L), rig.seen(IpFamily.IPV4, TableName.MANGLE, "POSTROUTING"));
    }

    @Test
    void shouldServeNothingThatARuleDrops() throws ServiceProblem {
        rig.rule("-A INPUT -p tcp --dport 80 -s 10.0.0.1 -j DROP");
        final ServiceKey web = web(Forwarding.MASQUERADE);
        assertEquals("dropped rule", rig.fromClient(syn(CLIENT, 4000, VIP, 80)).replaceAll("(dropped \\w*?)_?(rule|hook).*", "dropped rule"));
        rig.assertAtRest(web);
        rig.rule("-A OUTPUT -d 10.1.0.1 -j DROP");
        assertTrue(rig.fromClient(syn("10.0.0.3", 4000, VIP, 80)).startsWith("dropped"));
        assertEquals(1, rig.connections().size());
    }

    @ParameterizedTest
    @CsvSource({"MASQUERADE,4", "ROUTE,4", "TUNNEL,4", "FULL,4", "MASQUERADE,6", "ROUTE,6"})
    void shouldTrackNothingWhenTheSettingSaysSo(final Forwarding method, final int family) throws ServiceProblem {
        final boolean is4 = family == 4;
        rig.rule("-A INPUT -m conntrack --ctstate NEW -j ACCEPT" + (is4 ? "" : " -s ::/0"));
        rig.rule("-A OUTPUT -m conntrack --ctstate UNTRACKED -j ACCEPT" + (is4 ? "" : " -s ::/0"));
        rig.services.setSetting(ServiceRegistry.SOURCES, VIP + "," + VIP6);
        final ServiceKey web = rig.add(ServiceRig.udp(is4 ? VIP : VIP6, 80), "rr");
        rig.server(web, is4 ? "10.1.0.1" : "2001:db8:1::1", 80, method);
        for (int i = 0; i < 100; i++) {
            rig.fromClient(udp(is4 ? CLIENT : CLIENT6, 4000 + i % 10, is4 ? VIP : VIP6, 80));
        }
        final IpFamily of = is4 ? IpFamily.IPV4 : IpFamily.IPV6;
        assertEquals(List.of(100L), rig.seen(of, TableName.FILTER, "INPUT"));
        assertEquals(List.of(method == Forwarding.TUNNEL ? 0L : 100L), rig.seen(of, TableName.FILTER, "OUTPUT"));
        // Of a tunnel, the outer packets are tracked, as of any other.
        assertEquals(method == Forwarding.TUNNEL ? 1 : 0, tracked());
        rig.pass(1000);
        assertEquals(0, tracked());
        rig.assertAtRest(web);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "udp"})
    void shouldExpectAnswersFromTheServerWhenConnectionsAreTracked(final String protocol) throws ServiceProblem {
        rig.rule("-A INPUT -m conntrack --ctstate NEW -j ACCEPT");
        rig.rule("-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT");
        rig.rule("-A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT");
        rig.rule("-A FORWARD -j DROP");
        rig.rule("-A OUTPUT -m conntrack --ctstate NEW -j ACCEPT");
        rig.set("conntrack", 1);
        final boolean isTcp = protocol.equals("tcp");
        final ServiceKey key = rig.add(isTcp ? ServiceRig.tcp(VIP, 80) : ServiceRig.udp(VIP, 80), "rr");
        rig.server(key, "10.1.0.1", 8080, Forwarding.MASQUERADE);
        rig.fromClient(isTcp ? syn(CLIENT, 4000, VIP, 80) : udp(CLIENT, 4000, VIP, 80));
        assertEquals(1, tracked());
        assertEquals("forwarded 10.0.0.254:80 > 10.0.0.1:4000",
                rig.fromServer(isTcp ? synAck("10.1.0.1", 8080, CLIENT, 4000) : udp("10.1.0.1", 8080, CLIENT, 4000)));
        assertRight(rig.engine.ports[TestEngine.LAN].sent.getLast());
        assertEquals("forwarded 10.0.0.1:4000 > 10.1.0.1:8080",
                rig.fromClient(isTcp ? ack(CLIENT, 4000, VIP, 80) : udp(CLIENT, 4000, VIP, 80)));
        assertEquals(List.of(1L, 1L), seen("INPUT"));
        assertEquals(List.of(1L, 0L), seen("FORWARD"));
        assertEquals(List.of(1L), seen("OUTPUT"));
        rig.pass(500_000);
        assertEquals(0, tracked());
        rig.assertAtRest(key);
    }

    @Test
    void shouldExpectAnswersFromTheNewServerWhenTheConnectionIsBegunAnew() throws ServiceProblem {
        rig.rule("-A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT");
        rig.rule("-A FORWARD -j DROP");
        rig.set("conntrack", 1);
        final ServiceKey web = rig.add(ServiceRig.tcp(VIP, 80), "rr");
        final ServerKey one = rig.server(web, "10.1.0.1", 80, Forwarding.MASQUERADE);
        rig.fromClient(syn(CLIENT, 4000, VIP, 80));
        rig.fromServer(synAck("10.1.0.1", 80, CLIENT, 4000));
        rig.fromClient(ack(CLIENT, 4000, VIP, 80));
        rig.server(web, "10.1.0.2", 80, Forwarding.MASQUERADE);
        rig.set("expire_nodest_conn", 1);
        rig.services.deleteServer(web, one);
        // What is tracked goes to the old server: it ends with this packet, and the client sends it again.
        assertEquals("dropped connection_gone", rig.fromClient(syn(CLIENT, 4000, VIP, 80)));
        assertEquals("forwarded 10.0.0.1:4000 > 10.1.0.2:80", rig.fromClient(syn(CLIENT, 4000, VIP, 80)));
        assertEquals("forwarded 10.0.0.254:80 > 10.0.0.1:4000", rig.fromServer(synAck("10.1.0.2", 80, CLIENT, 4000)));
        assertEquals(1, rig.connections().size());
    }

    @Test
    void shouldTranslateTheSourceTooWhenARuleSaysSo() throws ServiceProblem {
        rig.rule("-t nat -A POSTROUTING -o wan -p tcp -j SNAT --to-source 10.0.0.254");
        rig.rule("-A FORWARD -m conntrack --ctstate INVALID -j DROP");
        rig.set("conntrack", 1);
        final ServiceKey web = rig.add(ServiceRig.tcp(VIP, 80), "rr");
        rig.server(web, "10.1.0.1", 80, Forwarding.MASQUERADE);
        final String sent = rig.fromClient(syn(CLIENT, 4000, VIP, 80));
        assertEquals("forwarded 10.0.0.254:4000 > 10.1.0.1:80", sent);
        assertRight(rig.engine.ports[TestEngine.WAN].sent.getLast());
        assertEquals("forwarded 10.0.0.254:80 > 10.0.0.1:4000", rig.fromServer(synAck("10.1.0.1", 80, VIP, 4000)));
        assertRight(rig.engine.ports[TestEngine.LAN].sent.getLast());
        assertEquals("forwarded 10.0.0.254:4000 > 10.1.0.1:80", rig.fromClient(ack(CLIENT, 4000, VIP, 80)));
        assertEquals("ESTABLISHED", rig.connections().getFirst().replaceAll(".* ", ""));
        assertEquals("forwarded 10.0.0.254:4000 > 10.1.0.1:80", rig.fromClient(fin(CLIENT, 4000, VIP, 80)));
    }

    @Test
    void shouldServeWhatARuleHasSentToTheService() throws ServiceProblem {
        rig.rule("-t nat -A PREROUTING -p tcp -d 10.0.0.254 --dport 8000 -j DNAT --to-destination 10.0.0.254:80");
        rig.set("conntrack", 1);
        final ServiceKey web = rig.add(ServiceRig.tcp(VIP, 80), "rr");
        rig.server(web, "10.1.0.1", 80, Forwarding.MASQUERADE);
        assertEquals("forwarded 10.0.0.1:4000 > 10.1.0.1:80", rig.fromClient(syn(CLIENT, 4000, VIP, 8000)));
        assertEquals("forwarded 10.0.0.254:8000 > 10.0.0.1:4000", rig.fromServer(synAck("10.1.0.1", 80, CLIENT, 4000)));
        assertEquals("forwarded 10.0.0.1:4000 > 10.1.0.1:80", rig.fromClient(ack(CLIENT, 4000, VIP, 8000)));
    }
}
