package io.penstock.conntrack.hot.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.Deadline;
import io.penstock.os.hot.memory.Memory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The table beside a {@link HashMap}, through random lives of connections. */
final class TableModelTest {

    private static final int MAX = 512;
    private static final int TUPLES = 700;
    private static final int STEPS = 3_000;

    @Property(tries = 30)
    void shouldHoldWhatAMapHolds(@ForAll final long seed, @ForAll final boolean ipv6, @ForAll @IntRange(min = 1, max = 3) final int workers) {
        final int family = ipv6 ? ConnLayout.FAMILY_IPV6 : ConnLayout.FAMILY_IPV4;
        try (ConnLimit limit = new ConnLimit(0, workers); ConnTable table = TestTables.table(family, MAX, limit, workers)) {
            new Run(table, limit, new Random(seed), workers).go();
        }
    }

    /** One random life. */
    private static final class Run {

        private final ConnTable table;
        private final ConnLimit limit;
        private final Random random;
        private final int workers;
        private final Map<Tuple, Expected> model = new HashMap<>();
        private final List<Held> unconfirmed = new ArrayList<>();
        private long nowNs;

        private Run(final ConnTable table, final ConnLimit limit, final Random random, final int workers) {
            this.table = table;
            this.limit = limit;
            this.random = random;
            this.workers = workers;
        }

        private record Expected(long entry, int generation, int direction, long deadline) {
        }

        private record Held(long entry, Tuple original, Tuple reply, long timeoutNs) {
        }

        private void go() {
            for (int step = 0; step < STEPS; step++) {
                final TableWorker worker = table.worker(random.nextInt(workers));
                switch (random.nextInt(12)) {
                    case 0, 1, 2 -> allocate(worker);
                    case 3, 4, 5 -> confirm(worker);
                    case 6, 7 -> check(worker, tuple());
                    case 8 -> kill(worker);
                    case 9 -> free(worker);
                    case 10 -> pass();
                    default -> maintain();
                }
            }
            for (int n = 0; n < TUPLES; n++) {
                check(table.worker(0), Tuple.number(n));
                check(table.worker(workers - 1), Tuple.number(n).inverse());
            }
            empty();
        }

        private Tuple tuple() {
            final Tuple tuple = Tuple.number(random.nextInt(TUPLES));
            return random.nextBoolean() ? tuple : tuple.inverse();
        }

        private void allocate(final TableWorker worker) {
            if (unconfirmed.size() > MAX / 8 || limit.count() >= MAX) {
                return;
            }
            final Tuple original = tuple();
            // Now and then the reply goes somewhere else, as after NAT.
            final Tuple reply = random.nextInt(4) == 0 ? tuple().withSourceKey(random.nextInt(1000)) : original.inverse();
            final long timeoutNs = (1 + random.nextInt(60)) * TestTables.SECOND;
            final long entry = TestTables.allocate(table, worker, original, reply);
            Deadline.refresh(entry, timeoutNs, nowNs);
            unconfirmed.add(new Held(entry, original, reply, timeoutNs));
        }

        private void confirm(final TableWorker worker) {
            if (unconfirmed.isEmpty()) {
                return;
            }
            final Held held = unconfirmed.remove(random.nextInt(unconfirmed.size()));
            final boolean clash = isThere(held.original) || isThere(held.reply);
            final int result = worker.confirm(held.entry);
            if (held.original.equals(held.reply)) {
                worker.kill(held.entry);
                return;
            }
            assertEquals(clash ? ConfirmResult.CLASH : ConfirmResult.CONFIRMED, result);
            if (clash) {
                assertTrue(isThere(held.original) && model.get(held.original).entry == TableWorker.entry(worker.clash())
                        || isThere(held.reply) && model.get(held.reply).entry == TableWorker.entry(worker.clash()));
                worker.free(held.entry);
            } else {
                final int generation = ConnLayout.generation(held.entry);
                final long deadline = nowNs + held.timeoutNs;
                model.put(held.original, new Expected(held.entry, generation, ConnDirection.ORIGINAL, deadline));
                model.put(held.reply, new Expected(held.entry, generation, ConnDirection.REPLY, deadline));
            }
        }

        private void check(final TableWorker worker, final Tuple tuple) {
            final long found = tuple.find(table, worker);
            if (isThere(tuple)) {
                final Expected expected = model.get(tuple);
                assertEquals(expected.entry | expected.direction, found);
                assertEquals(expected.generation, ConnLayout.generation(expected.entry));
                assertEquals(expected.entry, table.entry(table.number(expected.entry), expected.generation));
            } else {
                assertEquals(0, found);
            }
        }

        private void kill(final TableWorker worker) {
            final Tuple tuple = tuple();
            if (isThere(tuple)) {
                final Expected expected = model.get(tuple);
                assertTrue(worker.kill(expected.entry));
                forget(expected);
            }
        }

        private void free(final TableWorker worker) {
            if (!unconfirmed.isEmpty()) {
                worker.free(unconfirmed.remove(random.nextInt(unconfirmed.size())).entry);
            }
        }

        private void pass() {
            nowNs += random.nextInt(10) * TestTables.SECOND / 4;
            TestTables.settle(table, workers, nowNs);
        }

        private void maintain() {
            if (random.nextInt(20) == 0 && !table.isResizing()) {
                table.resize(1 << 6 + random.nextInt(3));
            }
            table.worker(random.nextInt(workers)).maintain(1);
            if (random.nextBoolean()) {
                table.worker(random.nextInt(workers)).boundary(nowNs);
            }
        }

        private boolean isThere(final Tuple tuple) {
            final Expected expected = model.get(tuple);
            if (expected != null && expected.deadline - nowNs <= 0) {
                forget(expected);
                return false;
            }
            return expected != null;
        }

        private void forget(final Expected gone) {
            model.values().removeIf(expected -> expected.entry == gone.entry && expected.generation == gone.generation);
        }

        private void empty() {
            unconfirmed.forEach(held -> table.worker(0).free(held.entry));
            nowNs += 1000 * TestTables.SECOND;
            for (int i = 0; i < 50; i++) {
                TestTables.settle(table, workers, nowNs);
                table.worker(i % workers).maintain(64);
            }
            assertEquals(0, limit.count());
            assertFalse(table.isResizing());
            for (final ConnIndex index : table.indexes()) {
                for (int bucket = 0; bucket < index.buckets(); bucket++) {
                    for (int offset = 0; offset < BucketLayout.BYTES; offset += Long.BYTES) {
                        assertEquals(0, Memory.getLong(index.bucket(bucket) + offset));
                    }
                }
            }
        }
    }
}
