package io.penstock.perf.bench.report;

import java.util.ArrayList;
import java.util.List;

/** The table of contents. */
final class Contents {

    private static final int DEEPEST = 2;

    private Contents() {
    }

    static List<Entry> of(final Document document) {
        final Anchors anchors = new Anchors(document.title());
        final List<Entry> entries = new ArrayList<>();
        for (final Document.Block block : document.blocks()) {
            if (block instanceof final Document.Heading heading) {
                // Headings that are not listed take a name as well.
                final String anchor = anchors.next(heading.text());
                if (heading.level() <= DEEPEST) {
                    entries.add(new Entry(heading.level() == DEEPEST, heading.text(), anchor));
                }
            }
        }
        return entries;
    }

    /** A line of it. */
    record Entry(boolean isInner, String text, String anchor) {
    }
}
