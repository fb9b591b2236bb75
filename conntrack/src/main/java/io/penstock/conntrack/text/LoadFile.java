package io.penstock.conntrack.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Commands in a file, one on a line: blanks between words, quotes around words with blanks, and lines that begin with {@code #}. */
final class LoadFile {

    private static final int MOST_WORDS = 254;
    private static final int LONGEST_WORD = 1023;
    private static final String STANDARD_INPUT = "/dev/stdin";

    private LoadFile() {
    }

    /** Reads all commands; the first wrong one ends it. Standard input is left open. */
    static List<Command> read(final Run run, final String name, final InputStream in) {
        final List<Command> commands;
        try {
            if (name.equals("-")) {
                commands = read(run, in);
            } else {
                try (InputStream file = run.files().read(name)) {
                    commands = read(run, file);
                }
            }
        } catch (final IOException e) {
            throw run.console().wrong("Failed to open file " + (name.equals("-") ? STANDARD_INPUT : name) + " for reading");
        }
        for (final Command command : commands) {
            if (command.kind().outOfPlace() != null) {
                throw run.console().wrong("Cannot use command `" + command.kind().outOfPlace() + "' with --load-file");
            }
        }
        return commands;
    }

    private static List<Command> read(final Run run, final InputStream in) throws IOException {
        final BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.ISO_8859_1));
        final List<Command> commands = new ArrayList<>();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            final String text = line.replaceFirst("^[ \t]+", "");
            if (!text.isEmpty() && !text.startsWith("#")) {
                commands.add(new CommandParser(run, words(run.console(), text)).parse());
            }
        }
        return commands;
    }

    /** A line's words. */
    static List<String> words(final Console console, final String line) {
        final List<String> words = new ArrayList<>();
        final StringBuilder word = new StringBuilder();
        boolean isQuoted = false;
        boolean isEscaped = false;
        for (final char c : line.toCharArray()) {
            if (isQuoted && (isEscaped || c != '\\' && c != '"')) {
                add(console, word, c);
                isEscaped = false;
            } else if (isQuoted && c == '\\') {
                isEscaped = true;
            } else if (!isQuoted && c == '"') {
                isQuoted = true;
            } else if (c == '"' || (c == ' ' || c == '\t') && !word.isEmpty()) {
                isQuoted = false;
                take(console, words, word);
            } else if (c != ' ' && c != '\t') {
                add(console, word, c);
            }
        }
        if (!word.isEmpty()) {
            take(console, words, word);
        }
        return words;
    }

    private static void add(final Console console, final StringBuilder word, final char c) {
        word.append(c);
        if (word.length() > LONGEST_WORD) {
            throw console.wrong("Parameter too long!");
        }
    }

    private static void take(final Console console, final List<String> words, final StringBuilder word) {
        if (words.size() + 1 >= MOST_WORDS) {
            throw console.wrong("too many arguments");
        }
        words.add(word.toString());
        word.setLength(0);
    }
}
