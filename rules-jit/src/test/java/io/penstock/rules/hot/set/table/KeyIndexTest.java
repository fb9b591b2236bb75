package io.penstock.rules.hot.set.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.rules.set.table.TableBlock;
import io.penstock.rules.set.table.TableMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

final class KeyIndexTest {

    private static final int STEPS = 3_000;

    @Property(tries = 40)
    void shouldKeepMarksOnlyWhereSomethingLiesPast(@ForAll final long seed, @ForAll final boolean narrow,
            @ForAll @IntRange(min = 1, max = 80) final int buckets, @ForAll @IntRange(min = 1, max = 100) final int fullness) {
        final TableBlock block = TableMemory.allocate((long) buckets * KeyIndex.BUCKET_BYTES);
        final KeyIndex index = new KeyIndex(narrow);
        index.place(block.address(), buckets, null);
        final Random random = new Random(seed);
        final List<Long> words = new ArrayList<>();
        // What is in use all the while, by and large: from nearly nothing to the last lane.
        final long wanted = Math.max(1, index.capacity() * fullness / 100);
        for (int step = 0; step < STEPS; step++) {
            final boolean add = words.isEmpty() || words.size() < wanted && random.nextInt(10) < 7;
            if (add) {
                // A hash of few bits crowds some places.
                final long hash = random.nextInt(4) == 0 ? random.nextInt(3) << 30 & 0xFFFF_FFFFL : random.nextInt() & 0xFFFF_FFFFL;
                final long word = narrow ? hash | 4 : hash << 32 | 4 + random.nextInt(1 << 20);
                if (index.locate(word, 0) == 0 && index.insert(word)) {
                    words.add(word);
                }
            } else {
                final long word = words.remove(random.nextInt(words.size()));
                index.take(index.locate(word, 0));
                assertEquals(0, index.locate(word, 0));
            }
        }
        for (final long word : words) {
            assertNotEquals(0, index.locate(word, 0));
        }
        assertMarks(index);
        words.forEach(word -> index.take(index.locate(word, 0)));
        for (int bucket = 0; bucket < buckets; bucket++) {
            for (int lane = 0; lane < index.lanes(); lane++) {
                assertEquals(0, index.word(index.lane(index.bucket(bucket), lane)), "nothing is left, marks neither");
            }
        }
        block.free();
    }

    private static void assertMarks(final KeyIndex index) {
        for (long number = 0; number < index.buckets(); number++) {
            final long last = index.word(index.lane(index.bucket(number), index.lanes() - 1));
            assertTrue(last != KeyIndex.LEFT || isPassed(index, number), () -> "a mark for nothing");
            assertTrue(last != 0 || !isPassed(index, number), () -> "no mark");
        }
    }

    /** By looking at every word there is. */
    private static boolean isPassed(final KeyIndex index, final long number) {
        for (long at = 0; at < index.buckets(); at++) {
            for (int lane = 0; lane < index.lanes(); lane++) {
                final long word = index.word(index.lane(index.bucket(at), lane));
                final long home = index.number(index.home(KeyIndex.isWord(word) ? word : 0));
                final long way = Math.floorMod(at - home, index.buckets());
                if (KeyIndex.isWord(word) && Math.floorMod(number - home, index.buckets()) < way) {
                    return true;
                }
            }
        }
        return false;
    }
}
