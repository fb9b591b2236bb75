package io.penstock.dataplane.ipvs.health;

import static io.penstock.dataplane.ipvs.health.HeldServices.server;
import static io.penstock.dataplane.ipvs.health.HeldServices.service;
import static io.penstock.dataplane.ipvs.health.HeldServices.weight;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.ipvs.health.HealthRule.Initial;
import io.penstock.dataplane.ipvs.health.HealthRule.OnDown;
import io.penstock.dataplane.ipvs.health.HealthStatus.Health;
import io.penstock.dataplane.ipvs.health.HealthStatus.Role;
import io.penstock.dataplane.ipvs.model.Forwarding;
import io.penstock.dataplane.ipvs.model.ServerSpec;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.dataplane.ipvs.model.TunnelSpec;
import io.penstock.os.netlink.IpAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What follows of checks' results. */
final class HealthChecksTest extends HealthFixture {

    @Test
    void shouldTakeAServerOutAndPutItBackWhenItFailsAndRecovers() {
        begin(plain());
        pass(4);
        assertEquals(List.of(), log);
        fail(TWO);
        pass(4.5);
        assertEquals("10.1.0.1:80=5 10.1.0.2:80=7", store.shown(WEB), "after two failures");
        pass(2.2);
        assertEquals("10.1.0.1:80=5 10.1.0.2:80=0", store.shown(WEB));
        assertEquals(List.of("server 10.1.0.2:80 of tcp 10.0.0.1:80 is down: http status 503, wanted 200-299; after 3 failures"), log);
        assertTrue(store.calls.contains("end 10.1.0.2:80"), "the policy decides about its connections");
        assertTrue(store.calls.contains("policy RESET"));
        pass(20);
        assertEquals(1, log.size());
        fail();
        pass(4.5);
        assertEquals("10.1.0.1:80=5 10.1.0.2:80=7", store.shown(WEB));
        assertEquals("server 10.1.0.2:80 of tcp 10.0.0.1:80 is up: http status 200; after 2 successes", log.getLast());
        assertEquals(2, log.size());
    }

    @Test
    void shouldNotTakeAServerOutWhenItFailsNowAndThen() {
        begin(plain());
        pass(2.5);
        for (int i = 0; i < 5; i++) {
            fail(TWO);
            pass(4);
            fail();
            pass(4);
        }
        assertEquals(List.of(), log);
    }

    @Test
    void shouldDecideAtOnceWhenTheFirstCheckFails() {
        begin(plain());
        fail(ONE);
        pass(0.5);
        assertEquals("10.1.0.1:80=0 10.1.0.2:80=7", store.shown(WEB));
        assertEquals(List.of("server 10.1.0.1:80 of tcp 10.0.0.1:80 is down: http status 503, wanted 200-299; at the first check"), log);
    }

    @Test
    void shouldKeepAServerOutUntilItsFirstResultWhenItIsDownInitially() {
        begin(new HealthRule(WEB, new Told(), 0, Duration.ofSeconds(2), Duration.ofSeconds(1), 2, 3, 0, Initial.DOWN,
                OnDown.WEIGHT_ZERO, null, 1, null));
        unable = CheckFailure.unable("not yet");
        pass(0);
        assertEquals("10.1.0.1:80=0 10.1.0.2:80=0", store.shown(WEB));
        assertEquals("tcp 10.0.0.1:80 has no server that takes connections", log.getFirst());
        unable = null;
        pass(2);
        assertEquals("10.1.0.1:80=5 10.1.0.2:80=7", store.shown(WEB));
        assertTrue(log.contains("server 10.1.0.1:80 of tcp 10.0.0.1:80 is up: http status 200; at the first check"));
        assertEquals("tcp 10.0.0.1:80 has 1 server again", log.get(log.size() - 2));
        assertEquals(List.of(), store.calls);
    }

    @Test
    void shouldRemoveAndAddAServerAgainWhenTheRuleSaysSo() {
        begin(rule(OnDown.REMOVE, Initial.UP, 1, false));
        fail(TWO);
        pass(1);
        assertEquals("10.1.0.1:80=5", store.shown(WEB));
        assertEquals(Health.DOWN, checks.status().get(1).health());
        fail();
        pass(5);
        assertEquals("10.1.0.1:80=5 10.1.0.2:80=7", store.shown(WEB));
    }

    @Test
    void shouldLetTheSorryServerStandInWhenNoServerIsLeft() {
        begin(rule(OnDown.WEIGHT_ZERO, Initial.UP, 1, true));
        pass(3);
        fail(ONE, TWO);
        pass(7);
        assertEquals("10.1.0.1:80=0 10.1.0.2:80=0 10.0.0.99:80=1", store.shown(WEB));
        assertEquals("tcp 10.0.0.1:80 has no server that takes connections: the sorry server 10.0.0.99:80 takes them", log.getLast());
        assertEquals(Role.SORRY, checks.status().getLast().role());
        final int before = asked;
        pass(2.2);
        assertTrue(asked - before <= 4, "the sorry server is not asked");
        fail(ONE);
        pass(5);
        assertEquals("10.1.0.1:80=0 10.1.0.2:80=7", store.shown(WEB));
        assertEquals("tcp 10.0.0.1:80 has 1 server again: the sorry server 10.0.0.99:80 goes", log.getLast());
    }

    @Test
    void shouldLetTheSorryServerTakeAllWhenTheQuorumIsLost() {
        begin(rule(OnDown.WEIGHT_ZERO, Initial.UP, 2, true));
        fail(TWO);
        pass(1);
        assertEquals("10.1.0.1:80=0 10.1.0.2:80=0 10.0.0.99:80=1", store.shown(WEB));
        assertEquals("tcp 10.0.0.1:80 has 1 server that takes connections, quorum=2: the sorry server 10.0.0.99:80 takes them",
                log.getLast());
        assertEquals(List.of("end 10.1.0.2:80"), store.calls.stream().filter(c -> c.startsWith("end")).toList());
        fail();
        pass(5);
        assertEquals("10.1.0.1:80=5 10.1.0.2:80=7", store.shown(WEB));
    }

    @Test
    void shouldCountServersOfWeightZeroForNothingWhenTheOperatorQuiescesAll() throws ServiceProblem {
        begin(rule(OnDown.WEIGHT_ZERO, Initial.UP, 1, true));
        pass(1);
        store.editServer(WEB, ONE, weight(0));
        store.editServer(WEB, TWO, weight(0));
        pass(2);
        assertEquals("10.1.0.1:80=0 10.1.0.2:80=0 10.0.0.99:80=1", store.shown(WEB));
        store.editServer(WEB, ONE, weight(3));
        pass(2);
        assertEquals("10.1.0.1:80=3 10.1.0.2:80=0", store.shown(WEB));
    }

    @Test
    void shouldTakeTheSorryServerOutWhenItWasThereBeforeAndIsNotWanted() throws ServiceProblem {
        store.addServer(WEB, SORRY, weight(1));
        begin(rule(OnDown.WEIGHT_ZERO, Initial.UP, 1, true));
        pass(1);
        assertEquals("10.1.0.1:80=5 10.1.0.2:80=7", store.shown(WEB));
    }

    @Test
    void shouldPutBackWhatACommandSaidWhenTheServerWasUp() throws ServiceProblem {
        begin(plain());
        pass(3);
        store.editServer(WEB, TWO, weight(9));
        pass(1);
        fail(TWO);
        pass(7);
        assertEquals("10.1.0.1:80=5 10.1.0.2:80=0", store.shown(WEB));
        fail();
        pass(5);
        assertEquals("10.1.0.1:80=5 10.1.0.2:80=9", store.shown(WEB));
    }

    @Test
    void shouldFollowTheCommandAndJudgeAnewWhenAWeightIsChangedWhileDown() throws ServiceProblem {
        begin(plain());
        fail(TWO);
        pass(3);
        store.editServer(WEB, TWO, weight(9));
        thrown = new IllegalStateException("no result");
        pass(3);
        assertEquals("10.1.0.1:80=5 10.1.0.2:80=9", store.shown(WEB), "the command's weight is in force");
        assertTrue(log.contains("server 10.1.0.2:80 of tcp 10.0.0.1:80 has weight 9 by a command while down: it is judged anew"));
        thrown = null;
        pass(2.5);
        assertEquals("10.1.0.1:80=5 10.1.0.2:80=0", store.shown(WEB));
        fail();
        pass(5);
        assertEquals("10.1.0.1:80=5 10.1.0.2:80=9", store.shown(WEB));
    }

    @Test
    void shouldKeepTheWeightWhenACommandChangesOtherThingsWhileDown() throws ServiceProblem {
        begin(plain());
        fail(TWO);
        pass(3);
        store.editServer(WEB, TWO, new ServerSpec(
                Forwarding.ROUTE, 0, 100, 50, TunnelSpec.IPIP));
        pass(2);
        fail();
        pass(5);
        assertEquals(7, store.spec(WEB, TWO).weight());
        assertEquals(Forwarding.ROUTE, store.spec(WEB, TWO).method());
        assertEquals(100, store.spec(WEB, TWO).upper());
    }

    @Test
    void shouldTakeOverAServerWhenACommandAddsItAgainWhileItIsRemoved() throws ServiceProblem {
        begin(rule(OnDown.REMOVE, Initial.UP, 1, false));
        fail(TWO);
        pass(1);
        fail();
        store.addServer(WEB, TWO, weight(2));
        pass(3);
        assertEquals("10.1.0.1:80=5 10.1.0.2:80=2", store.shown(WEB));
        assertTrue(log.contains("server 10.1.0.2:80 of tcp 10.0.0.1:80 has weight 2 by a command while down: it is judged anew"));
    }

    @Test
    void shouldForgetAServerWhenACommandDeletesIt() throws ServiceProblem {
        begin(plain());
        fail(TWO);
        pass(3);
        store.deleteServer(WEB, TWO);
        pass(1.1);
        assertEquals(1, checks.status().size());
        fail();
        pass(5);
        assertEquals("10.1.0.1:80=5", store.shown(WEB));
    }

    @Test
    void shouldForgetAServiceWhenItIsDeletedAndKnowItAnewWhenItIsAdded() throws ServiceProblem {
        begin(plain());
        fail(TWO);
        pass(3);
        store.deleteService(WEB);
        pass(1.1);
        assertEquals(List.of(), checks.status());
        twoServers();
        pass(1.5);
        assertEquals("10.1.0.1:80=5 10.1.0.2:80=0", store.shown(WEB));
    }

    @Test
    void shouldLeaveServersAsTheyAreWhenAServiceHasNoRule() throws ServiceProblem {
        final ServiceKey other = service("10.0.0.2", 80);
        store.addService(other, null);
        store.addServer(other, TWO, weight(4));
        begin(plain());
        fail(TWO);
        pass(3);
        assertEquals("10.1.0.2:80=4", store.shown(other));
        assertEquals("10.1.0.1:80=5 10.1.0.2:80=0", store.shown(WEB));
    }

    @Test
    void shouldWriteNoLocalServerWhenTheServerIsThisHost() {
        store.local = true;
        begin(plain());
        fail(TWO);
        pass(3);
        fail();
        pass(5);
        assertEquals("10.1.0.1:80=5 10.1.0.2:80=7", store.shown(WEB));
        assertEquals(2, log.size());
    }

    @Test
    void shouldGoOnAndLeaveTheServerWhenACheckThrows() {
        begin(plain());
        thrown = new IllegalStateException("a bug");
        pass(9);
        assertEquals(List.of(
                "server 10.1.0.1:80 of tcp 10.0.0.1:80 cannot be checked: http ended with java.lang.IllegalStateException: a bug;"
                        + " it stays as it is",
                "server 10.1.0.2:80 of tcp 10.0.0.1:80 cannot be checked: http ended with java.lang.IllegalStateException: a bug;"
                        + " it stays as it is"), log.stream().sorted().toList());
        assertEquals("10.1.0.1:80=5 10.1.0.2:80=7", store.shown(WEB));
        thrown = null;
        fail(TWO);
        pass(3);
        assertEquals("10.1.0.1:80=5 10.1.0.2:80=0", store.shown(WEB));
    }

    @Test
    void shouldSayOnceAndTryAgainWhenTheStoreRefuses() {
        begin(plain());
        pass(3);
        store.refusal = new ServiceProblem(ServiceProblem.Kind.FULL, "there is no room");
        fail(TWO);
        pass(20);
        assertEquals(List.of("server 10.1.0.2:80 of tcp 10.0.0.1:80: its weight cannot be set to 0: there is no room"),
                log.stream().filter(l -> l.contains("room")).toList());
        store.refusal = null;
        pass(1.1);
        assertEquals("10.1.0.1:80=5 10.1.0.2:80=0", store.shown(WEB));
    }

    @Test
    void shouldSpreadChecksTheSameWayWhenTheSeedIsTheSame() {
        begin(plain());
        pass(100);
        final int first = asked;
        assertTrue(first >= 92 && first <= 108, "2 servers in 100 s, each 2 s: asked=" + first);
        checks.close();
        nowNs = 1_000_000;
        asked = 0;
        begin(plain());
        pass(100);
        assertEquals(first, asked);
    }

    @Test
    void shouldLeaveServicesAsTheyAreWhenTheChecksEnd() {
        begin(rule(OnDown.REMOVE, Initial.UP, 1, true));
        fail(ONE, TWO);
        pass(1);
        assertEquals("10.0.0.99:80=1", store.shown(WEB));
        checks.close();
        assertEquals("10.0.0.99:80=1", store.shown(WEB), "workers may run yet");
    }

    @Test
    void shouldPutEverythingBackWhenThereAreNoRulesAnyMore() {
        begin(rule(OnDown.REMOVE, Initial.UP, 1, true));
        fail(ONE, TWO);
        pass(1);
        checks.replace(List.of());
        assertEquals("10.1.0.1:80=5 10.1.0.2:80=7", store.shown(WEB));
    }

    @Test
    void shouldPutBackWhenTheRuleGoesAndKeepHealthWhenItOnlyChanges() {
        begin(rule(OnDown.WEIGHT_ZERO, Initial.UP, 1, false));
        fail(TWO);
        pass(1);
        checks.replace(List.of(rule(OnDown.REMOVE, Initial.UP, 1, false)));
        pass(0.1);
        assertEquals("10.1.0.1:80=5", store.shown(WEB));
        checks.replace(List.of());
        pass(1);
        assertEquals("10.1.0.1:80=5 10.1.0.2:80=7", store.shown(WEB));
        assertEquals(List.of(), checks.status());
        final int before = asked;
        pass(10);
        assertEquals(before, asked);
        assertEquals(1, log.size());
    }

    @Test
    void shouldFollowTheRuleForAllWhenAServiceHasNoneOfItsOwn() {
        final HealthRule own = plain();
        begin(new HealthRule(null, own.check(), 0, own.interval(), own.timeout(), 2, 3, 10, Initial.UP, OnDown.REMOVE, null, 1, null));
        fail(TWO);
        pass(1);
        assertEquals("10.1.0.1:80=5", store.shown(WEB));
    }

    @Test
    void shouldSayThatItCannotCheckWhenAServerHasNoPort() throws ServiceProblem {
        final ServiceKey mark = ServiceKey.ofMark(IpAddress.V4, 5);
        store.addService(mark, null);
        store.addServer(mark, server("10.1.0.3", 0), weight(1));
        begin(new HealthRule(mark, new TcpCheck(), 0, Duration.ofSeconds(2), Duration.ofSeconds(1), 1, 1, 0, Initial.UP,
                OnDown.WEIGHT_ZERO, null, 1, null));
        pass(5);
        assertEquals(List.of("server 10.1.0.3:0 of mark 5 cannot be checked: tcp has no port to ask: the server's is 0; give the check one;"
                + " it stays as it is"), log);
    }

    @Test
    void shouldPutBackWhatAFileSaysWhenItIsReadWhileAServerIsOut() throws ServiceProblem {
        for (final OnDown onDown : OnDown.values()) {
            begin(rule(onDown, Initial.UP, 1, false));
            fail(TWO);
            pass(1);
            final String out = store.shown(WEB);
            checks.want(WEB, TWO, weight(8));
            pass(2);
            assertEquals(out, store.shown(WEB), "it is down yet");
            fail();
            pass(5);
            assertEquals("10.1.0.1:80=5 10.1.0.2:80=8", store.shown(WEB));
            checks.close();
        }
        begin(rule(OnDown.REMOVE, Initial.UP, 1, false));
        fail(TWO);
        pass(1);
        checks.want(WEB, TWO, null);
        fail();
        pass(5);
        assertEquals("10.1.0.1:80=5", store.shown(WEB), "it is not in the file");
    }
}
