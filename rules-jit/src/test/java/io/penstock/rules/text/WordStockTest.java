package io.penstock.rules.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Words of lines, once each. */
final class WordStockTest {

    private static final int WORDS = 5_000;

    @Test
    void shouldGiveTheSameObjectWhenAWordComesAgain() {
        final WordStock stock = new WordStock();
        final String first = stock.word(new StringBuilder("--dport"));
        assertSame(first, stock.word(new StringBuilder("--dport")));
        assertEquals("", stock.word(new StringBuilder()));
    }

    /** More words than places, and long ones. */
    @Test
    void shouldGiveTheWordsThatCameWhenTheyTakeEachOthersPlaces() {
        final WordStock stock = new WordStock();
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < WORDS; i++) {
                final String word = "KUBE-SVC-" + Integer.toString(i, Character.MAX_RADIX).repeat(i % 20);
                assertEquals(word, stock.word(new StringBuilder(word)));
            }
        }
    }

    @Test
    void shouldBeginAnewAfterALineThatWasRefused() {
        final List<String> words = new ArrayList<>();
        final LineWords lines = new LineWords(words, new int[LineWords.MOST_WORDS]);
        assertThrows(RuntimeException.class, () -> lines.split("x".repeat(LineWords.MOST_BYTES), 0));
        words.clear();
        lines.split("-A INPUT", 0);
        assertEquals(List.of("-A", "INPUT"), words);
    }
}
