package io.penstock.dataplane.ipvs.health;

import static io.penstock.dataplane.ipvs.health.HeldServices.server;
import static io.penstock.dataplane.ipvs.health.HeldServices.service;
import static io.penstock.dataplane.ipvs.health.HeldServices.weight;

import io.penstock.dataplane.ipvs.health.HealthRule.Initial;
import io.penstock.dataplane.ipvs.health.HealthRule.OnDown;
import io.penstock.dataplane.ipvs.model.Forwarding;
import io.penstock.dataplane.ipvs.model.RemovalPolicy;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.os.netlink.IpAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A service with two servers that is checked at a clock of the test's own; checks answer as the test says, at once. */
abstract class HealthFixture {

    static final ServiceKey WEB = service("10.0.0.1", 80);
    static final ServerKey ONE = server("10.1.0.1", 80);
    static final ServerKey TWO = server("10.1.0.2", 80);
    static final ServerKey SORRY = server("10.0.0.99", 80);

    final HeldServices store = new HeldServices();
    final List<String> log = new ArrayList<>();
    final Set<IpAddress> failing = new HashSet<>();
    RuntimeException thrown;
    CheckFailure unable;
    long nowNs = 1_000_000;
    int asked;
    HealthChecks checks;

    /** Fails for the addresses that a test names. */
    final class Told implements Check {

        @Override
        public String kind() {
            return "http";
        }

        @Override
        public String run(final CheckRun run) throws CheckFailure {
            asked++;
            if (thrown != null) {
                throw thrown;
            }
            if (unable != null) {
                throw unable;
            }
            if (failing.contains(run.address())) {
                throw CheckFailure.of("status 503, wanted 200-299");
            }
            return "status 200";
        }
    }

    @BeforeEach
    void twoServers() throws ServiceProblem {
        store.addService(WEB, null);
        store.addServer(WEB, ONE, weight(5));
        store.addServer(WEB, TWO, weight(7));
    }

    @AfterEach
    void close() {
        if (checks != null) {
            checks.close();
        }
    }

    HealthRule rule(final OnDown onDown, final Initial initial, final int quorum, final boolean sorry) {
        return new HealthRule(WEB, new Told(), 0, Duration.ofSeconds(2), Duration.ofSeconds(1), 2, 3, 10, initial, onDown,
                RemovalPolicy.RESET, quorum, sorry ? new SorryServer(SORRY.address(), 0, Forwarding.MASQUERADE) : null);
    }

    HealthRule plain() {
        return rule(OnDown.WEIGHT_ZERO, Initial.UP, 1, false);
    }

    void begin(final HealthRule... rules) {
        checks = new HealthChecks(store, List.of(rules), log::add, () -> nowNs, CheckOrigin.here(), Runnable::run, 42);
    }

    /** Lets time pass, and what is to be done in it be done, as the thread does. */
    void pass(final double seconds) {
        final long until = nowNs + (long) (seconds * 1e9);
        for (;;) {
            final long wait = checks.pass();
            if (wait > 0 && nowNs + wait > until) {
                nowNs = until;
                return;
            }
            nowNs += Math.max(wait, 0);
        }
    }

    void fail(final ServerKey... servers) {
        failing.clear();
        for (final ServerKey server : servers) {
            failing.add(server.address());
        }
    }
}
