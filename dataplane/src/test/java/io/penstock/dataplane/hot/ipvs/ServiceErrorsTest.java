package io.penstock.dataplane.hot.ipvs;

import static io.penstock.dataplane.hot.ipvs.ServicePackets.assertRight;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.error;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.icmp;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.quoted;
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
import io.penstock.dataplane.ipvs.model.ServiceSpec;
import io.penstock.dataplane.testkit.FlowPackets;
import io.penstock.dataplane.testkit.TestEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** ICMP errors about connections to servers, both ways. */
final class ServiceErrorsTest {

    private static final String SERVER = "10.1.0.1";
    private static final String SERVER6 = "2001:db8:1::5";

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

    private ServiceKey web(final boolean is4, final Forwarding method) throws ServiceProblem {
        rig.services.setSetting(ServiceRegistry.SOURCES, VIP + "," + VIP6);
        final ServiceKey web = rig.add(ServiceRig.tcp(is4 ? VIP : VIP6, 80), "rr");
        rig.server(web, is4 ? SERVER : SERVER6, method == Forwarding.ROUTE ? 80 : 8080, method);
        rig.fromClient(syn(is4 ? CLIENT : CLIENT6, 4000, is4 ? VIP : VIP6, 80));
        return web;
    }

    private static int type(final boolean is4) {
        return is4 ? 3 : 1;
    }

    @ParameterizedTest
    @CsvSource({"true,MASQUERADE", "false,MASQUERADE", "true,FULL", "false,FULL"})
    void shouldTellTheServerWhatAClientsNetworkSays(final boolean is4, final Forwarding method) throws ServiceProblem {
        final ServiceKey web = web(is4, method);
        final String before = FlowPackets.ends(toServers()).replaceAll("(.*) > (.*)", "$2 > $1");
        final String vip = is4 ? VIP : VIP6;
        final String client = is4 ? CLIENT : CLIENT6;
        final String router = is4 ? "10.0.0.2" : "2001:db8::2";
        rig.fromClient(error(router, vip, type(is4), 1, 0, synAck(vip, 80, client, 4000)));
        assertEquals("forwarded", rig.engine.outcome(0));
        assertRight(toServers());
        assertEquals((method == Forwarding.FULL ? vip : router) + " > " + (is4 ? SERVER : SERVER6), ServicePackets.addresses(toServers()));
        assertEquals(before, FlowPackets.ends(quoted(toServers())));
        if (is4) {
            ServicePackets.assertHeaderRight(quoted(toServers()));
        }
        assertEquals(2, rig.services.service(web).orElseThrow().traffic().packetsIn());
    }

    @ParameterizedTest
    @CsvSource({"true,MASQUERADE", "false,MASQUERADE", "true,FULL", "false,FULL"})
    void shouldTellTheClientInTheServicesNameWhatAServerSays(final boolean is4, final Forwarding method) throws ServiceProblem {
        final ServiceKey web = web(is4, method);
        final byte[] sent = toServers();
        final String server = is4 ? SERVER : SERVER6;
        final String vip = is4 ? VIP : VIP6;
        final String client = is4 ? CLIENT : CLIENT6;
        rig.fromServer(error(server, method == Forwarding.FULL ? vip : client, type(is4), 3, 0, sent));
        assertEquals("forwarded", rig.engine.outcome(0));
        assertRight(toClients());
        assertEquals(vip + " > " + client, ServicePackets.addresses(toClients()));
        assertEquals(client + ":4000 > " + vip + ":80", FlowPackets.ends(quoted(toClients())));
        if (is4) {
            ServicePackets.assertHeaderRight(quoted(toClients()));
        }
        assertEquals(1, rig.services.service(web).orElseThrow().traffic().packetsOut());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldSendErrorsAsTheyAreWhenTheServerIsRoutedDirectly(final boolean is4) throws ServiceProblem {
        web(is4, Forwarding.ROUTE);
        final String vip = is4 ? VIP : VIP6;
        final byte[] error = error(is4 ? "10.0.0.2" : "2001:db8::2", vip, type(is4), 1, 0, synAck(vip, 80, is4 ? CLIENT : CLIENT6, 4000));
        rig.fromClient(error);
        assertEquals("forwarded", rig.engine.outcome(0));
        assertRight(toServers());
        assertEquals((is4 ? "10.0.0.2" : "2001:db8::2") + " > " + vip, ServicePackets.addresses(toServers()));
        assertEquals(vip + ":80 > " + (is4 ? CLIENT : CLIENT6) + ":4000", FlowPackets.ends(quoted(toServers())));
    }

    @Test
    void shouldDropErrorsWhoseChecksumIsWrong() throws ServiceProblem {
        web(true, Forwarding.MASQUERADE);
        final byte[] right = error("10.0.0.2", VIP, 3, 1, 0, synAck(VIP, 80, CLIENT, 4000));
        right[right.length - 1] ^= 1;
        assertEquals("dropped nat_untranslatable", rig.fromClient(right));
    }

    @Test
    void shouldKeepErrorsThatAreAboutNoConnection() throws ServiceProblem {
        web(true, Forwarding.MASQUERADE);
        assertEquals("delivered", rig.fromClient(error("10.0.0.2", VIP, 3, 1, 0, synAck(VIP, 80, CLIENT, 4999))));
        assertEquals("delivered", rig.fromClient(error(CLIENT, VIP, 8, 0, 7, synAck(VIP, 80, CLIENT, 4000))));
    }

    @Test
    void shouldBeginWithAnErrorWhenTheSettingSaysSo() throws ServiceProblem {
        final ServiceKey web = web(true, Forwarding.MASQUERADE);
        rig.set("schedule_icmp", 1);
        rig.fromClient(error("10.0.0.2", VIP, 3, 1, 0, synAck(VIP, 80, CLIENT, 4999)));
        assertEquals("forwarded", rig.engine.outcome(0));
        assertEquals("10.1.0.1:8080 > 10.0.0.1:4999", FlowPackets.ends(quoted(toServers())));
        assertEquals(2, rig.connections().size());
        // Without a server, an error is not answered with one.
        final int sent = rig.engine.ports[TestEngine.LAN].sent.size();
        rig.services.deleteServer(web, new ServerKey(ServiceRig.address(SERVER), 8080));
        assertEquals("dropped service_unavailable", rig.fromClient(error("10.0.0.2", VIP, 3, 1, 0, synAck(VIP, 80, CLIENT, 5000))));
        assertEquals(sent, rig.engine.ports[TestEngine.LAN].sent.size());
        rig.pass(1000);
        rig.assertAtRest(web);
    }

    @Test
    void shouldLeaveNothingWhenAnErrorIsScheduledOnItsOwn() throws ServiceProblem {
        final ServiceKey dns = rig.add(ServiceRig.udp(VIP, 53), "rr", ServiceSpec.ONE_PACKET, 0);
        rig.server(dns, SERVER, 53, Forwarding.MASQUERADE);
        rig.set("schedule_icmp", 1);
        for (int i = 0; i < 5; i++) {
            rig.fromClient(error("10.0.0.2", VIP, 3, 1, 0, udp(VIP, 53, CLIENT, 4999)));
            assertEquals("forwarded", rig.engine.outcome(0));
        }
        rig.assertAtRest(dns);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldAnswerThatThereIsNoServer(final boolean is4) throws ServiceProblem {
        rig.add(ServiceRig.udp(is4 ? VIP : VIP6, 53), "rr");
        final byte[] asked = udp(is4 ? CLIENT : CLIENT6, 4000, is4 ? VIP : VIP6, 53);
        assertTrue(rig.fromClient(asked).startsWith("dropped service_unavailable"));
        assertEquals(is4 ? "3/3 0" : "1/4 0", icmp(toClients()));
        assertRight(toClients());
        assertEquals(FlowPackets.ends(asked), FlowPackets.ends(quoted(toClients())));
    }

    @Test
    void shouldRefuseWhatNobodyAskedAServerForWhenTheSettingSaysSo() throws ServiceProblem {
        final ServiceKey web = web(true, Forwarding.MASQUERADE);
        final byte[] stray = synAck(SERVER, 8080, CLIENT, 4999);
        assertEquals("forwarded 10.1.0.1:8080 > 10.0.0.1:4999", rig.fromServer(stray));
        rig.set("nat_icmp_send", 1);
        rig.fromServer(stray);
        assertEquals("dropped service_unavailable", rig.engine.outcome(0));
        assertEquals("3/3 0", icmp(toServers()));
        assertEquals("forwarded 10.1.0.1:8080 > 10.0.0.1:4999", rig.fromServer(FlowPackets.tcp(SERVER, 8080, CLIENT, 4999, FlowPackets.RST, 1, 1)));
        assertEquals("forwarded 10.1.0.1:8081 > 10.0.0.1:4999", rig.fromServer(synAck(SERVER, 8081, CLIENT, 4999)));
        rig.services.deleteService(web);
        assertEquals("forwarded 10.1.0.1:8080 > 10.0.0.1:4999", rig.fromServer(stray));
    }
}
