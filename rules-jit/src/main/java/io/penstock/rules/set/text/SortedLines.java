package io.penstock.rules.set.text;

import io.penstock.rules.text.CNumber;
import java.util.ArrayList;
import java.util.List;

/**
 * Elements in order, as {@code -sorted} lists them: by their numbers, read as hexadecimal, a network after those within it; else by
 * length and letters.
 *
 * <p>The order that ipset defines is no total one in odd cases, so that it is the way of merging that decides there: this is ipset's, which
 * merges runs as a binary counter carries.
 */
final class SortedLines {

    private static final int HEXADECIMAL = 16;
    private static final int MOST_RUNS = 40;

    private final int prefix;
    private final boolean isByLetters;

    /**
     * Sorts lines.
     *
     * @param prefix      characters before the element
     * @param isByLetters whether names of hosts may be among them, so that letters alone decide
     */
    SortedLines(final int prefix, final boolean isByLetters) {
        this.prefix = prefix;
        this.isByLetters = isByLetters;
    }

    /** The lines in order. */
    List<String> sort(final List<String> lines) {
        final List<List<String>> runs = new ArrayList<>();
        for (int i = 0; i < MOST_RUNS; i++) {
            runs.add(null);
        }
        for (final String line : lines) {
            List<String> run = List.of(line);
            int level = 0;
            for (; runs.get(level) != null; level++) {
                run = merge(runs.get(level), run);
                runs.set(level, null);
            }
            runs.set(level, run);
        }
        List<String> all = List.of();
        for (final List<String> run : runs) {
            all = run == null ? all : merge(run, all);
        }
        return all;
    }

    private List<String> merge(final List<String> some, final List<String> others) {
        if (others.isEmpty()) {
            return some;
        }
        final List<String> all = new ArrayList<>(some.size() + others.size());
        int at = 0;
        int other = 0;
        while (at < some.size() && other < others.size()) {
            all.add(compare(some.get(at), others.get(other)) <= 0 ? some.get(at++) : others.get(other++));
        }
        all.addAll(some.subList(at, some.size()));
        all.addAll(others.subList(other, others.size()));
        return all;
    }

    private int compare(final String one, final String other) {
        if (isByLetters) {
            return one.compareTo(other);
        }
        int sign = 1;
        int x = prefix;
        int y = prefix;
        while (x < one.length() && y < other.length()) {
            final CNumber first = CNumber.read(one, x, HEXADECIMAL);
            final CNumber second = CNumber.read(other, y, HEXADECIMAL);
            if (first.end() == x || second.end() == y) {
                final int length = word(one, x);
                if (length != word(other, y)) {
                    return length < word(other, y) ? -1 : 1;
                }
                if (length == 0 || !one.regionMatches(x, other, y, length)) {
                    return length == 0 ? one.substring(x).compareTo(other.substring(y))
                            : one.substring(x, x + length).compareTo(other.substring(y, y + length));
                }
                x += length + 1;
                y += length + 1;
                sign = 1;
                continue;
            }
            if (first.value() != second.value()) {
                return sign * (int) (first.value() - second.value());
            }
            x = first.end();
            y = second.end();
            final boolean isNetwork = at(one, x) == '/';
            if (isNetwork != (at(other, y) == '/')) {
                return isNetwork ? 1 : -1;
            }
            sign = isNetwork ? -1 : sign;
            x++;
            y++;
            if (at(one, x) == ':' || at(other, y) == ':') {
                if (at(one, x) != at(other, y)) {
                    return at(one, x) == ':' ? -1 : 1;
                }
                x++;
                y++;
            }
        }
        return x < one.length() ? 1 : y < other.length() ? -1 : 0;
    }

    private static int word(final String text, final int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) != ':' && text.charAt(at) != ',') {
            at++;
        }
        return at - from;
    }

    private static char at(final String text, final int place) {
        return place < text.length() ? text.charAt(place) : 0;
    }
}
