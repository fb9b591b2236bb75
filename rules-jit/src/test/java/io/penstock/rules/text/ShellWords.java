package io.penstock.rules.text;

import java.util.ArrayList;
import java.util.List;

/** Takes a line apart as a shell does that has nothing to expand: blanks, both kinds of quotes, backslashes. */
final class ShellWords {

    private ShellWords() {
    }

    /** The words of a line. */
    static List<String> of(final String line) {
        final List<String> words = new ArrayList<>();
        StringBuilder word = null;
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            final char c = line.charAt(i);
            if (quote == 0 && (c == ' ' || c == '\t')) {
                if (word != null) {
                    words.add(word.toString());
                }
                word = null;
                continue;
            }
            word = word == null ? new StringBuilder() : word;
            if (c == quote) {
                quote = 0;
            } else if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
            } else if (c == '\\' && i + 1 < line.length() && (quote == 0 || quote == '"' && "\"\\$`".indexOf(line.charAt(i + 1)) >= 0)) {
                word.append(line.charAt(++i));
            } else {
                word.append(c);
            }
        }
        if (word != null) {
            words.add(word.toString());
        }
        return words;
    }
}
