package io.penstock.dataplane.judge.random;

import java.util.List;
import java.util.stream.Collectors;

/** A command of sets as a line that {@code ipset restore} reads. Threads: any. */
final class SetLine {

    private SetLine() {
    }

    /** Its words, with quotes where they need them. */
    static String join(final List<String> words) {
        return words.stream().map(word -> word.isEmpty() || word.indexOf(' ') >= 0 ? '"' + word + '"' : word).collect(Collectors.joining(" "));
    }
}
