package io.penstock.dataplane.ipvs.health;

import static io.penstock.dataplane.hot.ipvs.ServiceRig.VIP;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.penstock.dataplane.hot.ipvs.ServiceRig;
import io.penstock.dataplane.ipvs.health.HealthRule.Initial;
import io.penstock.dataplane.ipvs.health.HealthRule.OnDown;
import io.penstock.dataplane.ipvs.health.HealthStatus.Role;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that stay with their servers, when checks or a drain take those out: they get others. An operator's own weight of 0 lets them stay. */
final class PersistentClientsTest {

    private static final String FIRST = "10.0.0.1";
    private static final String SECOND = "10.0.0.3";
    private static final String SORRY = "10.1.0.99";
    private static final int PERSISTENCE_SECONDS = 300;

    private final ServiceRig rig = new ServiceRig();
    private final List<String> log = new ArrayList<>();
    private final Set<IpAddress> failing = new HashSet<>();
    private ServiceKey web;
    private HealthChecks checks;
    private int nextPort = 5000;

    @BeforeEach
    void twoServers() throws ServiceProblem {
        web = rig.add(ServiceRig.tcp(VIP, 80), "rr", 0, PERSISTENCE_SECONDS);
        rig.server(web, "10.1.0.1", 80, Forwarding.MASQUERADE);
        rig.server(web, "10.1.0.2", 80, Forwarding.MASQUERADE);
        begin(OnDown.WEIGHT_ZERO, null);
    }

    @AfterEach
    void end() {
        checks.close();
        rig.pass(2000);
        assertEquals(List.of(), rig.connections());
        rig.engine.assertBooks();
        rig.close();
    }

    private void begin(final OnDown onDown, final SorryServer sorry) {
        if (checks != null) {
            checks.close();
        }
        final HealthRule rule = new HealthRule(web, new ToldCheck(failing), 0, Duration.ofSeconds(1), Duration.ofSeconds(1), 1, 1, 0, Initial.UP, onDown,
                RemovalPolicy.KERNEL, 1, sorry);
        checks = new HealthChecks(rig.services, List.of(rule), log::add, () -> rig.engine.nowNs, CheckOrigin.here(), Runnable::run, 1);
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

    private static ServerKey key(final String server) {
        return new ServerKey(IpAddress.parse(server), 80);
    }

    private static ServerSpec weight(final int weight) {
        return new ServerSpec(Forwarding.MASQUERADE, weight, 0, 0, TunnelSpec.IPIP);
    }

    /** The server that a packet goes to; or what becomes of it. */
    private String packet(final String client, final int port, final int flags) {
        return rig.fromClient(FlowPackets.tcp(client, port, VIP, 80, flags, 1, 0)).replaceAll(".*> (.*):80", "$1");
    }

    /** The server that a client's next connection goes to. */
    private String to(final String client) {
        return packet(client, nextPort++, FlowPackets.SYN);
    }

    /** A client's connection that both ends have closed, so that only the client is left; its server. */
    private String closed(final String client) {
        final int port = nextPort++;
        final String server = packet(client, port, FlowPackets.SYN);
        rig.fromServer(FlowPackets.tcp(server, 80, client, port, FlowPackets.SYN | FlowPackets.ACK, 7, 2));
        packet(client, port, FlowPackets.ACK);
        packet(client, port, FlowPackets.FIN | FlowPackets.ACK);
        rig.fromServer(FlowPackets.tcp(server, 80, client, port, FlowPackets.FIN | FlowPackets.ACK, 8, 3));
        packet(client, port, FlowPackets.ACK);
        return server;
    }

    @ParameterizedTest
    @EnumSource(OnDown.class)
    void shouldGetAnotherServerWhenTheirsIsDown(final OnDown onDown) {
        begin(onDown, null);
        final int port = nextPort;
        final String server = to(FIRST);
        assertEquals(server, to(FIRST));
        fail(server);
        for (int i = 0; i < 3; i++) {
            assertNotEquals(server, to(FIRST));
        }
        if (onDown == OnDown.WEIGHT_ZERO) {
            assertEquals(server, packet(FIRST, port, FlowPackets.ACK), "a connection goes on");
        }
        fail();
        assertNotEquals(server, to(FIRST), "it has moved for good");
    }

    @Test
    void shouldStayWhenTheyHaveNotAskedWhileTheirServerWasDown() {
        final String server = to(FIRST);
        fail(server);
        fail();
        assertEquals(server, to(FIRST));
    }

    @Test
    void shouldGetNoServerWhenAllAreDown() {
        to(FIRST);
        fail("10.1.0.1", "10.1.0.2");
        assertEquals("dropped service_unavailable", to(FIRST));
        fail();
        assertEquals(to(FIRST), to(FIRST));
    }

    @Test
    void shouldGetTheSorryServerWhenAllAreDown() {
        begin(OnDown.WEIGHT_ZERO, new SorryServer(IpAddress.parse(SORRY), 80, Forwarding.MASQUERADE));
        to(FIRST);
        fail("10.1.0.1", "10.1.0.2");
        assertEquals(SORRY, to(FIRST));
        fail();
        assertEquals(2, rig.services.service(web).orElseThrow().servers().size());
        assertNotEquals(SORRY, to(FIRST));
    }

    @Test
    void shouldGetAnotherServerWhenTheirsIsDrained() throws ServiceProblem {
        final String server = to(FIRST);
        assertNotEquals(server, to(SECOND));
        final int port = nextPort - 2;
        checks.drain(web, key(server), Duration.ofHours(1), false);
        assertNotEquals(server, to(FIRST));
        assertEquals(server, packet(FIRST, port, FlowPackets.ACK), "its connection goes on");
    }

    @Test
    void shouldNotComeBackWhenTheirServerHasBeenDrained() throws ServiceProblem {
        final String server = closed(FIRST);
        checks.drain(web, key(server), Duration.ofHours(1), false);
        pass(3);
        assertEquals(Role.DRAINED, checks.status().stream().filter(status -> status.server().equals(key(server))).findFirst().orElseThrow().role());
        assertEquals(1, rig.state(web, key(server)).persistent());
        assertNotEquals(server, to(FIRST));
        checks.undrain(web, key(server));
        assertNotEquals(server, to(FIRST), "it has moved for good");
    }

    @Test
    void shouldStayWhenTheirServerIsTakenBack() throws ServiceProblem {
        final String server = closed(FIRST);
        checks.drain(web, key(server), Duration.ofHours(1), false);
        pass(3);
        checks.undrain(web, key(server));
        assertEquals(server, to(FIRST));
        checks.drain(web, key(server), Duration.ofHours(1), false);
        checks.editServer(web, key(server), weight(3));
        assertEquals(server, to(FIRST));
    }

    @Test
    void shouldStayWhenTheOperatorsOwnWeightIsZeroUntilTheirServerFails() throws ServiceProblem {
        final String server = to(FIRST);
        final String other = to(SECOND);
        checks.editServer(web, key(other), weight(0));
        pass(2);
        assertEquals(other, to(SECOND), "as IPVS");
        fail(other);
        assertEquals(server, to(FIRST));
        fail();
        assertEquals(other, to(SECOND), "its weight is what the operator wants again");
        fail(other);
        assertEquals(server, to(SECOND));
        assertEquals(0, rig.state(web, key(other)).spec().weight());
    }

    @Test
    void shouldStayWhenTheServiceIsNotLookedAfterAnyMore() {
        final String server = to(FIRST);
        fail(server);
        checks.replace(List.of());
        assertEquals(server, to(FIRST));
    }
}
