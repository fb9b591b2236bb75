package io.penstock.rules.hot.set.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.rules.hot.SetScratch;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Two writers, two readers and control at one table. Keys whose number divides by three are there all the while, those with rest one come and go,
 * those with rest two never are. An element's extensions tell its key.
 */
final class KeyTableThreadsTest {

    private static final int READERS = 2;
    private static final int WRITERS = 2;
    private static final int KEYS = 60_000;
    private static final int BATCH = 64;
    private static final long RUN_NS = 700_000_000L;
    private static final int MAX_ELEMENTS = 1 << 20;
    private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

    private final SharedBoundaries boundaries = new SharedBoundaries(READERS + WRITERS);
    private final AtomicBoolean running = new AtomicBoolean(true);
    private KeyTable table;
    private int words;

    @ParameterizedTest
    @CsvSource({"1, true, 0", "1, false, 0", "1, false, 16", "1, true, 3", "1, false, 2", "3, false, 2"})
    void shouldFindWhatIsThereAndNothingElseWhenOthersWrite(final int keyWords, final boolean narrow, final int which) throws Exception {
        words = keyWords;
        try (KeyTable made = KeyTable.create(keyWords, narrow, Extensions.of(which), 1, MAX_ELEMENTS, boundaries);
                ExecutorService threads = Executors.newCachedThreadPool()) {
            table = made;
            final List<Future<Long>> results = new ArrayList<>();
            // The lasting ones are added while readers look, so that the table grows under them.
            final int[] lasting = new int[1];
            for (int reader = 0; reader < READERS; reader++) {
                final int worker = reader;
                results.add(threads.submit(stopping(() -> read(worker, lasting))));
            }
            for (int writer = 0; writer < WRITERS; writer++) {
                final int worker = READERS + writer;
                results.add(threads.submit(stopping(() -> write(worker))));
            }
            results.add(threads.submit(stopping(() -> control(lasting))));
            for (final Future<Long> result : results) {
                assertTrue(result.get() > 0);
            }
            assertAtRest();
        }
    }

    private Callable<Long> stopping(final Callable<Long> work) {
        return () -> {
            try {
                return work.call();
            } finally {
                // A thread that fails must not leave the others running.
                running.set(false);
            }
        };
    }

    private long read(final int worker, final int[] lasting) {
        final SetScratch key = new SetScratch();
        final SplittableRandom random = new SplittableRandom(worker);
        long found = 1;
        while (running.get()) {
            boundaries.boundary(worker);
            final int sure = lastingNow(lasting);
            for (int i = 0; i < BATCH; i++) {
                final int number = random.nextInt(KEYS);
                set(key, number);
                final long entry = table.find(key, 1);
                if (entry != 0) {
                    assertTrue(number % 3 != 2, () -> "what never was is found: number=" + number);
                    assertOwn(entry, number);
                    found++;
                } else {
                    assertTrue(number % 3 != 0 || number >= sure, () -> "what is there all the while is not found: number=" + number);
                }
            }
        }
        boundaries.away(worker);
        return found;
    }

    private long write(final int worker) {
        final SetScratch key = new SetScratch();
        final SplittableRandom random = new SplittableRandom(worker);
        long done = 1;
        while (running.get()) {
            boundaries.boundary(worker);
            for (int i = 0; i < BATCH; i++) {
                final int number = random.nextInt(KEYS / 3) * 3 + 1;
                set(key, number);
                if (table.tryLock()) {
                    if (!table.remove(key, 1)) {
                        add(key, number);
                    }
                    table.unlock();
                    done++;
                }
            }
        }
        boundaries.away(worker);
        return done;
    }

    private long control(final int[] lasting) {
        final SetScratch key = new SetScratch();
        final long start = System.nanoTime();
        int number = 0;
        while (System.nanoTime() - start < RUN_NS) {
            for (int i = 0; i < BATCH && number < KEYS; i++, number += 3) {
                set(key, number);
                table.lock();
                assertTrue(add(key, number));
                table.unlock();
            }
            publish(lasting, number);
            table.maintain();
            if (number % 768 == 0) {
                table.forEach((each, entry) -> assertOwn(entry, numberOf(each)));
            }
        }
        return number;
    }

    private void assertAtRest() {
        final SetScratch key = new SetScratch();
        int there = 0;
        for (int number = 0; number < KEYS; number++) {
            set(key, number);
            there += table.find(key, 1) != 0 ? 1 : 0;
        }
        assertEquals(there, table.size());
        final int[] told = new int[1];
        table.forEach((each, entry) -> told[0]++);
        assertEquals(there, told[0]);
    }

    private boolean add(final SetScratch key, final int number) {
        final long entry = table.add(key, 1);
        if (entry == 0) {
            return false;
        }
        if (table.extensions().has(Extensions.COUNTERS)) {
            table.extensions().setCounters(entry, number, ~number);
        }
        table.setFlags(key, entry, number % 2 == 0, number % 5 == 0);
        table.publish(entry);
        return true;
    }

    private void assertOwn(final long entry, final int number) {
        if (table.extensions().has(Extensions.COUNTERS)) {
            assertEquals(number, table.extensions().packets(entry));
            assertEquals(~number, table.extensions().bytes(entry));
        }
        if (table.extensions().has(Extensions.FLAGS)) {
            assertEquals(number % 2 == 0, table.extensions().isNomatch(entry));
            assertEquals(number % 5 == 0, table.extensions().isWildcard(entry));
        }
    }

    private void set(final SetScratch key, final int number) {
        key.key0 = number;
        key.key1 = words > 1 ? number * MIX : 0;
        key.key2 = words > 2 ? ~number : 0;
    }

    private static int numberOf(final SetScratch key) {
        return (int) key.key0;
    }

    private synchronized int lastingNow(final int[] lasting) {
        return lasting[0];
    }

    private synchronized void publish(final int[] lasting, final int number) {
        lasting[0] = number;
    }
}
