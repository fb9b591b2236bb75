package io.penstock.dataplane.ipvs.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.dataplane.hot.ipvs.schedule.Flow;
import io.penstock.dataplane.hot.ipvs.schedule.Scheduler;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** {@code twos}: its proportions. */
final class TwoChoicesTest {

    private static final int PICKS = 200_000;

    @Test
    void shouldDrawByWeightWhenNobodyHasConnections() {
        final TestServer[] servers = {TestServer.numbered(1, 10), TestServer.numbered(2, 30), TestServer.numbered(3, 60)};
        final int[] counts = counts(servers);
        // Of 101 numbers the first has 11; a tie goes to the first draw.
        assertEquals(11 / 101.0, counts[0] / (double) PICKS, 0.005);
        assertEquals(30 / 101.0, counts[1] / (double) PICKS, 0.005);
        assertEquals(60 / 101.0, counts[2] / (double) PICKS, 0.005);
    }

    @Test
    void shouldTakeTheLesserLoadWhenBothAreDrawn() {
        final TestServer[] servers = {TestServer.numbered(1, 50), TestServer.numbered(2, 50)};
        servers[0].active = 1;
        final int[] counts = counts(servers);
        // The first only when both draws are its own.
        assertEquals(51 / 101.0 * 51 / 101.0, counts[0] / (double) PICKS, 0.005);
    }

    private static int[] counts(final TestServer[] servers) {
        final Scheduler scheduler = SchedulerKind.TWO_CHOICES.make(servers, 0, null);
        final SplittableRandom random = new SplittableRandom(6);
        final Flow flow = new Flow();
        final int[] counts = new int[servers.length];
        for (int i = 0; i < PICKS; i++) {
            flow.random = random.nextLong();
            counts[scheduler.pick(flow)]++;
        }
        return counts;
    }
}
