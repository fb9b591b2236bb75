package io.penstock.perf.bench.report;

/**
 * Text made safe for Markdown of GitHub's flavour: whatever signs it holds, it is shown as it is. A sign is escaped only where it would mean something, so that
 * the file can be read as it stands.
 */
final class MarkdownText {

    /** Signs that mean something almost wherever they stand. */
    private static final String ALWAYS = "\\`*~$";

    private MarkdownText() {
    }

    /** Text that may start a line. */
    static String plain(final String text) {
        return escape(text, true);
    }

    /** Text within a cell of a table, where nothing can start but the next cell. */
    static String cell(final String text) {
        return escape(text, false).replace("|", "\\|");
    }

    /** Code within a line, which may hold no backtick itself. */
    static String code(final String text) {
        return '`' + Markup.clean(text).replaceAll("\\R", " ") + '`';
    }

    private static String escape(final String text, final boolean isBlock) {
        final String clean = Markup.clean(text);
        final StringBuilder out = new StringBuilder(clean.length() + 16);
        boolean isLineStart = isBlock;
        for (int i = 0; i < clean.length(); i++) {
            final char c = clean.charAt(i);
            final char next = i + 1 < clean.length() ? clean.charAt(i + 1) : '\n';
            if (c == '<') {
                out.append("&lt;");
            } else if (c == '&' && (next == '#' || Character.isLetter(next))) {
                out.append("&amp;");
            } else if (ALWAYS.indexOf(c) >= 0 || c == '_' && !isInsideWord(clean, i) || c == ']' && "([:".indexOf(next) >= 0
                    || isLineStart && startsBlock(clean, i, next)) {
                out.append('\\').append(c);
            } else {
                out.append(c);
            }
            isLineStart = isBlock && (c == '\n' || isLineStart && (c == ' ' || Character.isDigit(c)));
        }
        return out.toString();
    }

    /** GitHub takes an underscore between letters or digits for what it is. */
    private static boolean isInsideWord(final String text, final int i) {
        return i > 0 && i + 1 < text.length() && Character.isLetterOrDigit(text.charAt(i - 1)) && Character.isLetterOrDigit(text.charAt(i + 1));
    }

    /** Headings, quotations, lists, rules, tasks, and after digits the point or bracket of a numbered list. */
    private static boolean startsBlock(final String text, final int i, final char next) {
        final char c = text.charAt(i);
        final boolean isEnd = next == ' ' || next == '\n' || next == '\t';
        if (i > 0 && Character.isDigit(text.charAt(i - 1))) {
            return (c == '.' || c == ')') && isEnd;
        }
        return switch (c) {
            case '>', '[', '=' -> true;
            case '#', '-' -> isEnd || next == c;
            case '+' -> isEnd;
            default -> false;
        };
    }
}
