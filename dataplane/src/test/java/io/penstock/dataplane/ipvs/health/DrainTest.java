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
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Servers that are to get no new connections. */
final class DrainTest extends HealthFixture {

    @Test
    void shouldDrainAndRemoveWhenNoConnectionIsLeft() throws ServiceProblem {
        begin(plain());
        store.connections(ONE, 2);
        pass(3);
        checks.drain(WEB, ONE, Duration.ofSeconds(30), true);
        assertEquals("10.1.0.1:80=0 10.1.0.2:80=7", store.shown(WEB));
        assertEquals("server 10.1.0.1:80 of tcp 10.0.0.1:80 is drained for 30s at the longest: 2 connections", log.getLast());
        pass(10);
        assertEquals("10.1.0.1:80=0 10.1.0.2:80=7", store.shown(WEB));
        assertEquals(Role.DRAINING, checks.status().getFirst().role());
        store.connections(ONE, 0);
        pass(1.1);
        assertEquals("10.1.0.2:80=7", store.shown(WEB));
        assertEquals("server 10.1.0.1:80 of tcp 10.0.0.1:80 is drained: it is removed", log.getLast());
        assertTrue(store.calls.stream().noneMatch(c -> c.startsWith("end")));
        pass(10);
        assertEquals("10.1.0.2:80=7", store.shown(WEB));
    }

    @Test
    void shouldNotWaitForConnectionsThatAreOverWhenDraining() throws ServiceProblem {
        begin(plain());
        store.connections(ONE, 2);
        store.inactive(WEB, ONE, "TIME_WAIT", "CLOSE", "TIME_WAIT", "FIN_WAIT");
        store.inactive(WEB, TWO, "TIME_WAIT");
        pass(3);
        checks.drain(WEB, ONE, Duration.ofSeconds(30), true);
        store.connections(ONE, 0);
        pass(3);
        assertEquals("10.1.0.1:80=0 10.1.0.2:80=7", store.shown(WEB), "one may still send");
        store.inactive(WEB, ONE, "TIME_WAIT", "TIME_WAIT");
        pass(1.1);
        assertEquals("10.1.0.2:80=7", store.shown(WEB));
        assertEquals("server 10.1.0.1:80 of tcp 10.0.0.1:80 is drained: it is removed", log.getLast());
    }

    @Test
    void shouldEndWhatIsLeftWhenTheTimeToDrainIsOver() throws ServiceProblem {
        begin();
        store.connections(ONE, 12);
        checks.drain(WEB, ONE, Duration.ofMillis(2500), true);
        pass(2.4);
        assertEquals("10.1.0.1:80=0 10.1.0.2:80=7", store.shown(WEB));
        pass(1.2);
        assertEquals("10.1.0.2:80=7", store.shown(WEB));
        assertEquals(List.of("end 10.1.0.1:80"), store.calls);
        assertEquals("server 10.1.0.1:80 of tcp 10.0.0.1:80 has had its time to drain, with 12 connections left: it is removed",
                log.getLast());
        assertEquals(List.of(), checks.status(), "the service has no rule, and no drain");
    }

    @Test
    void shouldLeaveTheServerWithWeightZeroWhenAskedToAndTakeItBackWhenUndrained() throws ServiceProblem {
        begin();
        checks.drain(WEB, ONE, Duration.ofSeconds(5), false);
        pass(2.5);
        assertEquals("10.1.0.1:80=0 10.1.0.2:80=7", store.shown(WEB));
        assertEquals(Role.DRAINED, checks.status().getFirst().role());
        assertEquals("server 10.1.0.1:80 of tcp 10.0.0.1:80 is drained: it stays with weight 0", log.getLast());
        checks.undrain(WEB, ONE);
        assertEquals("10.1.0.1:80=5 10.1.0.2:80=7", store.shown(WEB));
        assertEquals("server 10.1.0.1:80 of tcp 10.0.0.1:80 is no longer drained: weight 5", log.getLast());
    }

    @Test
    void shouldStayOutWhenAServerIsDrainedAndItsCheckPasses() throws ServiceProblem {
        begin(rule(OnDown.REMOVE, Initial.UP, 1, false));
        store.connections(TWO, 1);
        pass(1);
        checks.drain(WEB, TWO, Duration.ofSeconds(60), true);
        fail(TWO);
        pass(10);
        assertEquals("10.1.0.1:80=5 10.1.0.2:80=0", store.shown(WEB), "its connections may be well yet");
        fail();
        pass(10);
        assertEquals("10.1.0.1:80=5 10.1.0.2:80=0", store.shown(WEB));
        store.editServer(WEB, TWO, weight(3));
        pass(2);
        assertEquals("10.1.0.1:80=5 10.1.0.2:80=3", store.shown(WEB), "a command ends the drain");
        assertTrue(log.contains("server 10.1.0.2:80 of tcp 10.0.0.1:80 has weight 3 by a command while drained: it is judged anew"));
    }

    @Test
    void shouldRefuseWhenThereIsNobodyToDrain() {
        begin();
        final ServiceProblem service = assertThrows(ServiceProblem.class,
                () -> checks.drain(service("10.0.0.9", 80), ONE, Duration.ofSeconds(1), true));
        assertEquals("there is no service tcp 10.0.0.9:80", service.getMessage());
        assertEquals(ServiceProblem.Kind.NO_SERVICE, service.kind());
        final ServiceProblem none = assertThrows(ServiceProblem.class, () -> checks.drain(WEB, SORRY, Duration.ofSeconds(1), true));
        assertEquals("tcp 10.0.0.1:80 has no server 10.0.0.99:80", none.getMessage());
        final ServiceProblem not = assertThrows(ServiceProblem.class, () -> checks.undrain(WEB, ONE));
        assertEquals("server 10.1.0.1:80 of tcp 10.0.0.1:80 is not drained; see its weight", not.getMessage());
    }
}
