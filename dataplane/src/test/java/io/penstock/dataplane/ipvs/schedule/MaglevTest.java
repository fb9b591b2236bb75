package io.penstock.dataplane.ipvs.schedule;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.hot.ipvs.schedule.Candidate;
import io.penstock.dataplane.hot.ipvs.schedule.Flow;
import io.penstock.dataplane.hot.ipvs.schedule.Roster;
import io.penstock.dataplane.hot.ipvs.schedule.Scheduler;
import io.penstock.dataplane.hot.ipvs.schedule.SchedulerSettings;
import java.util.Arrays;
import java.util.Collections;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** {@code maglev}: the paper's example, and how even and how lasting its tables are. */
final class MaglevTest {

    private static final int SIZE = SchedulerSettings.DEFAULT_MAGLEV_TABLE;
    private static final int SERVERS = 1_000;

    @Test
    void shouldFillThePapersExampleWhenItsServersAreGiven() {
        assertArrayEquals(new int[] {1, 0, 1, 0, 2, 2, 0}, MaglevTables.fill(new int[] {3, 0, 3}, new int[] {4, 2, 1}, new int[] {1, 1, 1}, 7));
        // Without B1: what was 2 is 1 here.
        assertArrayEquals(new int[] {0, 0, 0, 0, 1, 1, 1}, MaglevTables.fill(new int[] {3, 3}, new int[] {4, 1}, new int[] {1, 1}, 7));
    }

    @Test
    void shouldGiveAllServersTheSamePartWhenWeightsAreEqual() {
        final int[] counts = counts(table(TestServer.numbered(SERVERS)), SERVERS);
        assertEquals(SIZE / SERVERS, Arrays.stream(counts).min().orElseThrow());
        assertEquals(SIZE / SERVERS + 1, Arrays.stream(counts).max().orElseThrow());
    }

    @Test
    void shouldGiveServersTheirPartByWeightWhenWeightsDiffer() {
        final TestServer[] servers = {TestServer.numbered(1, 1), TestServer.numbered(2, 2), TestServer.numbered(3, 300), TestServer.numbered(4, 97)};
        final int[] counts = counts(table(servers), servers.length);
        for (int i = 0; i < servers.length; i++) {
            assertEquals(servers[i].weight / 400.0 * SIZE, counts[i], 2);
        }
        final TestServer[] uneven = {TestServer.numbered(1, Integer.MAX_VALUE), TestServer.numbered(2, 1)};
        assertArrayEquals(new int[] {SIZE - 1, 1}, counts(table(uneven), 2));
    }

    @Test
    void shouldMoveFewFlowsWhenServersLeave(final TestReporter reporter) {
        final SplittableRandom random = new SplittableRandom(7);
        final double[] bounds = {0.01, 0.03, 0.05};
        final int[] failures = {1, 10, 100};
        for (int i = 0; i < failures.length; i++) {
            final TestServer[] servers = TestServer.numbered(SERVERS);
            final int[] before = table(servers);
            for (int left = failures[i]; left > 0;) {
                final TestServer server = servers[random.nextInt(SERVERS)];
                left -= server.weight;
                server.weight = 0;
            }
            final int[] after = table(servers);
            int moved = 0;
            for (int entry = 0; entry < SIZE; entry++) {
                moved += servers[before[entry]].weight != 0 && before[entry] != after[entry] ? 1 : 0;
            }
            final double part = moved / (double) SIZE;
            reporter.publishEntry("moved", "left=" + failures[i] + " of=" + SERVERS + " moved without need=" + 100 * part + " %");
            assertTrue(part < bounds[i], "left=" + failures[i] + " part=" + part);
        }
    }

    @Test
    void shouldMoveFewFlowsWhenAWeightChanges(final TestReporter reporter) {
        final TestServer[] servers = TestServer.numbered(100);
        for (final TestServer server : servers) {
            server.weight = 100;
        }
        final int[] before = table(servers);
        for (final int weight : new int[] {50, 99, 101, 200}) {
            servers[42].weight = weight;
            final int[] after = table(servers);
            int moved = 0;
            for (int entry = 0; entry < SIZE; entry++) {
                moved += before[entry] != after[entry] ? 1 : 0;
            }
            final double part = moved / (double) SIZE;
            reporter.publishEntry("moved", "weight 100 to " + weight + ": " + 100 * part + " %");
            assertTrue(part < 0.06, "weight=" + weight + " part=" + part);
        }
    }

    @Test
    void shouldChooseTheSameServersWhenTheyWereAddedInAnotherOrder() {
        final TestServer[] servers = TestServer.numbered(50);
        for (int i = 0; i < servers.length; i++) {
            servers[i].weight = 1 + i % 3;
        }
        final TestServer[] shuffled = servers.clone();
        Collections.shuffle(Arrays.asList(shuffled), new Random(8));
        final Scheduler one = make(servers);
        final Scheduler other = make(shuffled);
        for (int i = 0; i < servers.length; i += 3) {
            servers[i].isOverloaded = true;
        }
        assertSameChoices(one, other);
        for (int i = 1; i < servers.length; i++) {
            servers[i].isOverloaded = true;
        }
        servers[0].isOverloaded = false;
        assertSameChoices(one, other);
    }

    @Test
    void shouldLeaveOtherFlowsWhereTheyAreWhenAServerIsFull() {
        final TestServer[] servers = TestServer.numbered(10);
        final Scheduler scheduler = make(servers);
        final SplittableRandom random = new SplittableRandom(9);
        final Flow flow = new Flow();
        final int[] others = new int[10];
        for (int i = 0; i < 20_000; i++) {
            TestFlows.randomize(flow, random);
            servers[4].isOverloaded = false;
            final int before = scheduler.pick(flow);
            servers[4].isOverloaded = true;
            final int after = scheduler.pick(flow);
            if (before == 4) {
                others[after]++;
            } else {
                assertEquals(before, after);
            }
        }
        assertEquals(0, others[4]);
        for (int i = 0; i < 10; i++) {
            assertTrue(i == 4 || others[i] > 100, Arrays.toString(others));
        }
    }

    @Test
    void shouldTakeAnAnswerForItsFlowWhenItIsInverse() {
        final Scheduler scheduler = make(TestServer.numbered(100));
        final Flow flow = TestFlows.of("192.0.2.1", 1024, "198.51.100.1", 80);
        final int index = scheduler.pick(flow);
        final Flow answer = TestFlows.of("198.51.100.1", 80, "192.0.2.1", 1024);
        assertNotEquals(index, scheduler.pick(answer));
        answer.isInverse = true;
        assertEquals(index, scheduler.pick(answer));
    }

    @Test
    void shouldUseTheTableSizeWhenItIsSet() {
        final SchedulerSettings settings = new SchedulerSettings();
        settings.setMaglevTable(3);
        final TestServer[] servers = TestServer.numbered(5);
        final Scheduler scheduler = SchedulerKind.MAGLEV.make(servers, 0, null, settings);
        final SplittableRandom random = new SplittableRandom(10);
        final Flow flow = new Flow();
        final int[] counts = new int[5];
        for (int i = 0; i < 1_000; i++) {
            TestFlows.randomize(flow, random);
            counts[scheduler.pick(flow)]++;
        }
        assertEquals(3, Arrays.stream(counts).filter(count -> count > 250).count(), Arrays.toString(counts));
    }

    private static void assertSameChoices(final Scheduler one, final Scheduler other) {
        final SplittableRandom random = new SplittableRandom(11);
        final Flow flow = new Flow();
        for (int i = 0; i < 20_000; i++) {
            TestFlows.randomize(flow, random);
            final Candidate first = one.servers()[one.pick(flow)];
            assertEquals(first, other.servers()[other.pick(flow)]);
        }
    }

    private static Scheduler make(final Candidate... servers) {
        return SchedulerKind.MAGLEV.make(servers, 0, null);
    }

    private static int[] table(final Candidate[] servers) {
        return MaglevTables.fill(new Roster(servers, 0, null), SIZE);
    }

    private static int[] counts(final int[] table, final int servers) {
        final int[] counts = new int[servers];
        for (final int server : table) {
            counts[server]++;
        }
        return counts;
    }
}
