package io.penstock.dataplane.ipvs.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.dataplane.hot.ipvs.schedule.Flow;
import io.penstock.dataplane.hot.ipvs.schedule.Scheduler;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** {@code wrr} against a model that goes down level by level, as the kernel's documentation says it. */
final class WeightedRoundRobinTest {

    private static final Flow FLOW = TestFlows.to("198.51.100.1");

    @Test
    void shouldChooseAsLevelsSaidOneByOneWhenServersFillUpAndEmpty() {
        final SplittableRandom random = new SplittableRandom(5);
        for (int round = 0; round < 2_000; round++) {
            final TestServer[] servers = TestServer.numbered(1 + random.nextInt(6));
            final int factor = 1 + random.nextInt(4);
            for (final TestServer server : servers) {
                server.weight = factor * random.nextInt(8);
            }
            final Scheduler scheduler = SchedulerKind.WEIGHTED_ROUND_ROBIN.make(servers, 0, null);
            final Model model = new Model(servers);
            for (int i = 0; i < 60; i++) {
                if (random.nextInt(4) == 0) {
                    final TestServer server = servers[random.nextInt(servers.length)];
                    server.isOverloaded = !server.isOverloaded;
                }
                assertEquals(model.pick(), scheduler.pick(FLOW),
                        () -> Arrays.toString(Arrays.stream(servers).mapToInt(TestServer::weight).toArray()));
            }
        }
    }

    @Test
    void shouldNotCountDownWhenTheHeaviestServerIsFull() {
        final TestServer[] servers = {TestServer.numbered(1, Integer.MAX_VALUE), TestServer.numbered(2, 1)};
        final Scheduler scheduler = SchedulerKind.WEIGHTED_ROUND_ROBIN.make(servers, 0, null);
        assertEquals(0, scheduler.pick(FLOW));
        servers[0].isOverloaded = true;
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
            for (int i = 0; i < 1_000; i++) {
                assertEquals(1, scheduler.pick(FLOW));
            }
        });
    }

    /** Where it stands between picks: behind which server, and at which level. */
    private static final class Model {

        private final TestServer[] servers;
        private final int step;
        private final int top;
        private int last = -1;
        private int level;

        Model(final TestServer[] servers) {
            this.servers = servers;
            int divisor = 0;
            int largest = 0;
            for (final TestServer server : servers) {
                for (int i = largest = Math.max(largest, server.weight); i > 0; i--) {
                    if (server.weight % i == 0 && divisor % i == 0) {
                        divisor = i;
                        break;
                    }
                }
            }
            step = Math.max(divisor, 1);
            top = largest - step + 1;
            level = top;
        }

        int pick() {
            if (top == 0) {
                return Scheduler.NONE;
            }
            final boolean beganAtHead = last < 0;
            final int stop = last;
            boolean isLowest = false;
            boolean isAgain = false;
            int at = last;
            while (true) {
                while (++at < servers.length) {
                    if (!servers[at].isOverloaded && servers[at].weight >= level) {
                        last = at;
                        return at;
                    }
                    if (isLowest && isAgain && !beganAtHead && at == stop) {
                        last = at;
                        return Scheduler.NONE;
                    }
                }
                at = -1;
                level -= step;
                if (level <= 0) {
                    level = top;
                    if (isLowest || beganAtHead) {
                        last = -1;
                        return Scheduler.NONE;
                    }
                    isAgain = true;
                }
                isLowest = level <= step;
            }
        }
    }
}
