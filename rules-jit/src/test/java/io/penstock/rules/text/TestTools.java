package io.penstock.rules.text;

import io.penstock.rules.RuleExtensions;
import io.penstock.rules.model.MemoryTableStore;
import io.penstock.rules.model.TableStore;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** Commands for tests: all extensions, names that do not depend on the machine, and a clock that stands still. */
final class TestTools {

    /** Sat Nov 21 10:12:04 2026. */
    static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-21T10:12:04Z"), ZoneOffset.UTC);

    private TestTools() {
    }

    /** Commands over new tables. */
    static ToolBox box() {
        return box(new MemoryTableStore());
    }

    /** Commands over a store. */
    static ToolBox box(final TableStore store) {
        return new ToolBox(store, RuleExtensions.installed(), new FixedNames(), CLOCK);
    }

    /** Runs a line of words, which have no blanks inside unless between apostrophes. */
    static ToolBox.Outcome run(final ToolBox box, final String line) {
        return run(box, line, "");
    }

    /** The same with an input. */
    static ToolBox.Outcome run(final ToolBox box, final String line, final String input) {
        final List<String> words = words(line);
        return box.run(words.getFirst(), input, words.subList(1, words.size()));
    }

    /** A line's words. */
    static List<String> words(final String line) {
        final List<String> words = new ArrayList<>();
        boolean isQuoted = false;
        StringBuilder word = null;
        for (final char c : line.toCharArray()) {
            if (c == '\'') {
                isQuoted = !isQuoted;
                word = word == null ? new StringBuilder() : word;
            } else if (c == ' ' && !isQuoted) {
                if (word != null) {
                    words.add(word.toString());
                }
                word = null;
            } else {
                word = (word == null ? new StringBuilder() : word).append(c);
            }
        }
        if (word != null) {
            words.add(word.toString());
        }
        return words;
    }
}
