package io.penstock.dataplane.ipvs.health;

import static io.penstock.dataplane.ipvs.health.HeldServices.server;
import static io.penstock.dataplane.ipvs.health.HeldServices.service;
import static io.penstock.dataplane.ipvs.health.HeldServices.weight;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.ipvs.health.HealthRule.Initial;
import io.penstock.dataplane.ipvs.health.HealthRule.OnDown;
import io.penstock.dataplane.ipvs.health.HealthStatus.Role;
import io.penstock.dataplane.ipvs.model.Forwarding;
import io.penstock.dataplane.ipvs.model.RemovalPolicy;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServerSpec;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.dataplane.ipvs.model.ServiceState;
import io.penstock.dataplane.ipvs.model.TunnelSpec;
import io.penstock.os.netlink.IpAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What commands say of servers that checks have out, and rules that change; at a clock of the test's own. */
final class CommandedServersTest {

    private static final ServiceKey WEB = service("10.0.0.1", 80);
    private static final ServerKey ONE = server("10.1.0.1", 80);
    private static final ServerKey TWO = server("10.1.0.2", 80);
    private static final SorryServer SORRY = new SorryServer(IpAddress.parse("10.0.0.99"), 0, Forwarding.MASQUERADE);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final HeldServices store = new HeldServices();
    private final List<String> log = new ArrayList<>();
    private final Set<IpAddress> failing = new HashSet<>();
    private long nowNs = 1_000_000;
    private int asked;
    private HealthChecks checks;

    /** Fails for the addresses that a test names. */
    private final class Told implements Check {

        @Override
        public String kind() {
            return "told";
        }

        @Override
        public String run(final CheckRun run) throws CheckFailure {
            asked++;
            if (failing.contains(run.address())) {
                throw CheckFailure.of("bad");
            }
            return "good";
        }
    }

    private final Told told = new Told();

    @BeforeEach
    void twoServers() throws ServiceProblem {
        store.addService(WEB, null);
        store.addServer(WEB, ONE, weight(5));
        store.addServer(WEB, TWO, weight(7));
    }

    @AfterEach
    void close() {
        checks.close();
    }

    private HealthRule rule(final ServiceKey key, final int intervalSeconds, final OnDown onDown, final RemovalPolicy policy, final SorryServer sorry) {
        return new HealthRule(key, told, 0, Duration.ofSeconds(intervalSeconds), SECOND, 1, 1, 0, Initial.UP, onDown, policy, 1, sorry);
    }

    private void begin(final HealthRule... rules) {
        checks = new HealthChecks(store, List.of(rules), log::add, () -> nowNs, CheckOrigin.here(), Runnable::run, 42);
    }

    private void beginWithTwoDown(final OnDown onDown) {
        begin(rule(WEB, 2, onDown, null, null));
        pass(1);
        failing.add(TWO.address());
        pass(3);
        assertEquals(onDown == OnDown.REMOVE ? "10.1.0.1:80=5" : "10.1.0.1:80=5 10.1.0.2:80=0", store.shown(WEB));
    }

    private void pass(final double seconds) {
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

    private String wanted() {
        return checks.wanted().stream().map(ServiceState::servers).flatMap(List::stream)
                .map(s -> Names.of(s.key()) + '=' + s.spec().weight()).sorted().collect(Collectors.joining(" "));
    }

    @ParameterizedTest
    @EnumSource(OnDown.class)
    void shouldKeepAServerQuiescedWhenACommandSaysSoWhileItIsDown(final OnDown onDown) throws ServiceProblem {
        beginWithTwoDown(onDown);
        checks.editServer(WEB, TWO, weight(0));
        pass(2);
        failing.clear();
        pass(5);
        assertEquals("10.1.0.1:80=5 10.1.0.2:80=0", store.shown(WEB));
        assertEquals("10.1.0.1:80=5 10.1.0.2:80=0", wanted());
        checks.editServer(WEB, TWO, weight(3));
        assertEquals("10.1.0.1:80=5 10.1.0.2:80=3", store.shown(WEB));
    }

    @ParameterizedTest
    @EnumSource(OnDown.class)
    void shouldPutBackTheWeightOfACommandWhenTheServerIsUpAgain(final OnDown onDown) throws ServiceProblem {
        beginWithTwoDown(onDown);
        final String out = store.shown(WEB);
        checks.editServer(WEB, TWO, new ServerSpec(Forwarding.MASQUERADE, 9, 100, 50, TunnelSpec.IPIP));
        assertEquals(out, store.shown(WEB));
        pass(10);
        assertEquals(out, store.shown(WEB), "it is down yet");
        assertEquals("10.1.0.1:80=5 10.1.0.2:80=9", wanted());
        failing.clear();
        pass(3);
        assertEquals("10.1.0.1:80=5 10.1.0.2:80=9", store.shown(WEB));
        assertEquals(100, store.spec(WEB, TWO).upper());
        assertEquals(2, log.size(), log::toString);
    }

    @ParameterizedTest
    @EnumSource(OnDown.class)
    void shouldForgetAServerAtOnceWhenACommandDeletesIt(final OnDown onDown) throws ServiceProblem {
        beginWithTwoDown(onDown);
        checks.deleteServer(WEB, TWO);
        assertEquals(1, checks.status().size());
        assertEquals(ServiceProblem.Kind.NO_ENTRY, assertThrows(ServiceProblem.class, () -> checks.deleteServer(WEB, TWO)).kind());
        assertEquals(ServiceProblem.Kind.NO_ENTRY, assertThrows(ServiceProblem.class, () -> checks.editServer(WEB, TWO, weight(1))).kind());
        failing.clear();
        pass(10);
        assertEquals("10.1.0.1:80=5", store.shown(WEB));
    }

    @Test
    void shouldChangeNothingWhenTheStoreRefusesWhatACommandSays() throws ServiceProblem {
        beginWithTwoDown(OnDown.WEIGHT_ZERO);
        store.refusal = new ServiceProblem(ServiceProblem.Kind.RANGE, null);
        assertEquals(ServiceProblem.Kind.RANGE, assertThrows(ServiceProblem.class, () -> checks.editServer(WEB, TWO, weight(1))).kind());
        store.refusal = null;
        failing.clear();
        pass(3);
        assertEquals("10.1.0.1:80=5 10.1.0.2:80=7", store.shown(WEB));
    }

    @ParameterizedTest
    @EnumSource(OnDown.class)
    void shouldTakeAServiceThatIsAddedAgainForAnother(final OnDown onDown) throws ServiceProblem {
        beginWithTwoDown(onDown);
        checks.alone(() -> {
            checks.flush();
            store.addService(WEB, null);
            try {
                store.addServer(WEB, TWO, weight(0));
            } catch (final ServiceProblem e) {
                throw new IllegalStateException(e);
            }
        });
        failing.clear();
        pass(5);
        assertEquals("10.1.0.2:80=0", store.shown(WEB), "the weight is a file's, not the checks'");
        checks.deleteService(WEB);
        assertEquals(List.of(), checks.status());
        assertEquals(ServiceProblem.Kind.NO_SERVICE, assertThrows(ServiceProblem.class, () -> checks.deleteService(WEB)).kind());
    }

    @Test
    void shouldEndADrainWhenACommandGivesTheServerAWeight() throws ServiceProblem {
        beginWithTwoDown(OnDown.WEIGHT_ZERO);
        checks.drain(WEB, ONE, Duration.ofMinutes(1), false);
        checks.drain(WEB, TWO, Duration.ofMinutes(1), false);
        checks.editServer(WEB, ONE, weight(4));
        checks.editServer(WEB, TWO, weight(6));
        assertEquals("10.1.0.1:80=4 10.1.0.2:80=0", store.shown(WEB), "the other one is down");
        assertEquals("server 10.1.0.1:80 of tcp 10.0.0.1:80 has weight 4 by a command while drained: it is no longer drained",
                log.get(log.size() - 3));
        failing.clear();
        pass(3);
        assertEquals("10.1.0.1:80=4 10.1.0.2:80=6", store.shown(WEB));
        checks.drain(WEB, ONE, Duration.ofMinutes(1), false);
        checks.editServer(WEB, ONE, weight(0));
        pass(3);
        assertEquals(Role.DRAINED, checks.status().getFirst().role());
    }

    @Test
    void shouldSaveWhatTheOperatorWants() throws ServiceProblem {
        begin(rule(WEB, 2, OnDown.REMOVE, null, SORRY));
        failing.add(ONE.address());
        failing.add(TWO.address());
        pass(1);
        assertEquals("10.0.0.99:80=1", store.shown(WEB));
        assertEquals("10.1.0.1:80=5 10.1.0.2:80=7", wanted());
        failing.clear();
        pass(3);
        checks.drain(WEB, ONE, Duration.ofMinutes(1), false);
        assertEquals("10.1.0.1:80=0 10.1.0.2:80=7", wanted());
    }

    @Test
    void shouldSaveServersOfThisHostAsTheyAre() {
        store.local = true;
        beginWithTwoDown(OnDown.WEIGHT_ZERO);
        assertEquals("10.1.0.1:80=5 10.1.0.2:80=7", wanted());
        assertEquals(Forwarding.LOCAL, checks.wanted().getFirst().servers().get(1).spec().method());
    }

    @Test
    void shouldCheckByAShorterIntervalAtOnceWhenTheRuleChanges() {
        begin(rule(WEB, 3600, OnDown.WEIGHT_ZERO, null, null));
        pass(10);
        assertEquals(2, asked);
        checks.replace(List.of(rule(WEB, 2, OnDown.WEIGHT_ZERO, null, null)));
        pass(5);
        assertEquals(6, asked);
    }

    @Test
    void shouldGiveThePolicyBackWhenTheRuleHasNoneAnyMore() {
        begin(rule(WEB, 2, OnDown.WEIGHT_ZERO, RemovalPolicy.RESET, null));
        pass(0.5);
        assertEquals(List.of("policy RESET"), store.calls);
        checks.replace(List.of(rule(WEB, 2, OnDown.WEIGHT_ZERO, null, null)));
        pass(5);
        assertEquals(List.of("policy RESET", "policy KERNEL"), store.calls);
    }

    @Test
    void shouldSayOnceWhenThereIsNoServiceForARule() {
        final ServiceKey other = service("10.0.0.2", 80);
        begin(rule(other, 2, OnDown.WEIGHT_ZERO, null, null), rule(WEB, 2, OnDown.WEIGHT_ZERO, null, null));
        pass(5);
        final String sentence = "health: there is no service tcp 10.0.0.2:80: its rule waits for one; check the rule's service:";
        assertEquals(List.of(sentence), log);
        assertEquals(List.of(other), checks.missing());
        store.addService(other, null);
        pass(2);
        assertEquals(List.of(), checks.missing());
        checks.replace(List.of(rule(WEB, 2, OnDown.WEIGHT_ZERO, null, null)));
        pass(2);
        assertEquals(1, log.stream().filter(sentence::equals).count());
    }

    @Test
    void shouldLookAtAllConnectionsOnceWhenManyServersAreDrained() throws ServiceProblem {
        begin();
        store.inactive(WEB, ONE, "TIME_WAIT", "FIN_WAIT");
        store.inactive(WEB, TWO, "TIME_WAIT", "TIME_WAIT");
        checks.drain(WEB, ONE, Duration.ofMinutes(1), false);
        checks.drain(WEB, TWO, Duration.ofMinutes(1), false);
        final int before = store.scans;
        pass(3.5);
        final int looks = store.scans - before;
        assertEquals(Role.DRAINING, checks.status().get(0).role());
        assertEquals(Role.DRAINED, checks.status().get(1).role());
        assertTrue(looks >= 3 && looks <= 4, "looks=" + looks);
    }
}
