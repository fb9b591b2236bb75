package io.penstock.dataplane.ipvs.text;

import io.penstock.dataplane.ipvs.model.ServiceProblem;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What ipvsadm 1.31 did with commands: {@code $} the command, {@code ?} what it was refused with, {@code <} its input, {@code >} what it
 * wrote, {@code !} what it complained about ({@code %} before these for a line without end), {@code ~} what it asked the kernel to do,
 * {@code =} its exit status if it failed.
 */
final class Transcript {

    private Transcript() {
    }

    /** A command and what came of it, as lines. */
    record Entry(String line, List<String> words, ServiceProblem.Kind refusal, String input, List<String> expected) {
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
            final List<String> expected = new ArrayList<>();
            final StringBuilder input = new StringBuilder();
            ServiceProblem.Kind refusal = null;
            for (; at < lines.size() && !lines.get(at).startsWith("$"); at++) {
                final String next = lines.get(at);
                if (next.startsWith("? ")) {
                    refusal = ServiceProblem.Kind.valueOf(next.substring(2));
                } else if (next.startsWith("< ")) {
                    input.append(next.substring(2)).append('\n');
                } else if (next.startsWith("%< ")) {
                    input.append(next.substring(3));
                } else {
                    expected.add(next);
                }
            }
            entries.add(new Entry(line, line.length() < 2 ? List.of() : words(line.substring(2)), refusal, input.toString(), expected));
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
    static List<String> lines(final Ipvsadm.Outcome outcome, final List<String> told) {
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
