package io.penstock.rules.set.text;

/**
 * What there is to say about a command, kept until it is known whether it is said, as ipset keeps it: a later sentence is added to
 * earlier ones of its kind, takes the place of less important ones, and an error forgets what the line had said.
 */
final class Report {

    /** Bytes that it keeps, but the last line end. */
    private static final int MOST_BYTES = 1022;

    private final Said said;
    private final StringBuilder text = new StringBuilder();
    private Kind kind = Kind.NONE;
    private int line;

    Report(final Said said) {
        this.said = said;
    }

    /** How much it matters. */
    enum Kind {
        NONE,
        WARNING,
        NOTICE,
        ERROR
    }

    /** Which line of a file errors are about; 0 for none. */
    void line(final int number) {
        line = number;
    }

    /** Adds a sentence; always false. */
    boolean add(final Kind which, final String sentence) {
        if (kind != Kind.NONE && kind.compareTo(which) < 0) {
            text.setLength(0);
        }
        if (line != 0 && which == Kind.ERROR) {
            text.setLength(0);
            text.append("Error in line ").append(Integer.toUnsignedString(line)).append(": ");
        }
        text.append(sentence);
        if (text.length() > MOST_BYTES) {
            text.setLength(MOST_BYTES);
        }
        text.append('\n');
        kind = which;
        if (which == Kind.ERROR) {
            said.forget();
        }
        return false;
    }

    boolean error(final String sentence) {
        return add(Kind.ERROR, sentence);
    }

    /** An error in how something is written. */
    boolean syntax(final String sentence) {
        return add(Kind.ERROR, "Syntax error: " + sentence);
    }

    boolean warn(final String sentence) {
        return add(Kind.WARNING, sentence);
    }

    /** Begins with a text that the next sentence is added to. */
    void begin(final CharSequence words) {
        text.setLength(0);
        text.append(words);
    }

    /** Adds a line for the operator that ipset itself has not. */
    void explain(final String sentence) {
        text.append("penstock: ").append(sentence).append('\n');
    }

    /** What were warnings are an error; always false. */
    boolean warningsAreError() {
        kind = Kind.ERROR;
        said.forget();
        return false;
    }

    void reset() {
        text.setLength(0);
        kind = Kind.NONE;
    }

    Kind kind() {
        return kind;
    }

    String text() {
        return text.toString();
    }
}
