package io.penstock.dataplane.fib;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.hot.fib.Fib;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;

class Trie4Test {

    @Property(tries = 150)
    void shouldAgreeWithTheReferenceWhenPrefixesComeAndGo(@ForAll("updates") final List<Update> updates,
            @ForAll final long seed) {
        final DeferredReclaimer reclaimer = new DeferredReclaimer();
        final PrefixReference reference = new PrefixReference(32);
        final Random random = new Random(seed);
        try (FibWriter writer = new FibWriter(reclaimer)) {
            for (final Update update : updates) {
                final long low = update.address & 0xFFFF_FFFFL;
                if (update.adjacency == 0) {
                    assertEquals(reference.remove(0, low, update.length),
                            writer.remove4(update.address, update.length));
                } else {
                    reference.put(0, low, update.length, update.adjacency);
                    assertTrue(writer.put4(update.address, update.length, update.adjacency));
                }
                if (random.nextInt(4) == 0) {
                    reclaimer.quiesce();
                }
                assertBoundaries(reference, writer.fib(), update);
            }
            for (final Update update : updates) {
                assertBoundaries(reference, writer.fib(), update);
                assertLookup(reference, writer.fib(), update.address ^ random.nextInt() >>> random.nextInt(32));
            }
            assertEquals(reference.prefixes().size(), writer.usage().prefixes4());
            for (final Update update : updates) {
                writer.remove4(update.address, update.length);
            }
            assertEquals(new FibWriter.Usage(0, 0, 0, 0, 0, 0), writer.usage());
            assertEquals(0, writer.fib().lookup4(random.nextInt()));
        }
    }

    @Provide
    Arbitrary<List<Update>> updates() {
        // Few bits vary, so that prefixes nest, and all three levels are reached.
        final Arbitrary<Integer> addresses = Combinators.combine(
                Arbitraries.of(0x0A00_0000, 0x0A01_0000, 0xC0A8_0000, 0xFFFF_0000, 0),
                Arbitraries.of(0, 0x0100, 0x8000, 0xFF00),
                Arbitraries.of(0, 1, 2, 0x80, 0xFE, 0xFF)).as((a, b, c) -> a | b | c);
        final Arbitrary<Integer> any = Arbitraries.integers();
        return Combinators.combine(Arbitraries.frequencyOf(Tuple.of(4, addresses),
                                Tuple.of(1, any)),
                        Arbitraries.integers().between(0, 32), Arbitraries.integers().between(-3, 5))
                .as((address, length, adjacency) -> new Update(address, length, Math.max(0, adjacency)))
                .list().ofMinSize(1).ofMaxSize(80);
    }

    /** Adjacencies below and above what 16 bits hold, so that nodes change their width. */
    @Property(tries = 20)
    void shouldAgreeWithTheReferenceWhenANodeIsFull(@ForAll final long seed) {
        final DeferredReclaimer reclaimer = new DeferredReclaimer();
        final PrefixReference reference = new PrefixReference(32);
        final Random random = new Random(seed);
        final int[] adjacencies = {1, 2, 3, 0xFFFF, 0x1_0000, 0x11_FFFF};
        final int most = random.nextBoolean() ? 4 : adjacencies.length;
        try (FibWriter writer = new FibWriter(reclaimer)) {
            for (int i = 0; i < 2000; i++) {
                final int length = random.nextInt(8) == 0 ? 10 + random.nextInt(23) : 20 + random.nextInt(5);
                final int address = (0x0A01_0000 | random.nextInt(1 << 16)) & -1 << 32 - length;
                final int adjacency = random.nextInt(3) == 0 ? 0 : adjacencies[random.nextInt(most)];
                if (adjacency == 0) {
                    assertEquals(reference.remove(0, address & 0xFFFF_FFFFL, length), writer.remove4(address, length));
                } else {
                    reference.put(0, address & 0xFFFF_FFFFL, length, adjacency);
                    assertTrue(writer.put4(address, length, adjacency));
                }
                if (random.nextInt(16) == 0) {
                    reclaimer.quiesce();
                }
                assertBoundaries(reference, writer.fib(), new Update(address, length, adjacency));
            }
            reference.prefixes().keySet().forEach(prefix -> writer.remove4((int) prefix.low(), prefix.length()));
            assertEquals(new FibWriter.Usage(0, 0, 0, 0, 0, 0), writer.usage());
            assertEquals(0, writer.trieBytes());
        }
    }

    @Test
    void shouldKeepMoreSpecificPrefixesWhenTheDefaultRouteIsReplaced() {
        try (FibWriter writer = new FibWriter(Runnable::run)) {
            writer.put4(0x0A00_0000, 8, 2);
            writer.put4(0x0A00_0001, 32, 3);
            writer.put4(0, 0, 1);
            writer.put4(0, 0, 4);
            assertEquals(4, writer.fib().lookup4(0x0B00_0000));
            assertEquals(2, writer.fib().lookup4(0x0A00_0002));
            assertEquals(3, writer.fib().lookup4(0x0A00_0001));
            assertTrue(writer.remove4(0x0A00_0000, 8));
            assertEquals(4, writer.fib().lookup4(0x0A00_0002));
        }
    }

    @Test
    void shouldAnswerFromTheFirstLoadWhenNoLongerPrefixIsNear() {
        try (FibWriter writer = new FibWriter(Runnable::run)) {
            writer.put4(0, 0, 7);
            final int entry = writer.fib().rootEntry4(0x0102_0304);
            assertEquals(7, entry);
            assertEquals(7, writer.fib().resolve4(entry, 0x0102_0304));
        }
    }

    @Test
    void shouldIgnoreHostBitsWhenAPrefixIsPut() {
        try (FibWriter writer = new FibWriter(Runnable::run)) {
            writer.put4(0x0A01_0203, 16, 7);
            assertEquals(7, writer.fib().lookup4(0x0A01_FFFF));
            assertTrue(writer.remove4(0x0A01_FFFF, 16));
            assertFalse(writer.remove4(0x0A01_FFFF, 16));
        }
    }

    private static void assertBoundaries(final PrefixReference reference, final Fib fib, final Update update) {
        final int hostMask = update.length == 0 ? -1 : update.length == 32 ? 0 : -1 >>> update.length;
        final int first = update.address & ~hostMask;
        final int last = first | hostMask;
        assertLookup(reference, fib, first);
        assertLookup(reference, fib, last);
        assertLookup(reference, fib, first - 1);
        assertLookup(reference, fib, last + 1);
        assertLookup(reference, fib, update.address);
    }

    private static void assertLookup(final PrefixReference reference, final Fib fib, final int address) {
        assertEquals(reference.lookup(0, address & 0xFFFF_FFFFL), fib.lookup4(address),
                () -> "address=" + Integer.toHexString(address) + " in " + reference.prefixes());
    }

    record Update(int address, int length, int adjacency) {
    }
}
