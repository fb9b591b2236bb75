package io.penstock.conntrack.hot.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.Deadline;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.MappedMemory;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Two workers on one table at once. */
@Timeout(60)
final class TwoWorkersTest {

    private static final int BATCHES = 4_000;
    private static final int MOST_BATCHES = 1_000 * BATCHES;
    private static final int BATCH = 16;
    private static final int RESIZES = 4;
    private static final int TUPLES = 300;
    private static final int MAX = 1_024;
    private static final int MOVES = 100;
    /** Of all tuples: some looks fall into the few nanoseconds that matter. */
    private static final int ROUNDS = 1_000;

    private final ExecutorService threads = Executors.newFixedThreadPool(3);
    private final ConnLimit limit = new ConnLimit(0, 2);

    @AfterEach
    void close() throws InterruptedException {
        threads.shutdown();
        assertTrue(threads.awaitTermination(10, TimeUnit.SECONDS));
        limit.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void shouldTakeInOneWhenBothConfirmTheSameTuple(final int family) throws Exception {
        try (ConnTable table = TestTables.table(family, MAX, limit, 2)) {
            final CyclicBarrier start = new CyclicBarrier(2);
            final int[][] results = new int[2][TUPLES];
            final Future<?>[] runs = new Future<?>[2];
            for (int w = 0; w < 2; w++) {
                final int number = w;
                runs[w] = threads.submit((Callable<Void>) () -> {
                    final TableWorker worker = table.worker(number);
                    for (int i = 0; i < TUPLES; i++) {
                        // Every other one begins at the other end, as when both hosts open at once.
                        final Tuple tuple = number == 1 && i % 2 == 0 ? Tuple.number(i).inverse() : Tuple.number(i);
                        final long entry = TestTables.allocate(table, worker, tuple, tuple.inverse());
                        start.await();
                        int result;
                        do {
                            worker.boundary(0);
                            result = worker.confirm(entry);
                        } while (result == ConfirmResult.BUSY);
                        results[number][i] = result;
                        if (result == ConfirmResult.CLASH) {
                            assertEquals(0, TupleMatch.difference(entry, ConnDirection.ORIGINAL,
                                    TableWorker.entry(worker.clash()), TableWorker.direction(worker.clash())));
                            worker.free(entry);
                        }
                    }
                    return null;
                });
            }
            for (final Future<?> run : runs) {
                run.get();
            }
            for (int i = 0; i < TUPLES; i++) {
                assertEquals(ConfirmResult.CONFIRMED + ConfirmResult.CLASH, results[0][i] + results[1][i]);
            }
            assertEquals(TUPLES, limit.count());
        }
    }

    @ParameterizedTest
    @CsvSource({"4, 256", "6, 256", "4, 16", "6, 16"})
    void shouldFindWholeConnectionsWhenTheyComeAndGoAndTheIndexMoves(final int family, final int few) throws Exception {
        try (ConnTable table = TestTables.table(family, MAX, limit, 2)) {
            final AtomicBoolean over = new AtomicBoolean();
            final AtomicInteger resizes = new AtomicInteger();
            final Future<?> first = threads.submit(() -> churn(table, 0, resizes));
            final Future<?> second = threads.submit(() -> churn(table, 1, resizes));
            final Future<?> control = threads.submit(() -> control(table, few, over, resizes));
            // All have to be over before the table is closed, whoever fails.
            try {
                first.get();
            } finally {
                try {
                    second.get();
                } finally {
                    over.set(true);
                    control.get();
                }
            }
            assertTrue(resizes.get() >= RESIZES, "resizes that have come to their end: " + resizes);
            finish(table);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void shouldKeepWhatOneConfirmsWhenTheOtherLooksForItAtThatMoment(final int family) throws Exception {
        try (ConnTable table = TestTables.table(family, MAX, limit, 2)) {
            final CyclicBarrier both = new CyclicBarrier(2);
            final AtomicInteger confirmed = new AtomicInteger();
            final Future<?> looker = threads.submit((Callable<Void>) () -> {
                for (int round = 0; round < ROUNDS; round++) {
                    both.await();
                    for (int i = 0; i < TUPLES; i++) {
                        lookFor(table, i, confirmed);
                    }
                    table.worker(1).boundary(0);
                    both.await();
                }
                return null;
            });
            final TableWorker worker = table.worker(0);
            final long[] entries = new long[TUPLES];
            int lost = 0;
            for (int round = 0; round < ROUNDS; round++) {
                worker.boundary(0);
                for (int i = 0; i < TUPLES; i++) {
                    entries[i] = TestTables.allocate(table, worker, Tuple.number(i), Tuple.number(i).inverse());
                }
                confirmed.set(0);
                both.await();
                for (int i = 0; i < TUPLES; i++) {
                    worker.confirm(entries[i]);
                    confirmed.set(i + 1);
                }
                both.await();
                for (final long entry : entries) {
                    lost += worker.kill(entry) ? 0 : 1;
                }
            }
            looker.get();
            assertEquals(0, lost);
            assertEquals(0, limit.count());
        }
    }

    /** Looks for a connection that is about to be confirmed, until it is. */
    private static void lookFor(final ConnTable table, final int number, final AtomicInteger confirmed) {
        final Tuple reply = Tuple.number(number).inverse();
        boolean isOver;
        do {
            isOver = confirmed.get() > number;
        } while (reply.find(table, table.worker(1)) == 0 && !isOver);
    }

    @Test
    void shouldLeaveNothingBehindWhenOneMovesWhatTheOtherRemoves() throws Exception {
        for (int round = 0; round < MOVES; round++) {
            try (ConnTable table = TestTables.table(4, MAX, limit, 2)) {
                for (int i = 0; i < MAX; i++) {
                    TestTables.add(table, table.worker(0), Tuple.number(i));
                }
                table.resize(256);
                while (IndexView.step(table.control().phase()) != IndexView.MOVE) {
                    table.worker(0).maintain(0);
                    TestTables.settle(table, 2, 0);
                }
                final CyclicBarrier start = new CyclicBarrier(2);
                final Future<?> mover = threads.submit((Callable<Void>) () -> {
                    start.await();
                    for (int i = 0; i < MAX / EntrySweeper.BLOCK; i++) {
                        table.worker(0).maintain(1);
                    }
                    return null;
                });
                final Future<?> remover = threads.submit((Callable<Void>) () -> {
                    start.await();
                    for (int number = 1; number <= table.used(); number++) {
                        final long entry = table.entry(number, 1);
                        if (entry != 0) {
                            table.worker(1).kill(entry);
                        }
                    }
                    return null;
                });
                mover.get();
                remover.get();
                assertEquals(0, limit.count());
                assertEmpty(table);
            }
        }
    }

    @Test
    void shouldFindAllTheTimeWhatIsThereWhenResizesAreGivenUp() throws Exception {
        try (ConnTable table = TestTables.table(4, MAX, limit, 2)) {
            for (int i = 0; i < TUPLES; i++) {
                TestTables.add(table, table.worker(0), Tuple.number(i));
            }
            final AtomicBoolean over = new AtomicBoolean();
            final Future<Integer> looker = threads.submit(() -> {
                int lost = 0;
                while (!over.get()) {
                    table.worker(1).boundary(0);
                    for (int i = 0; i < TUPLES; i++) {
                        lost += Tuple.number(i).inverse().find(table, table.worker(1)) == 0 ? 1 : 0;
                    }
                }
                table.worker(1).away();
                return lost;
            });
            final long first = table.control().phase();
            for (int i = 0; i < MOVES; i++) {
                table.resize(16);
                while (table.isResizing()) {
                    table.worker(0).boundary(0);
                    table.worker(0).maintain(1);
                }
            }
            over.set(true);
            assertEquals(0, looker.get());
            // There and back.
            assertEquals(2L * MOVES * IndexView.STEPS, table.control().phase() - first);
            assertEquals(512, table.buckets());
            assertEquals(TUPLES, limit.count());
        }
    }

    @Test
    void shouldNotUseAnEntryAgainWhenAnotherWorkerIsInItsBatch() {
        try (ConnTable table = TestTables.table(4, MAX, limit, 2)) {
            final TableWorker worker = table.worker(0);
            final long entry = TestTables.add(table, worker, Tuple.number(1));
            worker.kill(entry);
            for (int i = 0; i < 8; i++) {
                worker.boundary(0);
            }
            assertEquals(1, generationAfterUse(worker, entry));
            table.worker(1).boundary(0);
            worker.boundary(0);
            assertEquals(2, generationAfterUse(worker, entry));
        }
    }

    @Test
    void shouldUseAnEntryAgainWhenTheOtherWorkerIsAway() {
        try (ConnTable table = TestTables.table(4, MAX, limit, 2)) {
            final TableWorker worker = table.worker(0);
            table.worker(1).away();
            final long entry = TestTables.add(table, worker, Tuple.number(1));
            worker.kill(entry);
            worker.boundary(0);
            worker.boundary(0);
            assertEquals(2, generationAfterUse(worker, entry));
        }
    }

    private static int generationAfterUse(final TableWorker worker, final long entry) {
        for (int i = 0; i < EntryPool.CHAIN * 3; i++) {
            worker.allocate(0);
        }
        return ConnLayout.generation(entry);
    }

    /**
     * Makes, finds and ends connections, which say in their mark and their deadline's length whose tuple they have; until resizes have come to
     * their end, on a machine where the thread that asks for them is held up too.
     */
    private static Void churn(final ConnTable table, final int number, final AtomicInteger resizes) {
        final TableWorker worker = table.worker(number);
        final SplittableRandom random = new SplittableRandom(number);
        final long[] held = new long[BATCH];
        final int[] generations = new int[BATCH];
        int batch = 0;
        for (; batch < BATCHES || resizes.get() < RESIZES && batch < MOST_BATCHES; batch++) {
            worker.boundary(batch);
            for (int i = 0; i < BATCH; i++) {
                final int n = random.nextInt(TUPLES);
                final long found = Tuple.number(n).find(table, worker);
                held[i] = TableWorker.entry(found);
                if (found == 0) {
                    make(table, worker, n);
                } else {
                    generations[i] = ConnLayout.generation(held[i]);
                    assertEquals(n, ConnLayout.mark(held[i]), "a connection of another tuple was found");
                    if (random.nextInt(3) == 0) {
                        worker.kill(held[i]);
                    }
                }
            }
            for (int i = 0; i < BATCH; i++) {
                if (held[i] != 0) {
                    assertEquals(generations[i], ConnLayout.generation(held[i]), "an entry was used again within the batch");
                }
            }
            worker.maintain(1);
        }
        worker.boundary(batch);
        worker.away();
        return null;
    }

    private static void make(final ConnTable table, final TableWorker worker, final int n) {
        final Tuple tuple = Tuple.number(n);
        final long entry = worker.allocate(tuple.hash(table, worker));
        if (entry == 0) {
            return;
        }
        tuple.set(entry, ConnDirection.ORIGINAL);
        tuple.inverse().set(entry, ConnDirection.REPLY);
        ConnLayout.setMark(entry, n);
        Deadline.refresh(entry, 30 * TestTables.SECOND, 0);
        if (worker.confirm(entry) != ConfirmResult.CONFIRMED) {
            worker.free(entry);
        }
    }

    /** Resizes again and again, condemns now and then, and copies entries; counts the resizes that have come to their end. */
    private static Void control(
            final ConnTable table, final int few, final AtomicBoolean over, final AtomicInteger resizes) {
        table.resize(few);
        int number = 0;
        try (MappedMemory copy = MappedMemory.reserve(table.entryBytes(), MappedMemory.Pages.NORMAL)) {
            while (!over.get()) {
                if (!table.isResizing()) {
                    resizes.incrementAndGet();
                    table.resize(table.buckets() == 512 ? few : 512);
                }
                number = number % Math.max(1, table.used()) + 1;
                if (table.snapshot(number, copy.address())) {
                    final Tuple tuple = Tuple.number(ConnLayout.mark(copy.address()));
                    assertEquals(tuple.keys(), ConnLayout.keysOf(copy.address(), ConnDirection.ORIGINAL));
                    assertEquals(tuple.inverse().keys(), ConnLayout.keysOf(copy.address(), ConnDirection.REPLY));
                    if (number % 97 == 0) {
                        table.condemn(number, ConnLayout.generation(copy.address()));
                    }
                }
                Thread.onSpinWait();
            }
        }
        return null;
    }

    private void finish(final ConnTable table) {
        final long later = 100 * TestTables.SECOND;
        for (int i = 0; i < 50; i++) {
            TestTables.settle(table, 2, later);
            table.worker(i & 1).maintain(64);
        }
        assertEquals(0, limit.count());
        assertEmpty(table);
    }

    private static void assertEmpty(final ConnTable table) {
        for (final ConnIndex index : table.indexes()) {
            for (int bucket = 0; bucket < index.buckets(); bucket++) {
                for (int offset = 0; offset < BucketLayout.BYTES; offset += Long.BYTES) {
                    assertEquals(0, Memory.getLong(index.bucket(bucket) + offset));
                }
            }
        }
    }
}
