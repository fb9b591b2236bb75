package io.penstock.dataplane.ipvs.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.hot.ipvs.schedule.Candidate;
import io.penstock.dataplane.hot.ipvs.schedule.Flow;
import io.penstock.dataplane.hot.ipvs.schedule.Scheduler;
import io.penstock.dataplane.hot.ipvs.schedule.SchedulerSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code lblc} and {@code lblcr}: what they remember of destinations. */
final class LocalityTest {

    private static final long SECOND_NS = 1_000_000_000L;
    private static final Flow FIRST = TestFlows.to("198.51.100.1");
    private static final Flow SECOND = TestFlows.to("2001:db8::1");

    private final SchedulerSettings settings = new SchedulerSettings();
    private final TestServer a = TestServer.numbered(1, 10);
    private final TestServer b = TestServer.numbered(2, 10);
    private final TestServer c = TestServer.numbered(3, 10);

    @ParameterizedTest
    @EnumSource(names = {"LOCALITY_CACHE", "LOCALITY_REPLICATION"})
    void shouldStayWithAServerWhenAnotherHasLessToDo(final SchedulerKind kind) {
        final Scheduler scheduler = make(kind, null, a, b);
        assertEquals(0, scheduler.pick(FIRST));
        a.active = 8;
        b.active = 6;
        assertEquals(0, scheduler.pick(FIRST));
        assertEquals(1, scheduler.pick(SECOND));
        // More connections than weight, and another server has less than half of its weight.
        a.active = 11;
        assertEquals(0, scheduler.pick(FIRST));
        b.active = 4;
        assertEquals(1, scheduler.pick(FIRST));
        a.active = 0;
        assertEquals(kind == SchedulerKind.LOCALITY_CACHE ? 1 : 0, scheduler.pick(FIRST));
    }

    @ParameterizedTest
    @EnumSource(names = {"LOCALITY_CACHE", "LOCALITY_REPLICATION"})
    void shouldRememberWhenOtherServersComeAndGo(final SchedulerKind kind) {
        Scheduler scheduler = make(kind, null, a, b);
        a.active = 1;
        assertEquals(1, scheduler.pick(FIRST));
        a.active = 0;
        scheduler = make(kind, scheduler, c, a, b);
        assertEquals(2, scheduler.pick(FIRST));
        scheduler = make(kind, scheduler, b, c);
        assertEquals(0, scheduler.pick(FIRST));
        scheduler = make(kind, scheduler, c, a);
        assertEquals(0, scheduler.pick(FIRST));
        c.active = 1;
        assertEquals(0, scheduler.pick(FIRST));
    }

    @ParameterizedTest
    @EnumSource(names = {"LOCALITY_CACHE", "LOCALITY_REPLICATION"})
    void shouldForgetWhenNobodyAsksForLong(final SchedulerKind kind) {
        settings.setLblcExpirationSeconds(100);
        settings.setLblcrExpirationSeconds(100);
        final Scheduler scheduler = make(kind, null, a, b);
        final Flow flow = TestFlows.to("198.51.100.1");
        assertEquals(0, scheduler.pick(flow));
        a.active = 1;
        flow.nowNs = 99 * SECOND_NS;
        assertEquals(0, scheduler.pick(flow));
        flow.nowNs = 198 * SECOND_NS;
        assertEquals(0, scheduler.pick(flow));
        flow.nowNs = 298 * SECOND_NS;
        assertEquals(1, scheduler.pick(flow));
    }

    @ParameterizedTest
    @EnumSource(names = {"LOCALITY_CACHE", "LOCALITY_REPLICATION"})
    void shouldLeaveAServerWhenItIsQuiescedOrGone(final SchedulerKind kind) {
        final Scheduler scheduler = make(kind, null, a, b);
        assertEquals(0, scheduler.pick(FIRST));
        a.weight = 0;
        assertEquals(1, scheduler.pick(FIRST));
        a.weight = 10;
        assertEquals(0, scheduler.pick(SECOND));
        a.isAvailable = false;
        b.active = 1;
        // Where the kernel looks for the least load it does not ask whether a server is available: who is not has left the list.
        assertEquals(0, scheduler.pick(SECOND));
    }

    @Test
    void shouldStayWithAFullServerWhenItIsRememberedByLblcOnly() {
        final Scheduler single = make(SchedulerKind.LOCALITY_CACHE, null, a, b);
        final Scheduler several = make(SchedulerKind.LOCALITY_REPLICATION, null, a, b);
        assertEquals(0, single.pick(FIRST));
        assertEquals(0, several.pick(FIRST));
        a.isOverloaded = true;
        assertEquals(0, single.pick(FIRST));
        assertEquals(1, several.pick(FIRST));
    }

    @Test
    void shouldTakeTheBusiestServerAwayWhenASetHasNotChangedForLong() {
        settings.setLblcrExpirationSeconds(100);
        final Scheduler scheduler = make(SchedulerKind.LOCALITY_REPLICATION, null, a, b, c);
        final Flow flow = TestFlows.to("198.51.100.1");
        assertEquals(0, scheduler.pick(flow));
        a.active = 11;
        c.active = 1;
        assertEquals(1, scheduler.pick(flow));
        // Both now; b is busier.
        a.active = 0;
        b.active = 5;
        flow.nowNs = 60 * SECOND_NS;
        assertEquals(0, scheduler.pick(flow));
        flow.nowNs = 101 * SECOND_NS;
        assertEquals(0, scheduler.pick(flow));
        a.active = 8;
        b.active = 0;
        assertEquals(0, scheduler.pick(flow), "b has left the set");
        flow.nowNs = 180 * SECOND_NS;
        assertEquals(0, scheduler.pick(flow));
        flow.nowNs = 260 * SECOND_NS;
        assertEquals(0, scheduler.pick(flow), "the last one stays");
    }

    @Test
    void shouldReplaceTheServerThatCameFirstWhenASetIsFull() {
        final TestServer[] servers = TestServer.numbered(18);
        final Scheduler scheduler = make(SchedulerKind.LOCALITY_REPLICATION, null, servers);
        for (int i = 0; i < servers.length; i++) {
            assertEquals(i, scheduler.pick(FIRST));
            servers[i].active = 2;
        }
        // All are overburdened, nobody has nothing to do. The first two have left the set, and so the least loaded one of it is another.
        servers[0].active = 0;
        servers[0].weight = 0;
        servers[1].active = 1;
        servers[2].active = 1;
        assertEquals(2, scheduler.pick(FIRST));
    }

    @ParameterizedTest
    @EnumSource(names = {"LOCALITY_CACHE", "LOCALITY_REPLICATION"})
    void shouldForgetWhatWasNotUsedForLongestWhenThereAreMoreDestinationsThanRoom(final SchedulerKind kind) {
        final Scheduler scheduler = make(kind, null, a, b);
        final Flow flow = TestFlows.to("198.51.100.1");
        final long first = flow.destinationLow;
        for (int i = 0; i < 8_192; i++) {
            flow.nowNs = i;
            flow.destinationLow = first + i;
            assertEquals(0, scheduler.pick(flow));
        }
        a.active = 1;
        assertEquals(8_192, remembered(scheduler, flow, first, 8_192));
        a.active = 0;
        for (int i = 8_192; i < 200_000; i++) {
            flow.nowNs = i;
            flow.destinationLow = first + i;
            assertEquals(0, scheduler.pick(flow));
        }
        a.active = 1;
        assertEquals(0, remembered(scheduler, flow, first, 4_096), "the oldest are forgotten");
        final int kept = remembered(scheduler, flow, first + 200_000 - 4_096, 4_096);
        assertTrue(kept > 3_000, () -> "kept=" + kept);
    }

    private static int remembered(final Scheduler scheduler, final Flow flow, final long first, final int count) {
        int remembered = 0;
        for (int i = 0; i < count; i++) {
            flow.destinationLow = first + i;
            remembered += scheduler.pick(flow) == 0 ? 1 : 0;
        }
        return remembered;
    }

    private Scheduler make(final SchedulerKind kind, final Scheduler before, final Candidate... servers) {
        return kind.make(servers, 0, before, settings);
    }
}
