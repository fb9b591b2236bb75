package io.penstock.dataplane.fib;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.hot.fib.Fib;
import java.util.ArrayList;
import java.util.Collections;
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

class Trie6Test {

    @Property(tries = 300)
    void shouldAgreeWithTheReferenceWhenPrefixesComeAndGo(@ForAll("updates") final List<Update> updates,
            @ForAll final long seed) {
        final DeferredReclaimer reclaimer = new DeferredReclaimer();
        final PrefixReference reference = new PrefixReference(128);
        final Random random = new Random(seed);
        try (FibWriter writer = new FibWriter(reclaimer)) {
            for (final Update update : updates) {
                if (update.adjacency == 0) {
                    assertEquals(reference.remove(update.high, update.low, update.length),
                            writer.remove6(update.high, update.low, update.length));
                } else {
                    reference.put(update.high, update.low, update.length, update.adjacency);
                    assertTrue(writer.put6(update.high, update.low, update.length, update.adjacency));
                }
                if (random.nextInt(4) == 0) {
                    reclaimer.quiesce();
                }
                assertBoundaries(reference, writer.fib(), update);
            }
            assertShapeFollowsFromPrefixes(reference, writer, random);
            for (final Update update : updates) {
                assertBoundaries(reference, writer.fib(), update);
                assertLookup(reference, writer.fib(), update.high ^ random.nextLong() >>> random.nextInt(64),
                        update.low);
                assertLookup(reference, writer.fib(), update.high,
                        update.low ^ random.nextLong() >>> random.nextInt(64));
            }
            for (final Update update : updates) {
                writer.remove6(update.high, update.low, update.length);
            }
            assertEquals(new FibWriter.Usage(0, 0, 0, 0, 0, 0), writer.usage());
            assertEquals(0, writer.fib().lookup6(random.nextLong(), random.nextLong()));
        }
    }

    @Provide
    Arbitrary<List<Update>> updates() {
        final Arbitrary<Long> highs = Combinators.combine(
                Arbitraries.of(0x2001_0DB8_0000_0000L, 0x2001_0DB9_0000_0000L, 0xFE80_0000_0000_0000L, 0L),
                Arbitraries.of(0L, 1L, 0x0100L, 0x0001_0000L, 0xFFFF_FFFFL)).as((a, b) -> a | b);
        final Arbitrary<Long> lows = Combinators.combine(
                Arbitraries.of(0L, 0x0200_00FF_FE00_0000L, 0xFFFF_FFFF_0000_0000L),
                Arbitraries.of(0L, 1L, 2L, 0x80L, 0xFF00L, 0xFFFF_FFFFL)).as((a, b) -> a | b);
        final Arbitrary<Long> any = Arbitraries.longs();
        final Arbitrary<Integer> lengths = Arbitraries.frequencyOf(
                Tuple.of(2, Arbitraries.of(32, 48, 56, 64, 96, 120, 128)),
                Tuple.of(2, Arbitraries.integers().between(0, 128)));
        return Combinators.combine(Arbitraries.frequencyOf(Tuple.of(6, highs), Tuple.of(1, any)),
                        Arbitraries.frequencyOf(Tuple.of(6, lows), Tuple.of(1, any)), lengths,
                        Arbitraries.integers().between(-3, 5))
                .as((high, low, length, adjacency) -> new Update(high, low, length, Math.max(0, adjacency)))
                .list().ofMinSize(1).ofMaxSize(80);
    }

    @Test
    void shouldTakeTwoListsAndNoNodesWhenAHostStandsAlone() {
        try (FibWriter writer = new FibWriter(Runnable::run)) {
            writer.put6(0x2001_0DB8_0000_0000L, 0, 64, 2);
            writer.put6(0x2001_0DB8_0000_0000L, 1, 128, 3);
            assertEquals(new FibWriter.Usage(0, 0, 2, 0, 2, 0), writer.usage());
            assertEquals(3, writer.fib().lookup6(0x2001_0DB8_0000_0000L, 1));
            assertEquals(2, writer.fib().lookup6(0x2001_0DB8_0000_0000L, 2));
            assertEquals(0, writer.fib().lookup6(0x2001_0DB8_0000_0001L, 1));
        }
    }

    @Test
    void shouldAnswerFromTheFirstLoadWhenNoLongerPrefixIsNear() {
        try (FibWriter writer = new FibWriter(Runnable::run)) {
            writer.put6(0, 0, 0, 7);
            final int entry = writer.fib().rootEntry6(0x2001_0DB8_0000_0000L);
            assertEquals(Fib.leaf6(7, 0), entry);
            assertEquals(7, writer.fib().resolve6(entry, 0x2001_0DB8_0000_0000L, 1));
        }
    }

    /** As the Internet's and a large link's: regions of some prefixes and of hundreds, which come and go around the limit. */
    @Property(tries = 20)
    void shouldAgreeWithTheReferenceWhenRegionsAreFull(@ForAll final long seed) {
        final DeferredReclaimer reclaimer = new DeferredReclaimer();
        final PrefixReference reference = new PrefixReference(128);
        final Random random = new Random(seed);
        final int[] lengths = {17, 20, 24, 29, 31, 32, 33, 36, 40, 44, 48, 56, 60, 64, 72, 80, 104, 112, 125, 128};
        final int shared = lengths[random.nextInt(lengths.length)];
        final int varied = Math.min(128, shared + 1 + random.nextInt(40));
        final List<Update> present = new ArrayList<>();
        try (FibWriter writer = new FibWriter(reclaimer)) {
            for (int i = 0; i < 1200; i++) {
                final boolean grows = random.nextInt(100) < (i / 300 % 2 == 0 ? 75 : 20);
                final Update update;
                if (grows || present.isEmpty()) {
                    final int length = random.nextInt(4) == 0 ? lengths[random.nextInt(lengths.length)] : varied;
                    final long high = 0x2001_0DB8_1234_5678L ^ beyond(shared, random.nextLong());
                    final long low = 0x9ABC_DEF0_1234_5678L ^ beyond(shared - 64, random.nextLong());
                    update = new Update(high & Trie6Writer.highMask(length), low & Trie6Writer.lowMask(length), length,
                            1 + random.nextInt(6));
                    reference.put(update.high, update.low, length, update.adjacency);
                    assertTrue(writer.put6(update.high, update.low, length, update.adjacency));
                    present.add(update);
                } else {
                    update = present.remove(random.nextInt(present.size()));
                    assertEquals(reference.remove(update.high, update.low, update.length),
                            writer.remove6(update.high, update.low, update.length));
                }
                if (random.nextInt(16) == 0) {
                    reclaimer.quiesce();
                }
                assertBoundaries(reference, writer.fib(), update);
                if (!present.isEmpty()) {
                    assertBoundaries(reference, writer.fib(), present.get(random.nextInt(present.size())));
                }
            }
            assertShapeFollowsFromPrefixes(reference, writer, random);
            reference.prefixes().keySet().forEach(prefix -> writer.remove6(prefix.high(), prefix.low(), prefix.length()));
            assertEquals(new FibWriter.Usage(0, 0, 0, 0, 0, 0), writer.usage());
            assertEquals(0, writer.trieBytes());
        }
    }

    /** Bits behind so many of 64. */
    private static long beyond(final int bits, final long random) {
        return bits <= 0 ? random : bits >= 64 ? 0 : random >>> bits;
    }

    /** The same prefixes put into a fresh trie in another order take the same nodes and skips. */
    private static void assertShapeFollowsFromPrefixes(final PrefixReference reference, final FibWriter writer,
            final Random random) {
        final List<PrefixReference.Prefix> shuffled = new ArrayList<>(reference.prefixes().keySet());
        Collections.shuffle(shuffled, random);
        try (FibWriter fresh = new FibWriter(Runnable::run)) {
            for (final PrefixReference.Prefix prefix : shuffled) {
                fresh.put6(prefix.high(), prefix.low(), prefix.length(), 1);
            }
            assertEquals(fresh.usage(), writer.usage());
        }
    }

    private static void assertBoundaries(final PrefixReference reference, final Fib fib, final Update update) {
        final long highHost = update.length >= 64 ? 0 : -1L >>> update.length;
        final long lowHost = update.length == 128 ? 0 : update.length <= 64 ? -1L : -1L >>> update.length - 64;
        final long high = update.high & ~highHost;
        final long low = update.low & ~lowHost;
        assertLookup(reference, fib, high, low);
        assertLookup(reference, fib, high | highHost, low | lowHost);
        assertLookup(reference, fib, low == 0 ? high - 1 : high, low - 1);
        final long next = (low | lowHost) + 1;
        assertLookup(reference, fib, next == 0 ? (high | highHost) + 1 : high | highHost, next);
        assertLookup(reference, fib, update.high, update.low);
    }

    private static void assertLookup(final PrefixReference reference, final Fib fib, final long high, final long low) {
        assertEquals(reference.lookup(high, low), fib.lookup6(high, low),
                () -> "address=" + Long.toHexString(high) + ':' + Long.toHexString(low) + " in " + reference.prefixes());
    }

    record Update(long high, long low, int length, int adjacency) {
    }
}
