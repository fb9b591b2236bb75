package io.penstock.dataplane.control;

import io.penstock.rules.set.SetStore;
import io.penstock.rules.set.text.IpsetCommand;
import io.penstock.rules.text.CommandFiles;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Files of sets, restored as {@code ipset restore} does. Threads: the sets'. */
public final class SetFiles {

    /** What the tool says when it refuses a line; what comes behind are hints. */
    private static final Pattern REFUSED = Pattern.compile("ipset v[0-9.]+: (?:Error in line (\\d+): )?(.*)");

    private SetFiles() {
    }

    /**
     * Restores a file.
     *
     * @param file     ipset save text, or null
     * @param warnings takes what ipset says without refusing
     * @throws RulesException when it is refused, or a line ends it early, as quit does; what came before the line that is wrong has been done
     */
    public static void restore(final SetStore sets, final Path file, final Consumer<String> warnings) {
        if (file == null) {
            return;
        }
        if (!Files.exists(file) || Files.isDirectory(file)) {
            throw new RulesException(file + ": there is no such file of sets; check sets: or --sets");
        }
        final ByteArrayOutputStream said = new ByteArrayOutputStream();
        final PrintStream err = new PrintStream(said, false, StandardCharsets.ISO_8859_1);
        final PrintStream out = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.ISO_8859_1);
        final IpsetCommand command = new IpsetCommand(sets, CommandFiles.OWN);
        final int status;
        try (InputStream in = new BufferedInputStream(new FileInputStream(file.toFile()))) {
            status = command.run(List.of("restore"), in, out, err);
        } catch (final RulesException e) {
            throw new RulesException(file + ":" + command.line() + ": the sets are refused: " + e.getMessage());
        } catch (final IOException | UncheckedIOException e) {
            throw new RulesException(file + ": the file cannot be read: " + e.getMessage() + "; check its rights");
        }
        err.flush();
        final String text = said.toString(StandardCharsets.UTF_8);
        if (status != 0) {
            final Matcher refused = REFUSED.matcher(text);
            final boolean isTold = refused.find();
            // Elements wait for others of their set: the line that is wrong may be an earlier one than the last that was read.
            throw new RulesException(file + ":" + (isTold && refused.group(1) != null ? refused.group(1) : command.line())
                    + ": the sets are refused: " + (isTold ? refused.group(2) : "ipset does not say why"));
        }
        text.lines().forEach(warnings);
        if (!command.isWhole()) {
            throw new RulesException(file + ":" + command.line() + ": the sets are refused: this line ends what ipset restores; "
                    + "a file of sets holds what ipset save prints, without test and quit");
        }
    }
}
