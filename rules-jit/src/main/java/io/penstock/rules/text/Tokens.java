package io.penstock.rules.text;

/** Takes a text apart at any of some characters ({@code strtok}). */
final class Tokens {

    /** What stands between words. */
    static final String BLANKS = " \t\n";

    private final String text;
    private int at;

    Tokens(final String text, final int from) {
        this.text = text;
        this.at = from;
    }

    /** The next token, or null. */
    String next(final String separators) {
        while (at < text.length() && separators.indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        if (at >= text.length()) {
            return null;
        }
        final int from = at;
        while (at < text.length() && separators.indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return text.substring(from, at++);
    }
}
