package io.penstock.dataplane.hot.ipvs;

import static io.penstock.dataplane.hot.ipvs.ServiceRig.CLIENT;
import static io.penstock.dataplane.hot.ipvs.ServiceRig.CLIENT6;
import static io.penstock.dataplane.hot.ipvs.ServiceRig.VIP;
import static io.penstock.dataplane.hot.ipvs.ServiceRig.VIP6;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.dataplane.ipvs.model.Forwarding;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.dataplane.testkit.FlowPackets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Packets of virtual services on their way. */
final class ServicePathTest {

    private final ServiceRig rig = new ServiceRig();

    @AfterEach
    void end() {
        rig.engine.assertBooks();
        rig.close();
    }

    private static byte[] syn(final String client, final int port, final String to, final int service) {
        return FlowPackets.tcp(client, port, to, service, FlowPackets.SYN, 1, 0);
    }

    @Test
    void shouldTranslateBothWaysWhenTheServerIsReachedByNat() throws ServiceProblem {
        final ServiceKey web = rig.add(ServiceRig.tcp(VIP, 80), "rr");
        final ServerKey one = rig.server(web, "10.1.0.1", 8080, Forwarding.MASQUERADE);
        assertEquals("forwarded 10.0.0.1:4000 > 10.1.0.1:8080", rig.fromClient(syn(CLIENT, 4000, VIP, 80)));
        assertEquals(List.of("6 10.0.0.1:4000 10.0.0.254:80 10.1.0.1:8080 SYN_RECV"), rig.connections());
        assertEquals("forwarded 10.0.0.254:80 > 10.0.0.1:4000",
                rig.fromServer(FlowPackets.tcp("10.1.0.1", 8080, CLIENT, 4000, FlowPackets.SYN | FlowPackets.ACK, 7, 2)));
        assertEquals("forwarded 10.0.0.1:4000 > 10.1.0.1:8080",
                rig.fromClient(FlowPackets.tcp(CLIENT, 4000, VIP, 80, FlowPackets.ACK, 2, 8)));
        assertEquals(List.of("6 10.0.0.1:4000 10.0.0.254:80 10.1.0.1:8080 ESTABLISHED"), rig.connections());
        assertEquals(1, rig.state(web, one).active());
        assertEquals(2, rig.state(web, one).traffic().packetsIn());
        assertEquals(1, rig.state(web, one).traffic().packetsOut());
        assertEquals(1, rig.state(web, one).traffic().connections());
        rig.pass(1000);
        assertEquals(List.of(), rig.connections());
        assertEquals(0, rig.state(web, one).active() + rig.state(web, one).inactive());
    }

    @Test
    void shouldTranslateBothWaysWhenTheServiceIsOfIpv6() throws ServiceProblem {
        final ServiceKey dns = rig.add(ServiceRig.udp(VIP6, 53), "wlc");
        rig.server(dns, "2001:db8:1::5", 5353, Forwarding.MASQUERADE);
        assertEquals("forwarded 2001:db8::1:4000 > 2001:db8:1::5:5353", rig.fromClient(FlowPackets.udp(CLIENT6, 4000, VIP6, 53, 9)));
        assertEquals("forwarded 2001:db8::fe:53 > 2001:db8::1:4000", rig.fromServer(FlowPackets.udp("2001:db8:1::5", 5353, CLIENT6, 4000, 9)));
        assertEquals(List.of("17 2001:db8::1:4000 2001:db8::fe:53 2001:db8:1::5:5353 UDP"), rig.connections());
    }

    @Test
    void shouldLeaveThePacketAsItIsWhenItIsRoutedDirectly() throws ServiceProblem {
        final ServiceKey web = rig.add(ServiceRig.tcp(VIP, 80), "wrr");
        rig.server(web, "10.1.0.1", 80, Forwarding.ROUTE);
        assertEquals("forwarded 10.0.0.1:4000 > 10.0.0.254:80", rig.fromClient(syn(CLIENT, 4000, VIP, 80)));
    }

    @Test
    void shouldPutThePacketIntoAnotherWhenTheServerIsReachedByATunnel() throws ServiceProblem {
        final ServiceKey web = rig.add(ServiceRig.tcp(VIP, 80), "wrr");
        rig.server(web, "10.1.0.1", 80, Forwarding.TUNNEL);
        final int before = rig.engine.ports[1].sent.size();
        final byte[] syn = syn(CLIENT, 4000, VIP, 80);
        rig.fromClient(syn);
        assertEquals(1, rig.engine.ports[1].sent.size() - before, rig.engine.outcome(0));
        assertEquals(syn.length + 20, rig.engine.ports[1].sent.getLast().length);
    }

    @Test
    void shouldTellTheClientWhenThereIsNoServer() throws ServiceProblem {
        rig.add(ServiceRig.tcp(VIP, 80), "rr");
        assertEquals("dropped service_unavailable", rig.fromClient(syn(CLIENT, 4000, VIP, 80)));
        assertEquals("delivered", rig.fromClient(syn(CLIENT, 4000, VIP, 81)));
    }

    @Test
    void shouldKeepAClientWithItsServerWhenTheServiceIsPersistent() throws ServiceProblem {
        final ServiceKey web = rig.add(ServiceRig.tcp(VIP, 80), "rr", 0, 300);
        rig.server(web, "10.1.0.1", 80, Forwarding.MASQUERADE);
        rig.server(web, "10.1.0.2", 80, Forwarding.MASQUERADE);
        final String first = rig.fromClient(syn(CLIENT, 4000, VIP, 80)).replaceAll(".*> ", "");
        for (int port = 4001; port < 4010; port++) {
            assertEquals(first, rig.fromClient(syn(CLIENT, port, VIP, 80)).replaceAll(".*> ", ""));
        }
        assertEquals(11, rig.connections().size());
        rig.pass(200);
        assertEquals(1, rig.connections().size(), rig.connections().toString());
        rig.pass(200);
        assertEquals(List.of(), rig.connections());
    }
}
