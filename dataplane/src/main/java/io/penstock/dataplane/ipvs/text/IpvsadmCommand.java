package io.penstock.dataplane.ipvs.text;

import io.penstock.dataplane.ipvs.model.ServiceStore;
import io.penstock.os.getopt.ToolExit;
import io.penstock.rules.api.Names;
import io.penstock.rules.text.SystemNames;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * {@code ipvsadm}, {@code ipvsadm-save} and {@code ipvsadm-restore} (source: ipvsadm(8) of version 1.31, and what that version does).
 *
 * <ol>
 * <li>A line of a file that is restored and that is wrong ends the command, and those before it have been done; one that is refused does
 * not, and the exit status is the last line's.
 * <li>What a file changes reaches the workers together.
 * <li>Where a refusal has a reason, a second line says it.
 * </ol>
 *
 * <p>Differs from ipvsadm 1.31: {@code --fullnat} is another way of forwarding; what is saved has thresholds; marks of 2^31 and more are
 * not shown as negative numbers; {@code flag-3} of sh and mh is shown; counts of servers do not begin anew at 2^32; a mask that is not a
 * prefix's is refused; {@code -b ,} is refused, where ipvsadm crashes; the synchronization daemon's commands are refused.
 *
 * <p>Threads: any; a command's own streams are its thread's.
 */
public final class IpvsadmCommand {

    private final ServiceStore store;
    private final Names names;

    /** The command over a store, with this machine's names of services and hosts. */
    public IpvsadmCommand(final ServiceStore store) {
        this(store, SystemNames.withoutNetworks(Path.of("/etc")));
    }

    /** The command over a store. */
    public IpvsadmCommand(final ServiceStore store, final Names names) {
        this.store = store;
        this.names = names;
    }

    /**
     * Runs {@code ipvsadm}.
     *
     * @param words the arguments, without the command's name; a character is a byte
     * @param in    standard input
     * @param out   standard output; writes ISO 8859-1
     * @param err   standard error; writes ISO 8859-1
     * @return the exit status
     */
    public int run(final List<String> words, final InputStream in, final PrintStream out, final PrintStream err) {
        final Console console = new Console(out, err);
        try {
            final LineRunner runner = new LineRunner(store, names, in, console);
            return words.isEmpty() ? runner.listAll(Set.of()) : runner.run(words);
        } catch (final ToolExit exit) {
            return exit.status();
        } finally {
            console.flush();
        }
    }

    /** Runs {@code ipvsadm-save}. */
    public int save(final List<String> words, final PrintStream out, final PrintStream err) {
        final Console console = new Console(out, err);
        final Set<Option> options = EnumSet.noneOf(Option.class);
        try {
            for (final String word : words) {
                if (word.equals("-n")) {
                    options.add(Option.NUMERIC);
                } else if (word.startsWith("-")) {
                    console.tell("ipvsadm-save: Script to save the IPVS table to stdout.");
                    console.tell("   With the -n option, prints out the table in numeric format.");
                    return 1;
                }
            }
            return new LineRunner(store, names, InputStream.nullInputStream(), console).save(options);
        } finally {
            console.flush();
        }
    }

    /** Runs {@code ipvsadm-restore}, which removes all services before: what begins with {@code #} are comments. */
    public int restore(final InputStream in, final PrintStream out, final PrintStream err) {
        final Console console = new Console(out, err);
        try {
            return new LineRunner(store, names, withoutComments(in), console).restore(true);
        } catch (final ToolExit exit) {
            return exit.status();
        } finally {
            console.flush();
        }
    }

    private static InputStream withoutComments(final InputStream in) {
        try {
            final StringBuilder kept = new StringBuilder();
            for (final String line : new String(in.readAllBytes(), StandardCharsets.ISO_8859_1).split("\n")) {
                kept.append(line.startsWith("#") ? "" : line + "\n");
            }
            return new ByteArrayInputStream(kept.toString().getBytes(StandardCharsets.ISO_8859_1));
        } catch (final IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }
}
