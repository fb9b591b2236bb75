package io.penstock.rules.set.text;

/** The words of a line, of which there are few. One object for many lines. */
final class Words {

    /** Words of a line, with the tool's name. */
    static final int MOST = 32;

    private final String[] words = new String[MOST];
    private int count;

    void clear() {
        count = 0;
    }

    /** Adds one; there is room for {@link #MOST} less one. */
    void add(final String word) {
        words[count++] = word;
    }

    int count() {
        return count;
    }

    String get(final int at) {
        return words[at];
    }

    /** Takes one out. */
    String remove(final int at) {
        final String word = words[at];
        count--;
        System.arraycopy(words, at + 1, words, at, count - at);
        return word;
    }
}
