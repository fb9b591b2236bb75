package io.penstock.dataplane.fib;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.hot.fib.Fib;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;

/**
 * One writer, two readers, no locks. The writer moves one address between prefixes of different lengths, always adding the
 * next before it removes the last, with adjacencies that only grow: a reader that sees none, or one that is older than one
 * it has seen, has seen something that was not in force. Around it prefixes come and go, so that nodes are
 * split, joined, unlinked and used again.
 */
class FibConcurrencyTest {

    private static final int READERS = 2;
    private static final long DURATION_NS = TimeUnit.MILLISECONDS.toNanos(700);
    private static final int BATCH = 32;
    private static final int NOISE = 1_000_000_000;

    @Test
    void shouldNeverShowWhatWasNotInForceWhenIpv4PrefixesAreReplaced() throws Exception {
        final int[] lengths = {0, 1, 8, 12, 16, 17, 20, 24, 25, 28, 32};
        run(new Moves() {
            @Override
            public void put(final FibWriter writer, final int length, final int adjacency) {
                writer.put4(0x0A01_0203, length, adjacency);
            }

            @Override
            public void remove(final FibWriter writer, final int length) {
                writer.remove4(0x0A01_0203, length);
            }

            @Override
            public void noise(final FibWriter writer, final Random random) {
                final int length = 9 + random.nextInt(24);
                // Differs from the address in the last bit of the prefix: a neighbour at every level.
                final int address = 0x0A01_0203 ^ 1 << 32 - length;
                if (random.nextBoolean()) {
                    writer.put4(address, length, NOISE + length);
                } else {
                    writer.remove4(address, length);
                }
            }

            @Override
            public int lookup(final Fib fib) {
                return fib.lookup4(0x0A01_0203);
            }
        }, lengths);
    }

    @Test
    void shouldNeverShowWhatWasNotInForceWhenIpv6PrefixesAreReplaced() throws Exception {
        final int[] lengths = {0, 3, 16, 24, 29, 32, 48, 56, 60, 61, 64, 96, 120, 127, 128};
        final long high = 0x2001_0DB8_0102_0304L;
        final long low = 0x0506_0708_090A_0B0CL;
        run(new Moves() {
            @Override
            public void put(final FibWriter writer, final int length, final int adjacency) {
                writer.put6(high, low, length, adjacency);
            }

            @Override
            public void remove(final FibWriter writer, final int length) {
                writer.remove6(high, low, length);
            }

            @Override
            public void noise(final FibWriter writer, final Random random) {
                final int length = 17 + random.nextInt(112);
                final long otherHigh = length <= 64 ? high ^ 1L << 64 - length : high;
                final long otherLow = length <= 64 ? low : low ^ 1L << 128 - length;
                if (random.nextBoolean()) {
                    writer.put6(otherHigh, otherLow, length, NOISE + length);
                } else {
                    writer.remove6(otherHigh, otherLow, length);
                }
            }

            @Override
            public int lookup(final Fib fib) {
                return fib.lookup6(high, low);
            }
        }, lengths);
    }

    private static void run(final Moves moves, final int[] lengths) throws Exception {
        final ReaderEpochs epochs = new ReaderEpochs();
        try (FibWriter writer = new FibWriter(epochs); ExecutorService threads = Executors.newFixedThreadPool(READERS)) {
            moves.put(writer, lengths[0], 1);
            final long endNs = System.nanoTime() + DURATION_NS;
            final Future<?>[] readers = new Future<?>[READERS];
            for (int i = 0; i < READERS; i++) {
                final int reader = i;
                readers[i] = threads.submit(() -> read(writer.fib(), moves, epochs, reader, endNs));
            }
            final Random random = new Random(1);
            int adjacency = 1;
            int length = lengths[0];
            while (System.nanoTime() - endNs < 0) {
                final int next = lengths[random.nextInt(lengths.length)];
                moves.put(writer, next, ++adjacency);
                moves.noise(writer, random);
                if (next != length) {
                    moves.remove(writer, length);
                    length = next;
                }
                epochs.reclaim();
            }
            for (final Future<?> reader : readers) {
                reader.get();
            }
            assertTrue(adjacency > 10, "the writer hardly ran: updates=" + adjacency);
        }
    }

    private static void read(final Fib fib, final Moves moves, final ReaderEpochs epochs, final int reader,
            final long endNs) {
        int last = 0;
        try {
            while (System.nanoTime() - endNs < 0) {
                for (int i = 0; i < BATCH; i++) {
                    final int now = moves.lookup(fib);
                    assertTrue(now >= last && now > 0 && now < NOISE, "now=" + now + " before=" + last);
                    last = now;
                }
                epochs.passBoundary(reader);
            }
        } finally {
            epochs.leave(reader);
        }
    }

    private interface Moves {

        void put(FibWriter writer, int length, int adjacency);

        void remove(FibWriter writer, int length);

        void noise(FibWriter writer, Random random);

        int lookup(Fib fib);
    }

    /** Frees what was retired once every reader has passed a boundary since. */
    private static final class ReaderEpochs implements Reclaimer {

        private final AtomicLongArray passed = new AtomicLongArray(READERS);
        private final Queue<Retired> retired = new ArrayDeque<>();

        @Override
        public void retire(final Runnable free) {
            final long[] seen = new long[READERS];
            for (int i = 0; i < READERS; i++) {
                seen[i] = passed.get(i);
            }
            retired.add(new Retired(seen, free));
        }

        void reclaim() {
            while (!retired.isEmpty() && hasPassed(retired.peek().seen)) {
                retired.remove().free.run();
            }
        }

        void passBoundary(final int reader) {
            passed.incrementAndGet(reader);
        }

        void leave(final int reader) {
            passed.set(reader, Long.MAX_VALUE);
        }

        private boolean hasPassed(final long[] seen) {
            for (int i = 0; i < READERS; i++) {
                if (passed.get(i) == seen[i] && seen[i] != Long.MAX_VALUE) {
                    return false;
                }
            }
            return true;
        }

        private record Retired(long[] seen, Runnable free) {
        }
    }
}
