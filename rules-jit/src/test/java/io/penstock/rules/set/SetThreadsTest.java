package io.penstock.rules.set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.set.Boundaries;
import io.penstock.rules.hot.set.SetPlace;
import io.penstock.rules.hot.set.SetQuery;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;

/** Workers and commands at once. */
final class SetThreadsTest {

    private static final int WORKERS = 2;
    private static final int PACKETS = 20_000;
    private static final int COMMANDS = 3_000;

    private final AtomicLongArray passed = new AtomicLongArray(WORKERS);
    private final AtomicLong kept = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicBoolean lost = new AtomicBoolean();

    private final Boundaries boundaries = new Boundaries() {
        @Override
        public int workers() {
            return WORKERS;
        }

        @Override
        public long observe(final int worker) {
            return passed.get(worker);
        }

        @Override
        public boolean hasPassed(final int worker, final long seen) {
            return passed.get(worker) != seen;
        }
    };

    @Test
    void shouldKeepWhatWorkersAndCommandsAddedWhenTheyDoSoAtOnce() throws Exception {
        try (SetRegistry sets = new SetRegistry(boundaries, () -> 1)) {
            sets.create(SetLines.spec(List.of("s", "hash:net", "counters", "comment")), false);
            sets.add("s", SetLines.element(SetType.HASH_NET, List.of("99.0.0.1/32")), false);
            final SetPlace place = sets.acquire("s", "test").orElseThrow();
            final Thread[] workers = new Thread[WORKERS];
            for (int i = 0; i < WORKERS; i++) {
                final int worker = i;
                workers[i] = new Thread(() -> work(place, worker), "worker " + i);
                workers[i].start();
            }
            for (int i = 0; i < COMMANDS; i++) {
                final SetElement element = SetLines.element(SetType.HASH_NET, List.of("50.0." + (i >> 8) + '.' + (i & 255) + "/32", "comment", "c" + i));
                sets.add("s", element, false);
                if (i % 3 == 0) {
                    sets.delete("s", element, false);
                }
                if (i % 100 == 0) {
                    sets.maintain();
                }
            }
            for (final Thread worker : workers) {
                worker.join();
            }
            assertTrue(!lost.get(), "an element was not found by who had just added it");
            assertEquals(1 + COMMANDS - COMMANDS / 3 + kept.get(), sets.header("s").elements());
            assertEquals(refused.get(), sets.missedChanges());
            final AtomicLong listed = new AtomicLong();
            sets.list("s", element -> listed.incrementAndGet());
            assertEquals(sets.header("s").elements(), listed.get());
            sets.release(place, "test");
        }
    }

    private void work(final SetPlace place, final int worker) {
        final SetQuery query = SetQuery.of(1, 1);
        try (SetPacket packets = new SetPacket()) {
            final RulePacket packet = packets.of("10.0.0.1 10.0.0.2 udp 1 2", 1);
            for (int i = 0; i < PACKETS; i++) {
                Ipv4Layout.setSource(packet.network, 10 + worker << 24 | i);
                if (!place.get().add(packet, query)) {
                    refused.incrementAndGet();
                } else {
                    lost.compareAndSet(false, !place.test(packet, query));
                    kept.incrementAndGet();
                    if ((i & 1) == 0) {
                        if (place.get().delete(packet, query)) {
                            kept.decrementAndGet();
                        } else {
                            refused.incrementAndGet();
                        }
                    }
                }
                passed.incrementAndGet(worker);
            }
        }
    }
}
