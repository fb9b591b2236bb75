package io.penstock.rules.hot.match;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.testkit.Allocation;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.match.StringMatch;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where bytes are found, and where they are not. */
final class HotStringTest {

    private static final int END = 0xFFFF;

    private final PacketInMemory memory = new PacketInMemory();

    @AfterEach
    void close() {
        memory.close();
    }

    @Test
    void shouldFindBytesAtBothEnds() {
        final RulePacket packet = packet("GET / HTTP/1.1");
        assertTrue(find(packet, "GET", 0, END, false));
        assertTrue(find(packet, "1.1", 0, END, false));
        assertTrue(find(packet, "GET / HTTP/1.1", 0, END, false));
        assertFalse(find(packet, "GET / HTTP/1.12", 0, END, false));
        assertFalse(find(packet, "get", 0, END, false));
        assertTrue(find(packet, "get", 0, END, true));
        for (final HotString.Algorithm algorithm : HotString.Algorithm.values()) {
            assertTrue(new HotString(bytes("nothing"), algorithm, 0, END, false, true).matches(packet));
        }
    }

    @Test
    void shouldSearchByTheAlgorithmThatTheRuleNames() {
        final StringMatch bm = new StringMatch("x", false, "bm", 0, END, false);
        final StringMatch kmp = new StringMatch("x", false, "kmp", 0, END, false);
        assertEquals(HotString.Algorithm.BM, ((HotString) bm.bind(null)).algorithm());
        assertEquals(HotString.Algorithm.KMP, ((HotString) kmp.bind(null)).algorithm());
    }

    @Test
    void shouldBeginAtFromAndHaveEndedAtTo() {
        final RulePacket packet = packet("0123456789");
        assertTrue(find(packet, "345", 3, END, false));
        assertFalse(find(packet, "345", 4, END, false));
        assertTrue(find(packet, "345", 0, 6, false));
        assertFalse(find(packet, "345", 0, 5, false));
        assertFalse(find(packet, "9", 10, END, false));
        assertFalse(find(packet, "9", 65_000, END, false));
        assertFalse(find(packet, "0", 0, 0, false));
    }

    @Test
    void shouldFoldLettersOfLatin1WhenCaseIsIgnored() {
        final RulePacket packet = packet("Z\u00e4hre \u00f7");
        assertTrue(find(packet, "z\u00c4HRE", 0, END, true));
        assertFalse(find(packet, "\u00d7", 0, END, true));
    }

    @Test
    void shouldSkipPatternOf128Bytes() {
        final RulePacket packet = packet("b".repeat(300) + "a".repeat(128));
        assertTrue(find(packet, "a".repeat(128), 0, END, false));
        assertFalse(find(packet, "a".repeat(127) + "c", 0, END, false));
    }

    @Test
    void shouldFindWhatNaiveSearchFindsWhenFewLettersRepeat() {
        final Random random = new Random(42);
        for (final String alphabet : List.of("aA", "ab", "abAB", "abcABC", "\0A", "\u00df\u00bf\u00ffz\u00f7")) {
            for (int round = 0; round < 10_000; round++) {
                final byte[] text = random(random, alphabet, random.nextInt(60));
                final byte[] pattern = random(random, alphabet, 1 + random.nextInt(12));
                final int from = random.nextInt(20);
                final int to = from + random.nextInt(60);
                final boolean ignoreCase = random.nextBoolean();
                final boolean expected = naive(text, pattern, from, to, ignoreCase);
                final RulePacket packet = memory.put(4, 0, text);
                for (final HotString.Algorithm algorithm : HotString.Algorithm.values()) {
                    assertEquals(expected, new HotString(pattern, algorithm, from, to, ignoreCase, false).matches(packet),
                            () -> algorithm + " text=" + Arrays.toString(text) + " pattern=" + Arrays.toString(pattern)
                                    + " from=" + from + " to=" + to + " ignoreCase=" + ignoreCase);
                }
            }
        }
    }

    @Test
    void shouldFindPatternOf128BytesWhereOnlyItsEndsDiffer() {
        final String tail = "a".repeat(127);
        final RulePacket packet = packet("a".repeat(400) + "b" + tail + "c" + "a".repeat(126));
        assertTrue(find(packet, "b" + tail, 0, END, false));
        assertTrue(find(packet, tail + "c", 0, END, false));
        assertFalse(find(packet, "c" + tail, 0, END, false));
        assertFalse(find(packet, "d" + tail, 0, END, true));
    }

    /** With these, what fitted is never looked at again: the number of steps is that of the text's bytes, at most twice. */
    @Test
    void shouldKnowTheLongestBeginThatEachBeginEndsWith() {
        final Random random = new Random(7);
        for (int round = 0; round < 5000; round++) {
            final byte[] pattern = random(random, "ab", 1 + random.nextInt(20));
            final byte[] borders = new byte[pattern.length];
            HotString.findBorders(pattern, borders);
            for (int i = 0; i < pattern.length; i++) {
                int length = i;
                while (!Arrays.equals(pattern, 0, length, pattern, i + 1 - length, i + 1)) {
                    length--;
                }
                assertEquals(length, borders[i], Arrays.toString(pattern));
            }
        }
        final byte[] all = new byte[128];
        HotString.findBorders(bytes("a".repeat(128)), all);
        assertEquals(127, all[127]);
    }

    @Test
    void shouldAllocateNothing() {
        final RulePacket packet = packet("abababababab".repeat(20));
        final HotString bm = new HotString(bytes("ababb"), HotString.Algorithm.BM, 0, END, true, false);
        final HotString kmp = new HotString(bytes("ababb"), HotString.Algorithm.KMP, 0, END, true, false);
        Allocation.atMost(0, () -> {
            for (int i = 0; i < 1000; i++) {
                if (bm.matches(packet) || kmp.matches(packet)) {
                    throw new IllegalStateException();
                }
            }
        });
    }

    private static byte[] random(final Random random, final String alphabet, final int length) {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) alphabet.charAt(random.nextInt(alphabet.length()));
        }
        return bytes;
    }

    private static boolean naive(final byte[] text, final byte[] pattern, final int from, final int to, final boolean ignoreCase) {
        for (int at = from; at + pattern.length <= Math.min(to, text.length); at++) {
            int fitting = 0;
            while (fitting < pattern.length
                    && upper(text[at + fitting], ignoreCase) == upper(pattern[fitting], ignoreCase)) {
                fitting++;
            }
            if (fitting == pattern.length) {
                return true;
            }
        }
        return false;
    }

    /** As the kernel's toupper does, which knows no letter without a capital one. */
    private static int upper(final byte letter, final boolean ignoreCase) {
        final int c = letter & 0xFF;
        return ignoreCase && (c >= 'a' && c <= 'z' || c >= 0xDF && c != 0xF7) ? c - 0x20 : c;
    }

    /** Whether both algorithms find it, who must say the same. */
    private static boolean find(
            final RulePacket packet, final String pattern, final int from, final int to, final boolean ignoreCase) {
        final boolean found = new HotString(bytes(pattern), HotString.Algorithm.BM, from, to, ignoreCase, false).matches(packet);
        assertEquals(found, new HotString(bytes(pattern), HotString.Algorithm.KMP, from, to, ignoreCase, false).matches(packet), pattern);
        return found;
    }

    private RulePacket packet(final String text) {
        return memory.put(4, 0, bytes(text));
    }

    private static byte[] bytes(final String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
