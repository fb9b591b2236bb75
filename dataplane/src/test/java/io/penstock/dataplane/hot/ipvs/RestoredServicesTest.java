package io.penstock.dataplane.hot.ipvs;

import static io.penstock.dataplane.hot.ipvs.ServicePackets.ack;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.syn;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.synAck;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.udp;
import static io.penstock.dataplane.hot.ipvs.ServiceRig.CLIENT;
import static io.penstock.dataplane.hot.ipvs.ServiceRig.CLIENT6;
import static io.penstock.dataplane.hot.ipvs.ServiceRig.VIP;
import static io.penstock.dataplane.hot.ipvs.ServiceRig.VIP6;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.ipvs.model.Forwarding;
import io.penstock.dataplane.ipvs.model.RemovalPolicy;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServerSpec;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.dataplane.ipvs.model.ServiceSpec;
import io.penstock.dataplane.ipvs.model.TunnelSpec;
import io.penstock.dataplane.ipvs.text.IpvsadmCommand;
import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Services that are removed and restored under traffic: packets do not see what is between. */
final class RestoredServicesTest {

    private static final String SAVED = """
            -A -t 10.0.0.254:80 -s rr
            -a -t 10.0.0.254:80 -r 10.1.0.1:80 -m -w 1
            -a -t 10.0.0.254:80 -r 10.1.0.2:80 -m -w 1
            -A -u 10.0.0.254:53 -s rr -p 300
            -a -u 10.0.0.254:53 -r 10.1.0.1:53 -m -w 1
            -a -u 10.0.0.254:53 -r 10.1.0.2:53 -m -w 1
            -A -t [2001:db8::fe]:80 -s rr
            -a -t [2001:db8::fe]:80 -r [2001:db8:1::1]:80 -m -w 1
            """;

    private final ServiceRig rig = new ServiceRig();
    private final IpvsadmCommand ipvsadm = new IpvsadmCommand(rig.services);
    private final ServiceKey web = ServiceRig.tcp(VIP, 80);
    private final ServiceKey dns = ServiceRig.udp(VIP, 53);
    private final ServiceKey web6 = ServiceRig.tcp(VIP6, 80);
    private String resolver;
    private int nextPort = 6000;
    private long packets;

    @BeforeEach
    void begin() {
        restore(SAVED);
        open(4000, "10.1.0.1");
        open(4001, "10.1.0.2");
        resolver = resolver(5000);
        assertTrue(fromClient(syn(CLIENT6, 4000, VIP6, 80)).startsWith("forwarded "));
    }

    @AfterEach
    void end() {
        rig.engine.assertBooks();
        rig.close();
    }

    private int restore(final String lines) {
        final PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
        return ipvsadm.restore(new ByteArrayInputStream(lines.getBytes(StandardCharsets.ISO_8859_1)), nowhere, nowhere);
    }

    private String fromClient(final byte[] packet) {
        final String outcome = rig.fromClient(packet);
        packets += outcome.startsWith("forwarded") ? 1 : 0;
        return outcome;
    }

    private void open(final int port, final String server) {
        while (!fromClient(syn(CLIENT, port, VIP, 80)).endsWith(server + ":80")) {
            // Until it is forgotten.
            rig.pass(200);
        }
        rig.fromServer(synAck(server, 80, CLIENT, port));
        fromClient(ack(CLIENT, port, VIP, 80));
    }

    private String resolver(final int port) {
        return fromClient(udp(CLIENT, port, VIP, 53)).replaceAll(".*> ", "");
    }

    private String goesOn(final int port) {
        return fromClient(ack(CLIENT, port, VIP, 80));
    }

    /** New connections and those that are there, answers, clients that stay, of both families: all as if nobody did anything. */
    private void assertServed() {
        assertEquals("forwarded 10.0.0.1:4000 > 10.1.0.1:80", goesOn(4000));
        assertEquals("forwarded 10.0.0.1:4001 > 10.1.0.2:80", goesOn(4001));
        assertEquals("forwarded 10.0.0.254:80 > 10.0.0.1:4000", rig.fromServer(ack("10.1.0.1", 80, CLIENT, 4000)));
        assertEquals(Set.of("10.1.0.1:80", "10.1.0.2:80"), newServers());
        assertEquals(resolver, resolver(5000));
        assertEquals(resolver, resolver(nextPort++));
        assertEquals("forwarded 2001:db8::1:4000 > 2001:db8:1::1:80", fromClient(ack(CLIENT6, 4000, VIP6, 80)));
        assertTrue(fromClient(syn(CLIENT6, nextPort++, VIP6, 80)).startsWith("forwarded "));
    }

    /** The servers of four new clients. */
    private Set<String> newServers() {
        final Set<String> servers = new HashSet<>();
        for (int i = 0; i < 4; i++) {
            servers.add(fromClient(syn(CLIENT, nextPort++, VIP, 80)).replaceAll(".*> ", ""));
        }
        return servers;
    }

    private interface Step {
        void make() throws ServiceProblem;
    }

    private void step(final Step step) {
        try {
            step.make();
        } catch (final ServiceProblem e) {
            throw new IllegalStateException(e.toString(), e);
        }
        assertServed();
    }

    private void addServers(final ServiceKey service, final int port, final int persistenceSeconds) {
        step(() -> rig.add(service, "rr", 0, persistenceSeconds));
        step(() -> rig.server(service, "10.1.0.1", port, Forwarding.MASQUERADE));
        step(() -> rig.server(service, "10.1.0.2", port, Forwarding.MASQUERADE));
    }

    @ParameterizedTest
    @CsvSource({"KERNEL,0", "KERNEL,1", "KEEP,0", "RESET,0", "REHASH,0"})
    void shouldServeAllTheTimeWhenTheSameIsRestored(final RemovalPolicy policy, final int expireNodestConn) throws ServiceProblem {
        rig.set("expire_nodest_conn", expireNodestConn);
        rig.services.setRemovalPolicy(web, policy);
        rig.services.setRemovalPolicy(dns, policy);
        assertServed();
        rig.services.together(() -> {
            step(rig.services::flush);
            addServers(web, 80, 0);
            addServers(dns, 53, 300);
            step(() -> rig.add(web6, "rr", 0, 0));
            step(() -> rig.server(web6, "2001:db8:1::1", 80, Forwarding.MASQUERADE));
        });
        assertServed();
        assertEquals(packets, rig.services.total().packetsIn());
        rig.pass(2000);
        rig.assertAtRest(web);
        rig.assertAtRest(dns);
    }

    @Test
    void shouldTellAllAtOnceWhenSomethingElseIsRestored() throws ServiceProblem {
        rig.services.together(() -> {
            step(rig.services::flush);
            step(() -> rig.add(web, "wlc", 0, 600));
            step(() -> rig.server(web, "10.1.0.3", 80, Forwarding.MASQUERADE));
            step(() -> rig.server(web, "10.1.0.1", 80, new ServerSpec(Forwarding.MASQUERADE, 0, 0, 0, TunnelSpec.IPIP)));
        });
        assertEquals("forwarded 10.0.0.1:4000 > 10.1.0.1:80", goesOn(4000));
        assertEquals("dropped server_unavailable", goesOn(4001));
        assertEquals(Set.of("10.1.0.3:80"), newServers());
        assertEquals("dropped server_unavailable", rig.fromClient(udp(CLIENT, 5000, VIP, 53)));
        assertEquals("delivered", rig.fromClient(udp(CLIENT, nextPort, VIP, 53)));
        assertEquals("delivered", rig.fromClient(ack(CLIENT6, 4000, VIP6, 80)));
    }

    @Test
    void shouldTellAllAtOnceWhenServersAndServicesAreEdited() {
        rig.services.together(() -> {
            step(() -> rig.services.editServer(web, new ServerKey(ServiceRig.address("10.1.0.1"), 80),
                    new ServerSpec(Forwarding.MASQUERADE, 0, 0, 0, TunnelSpec.IPIP)));
            step(() -> rig.services.deleteServer(web, new ServerKey(ServiceRig.address("10.1.0.2"), 80)));
            step(() -> rig.server(web, "10.1.0.3", 80, Forwarding.MASQUERADE));
            step(() -> rig.services.editService(web, new ServiceSpec("rr", 0, 600, 32, null)));
            step(() -> rig.services.deleteService(web6));
        });
        assertEquals(Set.of("10.1.0.3:80"), newServers());
        assertEquals("dropped server_unavailable", goesOn(4001));
        assertEquals("delivered", rig.fromClient(ack(CLIENT6, 4000, VIP6, 80)));
    }

    @Test
    void shouldServeWhatCameBeforeWhenALineIsWrong() {
        assertNotEquals(0, restore("""
                -A -t 10.0.0.254:80 -s rr
                -a -t 10.0.0.254:80 -r 10.1.0.1:80 -m
                -A -t 5
                -a -t 10.0.0.254:80 -r 10.1.0.2:80 -m
                """));
        assertEquals("forwarded 10.0.0.1:4000 > 10.1.0.1:80", goesOn(4000));
        assertEquals("dropped server_unavailable", goesOn(4001));
        assertEquals(Set.of("10.1.0.1:80"), newServers());
        assertEquals("dropped server_unavailable", rig.fromClient(udp(CLIENT, 5000, VIP, 53)));
        assertEquals("delivered", rig.fromClient(udp(CLIENT, nextPort, VIP, 53)));
        assertEquals("delivered", rig.fromClient(ack(CLIENT6, 4000, VIP6, 80)));
        assertEquals(0, restore(SAVED));
        assertServed();
    }

    @Test
    void shouldServeNothingWhenThereIsNothingToRestore() {
        assertEquals(0, restore(""));
        assertEquals("delivered", rig.fromClient(ack(CLIENT, 4000, VIP, 80)));
        assertEquals("delivered", rig.fromClient(syn(CLIENT6, 4001, VIP6, 80)));
        assertEquals(0, restore(SAVED));
        assertServed();
    }

    @Test
    void shouldServeWhatIsThereWhenTheChangeThrows() {
        assertThrows(IllegalStateException.class, () -> rig.services.together(() -> {
            rig.services.flush();
            step(() -> rig.add(web, "rr"));
            throw new IllegalStateException("in between");
        }));
        assertEquals("dropped service_unavailable", rig.fromClient(syn(CLIENT, nextPort, VIP, 80)));
        assertEquals("dropped server_unavailable", goesOn(4000));
        assertEquals(0, restore(SAVED));
        assertServed();
    }
}
