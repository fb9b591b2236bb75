package io.penstock.rules.set.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What ipset 7.17 did with commands: {@code $} the command, with a backslash behind it if the input's last line has no end; {@code <} its
 * input, {@code >} what it wrote, {@code !} what it complained about ({@code %} before these for a line without end), {@code ~} what it
 * told the kernel, {@code =} its exit status if it failed.
 */
final class Transcript {

    private Transcript() {
    }

    /** A command and what came of it, as lines. */
    record Entry(String line, List<String> words, String input, List<String> expected) {
    }

    /** Reads one that lies beside this class. */
    static List<Entry> read(final String name) {
        final List<String> lines;
        try (InputStream in = Transcript.class.getResourceAsStream(name + ".transcript")) {
            lines = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1).lines().toList();
        } catch (final IOException problem) {
            throw new UncheckedIOException(problem);
        }
        final List<Entry> entries = new ArrayList<>();
        int at = 0;
        while (at < lines.size()) {
            final String line = lines.get(at++);
            final boolean isCut = line.endsWith(" \\");
            final List<String> input = new ArrayList<>();
            final List<String> expected = new ArrayList<>();
            for (; at < lines.size() && !lines.get(at).startsWith("$ "); at++) {
                if (lines.get(at).startsWith("< ")) {
                    input.add(lines.get(at).substring(2));
                } else {
                    expected.add(lines.get(at));
                }
            }
            entries.add(new Entry(line, words(line.substring(2, line.length() - (isCut ? 2 : 0))),
                    String.join("\n", input) + (isCut || input.isEmpty() ? "" : "\n"), expected));
        }
        return entries;
    }

    /** Words with blanks between them, some in quotes. */
    private static List<String> words(final String line) {
        final List<String> words = new ArrayList<>();
        int from = 0;
        while (from < line.length()) {
            final boolean isQuoted = line.charAt(from) == '\'';
            from += isQuoted ? 1 : 0;
            final int end = line.indexOf(isQuoted ? '\'' : ' ', from);
            words.add(line.substring(from, end < 0 ? line.length() : end));
            from = end < 0 ? line.length() : end + (isQuoted ? 2 : 1);
        }
        return words;
    }

    /** The lines that tell of an outcome. */
    static List<String> lines(final Ipset.Outcome outcome, final List<String> told) {
        final List<String> lines = new ArrayList<>();
        add(lines, "> ", outcome.out());
        add(lines, "! ", outcome.err());
        told.forEach(line -> lines.add("~ " + line));
        if (outcome.status() != 0) {
            lines.add("= " + outcome.status());
        }
        return lines;
    }

    private static void add(final List<String> lines, final String mark, final String text) {
        final List<String> all = text.lines().toList();
        for (int i = 0; i < all.size(); i++) {
            final boolean isCut = i == all.size() - 1 && !text.endsWith("\n");
            lines.add((isCut ? "%" : "") + mark + all.get(i));
        }
    }
}
