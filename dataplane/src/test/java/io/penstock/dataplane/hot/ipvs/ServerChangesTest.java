package io.penstock.dataplane.hot.ipvs;

import static io.penstock.dataplane.hot.ipvs.ServicePackets.ack;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.fin;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.syn;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.synAck;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.udp;
import static io.penstock.dataplane.hot.ipvs.ServiceRig.CLIENT;
import static io.penstock.dataplane.hot.ipvs.ServiceRig.VIP;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.ipvs.model.Forwarding;
import io.penstock.dataplane.ipvs.model.RemovalPolicy;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServerSpec;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.dataplane.ipvs.model.ServiceSpec;
import io.penstock.dataplane.ipvs.model.Traffic;
import io.penstock.dataplane.ipvs.model.TunnelSpec;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of connections when servers change, go and come back, and what is counted of all that. */
final class ServerChangesTest {

    private static final String ONE = "forwarded 10.0.0.1:%d > 10.1.0.1:80";
    private static final String TWO = "forwarded 10.0.0.1:%d > 10.1.0.2:80";

    private final ServiceRig rig = new ServiceRig();
    private ServiceKey web;
    private ServerKey one;

    @BeforeEach
    void begin() throws ServiceProblem {
        web = rig.add(ServiceRig.tcp(VIP, 80), "rr");
        one = rig.server(web, "10.1.0.1", 80, Forwarding.MASQUERADE);
    }

    @AfterEach
    void end() {
        rig.engine.assertBooks();
        rig.close();
    }

    private static ServerSpec spec(final int weight, final long upper, final long lower) {
        return new ServerSpec(Forwarding.MASQUERADE, weight, upper, lower, TunnelSpec.IPIP);
    }

    /** Establishes a connection from a port. */
    private void open(final int port) {
        rig.fromClient(syn(CLIENT, port, VIP, 80));
        rig.fromServer(synAck("10.1.0.1", 80, CLIENT, port));
        rig.fromClient(ack(CLIENT, port, VIP, 80));
    }

    private String numbers() {
        return rig.state(web, one).active() + " " + rig.state(web, one).inactive() + " " + rig.state(web, one).persistent();
    }

    @Test
    void shouldKeepConnectionsAndBeginNoneWhenTheWeightIsZero() throws ServiceProblem {
        open(4000);
        rig.services.editServer(web, one, spec(0, 0, 0));
        assertEquals(ONE.formatted(4000), rig.fromClient(ack(CLIENT, 4000, VIP, 80)));
        assertEquals("dropped service_unavailable", rig.fromClient(syn(CLIENT, 4001, VIP, 80)));
        // A SYN of a connection that is there belongs to it.
        assertEquals(ONE.formatted(4000), rig.fromClient(syn(CLIENT, 4000, VIP, 80)));
        rig.set("expire_nodest_conn", 1);
        assertEquals("dropped service_unavailable", rig.fromClient(syn(CLIENT, 4000, VIP, 80)));
        rig.services.editServer(web, one, spec(1, 0, 0));
        assertEquals(ONE.formatted(4001), rig.fromClient(syn(CLIENT, 4001, VIP, 80)));
    }

    @Test
    void shouldBeginNoneAboveTheThresholdUntilThereAreFew() throws ServiceProblem {
        rig.services.editServer(web, one, spec(1, 4, 2));
        for (int port = 4000; port < 4004; port++) {
            assertEquals(ONE.formatted(port), rig.fromClient(syn(CLIENT, port, VIP, 80)));
        }
        assertEquals("dropped service_unavailable", rig.fromClient(syn(CLIENT, 4004, VIP, 80)));
        rig.services.editServer(web, one, spec(1, 5, 2));
        // Not below the lower one yet.
        assertEquals("dropped service_unavailable", rig.fromClient(syn(CLIENT, 4004, VIP, 80)));
        rig.services.editServer(web, one, spec(1, 0, 0));
        assertEquals(ONE.formatted(4004), rig.fromClient(syn(CLIENT, 4004, VIP, 80)));
        rig.services.editServer(web, one, spec(1, 4, 0));
        assertEquals("dropped service_unavailable", rig.fromClient(syn(CLIENT, 4005, VIP, 80)));
        rig.pass(200);
        assertEquals(ONE.formatted(4005), rig.fromClient(syn(CLIENT, 4005, VIP, 80)));
        rig.pass(200);
        rig.assertAtRest(web);
    }

    @Test
    void shouldDropPacketsWhileTheServerIsAwayAndGoOnWhenItIsBack() throws ServiceProblem {
        open(4000);
        open(4001);
        rig.services.deleteServer(web, one);
        assertEquals("dropped server_unavailable", rig.fromClient(ack(CLIENT, 4000, VIP, 80)));
        rig.pass(10);
        one = rig.server(web, "10.1.0.1", 80, Forwarding.MASQUERADE);
        assertEquals("2 0 0", numbers());
        assertEquals(2, rig.state(web, one).traffic().connections());
        assertEquals(ONE.formatted(4000), rig.fromClient(ack(CLIENT, 4000, VIP, 80)));
        assertEquals(5, rig.state(web, one).traffic().packetsIn());
        assertEquals(5, rig.services.total().packetsIn());
        rig.pass(1000);
        rig.assertAtRest(web);
    }

    @Test
    void shouldGoOnWhenServiceAndServerAreBack() throws ServiceProblem {
        open(4000);
        final ServiceKey other = rig.add(ServiceRig.tcp(VIP, 81), "rr");
        rig.services.flush();
        assertEquals("delivered", rig.fromClient(ack(CLIENT, 4000, VIP, 80)));
        web = rig.add(ServiceRig.tcp(VIP, 80), "wlc");
        assertEquals("dropped server_unavailable", rig.fromClient(ack(CLIENT, 4000, VIP, 80)));
        one = rig.server(web, "10.1.0.1", 80, Forwarding.MASQUERADE);
        assertEquals("1 0 0", numbers());
        assertEquals(ONE.formatted(4000), rig.fromClient(ack(CLIENT, 4000, VIP, 80)));
        // It is another service, and so counts from 0; what passed in all does not.
        assertEquals(new Traffic(0, 1, 0, 40, 0), rig.state(web, one).traffic());
        assertEquals(new Traffic(0, 1, 0, 40, 0), rig.services.service(web).orElseThrow().traffic());
        assertEquals(new Traffic(1, 3, 1, 120, 40), rig.services.total());
        assertTrue(rig.services.service(other).isEmpty());
        rig.pass(1000);
        rig.assertAtRest(web);
    }

    @Test
    void shouldEndConnectionsAtOnceWhenTheSettingSaysSo() throws ServiceProblem {
        rig.server(web, "10.1.0.2", 80, Forwarding.MASQUERADE);
        rig.services.editServer(web, new ServerKey(ServiceRig.address("10.1.0.2"), 80), spec(0, 0, 0));
        open(4000);
        rig.set("expire_nodest_conn", 1);
        rig.services.deleteServer(web, one);
        assertEquals(List.of(), rig.connections());
        assertEquals("delivered", rig.fromClient(ack(CLIENT, 4000, VIP, 80)));
        rig.services.editServer(web, new ServerKey(ServiceRig.address("10.1.0.2"), 80), spec(1, 0, 0));
        assertEquals(TWO.formatted(4000), rig.fromClient(syn(CLIENT, 4000, VIP, 80)));
    }

    @Test
    void shouldEndConnectionsWithTheirNextPacketWhenTheSettingComesLater() throws ServiceProblem {
        rig.server(web, "10.1.0.2", 80, Forwarding.MASQUERADE);
        final ServiceKey dns = rig.add(ServiceRig.udp(VIP, 53), "rr");
        final ServerKey first = rig.server(dns, "10.1.0.1", 53, Forwarding.MASQUERADE);
        rig.fromClient(udp(CLIENT, 4000, VIP, 53));
        rig.services.deleteServer(dns, first);
        rig.server(dns, "10.1.0.2", 53, Forwarding.MASQUERADE);
        assertEquals("dropped server_unavailable", rig.fromClient(udp(CLIENT, 4000, VIP, 53)));
        rig.set("expire_nodest_conn", 1);
        assertEquals("forwarded 10.0.0.1:4000 > 10.1.0.2:53", rig.fromClient(udp(CLIENT, 4000, VIP, 53)));
    }

    @ParameterizedTest
    @EnumSource(RemovalPolicy.class)
    void shouldDoAsThePolicySaysWhenAServerGoes(final RemovalPolicy policy) throws ServiceProblem {
        rig.services.setRemovalPolicy(web, policy);
        open(4000);
        rig.server(web, "10.1.0.2", 80, Forwarding.MASQUERADE);
        rig.services.deleteServer(web, one);
        assertEquals(switch (policy) {
            case KERNEL -> "dropped server_unavailable";
            case KEEP -> ONE.formatted(4000);
            case RESET, REHASH -> "delivered";
        }, rig.fromClient(ack(CLIENT, 4000, VIP, 80)));
        // What goes on to a server that has left is still the service's.
        assertEquals(policy == RemovalPolicy.KEEP ? 3 : 2, rig.services.total().packetsIn());
        assertEquals(policy == RemovalPolicy.KEEP ? 3 : 2, rig.services.service(web).orElseThrow().traffic().packetsIn());
        assertEquals(switch (policy) {
            case KERNEL -> "dropped server_unavailable";
            case KEEP -> ONE.formatted(4000);
            case RESET, REHASH -> TWO.formatted(4000);
        }, rig.fromClient(syn(CLIENT, 4000, VIP, 80)));
        rig.pass(1000);
        rig.assertAtRest(web);
    }

    @ParameterizedTest
    @CsvSource({"KERNEL,2", "KEEP,1", "RESET,2", "REHASH,2"})
    void shouldEndAServersConnectionsUnlessTheyAreKept(final RemovalPolicy policy, final int servers) throws ServiceProblem {
        rig.services.setRemovalPolicy(web, policy);
        open(4000);
        final ServerKey two = rig.server(web, "10.1.0.2", 80, Forwarding.MASQUERADE);
        rig.services.editServer(web, one, spec(0, 0, 0));
        rig.services.endConnections(web, one);
        rig.services.maintain();
        assertEquals(policy == RemovalPolicy.KEEP ? 1 : 0, rig.connections().size());
        rig.fromClient(syn(CLIENT, 4000, VIP, 80));
        assertEquals(servers == 2 ? 1 : 0, rig.state(web, two).traffic().connections());
        rig.pass(1000);
        rig.assertAtRest(web);
    }

    @Test
    void shouldEndConnectionsOfSeveralServersTogetherUnlessTheyTakeClientsAgain() throws ServiceProblem {
        final ServerKey two = rig.server(web, "10.1.0.2", 80, Forwarding.MASQUERADE);
        final ServerKey three = rig.server(web, "10.1.0.3", 80, Forwarding.MASQUERADE);
        for (int port = 4000; port < 4006; port++) {
            rig.fromClient(syn(CLIENT, port, VIP, 80));
        }
        for (final ServerKey server : List.of(one, two, three)) {
            rig.services.editServer(web, server, spec(0, 0, 0));
            rig.services.endConnections(web, server);
        }
        assertEquals(6, rig.connections().size(), "each would be a look at the whole table");
        rig.services.editServer(web, two, spec(1, 0, 0));
        rig.services.withdraw(web, three, false);
        rig.services.maintain();
        assertEquals("10.1.0.2:80 10.1.0.2:80 10.1.0.3:80 10.1.0.3:80",
                rig.connections().stream().map(line -> line.split(" ")[3]).sorted().collect(Collectors.joining(" ")));
        rig.pass(1000);
        rig.assertAtRest(web);
    }

    private interface Step {
        void make() throws ServiceProblem;
    }

    /** Makes changes of which workers are told together. */
    private void together(final Step... steps) {
        rig.services.together(() -> {
            for (final Step step : steps) {
                try {
                    step.make();
                } catch (final ServiceProblem e) {
                    throw new IllegalStateException(e.toString(), e);
                }
            }
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldEndADrainedServersConnectionsWhenWhatTookItBackIsTakenBack(final boolean isAway) throws ServiceProblem {
        open(4000);
        rig.services.editServer(web, one, spec(0, 0, 0));
        rig.services.endConnections(web, one);
        if (isAway) {
            rig.services.deleteServer(web, one);
            together(() -> rig.services.addServer(web, one, spec(1, 0, 0)), () -> rig.services.deleteServer(web, one));
        } else {
            together(() -> rig.services.editServer(web, one, spec(1, 0, 0)), () -> rig.services.editServer(web, one, spec(0, 0, 0)));
            together(() -> rig.services.withdraw(web, one, false), () -> rig.services.withdraw(web, one, true));
            together(() -> rig.services.deleteServer(web, one), () -> rig.services.addServer(web, one, spec(0, 0, 0)));
        }
        assertEquals(1, rig.connections().size());
        rig.services.maintain();
        assertEquals(List.of(), rig.connections());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void shouldKeepConnectionsOfAServerThatIsBackWithinTheChangeWhateverItsWeight(final int weight) throws ServiceProblem {
        rig.set("expire_nodest_conn", 1);
        open(4000);
        rig.services.editServer(web, one, spec(weight, 0, 0));
        together(() -> rig.services.deleteServer(web, one), () -> rig.services.addServer(web, one, spec(weight, 0, 0)),
                () -> rig.services.withdraw(web, one, weight == 0));
        rig.services.maintain();
        assertEquals(ONE.formatted(4000), rig.fromClient(ack(CLIENT, 4000, VIP, 80)));
    }

    @Test
    void shouldGiveNumbersBackWhenNoConnectionIsLeft() throws ServiceProblem {
        for (int i = 0; i < 300; i++) {
            open(4000 + i);
            rig.fromClient(fin(CLIENT, 4000 + i, VIP, 80));
            rig.services.deleteServer(web, one);
            one = rig.server(web, "10.1.0.1", 80, Forwarding.MASQUERADE);
        }
        assertEquals(1, rig.highestNumber());
        for (int i = 0; i < 4; i++) {
            rig.services.deleteServer(web, one);
            rig.pass(1000);
            one = rig.server(web, "10.1.0.1", 80, Forwarding.MASQUERADE);
            assertEquals(Traffic.NONE, rig.state(web, one).traffic());
            assertEquals("0 0 0", numbers());
        }
        assertEquals(1, rig.highestNumber());
        assertEquals(300, rig.services.total().connections());
        assertEquals(300, rig.services.service(web).orElseThrow().traffic().connections());
    }

    @Test
    void shouldCountFromZeroAfterItWasSaid() throws ServiceProblem {
        open(4000);
        final ServiceKey dns = rig.add(ServiceRig.udp(VIP, 53), "rr");
        rig.server(dns, "10.1.0.1", 53, Forwarding.MASQUERADE);
        rig.fromClient(udp(CLIENT, 4000, VIP, 53));
        assertEquals(new Traffic(2, 3, 1, 80 + 37, 40), rig.services.total());
        rig.services.zero(web);
        assertEquals(Traffic.NONE, rig.services.service(web).orElseThrow().traffic());
        assertEquals(Traffic.NONE, rig.state(web, one).traffic());
        // Of one service alone: what passed in all stays.
        assertEquals(new Traffic(2, 3, 1, 80 + 37, 40), rig.services.total());
        assertEquals(1, rig.services.service(dns).orElseThrow().traffic().packetsIn());
        rig.fromClient(ack(CLIENT, 4000, VIP, 80));
        assertEquals(new Traffic(0, 1, 0, 40, 0), rig.services.service(web).orElseThrow().traffic());
        rig.services.deleteService(dns);
        assertEquals(new Traffic(2, 4, 1, 120 + 37, 40), rig.services.total());
        rig.services.zero(null);
        assertEquals(Traffic.NONE, rig.services.total());
        rig.services.deleteServer(web, one);
        rig.server(web, "10.1.0.1", 80, Forwarding.MASQUERADE);
        assertEquals(Traffic.NONE, rig.services.total());
        assertEquals(Traffic.NONE, rig.state(web, one).traffic());
    }

    @Test
    void shouldCountActiveOnesByTheirStates() throws ServiceProblem {
        rig.fromClient(syn(CLIENT, 4000, VIP, 80));
        assertEquals("1 0 0", numbers());
        rig.fromServer(synAck("10.1.0.1", 80, CLIENT, 4000));
        rig.fromClient(ack(CLIENT, 4000, VIP, 80));
        assertEquals("1 0 0", numbers());
        rig.fromClient(fin(CLIENT, 4000, VIP, 80));
        assertEquals("0 1 0", numbers());
        rig.pass(300);
        rig.assertAtRest(web);
    }

    @Test
    void shouldKeepTheWayOfConnectionsWhenAServerIsReachedOtherwise() throws ServiceProblem {
        open(4000);
        rig.services.editServer(web, one, new ServerSpec(Forwarding.ROUTE, 1, 0, 0, TunnelSpec.IPIP));
        assertEquals(ONE.formatted(4000), rig.fromClient(ack(CLIENT, 4000, VIP, 80)));
        assertEquals("forwarded 10.0.0.1:4001 > 10.0.0.254:80", rig.fromClient(syn(CLIENT, 4001, VIP, 80)));
    }

    @Test
    void shouldChooseByTheNewSchedulerWhenTheServiceIsEdited() throws ServiceProblem {
        rig.server(web, "10.1.0.2", 80, Forwarding.MASQUERADE);
        rig.services.editService(web, new ServiceSpec("sh", 0, 0, 32, null));
        final String first = rig.fromClient(syn(CLIENT, 4000, VIP, 80)).replaceAll(".*> ", "");
        for (int port = 4001; port < 4010; port++) {
            assertEquals(first, rig.fromClient(syn(CLIENT, port, VIP, 80)).replaceAll(".*> ", ""));
        }
        rig.services.editService(web, new ServiceSpec("none", 0, 0, 32, null));
        assertEquals("dropped service_unavailable", rig.fromClient(syn(CLIENT, 5000, VIP, 80)));
        assertEquals(first, rig.fromClient(syn(CLIENT, 4000, VIP, 80)).replaceAll(".*> ", ""));
    }
}
