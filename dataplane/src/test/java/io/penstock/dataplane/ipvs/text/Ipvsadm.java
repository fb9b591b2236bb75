package io.penstock.dataplane.ipvs.text;

import io.penstock.dataplane.ipvs.model.ServiceStore;
import io.penstock.rules.api.Names;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs the commands for tests. */
final class Ipvsadm {

    private final IpvsadmCommand command;

    Ipvsadm(final ServiceStore store) {
        this(store, new FewNames());
    }

    Ipvsadm(final ServiceStore store, final Names names) {
        this.command = new IpvsadmCommand(store, names);
    }

    /** What came of a command. */
    record Outcome(int status, String out, String err) {
    }

    private interface Use {
        int run(PrintStream out, PrintStream err);
    }

    private static Outcome outcome(final Use use) {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        final ByteArrayOutputStream err = new ByteArrayOutputStream();
        final int status = use.run(new PrintStream(out, false, StandardCharsets.ISO_8859_1),
                new PrintStream(err, false, StandardCharsets.ISO_8859_1));
        return new Outcome(status, out.toString(StandardCharsets.ISO_8859_1), err.toString(StandardCharsets.ISO_8859_1));
    }

    private static ByteArrayInputStream stream(final String input) {
        return new ByteArrayInputStream(input.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Runs {@code ipvsadm} with an input. */
    Outcome run(final String input, final List<String> words) {
        return outcome((out, err) -> command.run(words, stream(input), out, err));
    }

    /** Runs one that has no input, given in words with blanks between them. */
    Outcome run(final String words) {
        return run("", words.isEmpty() ? List.of() : List.of(words.split(" ")));
    }

    /** Runs {@code ipvsadm-save}. */
    Outcome save(final String... words) {
        return outcome((out, err) -> command.save(List.of(words), out, err));
    }

    /** Runs {@code ipvsadm-restore}. */
    Outcome restore(final String input) {
        return outcome((out, err) -> command.restore(stream(input), out, err));
    }
}
