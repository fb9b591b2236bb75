package io.penstock.dataplane.ipvs.health;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.dataplane.ipvs.health.HealthRule.Initial;
import io.penstock.dataplane.ipvs.health.HealthRule.OnDown;
import io.penstock.dataplane.ipvs.model.Forwarding;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.dataplane.ipvs.model.ServiceState;
import io.penstock.os.netlink.IpAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Whatever happens, in whatever order: what the operator wants is there again when there are no rules any more, and nothing else; and servers that
 * fail are out, also for clients that stayed with them, whenever all has been seen.
 */
final class OperatorsWeightsTest {

    private static final ServiceKey WEB = HeldServices.service("10.0.0.1", 80);
    private static final int SERVERS = 4;
    private static final int RUNS = 400;
    private static final int STEPS = 60;
    private static final IpAddress SORRY = IpAddress.parse("10.0.0.99");

    private final HeldServices store = new HeldServices();
    private final Set<IpAddress> failing = new HashSet<>();
    /** What the operator has said last. */
    private final Map<String, Integer> wanted = new TreeMap<>();
    private long nowNs;

    private static ServerKey server(final int number) {
        return HeldServices.server("10.1.0." + number, 80);
    }

    private HealthRule rule(final SplittableRandom random) {
        return new HealthRule(random.nextInt(8) == 0 ? null : WEB, random.nextInt(8) == 0 ? null : new ToldCheck(failing), 0, Duration.ofSeconds(2),
                Duration.ofSeconds(1), 1 + random.nextInt(3), 1 + random.nextInt(3), 10, Initial.values()[random.nextInt(2)],
                OnDown.values()[random.nextInt(2)], null, 1 + random.nextInt(2),
                random.nextBoolean() ? new SorryServer(SORRY, 0, Forwarding.MASQUERADE) : null);
    }

    @Test
    void shouldHaveTheOperatorsWeightsAgainWhenThereAreNoRulesAnyMore() {
        for (int run = 0; run < RUNS; run++) {
            final SplittableRandom random = new SplittableRandom(run);
            final List<String> history = new ArrayList<>();
            store.flush();
            store.withdrawn.clear();
            store.addService(WEB, null);
            failing.clear();
            wanted.clear();
            final HealthRule first = rule(random);
            history.add("seed=" + run + ' ' + first);
            try (CheckOrigin origin = CheckOrigin.here();
                    HealthChecks checks = new HealthChecks(store, List.of(first), history::add, () -> nowNs, origin, Runnable::run, run)) {
                for (int step = 0; step < STEPS; step++) {
                    step(random, checks, history);
                    checks.servicesChanged();
                    pass(checks, 0.01);
                }
                // Long enough for every count, and then some.
                pass(checks, 30);
                checkThatWhoFailsIsOut(checks, history);
                assertEquals(wanted, weights(checks.wanted()), () -> "saved\n" + String.join("\n", history));
                checks.replace(List.of());
            }
            assertEquals(wanted, weights(store.services()), () -> String.join("\n", history));
            assertEquals(Set.of(), store.withdrawn, () -> String.join("\n", history));
        }
    }

    private static Map<String, Integer> weights(final List<ServiceState> services) {
        final Map<String, Integer> weights = new TreeMap<>();
        services.forEach(service -> service.servers().forEach(s -> weights.put(Names.of(s.key()), s.spec().weight())));
        return weights;
    }

    private void checkThatWhoFailsIsOut(final HealthChecks checks, final List<String> history) {
        for (final HealthStatus status : checks.status()) {
            if (status.health() == HealthStatus.Health.DOWN && status.checks() > 0) {
                final var spec = store.spec(WEB, status.server());
                final boolean out = spec == null || spec.weight() == 0 || !status.last().equals("told bad");
                assertEquals(true, out, () -> Names.of(status.server()) + " fails and is in\n" + String.join("\n", history));
            }
            if (status.role() != HealthStatus.Role.SORRY && store.spec(WEB, status.server()) != null) {
                assertEquals(!status.taken(), store.withdrawn.contains(status.server()),
                        () -> Names.of(status.server()) + ": clients that stay\n" + String.join("\n", history));
            }
        }
    }

    private void step(final SplittableRandom random, final HealthChecks checks, final List<String> history) {
        final ServerKey server = server(1 + random.nextInt(SERVERS));
        final String name = Names.of(server);
        final int weight = random.nextInt(4);
        final int what = random.nextInt(10);
        try {
            switch (what) {
                case 0 -> {
                    history.add("add " + name + ' ' + weight);
                    store.addServer(WEB, server, HeldServices.weight(weight));
                    wanted.put(name, weight);
                    // A server of this name that checks have removed is this one, whatever its weight.
                    checks.look();
                }
                case 1, 2 -> {
                    history.add("edit " + name + ' ' + weight);
                    checks.editServer(WEB, server, HeldServices.weight(weight));
                    wanted.put(name, weight);
                }
                case 3 -> {
                    history.add("delete " + name);
                    checks.deleteServer(WEB, server);
                    wanted.remove(name);
                }
                case 4, 5 -> {
                    history.add("fails " + name);
                    failing.add(server.address());
                }
                case 6 -> {
                    history.add("works " + name);
                    failing.remove(server.address());
                }
                case 7 -> {
                    final HealthRule rule = rule(random);
                    history.add("rule " + rule);
                    checks.replace(random.nextInt(4) == 0 ? List.of() : List.of(rule));
                }
                case 8 -> {
                    history.add("drain " + name);
                    checks.drain(WEB, server, Duration.ofSeconds(5), false);
                    pass(checks, random.nextInt(8));
                    checks.undrain(WEB, server);
                }
                default -> {
                    final int seconds = random.nextInt(10);
                    history.add("pass " + seconds);
                    pass(checks, seconds);
                }
            }
        } catch (final ServiceProblem e) {
            history.add("refused: " + e.kind());
        }
    }

    private void pass(final HealthChecks checks, final double seconds) {
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
}
