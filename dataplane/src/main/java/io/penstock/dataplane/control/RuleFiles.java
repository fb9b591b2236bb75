package io.penstock.dataplane.control;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Names;
import io.penstock.rules.model.TableStore;
import io.penstock.rules.text.CommandFiles;
import io.penstock.rules.text.IptablesRestoreCommand;
import io.penstock.rules.text.TablesLock;
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
import java.util.regex.Pattern;

/** Files of rules, put into force as iptables-restore does. Threads: the tables'. */
final class RuleFiles {

    /** What the tool begins with when it refuses. */
    private static final Pattern TOLD = Pattern.compile("ip6?tables-restore( v[0-9.]+ \\(legacy\\))?: ");

    private RuleFiles() {
    }

    /**
     * Restores what is named.
     *
     * @param files    of which those of rules are read
     * @param names    what names in them stand for
     * @param warnings takes what iptables-restore says without refusing
     * @throws RulesException when a file is refused
     */
    static void restore(final TableStore tables, final TableFiles files, final Names names, final Consumer<String> warnings) {
        restore(tables, IpFamily.IPV4, files.rules4(), names, warnings);
        restore(tables, IpFamily.IPV6, files.rules6(), names, warnings);
    }

    private static void restore(
            final TableStore tables, final IpFamily family, final Path file, final Names names, final Consumer<String> warnings) {
        if (file == null) {
            return;
        }
        if (!Files.exists(file) || Files.isDirectory(file)) {
            throw new RulesException(file + ": there is no such file of rules; check rules: or --rules");
        }
        final ByteArrayOutputStream said = new ByteArrayOutputStream();
        final PrintStream err = new PrintStream(said, false, StandardCharsets.ISO_8859_1);
        final PrintStream out = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.ISO_8859_1);
        final IptablesRestoreCommand command = new IptablesRestoreCommand(
                tables, TableCommands.extensions(), names, family, TablesLock.NONE, CommandFiles.OWN);
        final int status;
        try (InputStream in = new FileInputStream(file.toFile())) {
            status = command.run(List.of(), in, out, err);
        } catch (final IOException | UncheckedIOException e) {
            throw new RulesException(file + ": the file cannot be read: " + e.getMessage() + "; check its rights");
        }
        err.flush();
        final String text = said.toString(StandardCharsets.UTF_8);
        if (status != 0) {
            throw new RulesException(file + ":" + Math.max(1, command.line()) + ":" + command.column() + ": the rules are refused: "
                    + told(text) + (command.reason().isEmpty() ? "" : ": " + command.reason()));
        }
        text.lines().forEach(warnings);
    }

    /** The refusal in the tool's words, without its name. What comes before it are warnings, behind it hints. */
    private static String told(final String text) {
        return text.lines().filter(line -> TOLD.matcher(line).lookingAt()).findFirst()
                .map(line -> TOLD.matcher(line).replaceFirst("")).orElse("iptables-restore does not say why");
    }
}
