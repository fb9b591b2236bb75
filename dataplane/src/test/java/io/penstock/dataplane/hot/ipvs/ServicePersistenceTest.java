package io.penstock.dataplane.hot.ipvs;

import static io.penstock.dataplane.hot.ipvs.ServicePackets.ack;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.fin;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.syn;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.synAck;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.udp;
import static io.penstock.dataplane.hot.ipvs.ServiceRig.CLIENT;
import static io.penstock.dataplane.hot.ipvs.ServiceRig.VIP;
import static io.penstock.dataplane.hot.ipvs.ServiceRig.VIP6;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.penstock.dataplane.ipvs.model.ConnectionState;
import io.penstock.dataplane.ipvs.model.Forwarding;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServerSpec;
import io.penstock.dataplane.ipvs.model.ServerState;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.dataplane.ipvs.model.ServiceSpec;
import io.penstock.dataplane.ipvs.model.TunnelSpec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients that stay with their servers, and for how long. */
final class ServicePersistenceTest {

    private final ServiceRig rig = new ServiceRig();

    @AfterEach
    void end() {
        rig.engine.assertBooks();
        rig.close();
    }

    private ServiceKey web(final int seconds, final int maskBits) throws ServiceProblem {
        final ServiceKey web = ServiceRig.tcp(VIP, 80);
        rig.services.addService(web, new ServiceSpec("rr", 0, seconds, maskBits, null));
        rig.server(web, "10.1.0.1", 80, Forwarding.MASQUERADE);
        rig.server(web, "10.1.0.2", 80, Forwarding.MASQUERADE);
        return web;
    }

    /** The server that a SYN goes to. */
    private String to(final String client, final int port) {
        return rig.fromClient(syn(client, port, VIP, 80)).replaceAll(".*> (.*):80", "$1");
    }

    private void open(final String client, final int port) {
        final String server = to(client, port);
        rig.fromServer(synAck(server, 80, client, port));
        rig.fromClient(ack(client, port, VIP, 80));
    }

    private void close(final String client, final int port, final String server) {
        rig.fromClient(fin(client, port, VIP, 80));
        rig.fromServer(fin(server, 80, client, port));
        rig.fromClient(ack(client, port, VIP, 80));
    }

    private List<ConnectionState> templates() {
        final List<ConnectionState> templates = new ArrayList<>();
        rig.services.connections(state -> {
            if (state.clientPort() == 0) {
                templates.add(state);
            }
        });
        return templates;
    }

    private long left() {
        return templates().getFirst().leftSeconds();
    }

    @Test
    void shouldTakeANetForOneClientWhenTheMaskSaysSo() throws ServiceProblem {
        final ServiceKey web = web(300, 24);
        final String server = to("10.0.0.1", 4000);
        for (int i = 3; i < 30; i++) {
            assertEquals(server, to("10.0.0." + i, 4000));
        }
        assertEquals(List.of("10.0.0.0"), templates().stream().map(state -> state.client().toString()).toList());
        assertEquals(1, rig.services.service(web).orElseThrow().servers().stream().mapToLong(ServerState::persistent).sum());
        rig.pass(1000);
        rig.assertAtRest(web);
    }

    @Test
    void shouldTakeAPrefixForOneClientWhenTheServiceIsOfIpv6() throws ServiceProblem {
        final ServiceKey dns = ServiceRig.udp(VIP6, 53);
        rig.services.addService(dns, new ServiceSpec("rr", 0, 300, 64, null));
        rig.server(dns, "2001:db8:1::1", 53, Forwarding.MASQUERADE);
        rig.server(dns, "2001:db8:1::2", 53, Forwarding.MASQUERADE);
        final String first = rig.fromClient(udp("2001:db8::1", 4000, VIP6, 53)).replaceAll(".*> ", "");
        assertEquals(first, rig.fromClient(udp("2001:db8::8:1", 4000, VIP6, 53)).replaceAll(".*> ", ""));
        assertEquals(List.of("2001:db8::"), templates().stream().map(state -> state.client().toString()).toList());
        rig.fromServer(udp(first.replaceAll(":53$", ""), 53, "2001:db8::1", 4000));
        assertEquals("ASSURED", templates().getFirst().state());
        rig.pass(1000);
        rig.assertAtRest(dns);
    }

    @Test
    void shouldStayAMinuteMoreAsLongAsConnectionsAreThere() throws ServiceProblem {
        final ServiceKey web = web(30, 32);
        open(CLIENT, 4000);
        assertEquals("ASSURED", templates().getFirst().state());
        final String server = templates().getFirst().server().toString();
        assertEquals(30, left());
        rig.pass(20);
        assertEquals(10, left(), 1);
        rig.pass(20);
        assertEquals(50, left(), 2);
        // What comes later stays as well, and lets the client begin anew.
        assertEquals(server, to(CLIENT, 4001));
        assertEquals(30, left());
        rig.pass(80);
        close(CLIENT, 4000, server);
        // The last connection waits for two minutes, and its client to the end of the minute that it has got then.
        rig.pass(110);
        assertEquals(2, rig.connections().size(), rig.connections().toString());
        rig.pass(15);
        assertEquals(1, rig.connections().size(), rig.connections().toString());
        rig.pass(60);
        rig.assertAtRest(web);
    }

    @Test
    void shouldStayAfterTheLastConnectionWhenTimeIsLeft() throws ServiceProblem {
        final ServiceKey web = web(600, 32);
        open(CLIENT, 4000);
        close(CLIENT, 4000, templates().getFirst().server().toString());
        rig.pass(300);
        assertEquals(1, rig.connections().size());
        assertEquals(300, left(), 15);
        assertEquals(1, rig.services.service(web).orElseThrow().servers().stream().mapToLong(ServerState::persistent).sum());
        rig.pass(320);
        rig.assertAtRest(web);
    }

    @Test
    void shouldGoToAnotherServerWhenItsOwnIsAway() throws ServiceProblem {
        final ServiceKey web = web(300, 32);
        final String first = to(CLIENT, 4000);
        final ServerKey server = new ServerKey(ServiceRig.address(first), 80);
        rig.services.deleteServer(web, server);
        assertNotEquals(first, to(CLIENT, 4001));
        assertEquals("dropped server_unavailable", rig.fromClient(syn(CLIENT, 4000, VIP, 80)));
        rig.server(web, first, 80, Forwarding.MASQUERADE);
        // It has moved for good.
        assertNotEquals(first, to(CLIENT, 4002));
        rig.pass(1000);
        rig.assertAtRest(web);
    }

    @Test
    void shouldStayWithAServerOfNoWeightUnlessTheSettingSaysOtherwise() throws ServiceProblem {
        final ServiceKey web = web(300, 32);
        final String first = to(CLIENT, 4000);
        rig.services.editServer(web, new ServerKey(ServiceRig.address(first), 80), new ServerSpec(Forwarding.MASQUERADE, 0, 0, 0, TunnelSpec.IPIP));
        assertEquals(first, to(CLIENT, 4001));
        rig.set("expire_quiescent_template", 1);
        assertNotEquals(first, to(CLIENT, 4002));
        assertEquals(first, to(CLIENT, 4001));
        rig.pass(1000);
        rig.assertAtRest(web);
    }

    @Test
    void shouldStayAboveTheThreshold() throws ServiceProblem {
        final ServiceKey web = web(300, 32);
        final String first = to(CLIENT, 4000);
        rig.services.editServer(web, new ServerKey(ServiceRig.address(first), 80), new ServerSpec(Forwarding.MASQUERADE, 1, 1, 0, TunnelSpec.IPIP));
        assertEquals(first, to(CLIENT, 4001));
        assertNotEquals(first, to("10.0.0.3", 4000));
        assertNotEquals(first, to("10.0.0.4", 4000));
    }

    @Test
    void shouldChooseForEachClientWhenPersistenceIsTakenBack() throws ServiceProblem {
        final ServiceKey web = web(300, 32);
        final String first = to(CLIENT, 4000);
        rig.services.editService(web, new ServiceSpec("rr", 0, 0, 32, null));
        assertNotEquals(to(CLIENT, 4001), to(CLIENT, 4002));
        rig.services.editService(web, new ServiceSpec("rr", 0, 300, 32, null));
        assertEquals(first, to(CLIENT, 4003));
        rig.services.deleteService(web);
        rig.pass(1000);
        assertEquals(List.of(), rig.connections());
    }

    @Test
    void shouldForgetClientsWhenAServersConnectionsAreEnded() throws ServiceProblem {
        final ServiceKey web = web(300, 32);
        open(CLIENT, 4000);
        final ServerKey server = new ServerKey(templates().getFirst().server(), 80);
        rig.services.endConnections(web, server);
        rig.services.maintain();
        assertEquals(List.of(), rig.connections());
        rig.pass(3);
        assertEquals(0, rig.state(web, server).persistent() + rig.state(web, server).active() + rig.state(web, server).inactive());
    }
}
