package io.penstock.rules.text;

/** Free text in a saved rule ({@code xtables_save_string}). */
public final class SavedText {

    private SavedText() {
    }

    /** Writes a blank and the text, between quotes if it has more than letters, digits, {@code _} and {@code -}. */
    public static void append(final StringBuilder out, final String text) {
        out.append(' ');
        if (!text.isEmpty() && text.chars().allMatch(c -> isPlain((char) c))) {
            out.append(text);
            return;
        }
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            if (c == '"' || c == '\\' || c == '\'') {
                out.append('\\');
            }
            out.append(c);
        }
        out.append('"');
    }

    private static boolean isPlain(final char c) {
        return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '-';
    }
}
