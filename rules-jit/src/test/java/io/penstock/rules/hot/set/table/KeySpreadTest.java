package io.penstock.rules.hot.set.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.rules.hot.SetScratch;
import java.util.function.LongUnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@link KeyPermutation} and {@link KeyHash}. */
final class KeySpreadTest {

    private static final int BUCKETS = 256;
    private static final int KEYS = BUCKETS * 16;
    /** With 16 keys a bucket by chance, the fullest of 256 has some 30; of three million such tries one has 48. */
    private static final int MOST = 48;

    @Property(tries = 500)
    void shouldLeadBackToTheKey(@ForAll final long key, @ForAll final long secret0, @ForAll final long secret1) {
        assertEquals(key, back(new KeyPermutation(64, 0, secret0, secret1), key));
        assertEquals(key & -1L >>> 2, back(new KeyPermutation(62, 0, secret0, secret1), key));
        assertEquals(key & -1L >>> 32, back(new KeyPermutation(32, 0, secret0, secret1), key));
        assertEquals(key & -1L >>> 32, back(new KeyPermutation(32, 32, secret0, secret1), key));
        assertEquals(0, new KeyPermutation(62, 0, secret0, secret1).of(key) & 3, "flags are zeros");
    }

    @Property(tries = 50)
    void shouldSpreadKeysOfAnyPatternWhateverTheSecret(@ForAll final long secret0, @ForAll final long secret1) {
        final KeyPermutation narrow = new KeyPermutation(32, 0, secret0, secret1);
        for (int shift = 0; shift <= 20; shift++) {
            final int by = shift;
            assertSpread(number -> narrow.of(number << by), "shift=" + shift);
        }
        final KeyPermutation wide = new KeyPermutation(62, 0, secret0, secret1);
        for (int shift = 0; shift <= 50; shift += 5) {
            final int by = shift;
            assertSpread(number -> wide.of(number << by), "shift=" + shift);
        }
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "3", "4", "5"})
    void shouldSpreadKeysThatDifferInOneWord(final int words) {
        for (int word = 0; word < words; word++) {
            for (int shift = 0; shift < 52; shift += 4) {
                final long[] key = new long[5];
                final int at = word;
                final int by = shift;
                assertSpread(number -> {
                    key[at] = number << by;
                    return KeyHash.of(TestKeys.SECRET0, TestKeys.SECRET1, words, key[0], key[1], key[2], key[3], key[4]) << 32;
                }, "word=" + word + " shift=" + shift);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "3", "4", "5"})
    void shouldLookAtTheWordsThatKeysHaveOnly(final int words) {
        final KeyForm form = new KeyForm(words, false, Extensions.of(Extensions.TIMEOUT), TestKeys.SECRET0, TestKeys.SECRET1);
        final SetScratch key = TestKeys.key(1, 2, 3, 4, 5);
        final long word = form.word(key);
        final long[] other = {1, 2, 3, 4, 5};
        for (int i = 0; i < 5; i++) {
            other[i] ^= 1L << 40;
            assertEquals(i >= words, form.word(TestKeys.key(other)) == word, "word=" + i);
            other[i] ^= 1L << 40;
        }
    }

    private static long back(final KeyPermutation permutation, final long key) {
        return permutation.keyOf(permutation.of(key));
    }

    private static void assertSpread(final LongUnaryOperator hash, final String what) {
        final int[] counts = new int[BUCKETS];
        for (int number = 0; number < KEYS; number++) {
            counts[(int) (hash.applyAsLong(number) >>> 56)]++;
        }
        int most = 0;
        for (final int count : counts) {
            most = Math.max(most, count);
        }
        final int fullest = most;
        assertTrue(fullest <= MOST, () -> what + " fullest=" + fullest);
    }
}
