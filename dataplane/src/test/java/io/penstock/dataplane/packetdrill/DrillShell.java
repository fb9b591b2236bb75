package io.penstock.dataplane.packetdrill;

import io.penstock.conntrack.model.ConnSysctl;
import io.penstock.conntrack.model.ConnSysctls;
import io.penstock.conntrack.text.ConntrackCommand;
import io.penstock.conntrack.text.ConntrackFiles;
import io.penstock.dataplane.rules.RuleTables;
import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.text.IptablesCommand;
import io.penstock.rules.text.SystemNames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The commands of scripts: iptables, conntrack and the settings of connection tracking are the engine's, here and now; what follows them behind a
 * bar is a shell's. Settings of the host's own TCP and devices are passed over.
 */
final class DrillShell {

    /** The commands that scripts prepare their host with. */
    private static final List<String> HOSTS = List.of("modprobe", "ip", "tc", "sysctl");

    private static final int PATIENCE_SECONDS = 60;

    private final RuleTables tables;
    private final IpFamily family;
    private final Path folder;
    private final Supplier<Clock> clock;
    private int checks;

    /**
     * A shell.
     *
     * @param family what {@code $xtables} and {@code $NFCT_IP_VERSION} stand for
     * @param folder where files of commands are, by their names alone
     */
    DrillShell(final RuleTables tables, final IpFamily family, final Path folder, final Supplier<Clock> clock) {
        this.tables = tables;
        this.family = family;
        this.folder = folder;
        this.clock = clock;
    }

    /** Commands until now whose output was looked at. */
    int checks() {
        return checks;
    }

    /** Runs a command; gives what is wrong with what it did, or null. */
    String run(final String command) {
        final Path file = folder.resolve(Path.of(command.split("[\\s|]")[0]).getFileName());
        if (command.endsWith(".sh") && Files.exists(file)) {
            return runFile(file);
        }
        return runLine(command);
    }

    private String runFile(final Path file) {
        final List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        for (final String line : lines) {
            if (!line.isBlank() && !line.startsWith("#")) {
                final String wrong = runLine(line.strip());
                if (wrong != null) {
                    return file.getFileName() + ": " + wrong;
                }
            }
        }
        return null;
    }

    private String runLine(final String line) {
        final String command = line.replace("$xtables", family == IpFamily.IPV4 ? "iptables" : "ip6tables")
                .replace("$NFCT_IP_VERSION", family == IpFamily.IPV4 ? "ipv4" : "ipv6");
        final int bar = command.indexOf('|');
        final ByteArrayOutputStream said = new ByteArrayOutputStream();
        final PrintStream out = new PrintStream(said, false, StandardCharsets.ISO_8859_1);
        final List<String> words = words(bar < 0 ? command : command.substring(0, bar));
        final int status = execute(words, out);
        out.flush();
        if (bar < 0) {
            return status == 0 ? null : "exit=" + status + " of: " + command + ": " + said;
        }
        checks++;
        return pipe(said.toByteArray(), command.substring(bar + 1)) == 0 ? null : "not so: " + command + ", of:\n" + said;
    }

    private int execute(final List<String> words, final PrintStream out) {
        final List<String> arguments = words.subList(1, words.size());
        return switch (words.getFirst()) {
            case "iptables" -> iptables(IpFamily.IPV4, arguments, out);
            case "ip6tables" -> iptables(IpFamily.IPV6, arguments, out);
            case "conntrack" -> new ConntrackCommand(tables.connections().store(), ConntrackFiles.OWN, clock.get(), () -> {
            }).run(arguments, InputStream.nullInputStream(), out, new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.ISO_8859_1));
            default -> prepare(words, out);
        };
    }

    private int iptables(final IpFamily asked, final List<String> arguments, final PrintStream out) {
        return new IptablesCommand(tables, RuleExtensions.installed(), new SystemNames(), asked).run(arguments, out, out);
    }

    private int prepare(final List<String> words, final PrintStream out) {
        if (!HOSTS.contains(words.getFirst())) {
            out.print("no such command here");
            return 1;
        }
        for (final String word : words) {
            final int equals = word.indexOf('=');
            final ConnSysctl sysctl = equals < 0 ? null : ConnSysctls.of(word.substring(0, equals));
            if (sysctl != null && !tables.connections().sysctls().write(sysctl.name(), Long.parseLong(word.substring(equals + 1)))) {
                out.print("cannot be set: " + word);
                return 1;
            }
        }
        return 0;
    }

    /** The words of a command, without what leads its output elsewhere. */
    private static List<String> words(final String command) {
        final List<String> words = new ArrayList<>();
        for (final String word : command.replaceAll("\\d*>\\s*/dev/null", " ").replaceAll("\\d>&\\d", " ").strip().split("\\s+")) {
            words.add(word);
        }
        return words;
    }

    private static int pipe(final byte[] input, final String command) {
        try {
            final Path file = Files.createTempFile("drill", null);
            try {
                Files.write(file, input);
                final Process process = new ProcessBuilder("sh", "-c", command).redirectInput(file.toFile())
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.INHERIT).start();
                if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new IOException("does not end: " + command);
                }
                return process.exitValue();
            } finally {
                Files.delete(file);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted: " + command, e);
        }
    }
}
