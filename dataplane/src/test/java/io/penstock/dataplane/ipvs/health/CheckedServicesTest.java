package io.penstock.dataplane.ipvs.health;

import static io.penstock.dataplane.hot.ipvs.ServiceRig.CLIENT;
import static io.penstock.dataplane.hot.ipvs.ServiceRig.VIP;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.hot.ipvs.ServiceRig;
import io.penstock.dataplane.ipvs.health.HealthRule.Initial;
import io.penstock.dataplane.ipvs.health.HealthRule.OnDown;
import io.penstock.dataplane.ipvs.model.Forwarding;
import io.penstock.dataplane.ipvs.model.RemovalPolicy;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServerSpec;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.dataplane.ipvs.model.TunnelSpec;
import io.penstock.dataplane.testkit.FlowPackets;
import io.penstock.os.netlink.IpAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Checks over the services that packets meet: what clients see when a server fails, is drained, or comes back. */
final class CheckedServicesTest {

    private static final String ONE = "10.1.0.1";
    private static final String TWO = "10.1.0.2";
    private static final String SORRY = "10.1.0.99";

    private final ServiceRig rig = new ServiceRig();
    private final List<String> log = new ArrayList<>();
    private final Set<IpAddress> failing = new HashSet<>();
    private ServiceKey web;
    private ServerKey one;
    private ServerKey two;
    private HealthChecks checks;
    private int nextPort = 5000;

    @BeforeEach
    void twoServers() throws ServiceProblem {
        web = rig.add(ServiceRig.tcp(VIP, 80), "rr");
        one = rig.server(web, ONE, 8080, new ServerSpec(Forwarding.MASQUERADE, 5, 100, 50, TunnelSpec.IPIP));
        two = rig.server(web, TWO, 8080, Forwarding.MASQUERADE);
    }

    @AfterEach
    void end() {
        checks.close();
        rig.engine.assertBooks();
        rig.close();
    }

    private void begin(final OnDown onDown, final RemovalPolicy policy) {
        begin(new HealthRule(web, new ToldCheck(failing), 0, Duration.ofSeconds(1), Duration.ofSeconds(1), 1, 1, 0, Initial.UP, onDown,
                policy, 1, new SorryServer(IpAddress.parse(SORRY), 8000, Forwarding.MASQUERADE)));
    }

    private void begin(final HealthRule rule) {
        checks = new HealthChecks(
                rig.services, List.of(rule), log::add, () -> rig.engine.nowNs, CheckOrigin.here(), Runnable::run, 1);
        pass(2);
    }

    private void pass(final int seconds) {
        for (int i = 0; i < seconds; i++) {
            rig.pass(1);
            checks.pass();
        }
    }

    private void fail(final String... addresses) {
        failing.clear();
        for (final String address : addresses) {
            failing.add(IpAddress.parse(address));
        }
        pass(2);
    }

    private String packet(final int port, final int flags) {
        return rig.fromClient(FlowPackets.tcp(CLIENT, port, VIP, 80, flags, 1, 0)).replaceAll(" .*> ", " ");
    }

    /** Where a new client gets to. */
    private String newClient() {
        return packet(nextPort++, FlowPackets.SYN);
    }

    /** A connection of a client's port to this server. */
    private int connected(final ServerKey server) {
        for (;;) {
            final int port = nextPort++;
            if (packet(port, FlowPackets.SYN).endsWith(Names.of(server))) {
                rig.fromServer(FlowPackets.tcp(
                        server.address().toString(), server.port(), CLIENT, port, FlowPackets.SYN | FlowPackets.ACK, 7, 2));
                assertEquals("forwarded " + Names.of(server), packet(port, FlowPackets.ACK));
                return port;
            }
        }
    }

    private void assertNewClientsGetTo(final ServerKey server) {
        for (int i = 0; i < 4; i++) {
            assertEquals("forwarded " + Names.of(server), newClient());
        }
    }

    @Test
    void shouldSendNewClientsToTheOthersAndKeepConnectionsWhenAServerFailsAndThePolicyKeeps() {
        begin(OnDown.WEIGHT_ZERO, RemovalPolicy.KEEP);
        final int port = connected(one);
        fail(ONE);
        assertNewClientsGetTo(two);
        assertEquals("forwarded 10.1.0.1:8080", packet(port, FlowPackets.ACK));
        fail();
        assertEquals(new ServerSpec(Forwarding.MASQUERADE, 5, 100, 50, TunnelSpec.IPIP), rig.state(web, one).spec());
        assertTrue(Set.of(newClient(), newClient()).contains("forwarded 10.1.0.1:8080"));
    }

    @Test
    void shouldKeepConnectionsWhenAServerFailsAndNothingIsSaidOfThem() {
        begin(OnDown.WEIGHT_ZERO, null);
        final int port = connected(one);
        fail(ONE);
        assertNewClientsGetTo(two);
        assertEquals("forwarded 10.1.0.1:8080", packet(port, FlowPackets.ACK), "as IPVS with weight 0");
    }

    @Test
    void shouldEndConnectionsWhenAServerFailsAndThePolicyResets() {
        for (final OnDown onDown : OnDown.values()) {
            begin(onDown, RemovalPolicy.RESET);
            final int port = connected(one);
            fail(ONE);
            assertNewClientsGetTo(two);
            final String outcome = packet(port, FlowPackets.ACK);
            assertTrue(!outcome.contains("10.1.0."), onDown + ": " + outcome);
            fail();
            checks.close();
        }
    }

    @Test
    void shouldSendClientsToTheSorryServerWhenAllFail() throws ServiceProblem {
        begin(OnDown.REMOVE, RemovalPolicy.REHASH);
        fail(ONE, TWO);
        assertNewClientsGetTo(new ServerKey(IpAddress.parse(SORRY), 8000));
        assertEquals(1, rig.services.service(web).orElseThrow().servers().size());
        fail(ONE);
        assertNewClientsGetTo(two);
        fail();
        assertEquals(5, rig.state(web, one).spec().weight());
        assertEquals(2, rig.services.service(web).orElseThrow().servers().size());
    }

    @Test
    void shouldWaitForConnectionsWhenAServerIsDrained() throws ServiceProblem {
        begin(OnDown.WEIGHT_ZERO, RemovalPolicy.RESET);
        final int port = connected(one);
        checks.drain(web, one, Duration.ofSeconds(60), true);
        assertNewClientsGetTo(two);
        pass(30);
        assertEquals("forwarded 10.1.0.1:8080", packet(port, FlowPackets.ACK));
        assertTrue(rig.services.service(web).orElseThrow().servers().stream().anyMatch(s -> s.key().equals(one)));
        pass(35);
        assertTrue(rig.services.service(web).orElseThrow().servers().stream().noneMatch(s -> s.key().equals(one)));
        assertTrue(log.getLast().startsWith("server 10.1.0.1:8080 of tcp 10.0.0.254:80 has had its time to drain, with "), log.getLast());
        assertTrue(!packet(port, FlowPackets.ACK).contains("10.1.0."));
        assertNewClientsGetTo(two);
    }

    @Test
    void shouldRemoveAServerSoonerWhenItsConnectionsHaveEnded() throws ServiceProblem {
        begin(OnDown.WEIGHT_ZERO, RemovalPolicy.KEEP);
        assertEquals(0, rig.state(web, one).active());
        checks.drain(web, one, Duration.ofHours(1), true);
        pass(2);
        assertEquals(1, rig.services.service(web).orElseThrow().servers().size());
        assertEquals("server 10.1.0.1:8080 of tcp 10.0.0.254:80 is drained: it is removed", log.getLast());
    }

    @Test
    void shouldPutBackAServerOfThisHostWhenItIsUpAgain() throws ServiceProblem {
        final ServerKey host = rig.server(web, VIP, 80, new ServerSpec(Forwarding.ROUTE, 3, 0, 0, TunnelSpec.IPIP));
        final ServerSpec before = rig.state(web, host).spec();
        begin(OnDown.WEIGHT_ZERO, RemovalPolicy.KEEP);
        fail(VIP);
        assertEquals(0, rig.state(web, host).spec().weight());
        fail();
        assertEquals(before, rig.state(web, host).spec());
        assertEquals(2, log.size(), log::toString);
    }
}
