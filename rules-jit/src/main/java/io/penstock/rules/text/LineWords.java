package io.penstock.rules.text;

import static io.penstock.rules.api.ParameterProblem.parameter;

import java.util.List;

/**
 * Takes lines of a file apart into words: blanks between them, quotes around those that have some, a backslash within quotes. Words that lines
 * have in common are one object.
 */
final class LineWords {

    /** Bytes of a word, with its end. */
    static final int MOST_BYTES = 1024;
    /** Words of a line, with the command's name and the end. */
    static final int MOST_WORDS = 255;

    private final List<String> words;
    private final int[] columns;
    private final WordStock stock = new WordStock();
    private final StringBuilder word = new StringBuilder();
    private int begin;

    /**
     * Words are added to some.
     *
     * @param columns takes where each word that is added begins in its line, from 1 on; {@link #MOST_WORDS} of them
     */
    LineWords(final List<String> words, final int[] columns) {
        this.words = words;
        this.columns = columns;
    }

    /** Where the word that was read last begins in its line, from 1 on. */
    int column() {
        return begin + 1;
    }

    /** Adds a line's words. A quoted word ends where its quotes end. */
    void split(final String line, final int from) {
        word.setLength(0);
        boolean isQuoted = false;
        boolean isEscaped = false;
        for (int i = from; i < line.length(); i++) {
            final char c = line.charAt(i);
            if (isQuoted && isEscaped) {
                add(c, i);
                isEscaped = false;
            } else if (isQuoted && c == '\\') {
                isEscaped = true;
            } else if (c == '"') {
                isQuoted = !isQuoted;
                begin = word.isEmpty() ? i : begin;
                if (!isQuoted) {
                    end();
                }
            } else if (!isQuoted && (c == ' ' || c == '\t' || c == '\n')) {
                if (!word.isEmpty()) {
                    end();
                }
            } else {
                add(c, i);
            }
        }
        if (!word.isEmpty()) {
            end();
        }
    }

    private void add(final char c, final int at) {
        begin = word.isEmpty() ? at : begin;
        word.append(c);
        if (word.length() >= MOST_BYTES) {
            throw parameter("Parameter too long!");
        }
    }

    private void end() {
        columns[words.size()] = begin + 1;
        add(words, stock.word(word));
        word.setLength(0);
    }

    /** Adds a word, of which a line has so many at most. */
    static void add(final List<String> words, final String word) {
        if (words.size() + 2 >= MOST_WORDS) {
            throw parameter("Parser cannot handle more arguments");
        }
        words.add(word);
    }
}
