package io.penstock.perf.bench.report;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** Names for the headings of a document, so that links find them: those that GitHub gives to the headings of a Markdown file. */
final class Anchors {

    /** Above the contents of both kinds of files. */
    static final String CONTENTS = "Contents";

    private final Set<String> taken = new HashSet<>();

    /** @param title the document's, the first heading of the file */
    Anchors(final String title) {
        next(title);
        next(CONTENTS);
    }

    /** The name of the next heading. */
    String next(final String heading) {
        final StringBuilder name = new StringBuilder();
        heading.toLowerCase(Locale.ROOT).codePoints().forEach(c -> {
            if (c == ' ') {
                name.append('-');
            } else if (Character.isLetterOrDigit(c) || c == '-' || c == '_') {
                name.appendCodePoint(c);
            }
        });
        final String base = name.isEmpty() ? "section" : name.toString();
        String anchor = base;
        for (int i = 1; !taken.add(anchor); i++) {
            anchor = base + '-' + i;
        }
        return anchor;
    }
}
