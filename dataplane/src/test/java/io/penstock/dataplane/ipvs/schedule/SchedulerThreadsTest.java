package io.penstock.dataplane.ipvs.schedule;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.penstock.dataplane.hot.ipvs.schedule.Flow;
import io.penstock.dataplane.hot.ipvs.schedule.Scheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Several workers choose at once from what they share. */
final class SchedulerThreadsTest {

    private static final int THREADS = 4;
    private static final int PICKS = 300_000;

    @Test
    void shouldGiveEachServerItsTurnWhenWorkersChooseAtOnce() throws Exception {
        final TestServer[] servers = TestServer.numbered(5);
        servers[2].isOverloaded = true;
        final long each = THREADS * PICKS / 4;
        assertArrayEquals(new long[] {each, each, 0, each, each}, pick(SchedulerKind.ROUND_ROBIN.make(servers, 0, null)));
    }

    @Test
    void shouldKeepProportionsWhenWorkersChooseAtOnce() throws Exception {
        final TestServer[] servers = {TestServer.numbered(1, 50), TestServer.numbered(2, 30), TestServer.numbered(3, 20)};
        final long part = THREADS * PICKS / 10;
        assertArrayEquals(new long[] {5 * part, 3 * part, 2 * part}, pick(SchedulerKind.WEIGHTED_ROUND_ROBIN.make(servers, 0, null)));
    }

    private static long[] pick(final Scheduler scheduler) throws InterruptedException, ExecutionException {
        final long[] counts = new long[scheduler.servers().length];
        try (ExecutorService workers = Executors.newFixedThreadPool(THREADS)) {
            final List<Future<long[]>> all = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                all.add(workers.submit(() -> {
                    final Flow flow = TestFlows.to("198.51.100.1");
                    final long[] own = new long[counts.length];
                    for (int pick = 0; pick < PICKS; pick++) {
                        own[scheduler.pick(flow)]++;
                    }
                    return own;
                }));
            }
            for (final Future<long[]> one : all) {
                final long[] own = one.get();
                for (int i = 0; i < counts.length; i++) {
                    counts[i] += own[i];
                }
            }
        }
        return counts;
    }
}
