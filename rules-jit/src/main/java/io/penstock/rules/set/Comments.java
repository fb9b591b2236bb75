package io.penstock.rules.set;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * The comments of a set's elements, by the numbers that its elements have. Those of elements that packets deleted or that are over stay until
 * {@link #keep}. Control; one thread at a time.
 */
final class Comments {

    private static final String[] NONE = {};
    /** What a comment takes besides its characters: an array's place, and the headers of a string and its bytes. */
    private static final int OVERHEAD_BYTES = 48;

    /** By number; 0 is no comment's. */
    private String[] texts = NONE;
    private int[] free = {};
    private int freeCount;
    private int next = 1;
    /** By numbers that elements have anyway. */
    private final Map<Integer, String> given = new HashMap<>();
    private long characters;
    private int count;

    /** Keeps a comment; its number, 0 for an empty one. */
    int put(final String text) {
        if (text == null || text.isEmpty()) {
            return 0;
        }
        final int number = freeCount > 0 ? free[--freeCount] : next++;
        if (number >= texts.length) {
            texts = Arrays.copyOf(texts, Math.max(64, texts.length * 2));
        }
        texts[number] = text;
        count(text, 1);
        return number;
    }

    /** Keeps a comment, or none, under a number that its element has. */
    void put(final int number, final String text) {
        count(given.remove(number), -1);
        if (text != null && !text.isEmpty()) {
            given.put(number, text);
            count(text, 1);
        }
    }

    /** The comment of a number, null for none. */
    String get(final int number) {
        final String text = given.get(number);
        return text != null ? text : number > 0 && number < texts.length ? texts[number] : null;
    }

    /** Forgets one. */
    void drop(final int number) {
        if (number == 0) {
            return;
        }
        count(given.remove(number), -1);
        if (number > 0 && number < texts.length && texts[number] != null) {
            count(texts[number], -1);
            texts[number] = null;
            if (freeCount == free.length) {
                free = Arrays.copyOf(free, Math.max(64, free.length * 2));
            }
            free[freeCount++] = number;
        }
    }

    /** Forgets all but these. */
    void keep(final IntPredicate used) {
        for (int i = 1; i < Math.min(next, texts.length); i++) {
            if (texts[i] != null && !used.test(i)) {
                drop(i);
            }
        }
        for (final int number : given.keySet().stream().filter(n -> !used.test(n)).toList()) {
            drop(number);
        }
    }

    /** Forgets all. */
    void clear() {
        texts = NONE;
        freeCount = 0;
        next = 1;
        given.clear();
        characters = 0;
        count = 0;
    }

    /** Bytes that they take. */
    long bytes() {
        return characters + (long) count * OVERHEAD_BYTES;
    }

    private void count(final String text, final int sign) {
        if (text != null) {
            characters += (long) sign * text.length();
            count += sign;
        }
    }
}
