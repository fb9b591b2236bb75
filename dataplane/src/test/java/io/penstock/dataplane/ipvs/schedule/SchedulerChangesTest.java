package io.penstock.dataplane.ipvs.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.dataplane.hot.ipvs.schedule.Candidate;
import io.penstock.dataplane.hot.ipvs.schedule.Flow;
import io.penstock.dataplane.hot.ipvs.schedule.Scheduler;
import io.penstock.dataplane.ipvs.model.ServiceSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What goes on over a change of servers, weights or flags, as the kernel's add_dest, del_dest and upd_dest leave it. */
final class SchedulerChangesTest {

    private static final Flow FLOW = TestFlows.to("198.51.100.1");

    private final TestServer a = TestServer.numbered(1, 1);
    private final TestServer b = TestServer.numbered(2, 1);
    private final TestServer c = TestServer.numbered(3, 1);
    private final TestServer d = TestServer.numbered(4, 1);

    @Test
    void shouldGoOnBehindTheSameServerWhenOthersComeAndGo() {
        Scheduler turns = SchedulerKind.ROUND_ROBIN.make(servers(c, b, a), 0, null);
        assertPicks(turns, c, b);
        turns = SchedulerKind.ROUND_ROBIN.make(servers(d, c, b, a), 0, turns);
        assertPicks(turns, a, d, c);
        turns = SchedulerKind.ROUND_ROBIN.make(servers(d, c, a), 0, turns);
        assertPicks(turns, a, d);
    }

    @Test
    void shouldGoBackToTheServerBeforeWhenTheOneWhoseTurnItWasLeaves() {
        Scheduler turns = SchedulerKind.ROUND_ROBIN.make(servers(c, b, a), 0, null);
        assertPicks(turns, c, b);
        turns = SchedulerKind.ROUND_ROBIN.make(servers(c, a), 0, turns);
        assertPicks(turns, a, c);
        turns = SchedulerKind.ROUND_ROBIN.make(servers(a), 0, turns);
        assertPicks(turns, a);
        turns = SchedulerKind.ROUND_ROBIN.make(servers(), 0, turns);
        turns = SchedulerKind.ROUND_ROBIN.make(servers(b, c), 0, turns);
        assertPicks(turns, b, c);
    }

    @Test
    void shouldStartFromTheFirstServerAtTheSameLevelWhenAWeightChanges() {
        a.weight = 3;
        b.weight = 2;
        Scheduler rounds = SchedulerKind.WEIGHTED_ROUND_ROBIN.make(servers(a, b, c), 0, null);
        assertPicks(rounds, a, a, b);
        // Level 2 of 3, and it was b's turn: now all of level 2 begin again.
        c.weight = 2;
        rounds = SchedulerKind.WEIGHTED_ROUND_ROBIN.make(servers(a, b, c), 0, rounds);
        assertPicks(rounds, a, b, c, a, b, c, a);
        a.weight = 20;
        b.weight = 10;
        c.weight = 10;
        rounds = SchedulerKind.WEIGHTED_ROUND_ROBIN.make(servers(a, b, c), 0, rounds);
        // The level was 3; of steps of 10 it becomes 1.
        assertPicks(rounds, a, b, c, a, a, b, c);
    }

    @Test
    void shouldBeAtTheSameLevelWhenServersCameTogether() {
        final SplittableRandom random = new SplittableRandom(13);
        for (int round = 0; round < 1_000; round++) {
            final TestServer[] servers = TestServer.numbered(6);
            for (final TestServer server : servers) {
                server.weight = random.nextInt(4) * (1 + random.nextInt(3));
            }
            Scheduler one = SchedulerKind.WEIGHTED_ROUND_ROBIN.make(servers(), 0, null);
            Scheduler other = one;
            for (int count = 1; count <= servers.length; count++) {
                one = SchedulerKind.WEIGHTED_ROUND_ROBIN.make(Arrays.copyOfRange(servers, servers.length - count, servers.length), 0, one);
                if (count == 2 || count == servers.length) {
                    other = SchedulerKind.WEIGHTED_ROUND_ROBIN.make(one.servers(), 0, other);
                }
                if (count == 2) {
                    assertEquals(one.pick(FLOW), other.pick(FLOW));
                }
            }
            for (int i = 0; i < 20; i++) {
                assertEquals(one.pick(FLOW), other.pick(FLOW));
            }
        }
    }

    @Test
    void shouldKeepItsPlaceInTheRoundWhenOnlyTheServiceChanges() {
        final Scheduler rounds = SchedulerKind.WEIGHTED_ROUND_ROBIN.make(servers(a, b, c), 0, null);
        assertPicks(rounds, a, b);
        assertPicks(SchedulerKind.WEIGHTED_ROUND_ROBIN.make(servers(a, b, c), ServiceSpec.ONE_PACKET, rounds), c, a);
        assertPicks(SchedulerKind.WEIGHTED_ROUND_ROBIN.make(servers(a, b, c), 0, rounds), a, b);
    }

    @Test
    void shouldLeaveOthersTheirClientsWhenAServerIsQuiescedUnderMh() {
        final TestServer[] servers = {a, b, c};
        final Scheduler before = SchedulerKind.MAGLEV_HASH.make(servers, 0, null);
        b.weight = 0;
        // Twice, and over another kind: what it weighed is known as long as the service has it.
        Scheduler after = SchedulerKind.MAGLEV_HASH.make(servers, 0, before);
        after = SchedulerKind.ROUND_ROBIN.make(servers, 0, after);
        after = SchedulerKind.MAGLEV_HASH.make(servers, 0, after);
        final SplittableRandom random = new SplittableRandom(3);
        final Flow flow = new Flow();
        b.weight = 1;
        int ofB = 0;
        for (int i = 0; i < 1_000; i++) {
            TestFlows.randomize(flow, random);
            b.weight = 1;
            final int index = before.pick(flow);
            b.weight = 0;
            assertEquals(index == 1 ? Scheduler.NONE : index, after.pick(flow));
            ofB += index == 1 ? 1 : 0;
        }
        assertEquals(333, ofB, 60);
    }

    @Test
    void shouldRememberNoWeightWhenAServerCameQuiesced() {
        a.weight = 0;
        final Scheduler scheduler = SchedulerKind.MAGLEV_HASH.make(servers(a, b), 0, null);
        final SplittableRandom random = new SplittableRandom(4);
        final Flow flow = new Flow();
        for (int i = 0; i < 1_000; i++) {
            TestFlows.randomize(flow, random);
            assertEquals(1, scheduler.pick(flow));
        }
    }

    private static Candidate[] servers(final TestServer... servers) {
        return servers;
    }

    private static void assertPicks(final Scheduler scheduler, final TestServer... expected) {
        final List<Candidate> picked = new ArrayList<>();
        for (int i = 0; i < expected.length; i++) {
            picked.add(scheduler.servers()[scheduler.pick(FLOW)]);
        }
        assertEquals(List.<Candidate>of(expected), picked);
    }
}
