package io.penstock.rules.hot.match;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.rules.hot.RulePacket;
import java.nio.charset.StandardCharsets;
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
        assertTrue(new HotString(bytes("nothing"), 0, END, false, true).matches(packet));
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
    void shouldFindWhatStringSearchFinds() {
        final Random random = new Random(42);
        for (int round = 0; round < 20_000; round++) {
            final String text = text(random, random.nextInt(40));
            final String pattern = text(random, 1 + random.nextInt(6));
            final int from = random.nextInt(20);
            final int to = from + random.nextInt(40);
            final boolean ignoreCase = random.nextBoolean();
            final String searched = text.substring(0, Math.min(to, text.length()));
            final boolean expected = ignoreCase
                    ? searched.toUpperCase().indexOf(pattern.toUpperCase(), from) >= 0
                    : searched.indexOf(pattern, from) >= 0;
            assertEquals(expected, find(packet(text), pattern, from, to, ignoreCase),
                    () -> "text=" + text + " pattern=" + pattern + " from=" + from + " to=" + to);
        }
    }

    private static String text(final Random random, final int length) {
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append("abcABC".charAt(random.nextInt(6)));
        }
        return text.toString();
    }

    private static boolean find(
            final RulePacket packet, final String pattern, final int from, final int to, final boolean ignoreCase) {
        return new HotString(bytes(pattern), from, to, ignoreCase, false).matches(packet);
    }

    private RulePacket packet(final String text) {
        return memory.put(4, 0, bytes(text));
    }

    private static byte[] bytes(final String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
