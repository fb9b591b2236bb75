package io.penstock.perf.jcstress;

import io.penstock.rules.hot.SetScratch;
import io.penstock.rules.hot.set.Boundaries;
import io.penstock.rules.hot.set.table.Extensions;
import io.penstock.rules.hot.set.table.KeyTable;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Tables of keys of all states, of which jcstress makes millions: each has a key of its own in them.
 *
 * <p>Invariants:
 * <ol>
 *   <li>States are made, and arbiters run, while no actor runs, but on several threads: under this class's lock.</li>
 *   <li>Actors do not wait for each other: who does not become the writer at once says so.</li>
 *   <li>A number is used again after {@value #NUMBERS} others; jcstress holds some ten thousand states at a time.</li>
 * </ol>
 */
final class SharedKeys {

    /** States that may be alive. */
    static final int NUMBERS = 1 << 14;

    /** Two to a state, and as many as wait to be used again. */
    private static final int ELEMENTS = 8 * NUMBERS;
    private static final Boundary BOUNDARY = new Boundary();
    /** Keys alone, in 32 bits. */
    static final KeyTable NARROW = KeyTable.create(1, true, Extensions.of(0), 1, ELEMENTS, BOUNDARY);
    /** Keys with flags. */
    static final KeyTable FLAGGED = KeyTable.create(1, false, Extensions.of(Extensions.FLAGS), 1, ELEMENTS, BOUNDARY);
    /** Keys of two words, with counters. */
    static final KeyTable COUNTED = KeyTable.create(2, false, Extensions.of(Extensions.COUNTERS), 1, ELEMENTS, BOUNDARY);

    private static final SetScratch KEY = new SetScratch();
    private static int last = -1;

    private SharedKeys() {
    }

    /** One worker, that all actors are: it passes a boundary with each of its batches, which are the states. */
    private static final class Boundary implements Boundaries {

        private final AtomicLongArray batches = new AtomicLongArray(NUMBERS);

        @Override
        public int workers() {
            return 1;
        }

        @Override
        public long observe(final int worker) {
            return batches.get(0);
        }

        @Override
        public boolean hasPassed(final int worker, final long seen) {
            // States that were alive then are not any more.
            return batches.get(0) - seen > NUMBERS;
        }
    }

    /** The next number, with nothing in the tables of its keys. */
    static synchronized int next() {
        BOUNDARY.batches.incrementAndGet(0);
        last = last + 1 & NUMBERS - 1;
        for (final KeyTable table : new KeyTable[] {NARROW, FLAGGED, COUNTED}) {
            table.lock();
            set(KEY, 2 * last);
            table.remove(KEY, 0);
            set(KEY, 2 * last + 1);
            table.remove(KEY, 0);
            table.unlock();
        }
        return last;
    }

    /** Before or after the actors: adds an element; as {@link #add(KeyTable, SetScratch, long)}. */
    static synchronized void put(final KeyTable table, final int which) {
        table.lock();
        set(KEY, which);
        add(table, KEY, which);
        table.unlock();
    }

    /** Before or after the actors: whether it is found. */
    static synchronized boolean isFound(final KeyTable table, final int which) {
        set(KEY, which);
        return table.find(KEY, 0) != 0;
    }

    /** The key of an element: two to a state. */
    static void set(final SetScratch key, final int which) {
        key.key0 = which;
        key.key1 = ~which;
    }

    /** The writer: adds a key, with counters, or flags, that tell it. */
    static void add(final KeyTable table, final SetScratch key, final long value) {
        final long entry = table.add(key, 0);
        if (entry == 0) {
            throw new IllegalStateException("the table has no room left");
        }
        if (table.extensions().has(Extensions.COUNTERS)) {
            table.extensions().setCounters(entry, value, ~value);
        }
        table.setFlags(key, entry, true, true);
        table.publish(entry);
    }
}
