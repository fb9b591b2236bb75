package io.penstock.dataplane.hot.ipvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.ipvs.ServiceRegistry;
import io.penstock.dataplane.ipvs.model.ConnectionState;
import io.penstock.dataplane.ipvs.model.Forwarding;
import io.penstock.dataplane.ipvs.model.RemovalPolicy;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServerSpec;
import io.penstock.dataplane.ipvs.model.ServerState;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.dataplane.ipvs.model.ServiceSpec;
import io.penstock.dataplane.ipvs.model.TunnelSpec;
import io.penstock.os.netlink.IpAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two workers begin, go on with and end the same connections at once, while servers come, go and change. {@code -Dpenstock.soak.seconds} makes it longer. */
final class ServiceWorkersTest {

    private static final int SECONDS = Integer.getInteger("penstock.soak.seconds", 3);
    private static final int SERVERS = 4;
    private static final long PATIENCE_NS = 20_000_000_000L;
    private static final long LOOK_NS = 50_000_000;
    private static final int MANY = 1000;
    private static final int MANY_EACH = 100;

    private final ServiceCrowd crowd = new ServiceCrowd(List.of(80, 81, 82), List.of(53, 54));
    private final List<ServiceKey> keys = new ArrayList<>();
    private final List<Forwarding> methods = new ArrayList<>();

    @AfterEach
    void end() {
        crowd.close();
    }

    private void service(final ServiceKey key, final String scheduler, final int seconds, final Forwarding method) throws ServiceProblem {
        crowd.services.addService(key, new ServiceSpec(scheduler, 0, seconds, 32, null));
        keys.add(key);
        methods.add(method);
        for (int i = 0; i < SERVERS; i++) {
            crowd.services.addServer(key, server(key, i), spec(method, 1));
        }
    }

    private static ServerKey server(final ServiceKey key, final int number) {
        return new ServerKey(ServiceRig.address("10.1." + key.port() + '.' + (number + 1)), key.port());
    }

    private static ServerSpec spec(final Forwarding method, final int weight) {
        return new ServerSpec(method, weight, 0, 0, TunnelSpec.IPIP);
    }

    private List<ConnectionState> connections() {
        final List<ConnectionState> all = new ArrayList<>();
        crowd.services.connections(all::add);
        return all;
    }

    /** What each server says that it has is what there is of it; and no connection is there twice. */
    private void assertBooks() {
        final List<ConnectionState> all = connections();
        final Set<String> tuples = new HashSet<>();
        for (final ConnectionState state : all) {
            assertTrue(tuples.add(state.protocol() + " " + state.client() + ':' + state.clientPort() + ' ' + state.virtual() + ':' + state.virtualPort()),
                    () -> "twice: " + state);
        }
        for (final ServiceKey key : keys) {
            for (final ServerState state : crowd.services.service(key).orElseThrow().servers()) {
                final List<ConnectionState> own = all.stream()
                        .filter(c -> c.server().equals(state.key().address()) && c.virtualPort() == key.port()).toList();
                assertEquals(own.stream().filter(c -> c.clientPort() != 0).count(), state.active() + state.inactive(), state::toString);
                assertEquals(own.stream().filter(c -> c.clientPort() == 0).count(), state.persistent(), state::toString);
                assertTrue(state.active() >= 0 && state.inactive() >= 0, state::toString);
            }
        }
    }

    @Test
    void shouldKeepExactBooksWhenTwoWorkersShareTheConnections() throws ServiceProblem {
        crowd.services.setSetting(ServiceRegistry.SOURCES, ServiceCrowd.VIP);
        service(ServiceRig.tcp(ServiceCrowd.VIP, 80), "wlc", 0, Forwarding.MASQUERADE);
        service(ServiceRig.tcp(ServiceCrowd.VIP, 81), "rr", 30, Forwarding.ROUTE);
        service(ServiceRig.tcp(ServiceCrowd.VIP, 82), "lc", 0, Forwarding.FULL);
        service(ServiceRig.udp(ServiceCrowd.VIP, 53), "sh", 0, Forwarding.MASQUERADE);
        service(ServiceRig.udp(ServiceCrowd.VIP, 54), "wrr", 30, Forwarding.FULL);
        final SplittableRandom random = new SplittableRandom(7);
        for (int round = 0; round < SECONDS; round++) {
            final boolean isCalm = round == 0;
            crowd.services.setSetting("net.ipv4.vs.conn_reuse_mode", isCalm ? "0" : "1");
            crowd.begin(isCalm);
            final long startNs = System.nanoTime();
            while (System.nanoTime() - startNs < 700_000_000L) {
                if (!isCalm) {
                    disturb(random);
                }
                crowd.check();
                LockSupport.parkNanos(2_000_000);
            }
            crowd.end();
            // What has ended goes when it is swept.
            settle();
        }
        assertTrue(crowd.toServers.get() > 1000L * SECONDS && crowd.toClients.get() > 500L * SECONDS, crowd.toServers + " " + crowd.toClients);
        crowd.services.flush();
        // Numbers are given back as connections end: those of the servers that are there next are no higher.
        final int highest = crowd.services.highestNumber();
        crowd.services.setSetting("net.ipv4.vs.expire_nodest_conn", "1");
        keys.clear();
        methods.clear();
        for (int i = 0; i < 3; i++) {
            service(ServiceRig.tcp(ServiceCrowd.VIP, 80), "wlc", 0, Forwarding.MASQUERADE);
            crowd.services.flush();
            keys.clear();
            methods.clear();
        }
        assertTrue(crowd.services.highestNumber() <= highest + SERVERS, () -> "highest=" + crowd.services.highestNumber());
        assertTrue(crowd.services.services().isEmpty());
    }

    @Test
    void shouldTakeManyServersWhileWorkersRun() throws ServiceProblem {
        service(ServiceRig.tcp(ServiceCrowd.VIP, 80), "wlc", 0, Forwarding.MASQUERADE);
        crowd.begin(true);
        final long startNs = System.nanoTime();
        crowd.services.together(() -> {
            try {
                for (int i = 0; i < MANY; i++) {
                    final ServiceKey key = ServiceRig.tcp(ServiceCrowd.VIP, 1000 + i);
                    crowd.services.addService(key, new ServiceSpec("wrr", 0, 0, 32, null));
                    for (int server = 0; server < MANY_EACH; server++) {
                        crowd.services.addServer(key, new ServerKey(IpAddress.v4(0x0A01_0000 + server), 80), spec(Forwarding.ROUTE, 1));
                    }
                }
            } catch (final ServiceProblem e) {
                throw new IllegalStateException(e);
            }
        });
        final long ms = (System.nanoTime() - startNs) / 1_000_000;
        System.out.println("servers=" + MANY * MANY_EACH + " ms=" + ms);
        assertTrue(ms < 20_000, () -> "ms=" + ms);
        crowd.end();
        assertBooks();
    }

    private void settle() {
        final long startNs = System.nanoTime();
        while (true) {
            try {
                assertBooks();
                return;
            } catch (final AssertionError e) {
                if (System.nanoTime() - startNs > PATIENCE_NS) {
                    throw e;
                }
                LockSupport.parkNanos(LOOK_NS);
            }
        }
    }

    private void disturb(final SplittableRandom random) throws ServiceProblem {
        final int which = random.nextInt(keys.size());
        final ServiceKey key = keys.get(which);
        final ServerKey server = server(key, random.nextInt(SERVERS));
        final boolean isThere = crowd.services.service(key).orElseThrow().servers().stream().anyMatch(state -> state.key().equals(server));
        switch (random.nextInt(6)) {
            case 0 -> {
                if (isThere) {
                    crowd.services.deleteServer(key, server);
                }
            }
            case 1 -> {
                if (isThere) {
                    crowd.services.editServer(key, server, spec(methods.get(which), random.nextInt(3)));
                }
            }
            case 2 -> {
                if (isThere) {
                    crowd.services.endConnections(key, server);
                }
            }
            case 3 -> crowd.services.maintain();
            case 4 -> crowd.services.setRemovalPolicy(key, RemovalPolicy.values()[random.nextInt(4)]);
            default -> {
                if (!isThere) {
                    crowd.services.addServer(key, server, spec(methods.get(which), 1));
                }
            }
        }
    }
}
