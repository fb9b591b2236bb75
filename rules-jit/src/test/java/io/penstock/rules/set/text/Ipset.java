package io.penstock.rules.set.text;

import io.penstock.rules.api.Names;
import io.penstock.rules.set.SetStore;
import io.penstock.rules.text.CommandFiles;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs the command for tests. */
final class Ipset {

    private final IpsetCommand command;

    Ipset(final SetStore store, final Names names) {
        this.command = new IpsetCommand(store, CommandFiles.OWN, names);
    }

    /** What came of a command. */
    record Outcome(int status, String out, String err) {
    }

    /** Runs it with an input. */
    Outcome run(final String input, final List<String> words) {
        return run(input.getBytes(StandardCharsets.ISO_8859_1), words);
    }

    /** Runs it with an input. */
    Outcome run(final byte[] input, final List<String> words) {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        final ByteArrayOutputStream err = new ByteArrayOutputStream();
        final int status = command.run(words, new ByteArrayInputStream(input), new PrintStream(out, false, StandardCharsets.ISO_8859_1),
                new PrintStream(err, false, StandardCharsets.ISO_8859_1));
        return new Outcome(status, out.toString(StandardCharsets.ISO_8859_1), err.toString(StandardCharsets.ISO_8859_1));
    }

    /** Runs one that has no input, given in words with blanks between them. */
    Outcome run(final String words) {
        return run("", List.of(words.split(" ")));
    }
}
