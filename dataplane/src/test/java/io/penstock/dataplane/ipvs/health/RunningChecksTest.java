package io.penstock.dataplane.ipvs.health;

import static io.penstock.dataplane.ipvs.health.HeldServices.service;
import static io.penstock.dataplane.ipvs.health.HeldServices.weight;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.os.netns.NetNs;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.TestNetNs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The engine as a data plane has it: its own threads, the real time, real servers. */
@Timeout(60)
final class RunningChecksTest {

    private static final ServiceKey WEB = service("10.0.0.1", 80);
    private static final String LOOPBACK = "127.0.0.1";
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(30);

    private final HeldServices store = new HeldServices();
    private final List<String> log = new CopyOnWriteArrayList<>();

    private static HealthRule rule(final Check check) {
        return new HealthRule(WEB, check, 0, Duration.ofMillis(50), Duration.ofMillis(50), 1, 1, 10, HealthRule.Initial.UP,
                HealthRule.OnDown.WEIGHT_ZERO, null, 1, null);
    }

    private static ServerKey serverAt(final int port) {
        return HeldServices.server(LOOPBACK, port);
    }

    private void await(final String what, final BooleanSupplier condition) {
        final long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - start < PATIENCE_NS, () -> what + ": " + store.shown(WEB) + '\n' + String.join("\n", log));
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    private static ServerSocket listen(final int port) throws IOException {
        return new ServerSocket(port, 64, InetAddress.getByName(LOOPBACK));
    }

    @Test
    void shouldFollowServersWhenTheyComeAndGo() throws Exception {
        store.addService(WEB, null);
        final ServerSocket first = listen(0);
        final ServerKey server = serverAt(first.getLocalPort());
        store.addServer(WEB, server, weight(3));
        try (first; HealthChecks checks = HealthChecks.of(store, List.of(rule(new TcpCheck())), log::add)) {
            checks.start();
            await("up", () -> checks.status().stream().anyMatch(s -> s.health() == HealthStatus.Health.UP));
            first.close();
            await("down", () -> store.spec(WEB, server).weight() == 0);
            assertTrue(log.getFirst().startsWith("server " + Names.of(server) + " of tcp 10.0.0.1:80 is down: tcp "), log.getFirst());
            try (ServerSocket _ = listen(server.port())) {
                await("up again", () -> store.spec(WEB, server).weight() == 3);
            }
            await("down again", () -> store.spec(WEB, server).weight() == 0);
        }
        assertEquals(0, store.spec(WEB, server).weight(), "it is down yet");
    }

    @Test
    void shouldCheckOthersInTimeWhenManyServersDoNotAnswer() throws Exception {
        // They take connections, by the backlog, and never answer.
        store.addService(WEB, null);
        try (ServerSocket deaf = new ServerSocket(0, 1000, InetAddress.getByName("0.0.0.0"))) {
            for (int i = 1; i <= 200; i++) {
                store.addServer(WEB, HeldServices.server("127.1.0." + i, deaf.getLocalPort()), weight(1));
            }
            final HttpCheck get = new HttpCheck(null, HttpCheck.Method.GET, "/", null, List.of(new StatusRange(200, 299)), null);
            final HealthRule slow = new HealthRule(WEB, get, 0, Duration.ofMillis(500), Duration.ofMillis(500), 1, 1, 10,
                    HealthRule.Initial.UP, HealthRule.OnDown.WEIGHT_ZERO, null, 1, null);
            try (HealthChecks checks = HealthChecks.of(store, List.of(slow), log::add)) {
                checks.start();
                await("all down", () -> checks.status().size() == 200
                        && checks.status().stream().allMatch(s -> s.health() == HealthStatus.Health.DOWN));
            }
        }
        assertTrue(log.contains("tcp 10.0.0.1:80 has no server that takes connections"), () -> String.join("\n", log));
        assertTrue(log.stream().filter(l -> l.contains(" is down: http no answer within 500ms; at the first check")).count() >= 190,
                () -> String.join("\n", log));
    }

    @Test
    void shouldSeeAnotherServerAtOnceWhenToldThatServicesHaveChanged() throws Exception {
        store.addService(WEB, null);
        try (ServerSocket socket = listen(0); HealthChecks checks = HealthChecks.of(store, List.of(rule(new TcpCheck())), log::add)) {
            checks.start();
            await("looked", () -> log.contains("tcp 10.0.0.1:80 has no server that takes connections"));
            store.addServer(WEB, serverAt(socket.getLocalPort()), weight(1));
            checks.servicesChanged();
            await("up", () -> checks.status().stream().anyMatch(s -> s.health() == HealthStatus.Health.UP));
        }
    }

    @Test
    @Privileged
    void shouldCheckFromTheNamespaceOfWhoeverMadeIt() throws Exception {
        try (TestNetNs ns = TestNetNs.create("hc");
                ServerSocket inside = NetNs.within(ns.name(), () -> listen(0))) {
            final ServerKey server = serverAt(inside.getLocalPort());
            addServers(server);
            final HealthRule tcp = rule(new TcpCheck());
            try (HealthChecks there = NetNs.within(ns.name(), () -> HealthChecks.of(store, List.of(tcp), log::add))) {
                there.start();
                await("up there", () -> there.status().stream().anyMatch(s -> s.health() == HealthStatus.Health.UP));
            }
            try (HealthChecks here = HealthChecks.of(store, List.of(tcp), log::add)) {
                here.start();
                await("down here", () -> here.status().stream().anyMatch(s -> s.health() == HealthStatus.Health.DOWN));
            }
        }
    }

    private void addServers(final ServerKey server) throws ServiceProblem {
        store.addService(WEB, null);
        store.addServer(WEB, server, weight(1));
    }
}
